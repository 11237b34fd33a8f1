/* Panels: the charts of the page as one. Where a person moves one along its places, all move; Escape and a double click
   show everything again.

   In:  plotly's own moves; the store curves-zoom, as the address has it: "epoch:3:8", places in steps, epochs or seconds
   Out: the ranges of all charts that stand on that axis, those in sight first; curves-zoom
   A chart that has nothing there stays as it is. */
(function () {
  "use strict";

  const PLOTS = ".loss-chart .js-plotly-plot, .metric-plot.js-plotly-plot";
  const ZOOM = /^(epoch|step|time|index):(-?[\d.e+-]+):(-?[\d.e+-]+)$/;
  let now = null; // {axis, from, to}
  let isMoving = false;

  const every = () => [...document.querySelectorAll(PLOTS)].filter((plot) => plot.layout?.meta && plot.checkVisibility());

  /* Where the points of a chart are drawn, in pixels of the window. */
  const areaOf = (plot) => plot.querySelector(".nsewdrag")?.getBoundingClientRect();

  const isInSight = (area) => area && area.bottom > 0 && area.top < window.innerHeight;

  /* From where to where a chart is drawn; `usual` shows everything. */
  function rangeOf({ axis, seconds, range: usual }) {
    if (!now || now.axis !== axis) return [...usual];
    const ends = [now.from / seconds, now.to / seconds];
    return ends[1] <= usual[0] || ends[0] >= usual[1] ? [...usual] : ends;
  }

  /* A person moved one of the charts. */
  function follow(plot, moved) {
    if (isMoving || !Object.keys(moved).some((name) => name.startsWith("xaxis."))) return;
    const { axis, seconds, range } = plot.layout.meta;
    const [from, to] = plot.layout.xaxis.range;
    const isWhole = moved["xaxis.autorange"] || (from <= range[0] && to >= range[1]);
    tell(isWhole ? null : { axis, from: from * seconds, to: to * seconds }, plot);
  }

  function tell(wanted, but) {
    const before = words();
    now = wanted;
    if (words() === before) return;
    window.dashboard.set("curves-zoom", words());
    moveAll(but);
  }

  const words = () => (now ? [now.axis, short(now.from), short(now.to)].join(":") : null);
  const short = (place) => Number(place.toPrecision(6));

  function moveAll(but) {
    const others = every().filter((plot) => plot !== but);
    others.filter((plot) => isInSight(areaOf(plot))).forEach(move);
    others.filter((plot) => !isInSight(areaOf(plot))).forEach((plot) => window.setTimeout(move, 0, plot));
  }

  function move(plot) {
    if (!plot.layout?.meta) return; // it was let go meanwhile
    const range = rangeOf(plot.layout.meta);
    const shown = plot.layout.xaxis.range;
    if (range.every((end, index) => end === shown[index])) return;
    isMoving = true;
    window.Plotly.relayout(plot, { "xaxis.range": range });
    isMoving = false;
  }

  /* Everything again: places, and values where somebody chose some. */
  function reset() {
    tell(null);
    for (const plot of every()) {
      const { range, values } = plot.layout.meta;
      isMoving = true;
      window.Plotly.relayout(plot, { "xaxis.range": [...range], ...(values ? { "yaxis.range": [...values] } : { "yaxis.autorange": true }) });
      isMoving = false;
    }
  }

  /* What the address says. */
  function zoom(told) {
    if ((told ?? null) === words()) return;
    const [, axis, from, to] = ZOOM.exec(told || "") || [];
    now = Number(from) < Number(to) ? { axis, from: Number(from), to: Number(to) } : null;
    moveAll(null);
  }

  const isMoved = (plot) => plot.layout.yaxis.autorange === false && !plot.layout.meta.values;

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.target.matches?.("input[type=search]") && event.target.value) return; // it is emptied
    if (now || every().some(isMoved)) reset();
  });

  window.panels = { every, areaOf, isInSight, rangeOf, follow, reset };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { panels: { zoom } });
})();
