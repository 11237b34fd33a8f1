/* Zoom: a chart that shows part of a reduced curve -> that part in full detail, from api/series.

   In:  the ranges that a person chose, the data that the charts are drawn from: of the run on screen, its
        baseline and the overlaid runs
   Out: the figures of losses.draw, drawn from data that hold the detail too; of a run that has none, its points
   Outside of the range the curve stays as it was: a pan meets a line, and a double click needs no
   answer. A short curve is whole already; nothing is fetched for it. */
(function () {
  "use strict";

  const SHORTEST_REDUCED = 250; // a reduced curve keeps at least an eighth of 2,000 points
  const WAIT_MS = 60; // a person may still be moving
  const GROWING_WAIT_MS = 2000; // while a training writes into what is shown
  const THEME = 4; // its place among what losses.draw is called with
  const COLUMNS = ["epoch", "step", "time", "value"];

  const { draw, ghostsOf } = window.dash_clientside.losses;
  const { streams, placeOf } = window.lossFigures;
  const details = {}; // stream -> {key, newest, curves: run and series -> columns}
  const waiting = {}; // stream -> {key, timer, abort}
  const whole = {}; // run, stream and series -> points of a curve that the server has no more of
  let wires = []; // what losses.draw was called with last

  /* The charts as losses.draw makes them, with the detail that was fetched. */
  function drawWithDetail(...given) {
    wires = given;
    const drawn = draw(...withDetails(given));
    for (const stream of streams()) {
      const layout = plotOf(stream)?.layout;
      if (layout?.meta) look(stream, layout);
    }
    return drawn;
  }

  /* A person moved one of the charts. */
  function follow(stream, moved) {
    const chart = plotOf(stream);
    if (!chart?.layout?.meta) return;
    if (moved["xaxis.autorange"]) showAll(chart);
    else look(stream, chart.layout);
  }

  /* A double click means the whole run; left alone, the chart would only show what is drawn. */
  function showAll(chart) {
    window.Plotly.relayout(chart, { "xaxis.range": [...chart.layout.meta.range] });
  }

  const plotOf = (stream) => placeOf(stream, "loss-chart")?.querySelector(".js-plotly-plot");

  /* Fetch what the chart could show and does not; forget what it shows no more. */
  function look(stream, layout) {
    const question = questionOf(stream, layout);
    if (!question) return forget(stream);
    const held = details[stream];
    if (waiting[stream]?.key === question.key) return undefined;
    if (held?.key === question.key && held.newest === question.newest) return stopWaiting(stream);
    stopWaiting(stream);
    const patience = held?.key === question.key ? GROWING_WAIT_MS : WAIT_MS;
    const abort = new AbortController();
    const timer = window.setTimeout(() => fetchDetail(question, abort.signal), patience);
    waiting[stream] = { key: question.key, timer, abort };
    return undefined;
  }

  /* What to ask for a chart; null when it shows everything there is. */
  function questionOf(stream, layout) {
    const { axis, seconds, range: usual } = layout.meta;
    const [left, right] = layout.xaxis.range;
    const isWide = left <= usual[0] && right >= usual[1];
    if (isWide || axis === "index") return null;
    const isAsked = (curve) => curve.run && curve[axis].some((at) => at !== null) && mayBeReduced(stream, curve);
    const [own, others] = [ownCurves(stream).filter(isAsked), otherCurves(stream).filter(isAsked)];
    if (!own.length && !others.length) return null;
    const [from, to] = [left * seconds, right * seconds];
    const newest = Math.max(...own.map((curve) => curve[axis].findLast((at) => at !== null && at <= to)));
    const key = [axis, from, to, ...[...own, ...others].map(nameOf)].join(" ");
    return { stream, own, others, axis, from, to, newest, key };
  }

  const nameOf = ({ run, series }) => `${run} ${series}`;

  function ownCurves(stream) {
    const run = document.querySelector("#run-label b")?.title;
    return (wires[0]?.[stream]?.data?.curves || []).map((curve) => ({ ...curve, run }));
  }

  /* What is drawn of the baseline and of overlaid runs. */
  function otherCurves(stream) {
    const [compared, series] = wires.slice(5, 7);
    return ghostsOf(compared, stream, series);
  }

  /* A curve that was whole stays so while it grows: it becomes shorter when it is reduced. */
  function mayBeReduced(stream, curve) {
    const name = [stream, nameOf(curve)].join(" ");
    const points = curve.value.length;
    if (points < SHORTEST_REDUCED) return false;
    if (!(name in whole) || points < whole[name]) return true;
    whole[name] = points;
    return false;
  }

  /* The run on screen first; what stands behind it follows. */
  async function fetchDetail(question, signal) {
    const { stream, key, newest } = question;
    const curves = {};
    try {
      for (const part of [question.own, question.others]) {
        const answers = await Promise.all(part.map((curve) => ask(question, curve, signal)));
        const known = answers.filter((answer) => answer?.source === "side_files");
        Object.assign(curves, Object.fromEntries(known.map((answer) => [nameOf(answer), answer])));
        details[stream] = { key, newest, curves: { ...curves } };
        if (part.length) redraw();
      }
    } catch {
      // Another range was chosen, or nobody answers: the curve stays as it is.
    }
    if (!signal.aborted) delete waiting[stream];
  }

  async function ask({ stream, axis, from, to }, curve, signal) {
    const { run, series } = curve;
    const query = new URLSearchParams({ run, stream, series, axis, from, to });
    const answer = await fetch(window.dashboard.address("api/series?" + query), { signal, cache: "no-cache" });
    if (!answer.ok) return null;
    const found = await answer.json();
    if (found.source === "state") whole[[stream, nameOf(curve)].join(" ")] = curve.value.length;
    return { ...found, axis };
  }

  function forget(stream) {
    stopWaiting(stream);
    if (!details[stream]) return;
    delete details[stream];
    redraw();
  }

  function stopWaiting(stream) {
    const wait = waiting[stream];
    if (!wait) return;
    window.clearTimeout(wait.timer);
    wait.abort.abort();
    delete waiting[stream];
  }

  /* Draw again what became another chart, where the person has it. */
  function redraw() {
    draw(...withDetails(wires));
  }

  /* The same in the colours of now. */
  function redrawIn(theme) {
    if (wires.length) draw(...withDetails(wires.map((wire, index) => (index === THEME ? theme : wire))));
  }

  /* What losses.draw is called with, the curves in detail where that was fetched. */
  function withDetails([losses, x, y, smoothing, theme, compared, ...rest]) {
    const run = document.querySelector("#run-label b")?.title;
    const own = losses && mapStreams(losses, (stream, entry) => {
      if (!entry.data || !details[stream]) return entry;
      const curves = entry.data.curves.map((curve) => detailed(stream, { ...curve, run }));
      return { ...entry, data: { ...entry.data, curves } };
    });
    const others = mapStreams(compared, (stream, entry) => {
      if (!details[stream]) return entry;
      return { ...entry, curves: entry.curves.map((curve) => detailed(stream, curve)) };
    });
    return [own, x, y, smoothing, theme, others, ...rest];
  }

  function mapStreams(entries, change) {
    return Object.fromEntries(Object.entries(entries || {}).map(([stream, entry]) => [stream, change(stream, entry)]));
  }

  function detailed(stream, curve) {
    const detail = details[stream]?.curves[nameOf(curve)];
    return detail ? merged(curve, detail) : curve;
  }

  /* The curve, its points between the ends of the detail replaced by the detail. */
  function merged(curve, detail) {
    const at = detail[detail.axis];
    if (!at.length) return curve;
    const [first, last] = [at[0], at[at.length - 1]];
    const places = curve[detail.axis];
    const before = places.flatMap((place, index) => (place !== null && place < first ? [index] : []));
    const after = places.flatMap((place, index) => (place !== null && place > last ? [index] : []));
    const joined = { ...curve };
    for (const name of COLUMNS) {
      const pick = (index) => curve[name][index];
      joined[name] = [...before.map(pick), ...detail[name], ...after.map(pick)];
    }
    return joined;
  }

  window.lossZoom = { ask, merged, redrawIn };
  window.dash_clientside.losses.draw = drawWithDetail;
  window.dash_clientside = Object.assign({}, window.dash_clientside, { zoom: { follow } });
})();
