/* Code: the charts' library, most of what the page loads, fetched when a chart is near and somebody is there.

   In:  charts that wait for it; the first sign of a person, or a while without one: until then the server's pictures
        of the charts stand, which nobody can move
   Out: window.chartCode.whenHere(name, act, places): act is called once the library is here; the last one of a name
        counts. Dash itself brings it, for a graph that nobody sees. */
(function () {
  "use strict";

  const NEAR = "200px 0px";
  const SIGNS = ["pointermove", "pointerdown", "wheel", "keydown", "scroll"];
  const ALONE_MS = 4000;
  const LOOK_MS = 50;
  const acts = new Map();
  let isNear = false;
  let isSomebody = false;
  let isAsked = false;

  const sight = new IntersectionObserver(
    (changes) => {
      if (changes.some(({ isIntersecting }) => isIntersecting)) near();
    },
    { rootMargin: NEAR },
  );

  function near() {
    isNear = true;
    sight.disconnect();
    window.setTimeout(somebody, ALONE_MS);
    bring();
  }

  function somebody() {
    isSomebody = true;
    SIGNS.forEach((sign) => window.removeEventListener(sign, somebody, true));
    bring();
  }

  function bring() {
    if (isAsked || !isNear || !isSomebody) return;
    isAsked = true;
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
    if (!isNear) places.forEach((place) => sight.observe(place));
  }

  SIGNS.forEach((sign) => window.addEventListener(sign, somebody, { capture: true, passive: true }));

  window.chartCode = { whenHere };
})();
