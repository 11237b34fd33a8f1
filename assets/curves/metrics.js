/* Metrics beside the losses: groups that open -> a card with a chart for each metric, drawn when it is looked at.

   In:  loss-shown {stream: {groups: [{key, title, names, open}]}}, metric-shown {stream: {key: {count,
        members: [{series, label, last, best, odd, reduced, data, ghosts}]}}}, x, y, smoothing, theme
   Out: the groups below each loss chart, their charts, and metric-wish: which are open, and how many
        metrics of each are drawn; where a pattern chooses (chosen.js) or somebody pinned some, which. Of a card that shows part of a reduced curve it fetches that part's points, as the
        loss charts do; text is text. */
(function () {
  "use strict";

  const { figureOf, tellScale, proposeLog, colours, usableAxis, timeUnit, streams, placeOf } = window.lossFigures;
  const chosen = window.chosenMetrics;
  const PINNED = ""; // key of the group of those
  const beside = window.besideScalars;
  const BESIDE = "//"; // key of the group of what nobody configured
  const AT_A_TIME = 24; // of a group, before somebody asks for more
  const NEAR_PIXELS = 100;
  const MOVING_MS = 60; // a person may still be moving
  const details = new WeakMap(); // card -> {run, series, axis, ...}: points of the part that it shows
  const closer = new WeakMap(); // card -> what asks for them
  const CONFIG = { displayModeBar: false, responsive: true, doubleClick: false };
  const wished = {}; // stream and group -> how many metrics
  const sizes = new ResizeObserver((changes) => changes.forEach(({ target }) => fit(target)));
  let listed = []; // what list was called with last
  let drawn = []; // what draw was called with last
  let isHidden = true; // on a tab without them

  function make(tag, className, text = "") {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  }

  /* Let a place hold these elements; where it does already nothing moves, and the focus stays. */
  function hold(place, wanted) {
    const isSo = place.children.length === wanted.length && wanted.every((one, index) => place.children[index] === one);
    if (!isSo) place.replaceChildren(...wanted);
  }

  const containerOf = (stream) => placeOf(stream, "loss-metrics");
  const groupsIn = (container) => [...container.querySelectorAll(".metric-group")];

  /* The groups of every stream: those that are there already stay, opened or not. */
  function list(...given) {
    listed = given;
    const [losses, tab] = given;
    isHidden = tab === "readiness";
    for (const stream of streams()) {
      const container = containerOf(stream);
      const groups = groupsOf(stream, (losses || {})[stream] || {});
      const held = new Map(groupsIn(container).map((one) => [one.dataset.group, one]));
      hold(container, groups.map((group) => named(held.get(group.key) || newGroup(stream, group), group)));
    }
    wish();
    if (drawn.length) draw(...drawn);
  }

  /* Another choice of metrics. */
  function again() {
    if (listed.length) list(...listed);
  }

  function groupsOf(stream, { groups = [] }) {
    const pins = chosen.pinsOf(stream).length ? [{ key: PINNED, title: "pinned", names: "", open: true }] : [];
    return [...pins, ...groups];
  }

  /* Metrics of a group that the pattern finds; undefined while its names are not known. */
  function fittingIn({ stream, group }) {
    const names = drawn[0]?.[stream]?.[group]?.names;
    return names && chosen.fitting(names);
  }

  /* A pattern opens the groups where it finds something, and hides the others; without one they are as they were. */
  function openFitting(details) {
    const { dataset } = details;
    if (dataset.group === PINNED) return;
    if (!chosen.isFiltered()) {
      details.hidden = false;
      if ("before" in dataset) details.open = dataset.before === "open";
      delete dataset.before;
      return;
    }
    dataset.before ??= details.open ? "open" : "closed";
    const found = fittingIn(dataset);
    details.hidden = found?.length === 0;
    if (found?.length) details.open = true;
  }

  function newGroup(stream, { key, open }) {
    const details = make("details", "metric-group");
    Object.assign(details.dataset, { stream, group: key });
    details.open = open;
    const summary = make("summary", "");
    summary.append(make("b", "metric-group-title"), make("span", "metric-group-names"));
    const more = make("button", "plain-button metric-more");
    more.type = "button";
    more.hidden = true;
    details.append(summary, make("div", "metric-cards"), make("p", "metric-problem"), more);
    return details;
  }

  function named(details, { title, names }) {
    const [bold, span] = details.querySelector("summary").children;
    if (bold.textContent !== title) bold.textContent = title;
    if (span.textContent !== names) span.textContent = names;
    return details;
  }

  const wishOf = ({ stream, group }) => JSON.stringify([stream, group]);

  /* How many metrics of a group are wished, or which; undefined: none. */
  function wishFor(details) {
    const most = wished[wishOf(details.dataset)] || AT_A_TIME;
    const { stream, group } = details.dataset;
    if (group === BESIDE) return undefined;
    if (group === PINNED) return details.open ? chosen.pinsOf(stream) : undefined;
    if (chosen.isFiltered()) return (fittingIn(details.dataset) || []).slice(0, most);
    return details.open ? most : undefined;
  }

  /* Tell the page what is wished of the groups. */
  function wish() {
    const found = {};
    for (const details of isHidden ? [] : document.querySelectorAll(".metric-group")) {
      const { stream, group } = details.dataset;
      const one = wishFor(details);
      if (one !== undefined) Object.assign((found[stream] ??= {}), { [group]: one });
    }
    const told = JSON.stringify(found);
    if (told === wish.told) return;
    wish.told = told;
    window.dashboard.set("metric-wish", found);
  }

  /* What the page holds of a group is drawn at once, on the axes and in the colours of now: nothing new may come. */
  function turned({ target }) {
    if (!target.matches?.(".metric-group")) return;
    wish();
    if (target.dataset.group === BESIDE && !target.open) beside.forget(target.dataset.stream);
    if (target.open && drawn.length) draw(...drawn);
  }

  document.addEventListener("toggle", turned, true);

  window.dashboard.onPress(".metric-more", (button) => {
    const { dataset } = button.closest(".metric-group");
    wished[wishOf(dataset)] = (wished[wishOf(dataset)] || AT_A_TIME) + AT_A_TIME;
    wish();
    if (dataset.group === BESIDE) draw(...drawn);
  });

  function draw(...given) {
    drawn = given;
    if (window.Plotly) drawAll();
    else window.chartCode.whenHere("metrics", drawAll, streams().map(containerOf));
  }

  function drawAll() {
    const [data, x, y, smoothing, , compared] = drawn;
    const look = { x, y, weight: Number(smoothing) || 0, palette: colours() };
    const all = streams().flatMap((stream) => groupsIn(containerOf(stream)));
    all.forEach(openFitting);
    if (chosen.isFiltered()) wish(); // names may be known now
    const every = all.filter((details) => details.open);
    const found = ({ stream, group }) => (group === BESIDE ? beside.found(stream) : data?.[stream]?.[group]);
    for (const { dataset } of every.filter(({ dataset }) => dataset.group === BESIDE)) {
      beside.want(dataset.stream, wished[wishOf(dataset)] || AT_A_TIME);
    }
    const groups = every.filter((details) => found(details.dataset));
    every.filter((details) => !found(details.dataset)).forEach(letGo);
    // All cards first: one more beside a card leaves it less room.
    const cards = groups.flatMap((details) => cardsOf(details, found(details.dataset)));
    const drawOne = ([card, member, stream]) => drawCard(card, member, stream, { ...look, bands: compared?.[stream]?.bands });
    const isNear = new Map(cards.map((one) => [one, nearSight(one[0])])); // looked at before anything is drawn
    cards.filter((one) => isNear.get(one)).forEach(drawOne);
    window.fullPanel.mark();
    drawLater(cards.filter((one) => !isNear.get(one)), drawOne);
  }

  function nearSight(card) {
    const { top, bottom } = card.getBoundingClientRect();
    return bottom > -NEAR_PIXELS && top < window.innerHeight + NEAR_PIXELS;
  }

  /* Cards that nobody sees yet, one after the other, so that what is seen need not wait for them. */
  function drawLater(cards, act) {
    window.clearTimeout(drawLater.timer);
    if (!cards.length) return;
    drawLater.timer = window.setTimeout(() => {
      act(cards[0]);
      drawLater(cards.slice(1), act);
    });
  }

  /* Far away a group keeps its cards, and their places, alone. */
  function letGo(details) {
    for (const card of details.querySelectorAll(".metric-card")) {
      if (!card.drawn) continue;
      card.drawn = null;
      window.Plotly.purge(plotIn(card));
    }
  }

  /* The cards of a group, each with its metric and stream. */
  function cardsOf(details, given) {
    const fitting = chosen.isFiltered() && fittingIn(details.dataset);
    const members = fitting ? given.members.filter(({ series }) => fitting.includes(series)) : given.members;
    const count = details.dataset.group === PINNED ? members.length : fitting ? fitting.length : given.count;
    const cards = details.querySelector(".metric-cards");
    const held = new Map([...cards.children].map((card) => [card.dataset.metric, card]));
    const wanted = members.map((member) => held.get(member.series) || newCard(member.series));
    [...cards.children].filter((card) => !wanted.includes(card)).forEach((card) => window.Plotly.purge(plotIn(card)));
    hold(cards, wanted);
    const left = Number.isFinite(count) ? count - members.length : 0;
    details.querySelector(".metric-problem").textContent = given.problem || "";
    const more = details.querySelector(".metric-more");
    more.hidden = left <= 0;
    more.textContent = `Show ${Math.min(left, AT_A_TIME)} more of ${count}`;
    return members.map((member, index) => [wanted[index], member, details.dataset.stream]);
  }

  function newCard(series) {
    const card = make("article", "metric-card");
    card.dataset.metric = series;
    const plot = make("div", "metric-plot");
    plot.setAttribute("aria-hidden", "true");
    card.append(make("h4", ""), make("p", "metric-figures"), plot, newTools());
    sizes.observe(plot);
    return card;
  }

  function newTools() {
    const tools = make("div", "panel-tools");
    for (const [name, words] of [["metric-pin", "Pin"], ["panel-full", "Full screen"]]) {
      const button = Object.assign(make("button", name), { type: "button", title: words });
      button.setAttribute("aria-label", words);
      button.setAttribute("aria-pressed", "false");
      if (name === "panel-full") button.dataset.full = "";
      tools.append(button);
    }
    return tools;
  }

  function fit(plot) {
    if (plot.data && plot.checkVisibility()) window.Plotly.Plots.resize(plot);
  }

  const plotIn = (card) => card.querySelector(".metric-plot");

  const runShown = () => document.querySelector("#run-label b")?.title;

  /* The curve with the points that were fetched of it, where they are of this run and stand on this axis. */
  function inDetail(card, curve, axis) {
    const found = details.get(card);
    const isIts = found && found.run === runShown() && found.axis === axis;
    return isIts ? window.lossZoom.merged(curve, found) : curve;
  }

  /* A person moved a card: fetch what it could show and does not; forget what it shows no more. */
  function lookCloser(card, member, stream, again) {
    closer.get(card)?.abort();
    const { layout } = plotIn(card);
    const { axis, seconds, range: usual } = layout.meta;
    const [left, right] = layout.xaxis.range;
    if (!member.reduced || axis === "index" || (left <= usual[0] && right >= usual[1])) {
      if (details.delete(card)) again();
      return;
    }
    const abort = new AbortController();
    closer.set(card, abort);
    const question = { stream, axis, from: left * seconds, to: right * seconds };
    window.setTimeout(() => fetchPart(card, member.series, { question, signal: abort.signal, again }), MOVING_MS);
  }

  async function fetchPart(card, series, { question, signal, again }) {
    if (signal.aborted) return;
    const run = runShown();
    const curve = { run, series, value: [] };
    // Another range was chosen, or nobody answers: the curve stays as it is.
    const answer = await window.lossZoom.ask(question, curve, signal).catch(() => null);
    if (signal.aborted || answer?.source !== "side_files") return;
    details.set(card, { ...answer, run });
    again();
  }

  window.dashboard.onPress(".metric-card > .scale-all", (button) => {
    button.closest(".metric-card").toggleAttribute("data-whole");
    draw(...drawn);
  });

  function drawCard(card, member, stream, look) {
    const { series, label, last, best, odd, data, ghosts } = member;
    const [head, figures, plot] = card.children;
    const isWhole = "whole" in card.dataset;
    card.querySelector(".metric-pin").setAttribute("aria-pressed", String(chosen.isPinned(stream, series)));
    const as = JSON.stringify([look, isWhole]);
    const detail = details.get(card);
    if (card.drawn?.member === member && card.drawn.as === as && card.drawn.detail === detail) return;
    card.drawn = { member, as, detail };
    head.textContent = label;
    head.title = series;
    figures.replaceChildren(make("b", "", last), make("span", "", best), make("span", "loss-broken", odd));
    const axis = usableAxis(data, look.x);
    const scene = { ...look, axis, unit: timeUnit(data, axis), ghosts, isWhole };
    const curves = data.curves.map((curve) => inDetail(card, curve, axis));
    const { data: traces, layout, off } = figureOf(`${stream} ${series}`, { ...data, curves }, scene);
    Object.assign(layout, { margin: { l: 42, r: 8, t: 6, b: 20 } });
    tellScale(card, off, isWhole);
    proposeLog(card, data, look.y);
    layout.xaxis.nticks = 4;
    layout.yaxis.nticks = 4;
    window.Plotly.react(plot, traces, layout, CONFIG);
    window.readout.show();
    plot.removeAllListeners("plotly_relayout").removeAllListeners("plotly_doubleclick");
    plot.on("plotly_doubleclick", window.panels.reset);
    plot.on("plotly_relayout", (moved) => {
      window.panels.follow(plot, moved);
      lookCloser(card, member, stream, () => drawCard(card, member, stream, look));
    });
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { metrics: { list, again, draw } });
})();
