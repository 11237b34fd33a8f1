/* Graph news: what the state says of every element, kept, and put into the canvas wherever that says something else.

   In:  the store `graph-news`: id, status, message, flow and instants of every element.
   Out: the data of cytoscape's elements. The component that holds the canvas writes into it late and may write what
        was true before, so it is corrected whenever an element comes or changes, and not only when news come. */
(function () {
  "use strict";

  const graph = window.pipelineGraph;
  let news = new Map(); // element id -> its data
  let isDue = false;

  function tell(told) {
    news = new Map((told || []).map((data) => [data.id, data]));
    correct();
  }

  function correct() {
    isDue = false;
    if (!graph.cy) return;
    const old = graph.cy.elements().filter(isOld);
    graph.cy.batch(() => old.forEach((element) => void element.data(news.get(element.id()))));
  }

  function isOld(element) {
    const [told, shown] = [news.get(element.id()), element.data()];
    return told !== undefined && Object.keys(told).some((key) => JSON.stringify(told[key]) !== JSON.stringify(shown[key]));
  }

  /* After whoever is writing now has written all of it. */
  function correctSoon(event) {
    if (isDue || !isOld(event.target)) return;
    isDue = true;
    queueMicrotask(correct);
  }

  graph.onMount.push((cy) => {
    cy.on("add data", correctSoon);
    correct();
  });

  const ours = (window.dash_clientside || {}).graph;
  window.dash_clientside = Object.assign({}, window.dash_clientside, { graph: Object.assign({}, ours, { tell }) });
})();
