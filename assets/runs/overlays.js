/* Overlays: which other runs are drawn too.

   In:  button[data-overlay], a box a run. Out: the store overlay-runs, and which boxes are ticked. */
(function () {
  "use strict";

  const { onPress, set } = window.dashboard;
  const MOST_RUNS = 8;
  let overlaid = [];

  function mark(ids) {
    if (ids !== undefined) overlaid = ids || [];
    for (const box of document.querySelectorAll("button[data-overlay]")) {
      const isOn = overlaid.includes(box.dataset.overlay);
      box.setAttribute("aria-checked", String(isOn));
      box.classList.toggle("is-full", !isOn && overlaid.length >= MOST_RUNS);
    }
  }

  function overlay(box) {
    const id = box.dataset.overlay;
    const rest = overlaid.filter((one) => one !== id);
    if (rest.length < overlaid.length) return set("overlay-runs", rest);
    if (overlaid.length >= MOST_RUNS) return window.dashboard.say(`At most ${MOST_RUNS} runs are drawn at once.`);
    set("overlay-runs", [...overlaid, id]);
  }

  onPress("button[data-overlay]", overlay);

  /* A new page of the table brings new boxes. */
  new MutationObserver(() => mark()).observe(document, { childList: true, subtree: true, attributeFilter: ["data-overlay"] });

  window.dash_clientside = Object.assign({}, window.dash_clientside, { overlays: { mark } });
})();
