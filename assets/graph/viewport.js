/* Graph viewport: which view is shown, its zoom and pan, the tools, and what a wheel or finger does.

   In:  the store `graph-view` (through dash_clientside.graph.showView), the tool buttons.
   Out: cytoscape's pan and zoom. Each view keeps its own; a view nobody has moved fits by itself
   whenever the panel changes its size. The wheel and a finger scroll the page: the wheel zooms with
   Ctrl, a finger moves the graph after its button was pressed. */
(function () {
  "use strict";

  const graph = window.pipelineGraph;
  const MARGIN = 10;
  const LARGEST_FIT = 1.15;
  const STEP = 1.25;
  const LEAST = 40; // px; a smaller canvas is one that a phone hides, and its zoom means nothing

  const kept = new Map(); // view -> { zoom, pan, moved }
  let wished = null;
  let canvas = null;

  function here() {
    if (!kept.has(graph.view)) kept.set(graph.view, { moved: false });
    return kept.get(graph.view);
  }

  /* From now on this view stands where a person put it. */
  function keep() {
    kept.set(graph.view, { zoom: graph.cy.zoom(), pan: { ...graph.cy.pan() }, moved: true });
  }

  graph.onMount.push((cy) => {
    canvas = document.getElementById("graph-canvas");
    kept.clear();
    graph.view = wished || canvas.dataset.shownView;
    cy.on("dragpan pinchzoom", keep);
    cy.on("layoutstop", () => here().moved || fit());
    cy.on("drag", "node", (event) => bendAnew(event.target));
    new ResizeObserver(resized).observe(canvas);
    canvas.addEventListener("wheel", wheel, { capture: true, passive: false });
    for (const kind of ["touchstart", "touchmove", "touchend", "touchcancel"]) {
      canvas.addEventListener(kind, leaveToPage, { capture: true, passive: true });
    }
  });

  /* Cytoscape never hears of it, so the browser does what it does elsewhere: scroll and click. */
  function leaveToPage(event) {
    if (canvas.dataset.touch !== "on") event.stopPropagation();
  }

  /* A plain wheel scrolls the page; with Ctrl (and so with two fingers on a pad) it zooms, gently. */
  function wheel(event) {
    event.stopPropagation();
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const turn = Math.min(Math.max(-event.deltaY, -50), 50);
    const { left, top } = canvas.getBoundingClientRect();
    zoomBy(Math.exp(turn / 170), { x: event.clientX - left, y: event.clientY - top });
  }

  let drawn = "";
  graph.onDraw.push(() => {
    hideOtherViews();
    const now = graph.view + graph.shown().map((node) => node.id());
    if (now !== drawn && !here().moved) fit();
    drawn = now;
  });

  function hideOtherViews() {
    graph.cy.batch(() => {
      graph.cy.elements().forEach((ele) => {
        ele.toggleClass("away", ele.data("view") !== graph.view);
        if (ele.isNode()) ele.toggleClass("crowd", graph.isCrowded);
      });
    });
  }

  function showView(view) {
    wished = view;
    if (!graph.cy || !view || view === graph.view) return;
    graph.view = view;
    const { zoom, pan, moved } = here();
    if (moved) graph.cy.viewport({ zoom, pan });
    graph.redraw();
    canvas.dataset.shownView = view;
  }

  function isSeen() {
    return canvas.isConnected && canvas.clientWidth > LEAST && canvas.clientHeight > LEAST;
  }

  function resized() {
    if (!isSeen()) return;
    graph.cy.resize();
    const { zoom, pan, moved } = here();
    if (!moved) fit();
    else if (zoom) graph.cy.viewport({ zoom, pan });
  }

  function fit() {
    const box = graph.bounds();
    if (!box || !isSeen()) return;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const zoom = Math.min(
      (width - 2 * MARGIN) / (box.x2 - box.x1),
      (height - 2 * MARGIN) / (box.y2 - box.y1),
      LARGEST_FIT,
    );
    const pan = {
      x: (width - zoom * (box.x1 + box.x2)) / 2,
      y: (height - zoom * (box.y1 + box.y2)) / 2,
    };
    here().moved = false;
    graph.cy.viewport({ zoom, pan });
  }

  function middle() {
    return { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
  }

  function zoomBy(factor, renderedPosition = middle()) {
    graph.cy.zoom({ level: graph.cy.zoom() * factor, renderedPosition });
    keep();
  }

  /* Bring a stage into sight, moving no more than needed. */
  function reveal(stage) {
    const box = graph.cy.getElementById(stage).renderedBoundingBox();
    const shift = (low, high, length) =>
      low < 0 ? MARGIN - low : high > length ? length - MARGIN - high : 0;
    const by = {
      x: shift(box.x1, box.x2, canvas.clientWidth),
      y: shift(box.y1, box.y2, canvas.clientHeight),
    };
    if (!by.x && !by.y) return;
    graph.cy.panBy(by);
    keep();
  }

  /* A dragged card's edges leave their computed way: a plain S between the two facing sides. */
  function bendAnew(node) {
    node.connectedEdges().forEach((edge) => {
      const [from, to] = [edge.source(), edge.target()];
      const sign = from.position("x") <= to.position("x") ? 1 : -1;
      const start = { x: from.position("x") + (sign * from.data("w")) / 2, y: from.position("y") };
      const end = { x: to.position("x") - (sign * to.data("w")) / 2, y: to.position("y") };
      const middle = (start.x + end.x) / 2;
      const bends = [start.y, end.y].map((y) => share(start, end, { x: middle, y }));
      edge.data({
        leaves: `${(sign * from.data("w")) / 2}px 0px`,
        enters: `${(-sign * to.data("w")) / 2}px 0px`,
        weights: bends.map((bend) => bend.along).join(" "),
        distances: bends.map((bend) => bend.across).join(" "),
      });
    });
  }

  function share(start, end, point) {
    const [x, y] = [end.x - start.x, end.y - start.y];
    const length = Math.hypot(x, y) || 1;
    const [dx, dy] = [point.x - start.x, point.y - start.y];
    return {
      along: (dx * x + dy * y) / (length * length),
      across: (dy * x - dx * y) / length,
    };
  }

  function toggleTouch(button) {
    const isOn = canvas.dataset.touch !== "on";
    canvas.dataset.touch = isOn ? "on" : "off";
    button.setAttribute("aria-pressed", String(isOn));
  }

  const tools = {
    fit,
    "zoom-in": () => zoomBy(STEP),
    "zoom-out": () => zoomBy(1 / STEP),
    touch: toggleTouch,
  };
  window.dashboard.onPress("[data-graph-tool]", (button) => {
    const act = graph.cy && tools[button.dataset.graphTool];
    if (act) act(button);
  });

  Object.assign(graph, { fit, zoomBy, reveal, STEP });
  const ours = (window.dash_clientside || {}).graph;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    graph: Object.assign({}, ours, { showView }),
  });
})();
