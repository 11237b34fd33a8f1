/* Feed: asks api/pulse whether there is a new state, and says how fresh the page is.

   In:  api/pulse {etag, condition, sentence, observed_at, interval_seconds, stale_after_seconds, now}
   Out: the store `state-version` (callbacks follow it), the sentence above the verdict,
        data-freshness="live|stale" on <html>, and the instant in <time data-observed>.
   It draws nothing else. Another feed may take its place by calling `feed.hear` and `feed.lose`. */
(function () {
  "use strict";

  const PERIOD_MS = 2000;
  const LONGEST_PERIOD_MS = 30000;
  const MISSES_UNTIL_LOST = 2;
  const ADVICE = "`python -m collectors watch` keeps it up to date.";

  let pulse = null; // what was heard last
  let tag = null; // its ETag
  let misses = 0;
  let heardAt = null; // when the server last answered, by our clock
  let clockOffsetMs = 0; // server's clock minus ours
  let timer = null;
  let shownSentence = null;

  function start(_id, etag) {
    hear.shown = etag;
    document.addEventListener("visibilitychange", () => {
      window.clearTimeout(timer);
      if (!document.hidden) ask();
    });
    window.setInterval(judge, 1000);
    ask();
  }

  function pulseAddress() {
    const config = JSON.parse(document.getElementById("_dash-config").textContent);
    return (config.requests_pathname_prefix || "/") + "api/pulse";
  }

  async function ask() {
    window.clearTimeout(timer);
    if (document.hidden) return;
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const answer = await fetch(pulseAddress(), { headers, cache: "no-store" });
      if (answer.status === 200) {
        tag = answer.headers.get("ETag");
        hear(await answer.json());
      } else if (answer.status === 304) {
        hear(pulse);
      } else {
        lose();
      }
    } catch {
      lose();
    }
    if (!document.hidden) timer = window.setTimeout(ask, nextPeriod());
  }

  function nextPeriod() {
    return Math.min(PERIOD_MS * 2 ** Math.max(0, misses - 1), LONGEST_PERIOD_MS);
  }

  /* The server answered. */
  function hear(news) {
    misses = 0;
    heardAt = Date.now();
    if (news !== pulse && news.now) clockOffsetMs = Date.parse(news.now) - Date.now();
    pulse = news;
    if (news.etag !== hear.shown) {
      hear.shown = news.etag;
      window.dash_clientside.set_props("state-version", { data: news.etag });
    }
    judge();
  }

  /* The server did not answer. */
  function lose() {
    misses += 1;
    judge();
  }

  function now() {
    return Date.now() + clockOffsetMs;
  }

  /* Decide how fresh the page is, and say so in one sentence. */
  function judge() {
    if (document.hidden || (pulse === null && misses < MISSES_UNTIL_LOST)) return;
    const sentence = staleSentence();
    const root = document.documentElement;
    root.dataset.freshness = sentence ? "stale" : "live";
    if (pulse) root.dataset.condition = pulse.condition;
    tellObserved();
    if (sentence !== shownSentence) {
      shownSentence = sentence;
      window.dash_clientside.set_props("feed-sentence", { children: sentence });
      document.dispatchEvent(new CustomEvent("dashboard:freshness"));
    }
  }

  /* Why what is on screen is not what is true now; empty while it is. */
  function staleSentence() {
    if (misses >= MISSES_UNTIL_LOST) {
      const since = heardAt ? " since " + new Date(heardAt).toLocaleTimeString() : "";
      return "This page has not reached its server" + since + "; what you see is from before.";
    }
    if (pulse.condition !== "ok") return hasView() ? pulse.sentence || "" : "";
    if (!pulse.observed_at) return unobservedSentence();
    const age = (now() - Date.parse(pulse.observed_at)) / 1000;
    if (age <= staleAfter()) return "";
    const last = inWords(pulse.observed_at);
    return `The observer has stopped: it last looked ${last}, and what you see is from then. ${ADVICE}`;
  }

  /* Without a state the verdict bar says why by itself, and there is nothing to grey. */
  function hasView() {
    return document.querySelector(".verdict[data-true-at]") !== null;
  }

  function unobservedSentence() {
    const bar = document.querySelector(".verdict[data-true-at]");
    const moment = bar ? `; what you see was true ${inWords(bar.dataset.trueAt)}` : "";
    return `Nobody is observing this workspace${moment}. ${ADVICE}`;
  }

  function inWords(instant) {
    return "on " + new Date(instant).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
  }

  function staleAfter() {
    return Math.max(pulse.stale_after_seconds || 15, 3 * (pulse.interval_seconds || 0));
  }

  function tellObserved() {
    if (!pulse || !pulse.observed_at) return;
    for (const time of document.querySelectorAll("time[data-observed]")) {
      if (time.dateTime !== pulse.observed_at) time.dateTime = pulse.observed_at;
    }
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    feed: { start, hear, lose, now },
  });
})();
