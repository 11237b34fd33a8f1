/* Fleet: hears that there is news and renews the rows; finds while somebody types; goes through the rows by keys.

   In:  {sign, problem, now}, pushed by api/fleet/events; where no stream can be had, the page itself is asked.
   Out: the rows, chips and counts as the server sends them for this very address; data-freshness on <html>, and a
        sentence where they may not be what is true now. A row that did not change keeps its place in the document. */
(function () {
  "use strict";

  const ASK_MS = 10000;
  const AGAIN_MS = 3000;
  const LONGEST_AGAIN_MS = 60000;
  const SILENT_MS = 15000;
  const TYPING_MS = 200;
  const MISSES_UNTIL_LOST = 2;
  const RENEWED = ["fleet-chips", "fleet-observed"];
  const root = document.documentElement;
  const timers = {};
  let stream = null;
  let release = null;
  let misses = 0;
  let failures = 0;
  let heardAt = Date.now();
  let clockOffsetMs = 0; // server's clock minus ours
  let problem = null;
  let isSignedOut = false;
  let asking = null; // what ends the question that is being asked

  function later(name, action, milliseconds) {
    window.clearTimeout(timers[name]);
    if (!document.hidden && !isSignedOut) timers[name] = window.setTimeout(action, milliseconds);
  }

  /* Where the form leads: what is typed and chosen, and nothing that is empty. */
  function addressOfForm() {
    const given = new URLSearchParams(new FormData(document.getElementById("fleet-fields")));
    for (const [name, value] of [...given]) if (!value) given.delete(name);
    return window.location.pathname + (given.size ? "?" + given : "");
  }

  /* The page of an address, as a document; null where it cannot be had. */
  async function documentOf(address) {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const answer = await window.fetch(window.dashboard.address("") + new URL(address, window.location).search, {
        headers: { Accept: "text/html" },
        cache: "no-cache",
        signal,
      });
      if (answer.status !== 200) return null;
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return signal.aborted ? undefined : null;
    }
  }

  /* Renew what is shown, for this address or for another one. */
  async function renew(address = window.location.href, isOther = false) {
    const found = await documentOf(address);
    if (found === undefined) return; // another question came meanwhile
    if (!found) {
      misses += 1;
      judge();
      later("ask", renew, Math.min(AGAIN_MS * 2 ** misses, LONGEST_AGAIN_MS));
      return;
    }
    misses = 0;
    heardAt = Date.now();
    if (isOther) window.history.replaceState(null, "", address);
    root.dataset.sign = found.documentElement.dataset.sign;
    document.title = found.title;
    draw(found);
    judge();
    if (!stream) later("ask", renew, ASK_MS);
  }

  function draw(found) {
    const held = document.activeElement?.closest("[data-row], [data-key]");
    const kept = new Map([...document.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
    const rows = document.getElementById("fleet-rows");
    const fresh = document.adoptNode(found.getElementById("fleet-rows"));
    for (const row of fresh.querySelectorAll("[data-row]")) {
      const old = kept.get(row.dataset.row);
      if (old && old.dataset.version === row.dataset.version) row.replaceWith(old);
    }
    rows.replaceChildren(...fresh.childNodes);
    for (const name of RENEWED) document.getElementById(name).replaceWith(document.adoptNode(found.getElementById(name)));
    for (const select of document.querySelectorAll("#fleet-fields select")) {
      const newer = found.getElementById(select.id);
      if (!newer || select === document.activeElement) continue;
      const { value } = newer; // a choice that loses its option takes the next one
      select.replaceChildren(...newer.childNodes);
      select.value = value;
    }
    if (held && !held.isConnected) again(held)?.focus({ preventScroll: true });
    else if (held && document.activeElement === document.body) (held.querySelector("a") || held).focus({ preventScroll: true });
  }

  /* What stands now in the place of what had the focus. */
  function again(held) {
    const [name, value] = held.dataset.row === undefined ? ["key", held.dataset.key] : ["row", held.dataset.row];
    const found = [...document.querySelectorAll(`[data-${name}]`)].find((one) => one.dataset[name] === value);
    return found?.querySelector("a") || found;
  }

  /* Say how fresh the rows are. */
  function judge() {
    let sentence = "";
    if (isSignedOut) sentence = "You are signed out; what you see is from before.";
    else if (problem) sentence = `The workspaces cannot be read: ${problem}; what you see is from before.`;
    else if (misses >= MISSES_UNTIL_LOST) {
      const since = new Date(heardAt).toLocaleTimeString();
      sentence = `This page has not reached its server since ${since}; what you see is from before.`;
    }
    const place = document.getElementById("fleet-sentence");
    root.dataset.freshness = sentence ? "stale" : "live";
    if (place.textContent !== sentence) place.textContent = sentence;
  }

  async function listen() {
    if (stream || document.hidden || isSignedOut || !window.EventSource) return;
    if (!(await window.dashboard.oneOfFew(follow))) later("listen", listen, LONGEST_AGAIN_MS);
  }

  function follow() {
    if (stream || document.hidden) return null;
    stream = new EventSource(window.dashboard.address("api/fleet/events"));
    stream.addEventListener("error", abandon);
    stream.addEventListener("fleet", (event) => hear(JSON.parse(event.data)));
    later("silence", abandon, SILENT_MS);
    return new Promise((done) => (release = done));
  }

  function hear(news) {
    failures = 0;
    misses = 0;
    heardAt = Date.now();
    clockOffsetMs = Date.parse(news.now) - Date.now();
    problem = news.problem;
    later("silence", abandon, SILENT_MS);
    judge();
    if (news.sign && news.sign !== root.dataset.sign) renew();
  }

  function close() {
    window.clearTimeout(timers.silence);
    if (!stream) return;
    stream.close();
    stream = null;
    release();
  }

  /* The stream broke: ask, and try another one. */
  function abandon() {
    close();
    failures += 1;
    later("listen", listen, Math.min(AGAIN_MS * 2 ** (failures - 1), LONGEST_AGAIN_MS));
    renew();
  }

  function find() {
    return renew(addressOfForm(), true);
  }

  const fields = document.getElementById("fleet-fields");
  fields.addEventListener("submit", async (event) => {
    event.preventDefault();
    window.clearTimeout(timers.typing);
    await find();
    document.querySelector(".fleet-link")?.focus();
  });
  fields.addEventListener("change", find);
  fields.addEventListener("input", () => later("typing", find, TYPING_MS));

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      Object.values(timers).forEach(window.clearTimeout);
      close();
    } else {
      renew();
      listen();
    }
  });
  document.addEventListener("dashboard:signed-out", () => {
    isSignedOut = true;
    Object.values(timers).forEach(window.clearTimeout);
    close();
    judge();
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, { feed: { now: () => Date.now() + clockOffsetMs } });
  root.dataset.scripts = "";
  listen();
})();
