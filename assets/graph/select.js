/* Graph selection: one selected stage, whoever selected it, by mouse, finger or keyboard.

   In:  taps on the canvas, buttons with data-stage, keys, rows of the checklist.
   Out: the store `selected-stage`, the marks on cards, rows and edges, and the rows of the checklist
   that a stage rests on. */
(function () {
  "use strict";

  const graph = window.pipelineGraph;
  const ARROWS = {
    ArrowRight: [1, 0],
    ArrowLeft: [-1, 0],
    ArrowDown: [0, 1],
    ArrowUp: [0, -1],
  };
  let selected = null;
  let related = []; // stages of the checklist row that was pressed last

  function select(stage) {
    showSelection(stage);
    window.dashboard.set("selected-stage", stage);
  }

  function showSelection(stage) {
    selected = stage || null;
    related = [];
    mark();
  }

  function mark() {
    for (const [id, card] of graph.cards) {
      setCurrent(card, id === selected);
      card.classList.toggle("is-related", related.includes(id));
    }
    for (const row of document.querySelectorAll(".stage-row")) {
      setCurrent(row, row.dataset.stage === selected);
      row.parentElement.hidden = row.parentElement.dataset.stageView !== graph.view;
    }
    for (const check of document.querySelectorAll(".check[data-stages]")) {
      const stages = check.dataset.stages.split(" ");
      check.classList.toggle("is-related", selected !== null && stages.includes(selected));
    }
    if (graph.cy) markEdges();
  }

  function setCurrent(button, isCurrent) {
    if (isCurrent) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }

  function markEdges() {
    graph.cy.batch(() => {
      graph.cy.edges(".near").removeClass("near");
      if (selected) graph.cy.getElementById(selected).connectedEdges().addClass("near");
    });
  }

  graph.onMount.push((cy) => {
    cy.on("tap", (event) => {
      if (event.target === cy) select(null);
      else if (event.target.isNode()) select(event.target.id());
    });
  });
  graph.onDraw.push(mark);

  const { onPress } = window.dashboard;
  onPress(".graph-room [data-stage]", ({ dataset }) => select(dataset.stage));
  onPress("[data-find-check]", ({ dataset }) => findCheck(dataset.findCheck));
  onPress(".check[data-stages] summary", (row) => relate(row.closest(".check").dataset.stages.split(" ")));

  /* A row of the checklist was pressed: show which stages rest on it. */
  function relate(stages) {
    related = stages;
    mark();
  }

  function findCheck(check) {
    const row = document.getElementById("check-" + check);
    if (!row) return;
    const details = row.querySelector("details");
    if (details) details.open = true;
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("summary").focus({ preventScroll: true });
    row.classList.remove("is-found");
    void row.offsetWidth; // lets the mark begin again
    row.classList.add("is-found");
  }

  /* Keys, while a card has the focus. Enter and Space press it, as they press every button. */
  document.addEventListener("keydown", (event) => {
    const card = event.target.closest && event.target.closest(".stage-card");
    const isInside = event.target.closest && event.target.closest(".graph-room");
    if (event.key === "Escape" && isInside && selected) return select(null);
    if (!card || event.altKey || event.ctrlKey || event.metaKey) return undefined;
    const next = event.key in ARROWS && neighbour(card.dataset.stage, ARROWS[event.key]);
    if (next) graph.cards.get(next.id()).focus({ preventScroll: true });
    else if (event.key === "+") graph.zoomBy(graph.STEP);
    else if (event.key === "-") graph.zoomBy(1 / graph.STEP);
    else if (event.key === "0") graph.fit();
    else if (!(event.key in ARROWS)) return undefined;
    event.preventDefault();
    return undefined;
  });

  /* The stage to go to: along an edge if one leads that way, else the nearest on that side. */
  function neighbour(stage, direction) {
    const node = graph.cy.getElementById(stage);
    const joined = node.neighborhood("node").filter((other) => other.data("view") === graph.view);
    return nearest(node, joined, direction) || nearest(node, graph.shown(), direction);
  }

  function nearest(node, others, [dx, dy]) {
    const at = node.position();
    let best = null;
    others.forEach((other) => {
      const to = other.position();
      const ahead = (to.x - at.x) * dx + (to.y - at.y) * dy;
      const aside = Math.abs((to.x - at.x) * dy) + Math.abs((to.y - at.y) * dx);
      if (other.id() === node.id() || ahead < 1 || (dy && aside > ahead)) return;
      const cost = ahead + 2 * aside;
      if (!best || cost < best.cost) best = { cost, other };
    });
    return best && best.other;
  }

  document.addEventListener("focusin", (event) => {
    const card = event.target.closest && event.target.closest(".stage-card");
    if (!card) return;
    if (card.matches(":focus-visible")) graph.reveal(card.dataset.stage);
    if (graph.isCrowded) rove(card);
  });

  /* Tab goes from stage to stage; among very many it stops at one, and the arrows go on from there. */
  function rove(chosen) {
    for (const card of graph.cards.values()) {
      card.tabIndex = !graph.isCrowded || card === chosen ? 0 : -1;
    }
  }

  graph.onDraw.push(() => {
    const shown = [...graph.cards.values()].filter((card) => !card.hidden);
    const last = shown.find((card) => card.tabIndex === 0);
    rove(last || shown[0]);
  });

  /* Rows that were drawn anew are marked as the old ones were. On a phone the details stand below the
     list: bring those of a stage somebody selected into sight once they are there. */
  new MutationObserver((changes) => {
    const [list, details] = ["stage-list", "stage-details"].map((id) => document.getElementById(id));
    const isIn = (place) => changes.some(({ target }) => place && place.contains(target));
    if (isIn(list) || isIn(document.getElementById("checklist"))) mark();
    if (selected && list && list.clientHeight && changes.some((change) => change.target === details)) {
      details.scrollIntoView({ block: "nearest" });
    }
  }).observe(document, { childList: true, subtree: true });

  graph.select = select;
  const ours = (window.dash_clientside || {}).graph;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    graph: Object.assign({}, ours, { showSelection }),
  });
})();
