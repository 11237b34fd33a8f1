/* Code: the charts' library, a third of all that the page loads, fetched when a chart comes near.

   In:  charts that wait for it
   Out: window.chartCode.whenHere(name, act, places): act is called once the library is here; the last one of a name
        counts. Dash itself brings it, for a graph that nobody sees. */
(function () {
  "use strict";

  const NEAR = "200px 0px";
  const LOOK_MS = 50;
  const acts = new Map();
  let isAsked = false;

  const sight = new IntersectionObserver(
    (changes) => {
      if (changes.some(({ isIntersecting }) => isIntersecting)) ask();
    },
    { rootMargin: NEAR },
  );

  /* What is on its way to the first picture goes before it. */
  function ask() {
    sight.disconnect();
    if (isAsked) return;
    isAsked = true;
    window.requestIdleCallback(bring, { timeout: 500 });
  }

  function bring() {
    const children = { type: "Graph", namespace: "dash_core_components", props: { config: { displayModeBar: false } } };
    window.dash_clientside.set_props("charts-code", { children });
    arrive();
  }

  function arrive() {
    if (!window.Plotly) return window.setTimeout(arrive, LOOK_MS);
    const now = [...acts.values()];
    acts.clear();
    return now.forEach((act) => act());
  }

  function whenHere(name, act, places) {
    acts.set(name, act);
    if (!isAsked) places.forEach((place) => sight.observe(place));
  }

  window.chartCode = { whenHere };
})();
