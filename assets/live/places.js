/* Places: the address -> the browser's history. Another tab or another run is a step, which Back takes back; how a place
   is looked at is none.

   In:  the address of what is shown, whenever something of it changed
   Out: pushState or replaceState; after Back or Forward `url.returned`, which shows what the address says then. */
(function () {
  "use strict";

  const NAMES = ["tab", "view", "run"];
  const root = document.documentElement;
  let before = null;

  function placeIn(search) {
    const given = new URLSearchParams(search);
    return NAMES.map((name) => given.get(name) || "").join("\n");
  }

  /* The first address is where the way begins; a frame must not fill the history of the page around it. */
  function write(address) {
    const now = placeIn(new URL(address, window.location.href).search);
    const isStep = before !== null && before !== now && !("embed" in root.dataset);
    before = now;
    if (isStep) window.history.pushState(null, "", address);
    else window.history.replaceState(window.history.state, "", address);
  }

  window.addEventListener("popstate", () => {
    if (before === null) return;
    before = placeIn(window.location.search);
    window.dash_clientside.url.returned();
  });

  window.places = { write };
})();
