/* Shown: which run is looked at, and which baseline stands behind it.

   In:  links and buttons with data-show-run, buttons with data-baseline-run, wherever they are; the banner of a stored run.
   Out: the stores shown-run and baseline-choice (the URL script writes them into the address), and
        data-shown and data-compared on <html>. */
(function () {
  "use strict";

  const { onPress, set } = window.dashboard;
  const root = document.documentElement;

  /* The banner came or went: from now on the page shows what the address says. */
  function arrived(_banner, run) {
    if (run) root.dataset.shown = "snapshot";
    else delete root.dataset.shown;
    window.dash_clientside.feed.judge();
  }

  const told = new WeakMap(); // place in a panel -> the entry whose words it has

  function tell(compared) {
    const { streams, placeOf } = window.lossFigures;
    for (const stream of streams()) {
      const entry = (compared || {})[stream];
      const place = placeOf(stream, "loss-delta");
      if (told.get(place) === entry) continue;
      told.set(place, entry);
      window.trees.fill(place, entry?.delta || []);
      window.trees.fill(placeOf(stream, "loss-compared"), entry?.keys || []);
    }
    root.toggleAttribute("data-compared", Object.values(compared || {}).some((one) => one.others.length));
  }

  /* Away from the history, to the tab where the chosen run is shown. */
  function leave(button) {
    if (!("leave" in button.dataset)) return;
    const target = document.getElementById(button.dataset.leave);
    set("tab", target?.dataset.in || "readiness");
    window.setTimeout(() => (target ? target.scrollIntoView() : window.scrollTo({ top: 0 })), 50);
  }

  onPress("[data-show-run]", (button, event) => {
    if (!window.dashboard.isPlainClick(event)) return;
    event.preventDefault();
    set("shown-run", button.dataset.showRun || null);
    leave(button);
  });

  onPress("button[data-baseline-run]", (button) => {
    set("baseline-choice", button.dataset.baselineRun);
    leave(button);
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, { shown: { arrived, tell } });
})();
