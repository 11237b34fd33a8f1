/* Chosen: which metrics are looked at: those whose name a pattern finds, and those that somebody pinned.

   In:  metric-filter, a regular expression or, where it is none, plain text; the store metric-pins, as the address has
        it: "patchtst/val/acc,swinmae/lr"; presses of .metric-pin
   Out: window.chosenMetrics; metric-pins. The pattern is tried here alone: a slow one holds up nobody else. */
(function () {
  "use strict";

  const MOST_PINS = 48;
  let pattern = null;
  let pins = []; // [stream, metric]

  const safe = (text) => text.replace(/[%,]/g, encodeURIComponent);

  function plain(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  function patternOf(text) {
    try {
      return new RegExp(text, "i");
    } catch {
      return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");
    }
  }

  function filter(text) {
    pattern = text ? patternOf(text) : null;
    window.dash_clientside.metrics.again();
  }

  function pin(told) {
    const names = (told || "").split(",").map(plain).filter((name) => name.includes("/"));
    pins = names.slice(0, MOST_PINS).map((name) => [name.slice(0, name.indexOf("/")), name.slice(name.indexOf("/") + 1)]);
    window.dash_clientside.metrics.again();
  }

  const isPinned = (stream, metric) => pins.some(([one, other]) => one === stream && other === metric);

  window.dashboard.onPress(".metric-pin", (button) => {
    const stream = button.closest(".loss").dataset.stream;
    const { metric } = button.closest(".metric-card").dataset;
    const rest = pins.filter(([one, other]) => one !== stream || other !== metric);
    const now = rest.length < pins.length ? rest : [...pins, [stream, metric]];
    if (now.length > MOST_PINS) return;
    window.dashboard.set("metric-pins", now.map((pair) => safe(pair.join("/"))).join(",") || null);
  });

  window.chosenMetrics = {
    isFiltered: () => pattern !== null,
    fitting: (names) => names.filter((known) => known.some((text) => pattern.test(text))).map(([name]) => name),
    isPinned,
    pinsOf: (stream) => pins.filter(([one]) => one === stream).map(([, metric]) => metric),
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { chosen: { filter, pin } });
})();
