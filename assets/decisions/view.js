/* Decisions: a run's document -> its tab: timeline, curves, severity, distribution, what-if, alarms.

   In:  the store `decisions-now` {run_id, digest}, the view; ?t=from,to and ?what_if= of the address.
   Out: #decision-charts. Fetched when the tab is open, again when the digest is another one. */
(function () {
  "use strict";

  const { chart, timeline, distribution, within, stretches, LEFT, RIGHT } = window.dashboard.decisionCharts;
  const words = window.dashboard.decisionWords;
  const panels = window.dashboard.decisionPanels;
  const whatIf = window.dashboard.whatIf;
  const { el } = panels;
  const LEAST_WIDTH = 280;
  const NARROW = 480; // lines are named inside the picture, not beside it
  const seen = { wanted: null, loaded: null, document: null, range: null, alarm: null, tried: null, phone: null };

  function room() {
    return document.getElementById("decision-charts");
  }

  /* What is looked at: an address that is shared shows the same. */
  function keep() {
    const given = new URLSearchParams(window.location.search);
    const put = (name, value) => (value ? given.set(name, value) : given.delete(name));
    put("t", seen.range ? seen.range.map((at) => Number(at.toFixed(3))).join(",") : null);
    put("what_if", seen.tried ? [seen.tried.id, ...seen.tried.tried].join(":") : null);
    const query = given.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
    window.history.replaceState(window.history.state, "", window.location.pathname + (query ? "?" + query : "") + window.location.hash);
  }

  function recall() {
    const given = new URLSearchParams(window.location.search);
    const [from, to] = (given.get("t") || "").split(",").map((text) => (text.trim() ? Number(text) : NaN));
    seen.range = Number.isFinite(from) && Number.isFinite(to) && from < to ? [from, to] : null;
    seen.tried = whatIf.fromAddress(seen.document.series, given.get("what_if"));
  }

  function whole() {
    const spans = seen.document.series.flatMap((one) => one.spans);
    const ends = spans.length ? [Math.min(...spans.map((s) => s.start)), Math.max(...spans.map((s) => s.end))] : [0, 1];
    return ends[0] < ends[1] ? ends : [ends[0], ends[0] + 1];
  }

  function view(width) {
    const [from, to] = seen.range || whole();
    const moment = (at) => words.moment(seen.document, at);
    return { from, to, width, right: width < NARROW ? 8 : RIGHT, moment, number: words.number, tick: words.tick(seen.document, from, to), states: words.STATES };
  }

  function labels() {
    return Object.fromEntries(seen.document.series.map((one) => [one.id, one.label]));
  }

  function curveFigure(one, look) {
    const lines = [{ name: "warn", at: one.warn, band: "warn" }, { name: "anomaly", at: one.anomaly, band: "anomaly" }];
    const sentence = words.ofCurve(seen.document, one);
    const drawn = chart(one.curve, lines, look, { height: 150, worse: seen.document.worse, sentence, scored: stretches(one.spans) });
    const numbers = panels.numbers(["Window", "Time", "Score"], () =>
      within(one.curve, look).map(([at, value, index]) => [words.number(index), look.moment(at), value === null ? "not finite" : words.number(value)]));
    const what = one.id === "fused" && seen.document.fused_by === "severity" ? "severity" : "score";
    const title = one.decides ? `${one.label} ${what}` : `${one.label} ${what} (does\u00a0not\u00a0decide)`;
    return panels.figure(title, drawn, sentence, numbers, one.id);
  }

  function severityFigure(look) {
    const told = seen.document.severity;
    const lines = [{ name: "usual", at: 0 }, { name: "warn", at: 1, band: "warn" }, { name: "anomaly", at: 2, band: "anomaly" }];
    const names = told.streams.map((id) => labels()[id] || id);
    const sentence = `The worst of ${names.join(" and ")}, each on the scale of its own thresholds: 0 the usual score, 1 warn, 2 anomaly.`;
    const drawn = chart(told.curve, lines, look, { height: 150, worse: "higher", sentence, scored: stretches(seen.document.series.flatMap((one) => one.spans)) });
    const numbers = panels.numbers(["Window", "Time", "Severity"], () =>
      within(told.curve, look).map(([at, value, index]) => [words.number(index), look.moment(at), words.number(value)]));
    return panels.figure("Severity", drawn, sentence, numbers, "severity");
  }

  function timelineFigure(look) {
    const sentence = words.ofTimeline(seen.document);
    const numbers = panels.numbers(["Series", "State", "From", "To"], () =>
      seen.document.series.flatMap((one) => one.spans
        .filter((span) => span.end >= look.from && span.start <= look.to)
        .map((span) => [one.label, words.STATES[span.state], look.moment(span.start), look.moment(span.end)])));
    const made = panels.figure("States", timeline(seen.document.series, look, sentence), sentence, numbers, "timeline");
    made.insertBefore(panels.legend(seen.document), made.lastChild.previousSibling);
    return made;
  }

  function tryable() {
    return seen.document.series.filter((one) => one.what_if && one.anomaly !== null);
  }

  function chosen() {
    const every = tryable();
    return every.find((one) => seen.tried && one.id === seen.tried.id) || every.find((one) => one.decides) || every[0];
  }

  /* The series that is tried: its distribution, two sliders, counts as they are and as they would be. */
  function whatIfPanel(width) {
    const one = chosen();
    if (!one) return null;
    const now = whatIf.places(one);
    const isTried = Boolean(seen.tried && seen.tried.id === one.id);
    const tried = isTried ? seen.tried.tried : now;
    const picks = tryable().map((each) => el("button", { type: "button", "data-try": each.id, "aria-pressed": String(each === one) }, each.label));
    const last = one.what_if.line.length - 1;
    const line = (n) => one.what_if.line[tried[n]];
    const rows = whatIf.rows(one, now, tried, isTried).map(([name, was, is, isNew]) =>
      el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, was), el("td", { class: isNew ? "is-tried" : null }, is)));
    const sentence = `${one.label}: share of windows below each score` + (one.what_if.calibration_over ? ", scored (line) and calibration (dashes)." : ".");
    const picture = distribution(one, { ...view(width), width }, sentence);
    return el("section", { class: "decision-what-if", "aria-label": "What if" },
      el("h3", {}, "What if the thresholds were others?"),
      el("div", { class: "segments", role: "group", "aria-label": "series" }, picks),
      one.warn === null ? null : panels.slider("warn", tried[0], last, line(0)),
      panels.slider("anomaly", tried[1], last, line(1)),
      panels.table(["with the thresholds", "in use", "tried"], rows, "delta-table"),
      el("p", { class: "unseen", role: "status" }, isTried ? whatIf.sentence(one, tried) : ""),
      el("p", { class: "same" }, "Nothing is changed by trying. An alarm still ends below the warn in use."),
      el("div", { class: "decision-exports" },
        el("button", { type: "button", class: "plain-button", "data-copy": whatIf.asJson(one, tried, seen.document) }, "Copy as thresholds JSON"),
        el("button", { type: "button", class: "plain-button", "data-decision": "reset", disabled: !isTried }, "Reset")),
      panels.figure("Distribution", picture, sentence, null, "distribution"));
  }

  function draw() {
    const into = room();
    if (!into || !seen.document || !into.clientWidth) return;
    const isWide = into.clientWidth > 1000;
    const side = isWide ? 360 : into.clientWidth - 2;
    const width = Math.max(LEAST_WIDTH, isWide ? into.clientWidth - side - 46 : into.clientWidth - 30);
    const look = view(width);
    const kept = focusOf(into);
    const figures = seen.document.series.map((one) => curveFigure(one, look));
    /* Fused by severity, the fused series is that curve. */
    if (seen.document.severity && seen.document.fused_by !== "severity") figures.push(severityFigure(look));
    const main = el("div", { class: "decision-main" }, timelineFigure(look), picks(figures), ...figures,
      el("h3", {}, seen.document.alarms.length > 1 ? "Alarms, the worst first" : "Alarms"),
      panels.alarms(seen.document, seen.alarm, labels()));
    const aside = el("div", { class: "decision-side" }, whatIfPanel(Math.max(LEAST_WIDTH, side - 30)));
    const address = (of) => window.dashboard.address(`api/decisions.csv?run=${seen.document.run_id}&of=${of}`);
    const tools = panels.tools(address);
    tools.querySelector(".decision-range").textContent = seen.range
      ? `${look.moment(look.from)} to ${look.moment(look.to)}` : "";
    into.replaceChildren(tools, el("div", { class: "decision-columns" }, main, aside));
    into.dataset.drawn = `${seen.document.run_id} ${seen.document.digest}`;
    if (kept) into.querySelector(kept)?.focus({ preventScroll: true });
  }

  /* On a phone one curve at a time: the buttons choose it. */
  function picks(figures) {
    const names = figures.map((figure) => figure.dataset.series);
    if (!names.includes(seen.phone)) seen.phone = names[names.length - 1];
    for (const figure of figures) figure.classList.toggle("is-picked", figure.dataset.series === seen.phone);
    const buttons = figures.map((figure) => el("button", { type: "button", "data-curve": figure.dataset.series,
      "aria-pressed": String(figure.dataset.series === seen.phone) }, figure.querySelector("h3").textContent));
    return el("div", { class: "segments decision-picks", role: "group", "aria-label": "curve" }, buttons);
  }

  /* What had the keyboard's focus, to give it back after drawing. */
  function focusOf(into) {
    const at = document.activeElement;
    if (!at || !into.contains(at)) return null;
    const named = ["data-decision", "data-alarm", "data-try", "data-line", "data-curve"].find((name) => at.hasAttribute(name));
    return named ? `[${named}="${CSS.escape(at.getAttribute(named))}"]` : null;
  }

  async function load(wanted) {
    const answer = await fetch(window.dashboard.address(`api/decisions?run=${wanted.run_id}`), { cache: "no-cache" });
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
    return answer.json();
  }

  async function show(now, at) {
    seen.wanted = now && now.run_id ? now : null;
    if (at !== "decisions" || !seen.wanted) return;
    const sign = `${seen.wanted.run_id} ${seen.wanted.digest}`;
    if (seen.loaded === sign) return draw();
    try {
      const found = await load(seen.wanted);
      const isFirst = !seen.document || seen.document.run_id !== found.run_id;
      seen.loaded = sign;
      seen.document = found;
      if (isFirst) recall();
      draw();
    } catch (problem) {
      room()?.replaceChildren(el("p", { class: "empty", role: "status" }, `The charts cannot be loaded: ${problem.message}. They are asked for again at the next change.`));
    }
  }

  function move(range, alarm) {
    seen.range = range;
    seen.alarm = alarm || null;
    keep();
    draw();
  }

  function zoom(act) {
    if (act === "reset") {
      seen.tried = null;
      keep();
      return draw();
    }
    if (act === "whole") return move(null);
    const [from, to] = seen.range || whole();
    const length = to - from;
    const by = { earlier: [-0.3, -0.3], later: [0.3, 0.3], closer: [0.25, -0.25], wider: [-0.5, 0.5] }[act];
    return move([from + by[0] * length, to + by[1] * length]);
  }

  function tryLine(input) {
    const one = chosen();
    const tried = seen.tried && seen.tried.id === one.id ? [...seen.tried.tried] : whatIf.places(one);
    tried[input.dataset.line === "warn" ? 0 : 1] = Number(input.value);
    seen.tried = { id: one.id, tried: whatIf.allowed(one, seen.document.worse, tried, input.dataset.line) };
    const panel = room().querySelector(".decision-what-if");
    const fresh = whatIfPanel(Number(panel.querySelector("svg").getAttribute("width")));
    /* The slider that is being dragged stays; what it tells is new. */
    for (const part of ["table", ".unseen", "[data-copy]", "[data-decision]"]) panel.querySelector(part).replaceWith(fresh.querySelector(part));
    for (const slider of panel.querySelectorAll("input")) {
      const other = fresh.querySelector(`input[data-line="${slider.dataset.line}"]`);
      slider.setAttribute("aria-valuetext", other.getAttribute("aria-valuetext"));
      slider.value = other.value;
      slider.nextElementSibling.textContent = other.nextElementSibling.textContent;
    }
    keep();
  }

  window.dashboard.decisionTab = { seen, draw, move, zoom, view, room, LEFT };
  window.dashboard.onPress("[data-decision]", (button) => zoom(button.dataset.decision));
  window.dashboard.onPress("[data-alarm]", (button) => {
    const [start, end] = button.dataset.alarm.split(",").map(Number);
    const pad = Math.max((end - start) * 1.5, (whole()[1] - whole()[0]) * 0.01);
    move([start - pad, end + pad], { start });
  });
  window.dashboard.onPress("[data-try]", (button) => {
    seen.tried = null;
    const one = seen.document.series.find((each) => each.id === button.dataset.try);
    seen.tried = { id: one.id, tried: whatIf.places(one) };
    keep();
    draw();
  });
  window.dashboard.onPress("[data-curve]", (button) => {
    seen.phone = button.dataset.curve;
    draw();
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.(".decision-slider input")) tryLine(event.target);
  });
  window.dash_clientside = Object.assign({}, window.dash_clientside, { decisions: { show } });
})();
