/* Feed: hears from the server whether there is a new state, and says how fresh the page is.

   In:  {etag, runs, condition, sentence, observed_at, interval_seconds, stale_after_seconds, now},
        pushed by api/events; asked from api/pulse until a stream speaks, and whenever it is silent
   Out: the stores `state-version` and `runs-version` (callbacks follow them), the sentence above the verdict,
        data-freshness="live|stale|stored" on <html>, and the instant in <time data-observed>.
        A stored run is as old as it says, whoever looks at the workspace: it never becomes stale.
   It draws nothing else, and nobody else can tell which way a pulse came. */
(function () {
  "use strict";

  const PERIOD_MS = 2000;
  const LONGEST_PERIOD_MS = 30000;
  const MISSES_UNTIL_LOST = 2;
  const SILENT_INTERVALS = 2.5; // a stream that says nothing for so long is broken or held back
  const USUAL_INTERVAL_SECONDS = 5;
  const STREAM_AGAIN_MS = 2000;
  const LONGEST_STREAM_AGAIN_MS = 300000;
  const ADVICE = "`python -m collectors watch` keeps it up to date.";

  let pulse = null; // what was heard last
  let tag = null; // its ETag
  let misses = 0;
  let heardAt = null; // when the server last answered, by our clock
  let clockOffsetMs = 0; // server's clock minus ours
  let shownSentence = null;
  let stream = null;
  let speaks = false; // whether the stream does, so that nobody needs to ask
  let failedStreams = 0;
  let releaseStream = null;
  const timers = {};
  let isSignedOut = false; // then nobody is asked any more, until the page is loaded again

  function start(_id, etag, runs) {
    window.dashboard.drawn("state-version", etag);
    window.dashboard.drawn("runs-version", runs);
    document.addEventListener("visibilitychange", () => (document.hidden ? rest() : wake()));
    window.dashboard.everySecond(judge);
    document.addEventListener("dashboard:signed-out", end);
    wake();
  }

  /* Ask at once, and be told from then on. */
  function wake() {
    ask();
    listen();
  }

  function rest() {
    Object.values(timers).forEach(window.clearTimeout);
    close();
  }

  function end() {
    isSignedOut = true;
    rest();
    judge();
  }

  function later(name, action, milliseconds) {
    window.clearTimeout(timers[name]);
    if (!document.hidden) timers[name] = window.setTimeout(action, milliseconds);
  }

  async function ask() {
    window.clearTimeout(timers.ask);
    if (document.hidden || speaks || isSignedOut) return;
    const answer = await answerTo("api/pulse");
    if (speaks || isSignedOut) return; // what was pushed meanwhile is newer
    if (answer) {
      if (misses) later("listen", listen, 0);
      hear(answer);
    } else {
      lose();
    }
    later("ask", ask, nextPeriod());
  }

  /* The pulse as it is now; null when the server cannot be reached. */
  async function answerTo(path) {
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const answer = await fetch(window.dashboard.address(path), { headers, cache: "no-store" });
      if (answer.status === 304) return pulse;
      if (answer.status !== 200) return null;
      tag = answer.headers.get("ETag");
      return await answer.json();
    } catch {
      return null;
    }
  }

  function nextPeriod() {
    return Math.min(PERIOD_MS * 2 ** Math.max(0, misses - 1), LONGEST_PERIOD_MS);
  }

  /* Be told; whoever finds no free stream goes on asking and tries again. */
  async function listen() {
    window.clearTimeout(timers.listen);
    if (stream || document.hidden || isSignedOut || !window.EventSource) return;
    if (!(await window.dashboard.oneOfFew(follow))) later("listen", listen, LONGEST_STREAM_AGAIN_MS);
  }

  /* Follow a stream until it is closed. */
  function follow() {
    if (stream || document.hidden) return null;
    stream = new EventSource(window.dashboard.address("api/events"));
    stream.addEventListener("error", abandon);
    stream.addEventListener("pulse", (event) => {
      speaks = true;
      failedStreams = 0;
      tag = null;
      window.clearTimeout(timers.ask);
      hear(JSON.parse(event.data));
      expectPulse();
    });
    expectPulse();
    return new Promise((release) => (releaseStream = release));
  }

  function expectPulse() {
    const seconds = Math.min(Math.max(pulse?.interval_seconds || USUAL_INTERVAL_SECONDS, 1), 15);
    later("silence", abandon, SILENT_INTERVALS * seconds * 1000);
  }

  function close() {
    if (!stream) return;
    stream.close();
    releaseStream();
    stream = null;
    speaks = false;
  }

  /* The stream broke or is held back: ask, and try another one now and then. */
  function abandon() {
    window.clearTimeout(timers.silence);
    close();
    later("listen", listen, Math.min(STREAM_AGAIN_MS * 2 ** failedStreams, LONGEST_STREAM_AGAIN_MS));
    failedStreams += 1;
    ask();
  }

  /* The server answered. */
  function hear(news) {
    misses = 0;
    heardAt = Date.now();
    if (news !== pulse && news.now) clockOffsetMs = Date.parse(news.now) - Date.now();
    pulse = news;
    window.dashboard.follow("state-version", news.etag);
    followRuns(news.runs);
    judge();
  }

  /* A run was stored or removed, or somebody pinned another baseline, perhaps this very page. */
  function followRuns(version) {
    if (version) window.dashboard.follow("runs-version", version);
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
    if (document.hidden || (pulse === null && misses < MISSES_UNTIL_LOST && !isSignedOut)) return;
    const root = document.documentElement;
    const isStored = root.dataset.shown === "snapshot";
    const [known, ofView, advice] = staleWords();
    const told = known && [known + (isStored ? "" : ofView) + ".", advice].filter(Boolean).join(" ");
    const sentence = told && told.replace(/\x60([^\x60]*)\x60/g, '"$1"'); // what is to be typed
    const freshness = isStored ? "stored" : sentence ? "stale" : "live";
    const isNews = sentence !== shownSentence || freshness !== root.dataset.freshness;
    root.dataset.freshness = freshness;
    if (pulse) root.dataset.condition = pulse.condition;
    tellObserved();
    if (sentence !== shownSentence) window.dash_clientside.set_props("feed-sentence", { children: sentence });
    shownSentence = sentence;
    if (isNews) document.dispatchEvent(new CustomEvent("dashboard:freshness"));
  }

  /* Why the current state may not be what is true now, what that means for what is on screen, and what to
     do; the first is empty while all is well. */
  function staleWords() {
    if (isSignedOut) return ["You are signed out", "; what you see is from before"];
    if (misses >= MISSES_UNTIL_LOST) {
      const since = heardAt ? " since " + new Date(heardAt).toLocaleTimeString() : "";
      return ["This page has not reached its server" + since, "; what you see is from before"];
    }
    if (pulse.condition !== "ok") return hasView() ? [withoutStop(pulse.sentence), ". The last good state is shown"] : [""];
    if (!pulse.observed_at) return ["Nobody is observing this workspace", momentOfView(), ADVICE];
    const age = (now() - Date.parse(pulse.observed_at)) / 1000;
    if (age <= staleAfter()) return [""];
    return ["The observer has stopped: it last looked " + inWords(pulse.observed_at), ", and what you see is from then", ADVICE];
  }

  function withoutStop(sentence) {
    return (sentence || "").replace(/\.$/, "");
  }

  /* Without a state the verdict bar says why by itself, and there is nothing to grey. */
  function hasView() {
    return document.querySelector(".verdict[data-true-at]") !== null;
  }

  function momentOfView() {
    const bar = document.querySelector(".verdict[data-true-at]");
    return bar ? `; what you see was true ${inWords(bar.dataset.trueAt)}` : "";
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
    feed: { start, hear, lose, judge, now, followRuns },
  });
})();
