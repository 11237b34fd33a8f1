/* Core: what the scripts of all regions share: the server's address, one tick a second, presses, stores, streams.

   Out: window.dashboard. Nothing ticks while nobody looks. */
(function () {
  "use strict";

  const STREAMS = 3; // a browser keeps six connections to a server, for all its windows and frames

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

  /* Use one of the streams that a browser has room for; false where none is free. Where locks cannot be had, frames
     have none: there may be many on one page of a wiki. */
  async function oneOfFew(use) {
    try {
      for (let place = 1; place <= STREAMS; place += 1) {
        const held = async (lock) => lock !== null && (await use(), true);
        if (await navigator.locks.request(`stream-${place}`, { ifAvailable: true }, held)) return true;
      }
      return false;
    } catch {
      return window.self === window.top && (await use(), true);
    }
  }

  window.setInterval(() => document.hidden || document.dispatchEvent(new CustomEvent("dashboard:second")), 1000);
  window.dashboard = { address, everySecond, isPlainClick, onPress, oneOfFew, set };
})();
