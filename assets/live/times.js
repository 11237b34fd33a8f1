/* Times: the state holds instants, the page counts. <time data-relative> is told as "6 min ago" and
   <time data-clock> as "14:02:11", in the reader's own zone, with the exact instant on hover;
   <time data-left> as "about 95 s left" and <time data-silent> as "silent for 3 min".
   It reads and writes nothing else. */
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

  function left(instant) {
    const seconds = (instant - serverNow()) / 1000;
    return seconds < 1 ? "should end now" : `about ${duration(seconds)} left`;
  }

  function silent(instant) {
    return `silent for ${duration((serverNow() - instant) / 1000)}`;
  }

  function duration(seconds) {
    const length = Math.max(0, seconds);
    if (length < 20) return `${Math.round(length)} s`;
    if (length < 100) return `${5 * Math.round(length / 5)} s`;
    if (length < 6000) return `${Math.round(length / 60)} min`;
    if (length < 172800) return `${Math.round(length / 3600)} h`;
    return `${Math.round(length / 86400)} d`;
  }

  const WORDS = { relative, clock, left, silent };

  function tell(time) {
    const instant = Date.parse(time.dateTime);
    if (Number.isNaN(instant)) return;
    const kind = Object.keys(WORDS).find((one) => one in time.dataset);
    const text = WORDS[kind](instant);
    if (time.textContent !== text) time.textContent = text;
    if (kind === "left" || kind === "silent") return;
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
    document.querySelectorAll("time:is([data-relative], [data-clock], [data-left], [data-silent])").forEach(tell);
  }

  window.dashboard.everySecond(tick);
  document.addEventListener("visibilitychange", tick);
  /* What was just drawn is told before it is painted. */
  new MutationObserver(tick).observe(document, {
    childList: true,
    subtree: true,
    attributeFilter: ["datetime"],
  });
})();
