/* Times: tells every <time data-relative> as "6 min ago" and every <time data-clock> as "14:02:11",
   in the reader's own zone, with the exact instant on hover. It reads and writes nothing else. */
(function () {
  "use strict";

  const UNITS = [
    [86400 * 365, "y"],
    [86400 * 30, "mo"],
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ];

  function serverNow() {
    return window.dash_clientside.feed ? window.dash_clientside.feed.now() : Date.now();
  }

  function relative(instant) {
    const seconds = Math.round((serverNow() - instant) / 1000);
    const size = Math.abs(seconds);
    if (size < 1) return "now";
    const [length, unit] = UNITS.find(([length]) => size >= length);
    const amount = Math.floor(size / length) + " " + unit;
    return seconds >= 0 ? amount + " ago" : "in " + amount;
  }

  function clock(instant) {
    const when = new Date(instant);
    const time = when.toLocaleTimeString(undefined, { hour12: false });
    if (when.toDateString() === new Date(serverNow()).toDateString()) return time;
    return when.toLocaleDateString(undefined, { day: "numeric", month: "short" }) + " " + time;
  }

  function exact(instant) {
    return new Date(instant).toLocaleString(undefined, {
      dateStyle: "medium",
      timeStyle: "long",
    });
  }

  function tell(time) {
    const instant = Date.parse(time.dateTime);
    if (Number.isNaN(instant)) return;
    const text = "relative" in time.dataset ? relative(instant) : clock(instant);
    if (time.textContent !== text) time.textContent = text;
    if (time.dataset.told !== time.dateTime) {
      time.dataset.told = time.dateTime;
      time.title = exact(instant);
    }
  }

  /* A bar that was drawn anew does not know yet what the feed has told the old one. */
  let observed = null;
  function remember(time) {
    if (time.dateTime) observed = time.dateTime;
    else if (observed) time.dateTime = observed;
  }

  function tick() {
    if (document.hidden) return;
    document.querySelectorAll("time[data-observed]").forEach(remember);
    document.querySelectorAll("time[data-relative], time[data-clock]").forEach(tell);
  }

  window.setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  /* What was just drawn is told before it is painted. */
  new MutationObserver(tick).observe(document, {
    childList: true,
    subtree: true,
    attributeFilter: ["datetime"],
  });
})();
