/* Full: one panel over the whole window, and back.

   In:  presses of [data-full], Escape, the store full-panel, as the address has it: "patchtst", "patchtst/val/acc"
   Out: is-full on that panel, full-panel. The chart notices its new size by itself. */
(function () {
  "use strict";

  let shown = null;

  function nameOf(panel) {
    const { stream } = panel.closest(".loss").dataset;
    return panel.matches(".metric-card") ? `${stream}/${panel.dataset.metric}` : stream;
  }

  /* The first of a name: a pinned metric has two cards. */
  function mark() {
    const panels = [...document.querySelectorAll(".loss, .metric-card")];
    const found = shown && panels.find((panel) => panel.checkVisibility() && nameOf(panel) === shown);
    for (const panel of panels) {
      panel.classList.toggle("is-full", panel === found);
      const button = [...panel.querySelectorAll("[data-full]")].find((one) => one.closest(".loss, .metric-card") === panel);
      button?.setAttribute("aria-pressed", String(panel === found));
    }
  }

  function show(name) {
    shown = name || null;
    mark();
  }

  window.dashboard.onPress("[data-full]", (button) => {
    const name = nameOf(button.closest(".loss, .metric-card"));
    window.dashboard.set("full-panel", name === shown ? null : name);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !document.querySelector(".is-full") || document.querySelector("dialog[open]")) return;
    event.preventDefault(); // nothing else is closed by it
    window.dashboard.set("full-panel", null);
  }, true);

  window.fullPanel = { mark };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { full: { show } });
})();
