/* Graph core: finds the canvas, keeps two layers moving with its pan and zoom, says when to draw.

   In:  the cytoscape instance behind #graph.
   Out: window.pipelineGraph, through which the other graph scripts of this folder work together. */
(function () {
  "use strict";

  const MANY = 150; // from here on the canvas writes the labels itself

  const graph = {
    cy: null,
    view: null, // the view that is shown
    isCrowded: false,
    layers: {}, // `cards` over the canvas, `frames` under it
    onMount: [], // called with each new cytoscape instance
    onDraw: [], // called when elements came, went, moved, or another view is shown
    shown: () => graph.cy.nodes().filter((node) => node.data("view") === graph.view),
    redraw,
  };
  window.pipelineGraph = graph;
  let isDue = false;

  // The component passes its default sensitivity on, and cytoscape warns of any that is passed.
  const suite = window.dash_cytoscape;
  if (suite && suite.Cytoscape.defaultProps) delete suite.Cytoscape.defaultProps.wheelSensitivity;

  /* The graph may be mounted anew at any time: take the instance again whenever it is another one. */
  function look() {
    const host = document.getElementById("graph");
    const cy = host && host._cyreg && host._cyreg.cy;
    if (!cy || cy === graph.cy) return;
    graph.cy = cy;
    graph.layers = { cards: layer("graph-overlay"), frames: layer("graph-frames") };
    graph.onMount.forEach((act) => act(cy));
    cy.on("add remove", redrawSoon);
    cy.on("position", "node", redrawSoon);
    cy.on("viewport", follow);
    redraw();
  }

  function layer(parent) {
    const made = document.createElement("div");
    made.className = "graph-layer";
    document.getElementById(parent).replaceChildren(made);
    return made;
  }

  function follow() {
    const { x, y } = graph.cy.pan();
    for (const each of Object.values(graph.layers)) {
      each.style.transform = `translate(${x}px, ${y}px) scale(${graph.cy.zoom()})`;
    }
  }

  function redrawSoon() {
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => {
      isDue = false;
      redraw();
    });
  }

  function redraw() {
    graph.isCrowded = graph.shown().length > MANY;
    graph.onDraw.forEach((act) => act());
    follow();
  }

  new MutationObserver(look).observe(document, { childList: true, subtree: true });
})();
