/* Core: what the scripts of all regions share: the server's address, one tick a second, presses, stores.

   Out: window.dashboard. Nothing ticks while nobody looks. */
(function () {
  "use strict";

  /* Where the server answers a path, below the page's prefix. */
  function address(path) {
    const config = JSON.parse(document.getElementById("_dash-config").textContent);
    return (config.requests_pathname_prefix || "/") + path;
  }

  function everySecond(act) {
    document.addEventListener("dashboard:second", act);
  }

  /* Call with the nearest element of a selector around what was pressed. */
  function onPress(selector, act) {
    document.addEventListener("click", (event) => {
      const found = event.target.closest && event.target.closest(selector);
      if (found) act(found, event);
    });
  }

  /* Whether a press on a link means here, not another tab or window. */
  function isPlainClick(event) {
    return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  }

  /* Put a value into one of the page's stores. */
  function set(store, data) {
    window.dash_clientside.set_props(store, { data });
  }

  window.setInterval(() => document.hidden || document.dispatchEvent(new CustomEvent("dashboard:second")), 1000);
  window.dashboard = { address, everySecond, isPlainClick, onPress, set };
})();
