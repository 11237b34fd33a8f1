/* First: what the server wrote stands until the page is drawn, and goes in that very moment.

   Its charts move into the panels of the page and stay until the charts' library takes their places. */
(function () {
  "use strict";

  const first = document.getElementById("first-html");

  function look(_changes, watcher) {
    if (!document.querySelector("#react-entry-point main")) return;
    watcher.disconnect();
    first.remove();
    for (const still of first.querySelectorAll(".loss-still")) {
      const { stream } = still.closest("[data-stream]").dataset;
      window.lossFigures.placeOf(stream, "loss-chart")?.append(still);
    }
  }

  // Before anything is painted: what moved the page's elements is over, and nothing was shown twice.
  new MutationObserver(look).observe(document.getElementById("react-entry-point"), { childList: true, subtree: true });
})();
