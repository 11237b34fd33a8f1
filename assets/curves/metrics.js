/* Metrics beside the losses: groups that open -> a card with a chart for each metric, drawn when it is looked at.

   In:  loss-shown {stream: {groups: [{key, title, names, open}]}}, metric-shown {stream: {key: {count,
        members: [{series, label, last, best, odd, reduced, data, ghosts}]}}}, x, y, smoothing, theme
   Out: the groups below each loss chart, their charts, and metric-wish: which are open, and how many
        metrics of each are drawn. Of a card that shows part of a reduced curve it fetches that part's points, as the
        loss charts do; text is text. */
(function () {
  "use strict";

  const { figureOf, tellScale, colours, usableAxis, timeUnit, streams, placeOf } = window.lossFigures;
  const AT_A_TIME = 24; // of a group, before somebody asks for more
  const MOVING_MS = 60; // a person may still be moving
  const details = new WeakMap(); // card -> {run, series, axis, ...}: points of the part that it shows
  const closer = new WeakMap(); // card -> what asks for them
  const CONFIG = { displayModeBar: false, responsive: true, doubleClick: "reset" };
  const wished = {}; // stream and group -> how many metrics
  const sizes = new ResizeObserver((changes) => changes.forEach(({ target }) => fit(target)));
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
  function list(losses, tab) {
    isHidden = tab === "readiness";
    for (const stream of streams()) {
      const container = containerOf(stream);
      const groups = ((losses || {})[stream] || {}).groups || [];
      const held = new Map(groupsIn(container).map((one) => [one.dataset.group, one]));
      hold(container, groups.map((group) => named(held.get(group.key) || newGroup(stream, group), group)));
    }
    wish();
    if (drawn.length) draw(...drawn);
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
    details.append(summary, make("div", "metric-cards"), more);
    return details;
  }

  function named(details, { title, names }) {
    const [bold, span] = details.querySelector("summary").children;
    if (bold.textContent !== title) bold.textContent = title;
    if (span.textContent !== names) span.textContent = names;
    return details;
  }

  const wishOf = ({ stream, group }) => JSON.stringify([stream, group]);

  /* Tell the page which groups are open. */
  function wish() {
    const found = {};
    for (const { dataset } of isHidden ? [] : document.querySelectorAll(".metric-group[open]")) {
      found[dataset.stream] ??= {};
      found[dataset.stream][dataset.group] = wished[wishOf(dataset)] || AT_A_TIME;
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
    if (target.open && drawn.length) draw(...drawn);
  }

  document.addEventListener("toggle", turned, true);

  window.dashboard.onPress(".metric-more", (button) => {
    const { dataset } = button.closest(".metric-group");
    wished[wishOf(dataset)] = (wished[wishOf(dataset)] || AT_A_TIME) + AT_A_TIME;
    wish();
  });

  function draw(...given) {
    drawn = given;
    if (window.Plotly) drawAll();
    else window.chartCode.whenHere("metrics", drawAll, streams().map(containerOf));
  }

  function drawAll() {
    const [data, x, y, smoothing] = drawn;
    const look = { x, y, weight: Number(smoothing) || 0, palette: colours() };
    const every = streams().flatMap((stream) => groupsIn(containerOf(stream))).filter((details) => details.open);
    const found = ({ stream, group }) => data?.[stream]?.[group];
    const groups = every.filter((details) => found(details.dataset));
    every.filter((details) => !found(details.dataset)).forEach(letGo);
    // All cards first: one more beside a card leaves it less room.
    const cards = groups.flatMap((details) => cardsOf(details, found(details.dataset)));
    cards.forEach((card) => drawCard(...card, look));
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
  function cardsOf(details, { count, members }) {
    const cards = details.querySelector(".metric-cards");
    const held = new Map([...cards.children].map((card) => [card.dataset.metric, card]));
    const wanted = members.map((member) => held.get(member.series) || newCard(member.series));
    [...cards.children].filter((card) => !wanted.includes(card)).forEach((card) => window.Plotly.purge(plotIn(card)));
    hold(cards, wanted);
    const left = count - members.length;
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
    card.append(make("h4", ""), make("p", "metric-figures"), plot);
    sizes.observe(plot);
    return card;
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
    layout.xaxis.nticks = 4;
    layout.yaxis.nticks = 4;
    window.Plotly.react(plot, traces, layout, CONFIG);
    plot.removeAllListeners("plotly_relayout");
    plot.on("plotly_relayout", () => lookCloser(card, member, stream, () => drawCard(card, member, stream, look)));
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { metrics: { list, draw } });
})();
