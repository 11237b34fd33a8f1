/* Losses: data and wishes -> plotly figures, one a stream.

   In:  loss-shown {stream: {data: {curves, broken, ends, targets}, head, sentence, foot, table}}, x, y,
        smoothing, theme, compared-shown {stream: {curves}} of other runs
   Out: a chart and a note for each stream whose data are here, drawn again only where something of it changed, and
        the smoothing in figures. It fetches nothing; colours come from the CSS tokens, so the charts follow the
        theme. */
(function () {
  "use strict";

  const { ghostsOn } = window.lossCurves;
  const { figureOf, colours, isCrowded, usableAxis, timeUnit } = window.chartFigures;
  const WIDE = 1000; // times the lowest value of a curve

  /* What stands off the scale, and the way to see it; nothing where everything has its room. */
  function tellScale(place, off, isWhole) {
    const button = place.querySelector(":scope > .scale-all") || document.createElement("button");
    if (!off.length && !isWhole) return button.remove();
    Object.assign(button, { type: "button", className: "scale-all" });
    const farthest = off.map(({ value }) => value).reduce((one, other) => (Math.abs(other) > Math.abs(one) ? other : one), 0);
    const many = off.length === 1 ? "1 value" : `${off.length} values`;
    button.textContent = isWhole ? "usual scale" : `${many} off the scale, to ${Number(farthest.toPrecision(4))}: show all`;
    if (!button.isConnected) place.append(button);
    return undefined;
  }

  /* Where a curve spans so much that its small values are one line, a logarithmic scale is proposed. */
  function proposeLog(place, data, y) {
    const button = place.querySelector(":scope > .scale-log") || document.createElement("button");
    const spans = data.curves.map(({ usual, value }) => {
      const isPositive = value.every((one) => one === null || one > 0);
      return usual && isPositive && usual[0] > 0 ? usual[1] / usual[0] : 0;
    });
    const span = Math.max(0, ...spans);
    if (y === "log" || span < WIDE || !Number.isFinite(span)) return button.remove();
    Object.assign(button, { type: "button", className: "scale-log" });
    button.textContent = `spans 10^${Math.floor(Math.log10(span))}: log scale`;
    if (!button.isConnected) place.append(button);
    return undefined;
  }

  window.dashboard.onPress(".scale-log", () => window.dashboard.set("y-scale", "log"));

  /* Curves of few points are drawn as they were measured, however the slider stands. */
  function isSmoothed(data, weight) {
    return weight > 0 && data.curves.some(({ smooth }) => smooth);
  }

  /* What a reader must know about how the curves are drawn. */
  function noteOf(data, scene, wished) {
    if (!data.curves.length) return "";
    const words = scene.y === "log" ? ["log scale"] : [];
    if (isSmoothed(data, scene.weight)) words.push(`smoothed ${scene.weight.toFixed(2)}, measured faint`);
    const left = scene.ghosts.length - ghostsOn(scene).length;
    if (left) words.push(`${left} curves of other runs have no ${scene.axis}`);
    const why = isCrowded(data.curves, wished) ? "several records an epoch" : `no ${wished}s recorded`;
    if (scene.axis !== wished) words.push(`${why}, by ${scene.axis}`);
    const lost = data.curves.flatMap((c) => c.value).filter((v) => v !== null && v <= 0).length;
    if (scene.y === "log" && lost) words.push(`${lost} values ≤ 0 cannot be drawn`);
    return words.join(" · ");
  }

  /* A person's zoom stands in the layout of what is shown; take it over where the axes are still the same. */
  function withZoom(figure, shown) {
    const [now, before] = [figure.layout, (shown || {}).layout];
    if (!before?.meta || before.meta.axis !== now.meta.axis || before.meta.seconds !== now.meta.seconds) return figure;
    const [usual, x, y] = [before.meta.range, before.xaxis.range, before.yaxis.range];
    if (x && x.some((end, i) => end !== usual[i])) now.xaxis.range = [...x];
    if (before.uirevision !== now.uirevision) return figure; // another scale: only the x-axis is the same
    const isUsual = y && before.meta.values?.every((end, i) => end === y[i]);
    if (y && !isUsual && before.yaxis.autorange === false) Object.assign(now.yaxis, { range: [...y], autorange: false });
    return figure;
  }

  /* What is drawn of other runs: validation, and train of the baseline where that is wished. */
  function ghostsOf(compared, stream, series) {
    const curves = ((compared || {})[stream] || {}).curves || [];
    return curves.filter((curve) => curve.role === "val" || series === "train");
  }

  const CONFIG = { displayModeBar: false, responsive: true, doubleClick: false };
  const OLD_STILL = "as it was when the page opened; the chart is on its way";
  const PLOT = ":scope > :not(.loss-still)";
  const NOTHING_YET = { curves: [], broken: [], ends: {}, targets: [] };
  const drawn = {}; // stream -> what its chart was made of
  const whole = new Set(); // streams of which every value is wished on the scale
  let last = []; // what draw was called with
  const told = new WeakMap(); // head of a panel -> the entry whose words it has
  const sizes = new ResizeObserver((changes) => changes.forEach(({ target }) => fit(target)));

  function fit(plot) {
    if (plot.data && plot.checkVisibility()) window.Plotly.Plots.resize(plot);
  }

  const frames = () => [...document.querySelectorAll(".loss[data-stream]")];
  const streams = () => frames().map(({ dataset }) => dataset.stream);

  /* A part of a stream's panel; nothing while the panel is not there. */
  function placeOf(stream, part) {
    return frames().find(({ dataset }) => dataset.stream === stream)?.querySelector(`[data-part="${part}"]`);
  }

  /* Where a stream's chart is drawn; null while its panel is not there. */
  function plotOf(stream) {
    const place = placeOf(stream, "loss-chart");
    if (place && !place.querySelector(PLOT)) {
      place.append(document.createElement("div"));
      sizes.observe(place.querySelector(PLOT));
    }
    return place && place.querySelector(PLOT);
  }

  const stillOf = (stream) => placeOf(stream, "loss-chart")?.querySelector(".loss-still");

  function letGo(stream) {
    const plot = placeOf(stream, "loss-chart")?.querySelector(PLOT);
    if (!plot?.data) return;
    sizes.unobserve(plot);
    window.Plotly.purge(plot);
    plot.remove();
  }

  function isAsBefore(stream, made, plot) {
    const before = drawn[stream];
    drawn[stream] = made;
    return before && plot.data && made.every((one, index) => one === before[index]);
  }

  /* Draw what became another chart; what is far has no data and no chart. */
  function draw(...given) {
    last = given;
    const [losses, x, y, smoothing, theme, compared, series] = given;
    const weight = Number(smoothing) || 0;
    const figures = smoothingWords(losses, weight);
    tell(losses); // words and charts are of one moment
    if (!losses) return figures;
    if (!window.Plotly) {
      wait(losses);
      return figures;
    }
    const palette = colours();
    for (const stream of streams()) {
      const entry = losses[stream];
      const data = entry ? entry.data : NOTHING_YET;
      const plot = data && plotOf(stream);
      const isWhole = whole.has(stream);
      if (!data) letGo(stream);
      if (!plot || isAsBefore(stream, [data, x, y, weight, theme, compared?.[stream], series, isWhole], plot)) continue;
      const axis = usableAxis(data, x);
      const ghosts = ghostsOf(compared, stream, series);
      const bands = compared?.[stream]?.bands;
      const scene = { axis, y, weight, palette, unit: timeUnit(data, axis), ghosts, isWhole, bands, isNamed: true };
      const figure = figureOf(stream, data, scene);
      show(stream, plot, withZoom(figure, plot));
      const panel = placeOf(stream, "loss-chart").closest(".loss");
      tellScale(panel, figure.off, isWhole);
      proposeLog(panel, data, y);
      placeOf(stream, "loss-note").textContent = noteOf(data, scene, x);
    }
    return figures;
  }

  /* The slider's value; where no curve is long enough to be smoothed it does nothing, and says so. */
  function smoothingWords(losses, weight) {
    const held = Object.values(losses || {}).filter((entry) => entry?.data?.curves.length);
    const isOff = held.length > 0 && !held.some(({ data }) => data.curves.some(({ smooth }) => smooth));
    document.querySelector(".smoothing")?.toggleAttribute("data-off", isOff);
    return isOff ? "off" : weight.toFixed(2);
  }

  window.dashboard.onPress(".loss > .scale-all", (button) => {
    const { stream } = button.closest(".loss").dataset;
    if (!whole.delete(stream)) whole.add(stream);
    draw(...last);
  });

  /* Until the library is here the server's picture stands: of the run that is shown, and saying so where it is old. */
  function wait(losses) {
    window.chartCode.whenHere("losses", () => draw(...last), frames()); // what came meanwhile, not what waits here
    for (const stream of streams()) {
      const [entry, still] = [losses[stream], stillOf(stream)];
      if (!entry || !still) continue;
      if (still.dataset.run !== entry.run) still.remove();
      else if ((still.dataset.version ??= entry.version) !== entry.version) placeOf(stream, "loss-note").textContent = OLD_STILL;
    }
  }

  function show(stream, plot, { data, layout }) {
    const isNew = !plot.data;
    window.Plotly.react(plot, data, layout, CONFIG);
    stillOf(stream)?.remove();
    window.readout.show();
    if (!isNew) return;
    plot.on("plotly_doubleclick", window.panels.reset);
    plot.on("plotly_relayout", (moved) => {
      window.dash_clientside.zoom.follow(stream, moved);
      window.panels.follow(plot, moved);
    });
  }

  /* Words of the panels whose entry is another one than they tell. */
  function tell(losses) {
    for (const stream of streams()) {
      const place = placeOf(stream, "loss-head");
      const entry = (losses || {})[stream];
      if (told.get(place) === entry) continue;
      told.set(place, entry);
      for (const name of ["head", "foot", "table"]) window.trees.fill(placeOf(stream, `loss-${name}`), entry?.[name] || []);
      placeOf(stream, "loss-sentence").textContent = entry?.sentence || "";
    }
  }

  window.lossFigures = { figureOf, tellScale, proposeLog, colours, usableAxis, timeUnit, streams, placeOf };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    losses: { draw, ghostsOf },
  });
})();
