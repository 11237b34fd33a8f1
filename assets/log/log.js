/* Log: the end of the training's own log, followed while somebody looks at it.

   In:  the store `logs-now` {logs} or null; presses of the filters and the choice of another log; the epoch under the
        crosshair of Curves, of which the lines that follow its name are shown.
   Out: the panel #log, filled from api/log: text is text. Asked for again every few seconds while the panel is in
        sight; what did not change is a 304. It scrolls along until somebody scrolls up. */
(function () {
  "use strict";

  const AGAIN_SECONDS = 3;
  const NEAR_END = 24;
  const EPOCH = /\bepoch\b[\s:=#[(]*(\d+(?:\.\d+)?)/i;
  const seen = { logs: [], path: "", level: "", found: null, tag: null, isNear: false, isAsked: false, wait: 0, epoch: null };

  const panel = () => document.getElementById("log");
  const part = (name) => panel().querySelector(".log-" + name);

  const sight = new IntersectionObserver(([{ isIntersecting }]) => {
    seen.isNear = isIntersecting;
    if (isIntersecting) ask();
  });

  function show(now) {
    const box = panel();
    seen.logs = (box.dataset.is === "on" && now?.logs) || [];
    box.hidden = !seen.logs.length;
    if (!seen.logs.includes(seen.path)) Object.assign(seen, { path: "", found: null, tag: null });
    fillChoice();
    sight.observe(box);
  }

  function fillChoice() {
    const choice = part("choice");
    const names = ["", ...seen.logs];
    choice.hidden = seen.logs.length < 2;
    if ([...choice.options].map(({ value }) => value).join("\n") === names.join("\n")) return;
    choice.replaceChildren(...names.map((name) => new Option(name || "newest", name, false, name === seen.path)));
  }

  async function ask() {
    seen.wait = AGAIN_SECONDS;
    if (!seen.isNear || seen.isAsked || !seen.logs.length || document.hidden) return;
    seen.isAsked = true;
    const { path } = seen;
    const query = path ? "?path=" + encodeURIComponent(path) : "";
    try {
      const headers = seen.tag ? { "If-None-Match": seen.tag } : {};
      const answer = await fetch(window.dashboard.address("api/log" + query), { headers, cache: "no-store" });
      if (path !== seen.path) return;
      if (answer.status === 304) return;
      const told = await answer.json();
      seen.tag = answer.ok ? answer.headers.get("ETag") : null;
      seen.found = answer.ok ? { ...told, epochs: epochsOf(told.lines) } : null;
      draw(answer.ok ? "" : told.message);
    } catch {
      // The feed says that the server does not answer.
    } finally {
      seen.isAsked = false;
      if (path !== seen.path) ask();
    }
  }

  /* Of each line the epoch that was named last. */
  function epochsOf(lines) {
    let epoch = null;
    return lines.map((text) => {
      const named = EPOCH.exec(text);
      if (named) epoch = Number(named[1]);
      return epoch;
    });
  }

  function draw(problem = "") {
    const { found, level, epoch } = seen;
    panel().querySelector("h2").textContent = epoch === null ? "Log" : `Log at epoch ${epoch}`;
    part("notes").textContent = [problem, ...(found?.notes || [])].filter(Boolean).join(" ");
    const place = part("lines");
    place.hidden = !found;
    for (const button of panel().querySelectorAll("[data-level]")) {
      const kind = button.dataset.level;
      button.setAttribute("aria-pressed", String(kind === level));
      if (kind) button.lastChild.textContent = found ? found.levels.filter((one) => one === kind).length : "";
    }
    if (!found) return;
    part("about").replaceChildren(...about(found));
    const isAtEnd = place.scrollHeight - place.scrollTop - place.clientHeight < NEAR_END;
    const lines = found.lines.map((text, at) => ({ text, level: found.levels[at], epoch: found.epochs[at] }));
    const shown = lines.filter((line) => (!level || line.level === level) && (epoch === null || line.epoch === epoch));
    place.replaceChildren(...(shown.length ? shown.map(lineOf) : [none(level, epoch)]));
    if (isAtEnd || epoch !== null) place.scrollTop = place.scrollHeight;
  }

  function lineOf({ text, level }) {
    const line = document.createElement("span");
    line.className = level ? `log-line is-${level}` : "log-line";
    line.textContent = text + "\n";
    return line;
  }

  function none(level, epoch) {
    const line = document.createElement("span");
    const at = epoch === null ? "" : ` of epoch ${epoch}`;
    line.textContent = level ? `No ${level}s${at} in this part.` : at ? `No line${at} in this part: none names it.` : "Nothing yet.";
    return line;
  }

  function about({ path, facts, modified_at: modified }) {
    const name = document.createElement("code");
    name.textContent = path;
    const time = document.createElement("time");
    time.dateTime = modified || "";
    time.dataset.relative = ""; // times.js tells it
    return [name, ` · ${facts} · written `, time];
  }

  window.dashboard.everySecond(() => {
    seen.wait -= 1;
    if (seen.wait <= 0) ask();
  });

  window.dashboard.onPress("#log [data-level]", ({ dataset }) => {
    seen.level = dataset.level;
    draw();
  });

  document.addEventListener("dashboard:crosshair", ({ detail }) => {
    seen.epoch = detail?.axis === "epoch" ? detail.place : null;
    draw();
  });

  document.addEventListener("change", ({ target }) => {
    if (!target.matches?.("#log .log-choice")) return;
    Object.assign(seen, { path: target.value, found: null, tag: null });
    draw();
    ask();
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, { log: { show } });
})();
