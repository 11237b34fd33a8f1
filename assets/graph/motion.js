/* Graph motion and colour: the canvas takes its colours from the tokens, edges into a running stage
   flow, and everything stands still when nobody looks, when the state is old, when less motion is
   wished, and when a person pauses it.

   In:  CSS custom properties, data-theme and data-freshness on <html>, the pause button.
   Out: cytoscape's stylesheet, data-motion="on|off" on .graph-room. */
(function () {
  "use strict";

  const graph = window.pipelineGraph;
  const FRAME_MS = 100;
  const MOST_FLOWING = 40;
  const DASHES = [6, 4];
  const SIGNS = { idle: "○", running: "◔", stalled: "‖", done: "✓", fail: "✕" };
  const STATUSES = Object.keys(SIGNS);
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
  const darkness = window.matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  let isPaused = false;
  let timer = null;
  let offset = 0;

  /* A token as the browser resolves it now: light-dark() and color-mix() included. */
  function reader() {
    const probe = document.createElement("span");
    probe.hidden = true;
    document.body.append(probe);
    return {
      colour(token) {
        probe.style.color = `var(--${token})`;
        return getComputedStyle(probe).color;
      },
      close: () => probe.remove(),
    };
  }

  function paint() {
    if (!graph.cy) return;
    const tokens = reader();
    graph.cy.style().fromJson(stylesheet(tokens.colour)).update();
    tokens.close();
  }

  function stylesheet(colour) {
    const font = getComputedStyle(document.body).fontFamily;
    return [
      { selector: "core", style: { "active-bg-opacity": 0, "selection-box-opacity": 0 } },
      {
        selector: "node",
        style: {
          shape: "round-rectangle",
          width: "data(w)",
          height: "data(h)",
          "background-opacity": 0,
          "overlay-opacity": 0,
        },
      },
      ...crowdStyles(colour, font),
      {
        selector: "edge",
        style: {
          events: "no",
          width: 1.6,
          "curve-style": "straight",
          "source-endpoint": "data(leaves)",
          "target-endpoint": "data(enters)",
          "target-arrow-shape": "triangle",
          "arrow-scale": 0.75,
          "overlay-opacity": 0,
          ...line(colour("control"), 0.75),
        },
      },
      {
        selector: "edge[weights]",
        style: {
          "curve-style": "unbundled-bezier",
          "edge-distances": "endpoints",
          "control-point-weights": "data(weights)",
          "control-point-distances": "data(distances)",
        },
      },
      { selector: 'edge[flow = "done"]', style: { ...line(colour("done"), 0.8), "z-index": 1 } },
      // Edges with a common end share a line: the one that matters most lies on top.
      {
        selector: 'edge[flow = "running"]',
        style: { ...line(colour("running"), 1), ...dashed(DASHES), width: 2, "z-index": 2 },
      },
      {
        selector: 'edge[flow = "fail"]',
        style: { ...line(colour("fail"), 1), width: 2, "z-index": 3 },
      },
      { selector: "edge.near", style: { width: 3, "line-opacity": 1, "z-index": 4 } },
      { selector: ".away", style: { display: "none" } },
    ];
  }

  function line(colour, opacity) {
    return { "line-color": colour, "target-arrow-color": colour, "line-opacity": opacity };
  }

  function dashed(pattern) {
    return { "line-style": "dashed", "line-dash-pattern": pattern };
  }

  /* Too many for cards: the canvas draws box, sign, label and word itself. */
  function crowdStyles(colour, font) {
    const shared = {
      "background-opacity": 1,
      "border-width": 2,
      label: (node) => caption(node.data()),
      color: colour("text"),
      "font-family": font,
      "font-size": 12,
      "min-zoomed-font-size": 5,
      "text-wrap": "wrap",
      "text-valign": "center",
      "line-height": 1.25,
    };
    const borders = STATUSES.map((status) => ({
      selector: `node.crowd[status = "${status}"]`,
      style: {
        "border-color": colour(status),
        "background-color": colour(`${status}-tint`),
        "border-style": status === "idle" ? "dashed" : "solid",
      },
    }));
    return [{ selector: "node.crowd", style: shared }, ...borders];
  }

  function caption(data) {
    const room = Math.floor(data.w / 7);
    const label = data.label.length > room ? data.label.slice(0, room - 1) + "…" : data.label;
    return `${label}\n${SIGNS[data.status] || ""} ${data.status}`;
  }

  function mayMove() {
    const isOld = root.dataset.freshness === "stale" || root.dataset.shown === "snapshot";
    return !document.hidden && !isPaused && !isOld && !stillness.matches;
  }

  /* Start or stop all motion. */
  function settle() {
    const room = document.querySelector(".graph-room");
    if (room) room.dataset.motion = mayMove() ? "on" : "off";
    const flows = mayMove() && flowing().nonempty();
    if (flows && timer === null) timer = window.setInterval(flow, FRAME_MS);
    if (!flows && timer !== null) {
      window.clearInterval(timer);
      timer = null;
    }
  }

  function flowing() {
    if (!graph.cy) return { nonempty: () => false };
    const edges = graph.cy.edges('[flow = "running"]');
    return edges.filter((edge) => edge.data("view") === graph.view).slice(0, MOST_FLOWING);
  }

  function flow() {
    offset = (offset + 1) % (DASHES[0] + DASHES[1]);
    flowing().style("line-dash-offset", -offset);
  }

  window.dashboard.onPress('[data-graph-tool="pause"]', (button) => {
    isPaused = !isPaused;
    button.setAttribute("aria-pressed", String(isPaused));
    settle();
  });

  graph.onMount.push((cy) => {
    paint();
    cy.on("data", "edge", settle);
  });
  graph.onDraw.push(settle);
  document.addEventListener("visibilitychange", settle);
  stillness.addEventListener("change", settle);
  darkness.addEventListener("change", paint);
  new MutationObserver((changes) => {
    if (changes.some((change) => change.attributeName === "data-theme")) paint();
    settle();
  }).observe(root, { attributeFilter: ["data-theme", "data-freshness", "data-shown"] });
})();
