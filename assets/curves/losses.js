/* Losses: data and wishes -> plotly figures, one a stream.

   In:  loss-shown {stream: {data: {curves, broken, ends, targets}, head, sentence, foot, table}}, x, y,
        smoothing, theme, compared-shown {stream: {curves}} of other runs
   Out: a chart and a note for each stream whose data are here, drawn again only where something of it changed, and
        the smoothing in figures. It fetches nothing; colours come from the CSS tokens, so the charts follow the
        theme. */
(function () {
  "use strict";

  const { tracesOf, ghostsOn, places, cutRange, beyond, extremes } = window.lossCurves;
  const LINE_TOKENS = {
    val: "--loss-val",
    train: "--loss-train",
    other: "--loss-other",
    baseline: "--loss-baseline",
    overlay0: "--overlay-a",
    overlay1: "--overlay-b",
    overlay2: "--overlay-c",
    overlay3: "--overlay-d",
  };

  const PLOT_PIXELS = 132;
  const NAME_PIXELS = 13;
  const WIDE = 1000; // times the lowest value of a curve

  /* A token's colour as the browser resolves it in the theme of now. */
  function colours() {
    const probe = document.createElement("span");
    document.body.append(probe);
    const resolve = (token) => {
      probe.style.color = `var(${token})`;
      return window.getComputedStyle(probe).color;
    };
    const found = {
      text: resolve("--text"),
      mute: resolve("--text-mute"),
      line: resolve("--line"),
      strong: resolve("--line-strong"),
      panel: resolve("--panel"),
      fail: resolve("--fail"),
    };
    for (const [role, token] of Object.entries(LINE_TOKENS)) found[role] = resolve(token);
    found.dashes = window.matchMedia("(forced-colors: active)").matches ? { train: "dot", other: "dashdot" } : {};
    probe.remove();
    return found;
  }

  function isKnown(curves, axis) {
    return curves.every((curve) => curve[axis].some((at) => at !== null));
  }

  /* Whether a curve has several points of one epoch: they would stand above each other where steps keep them apart. */
  function isCrowded(curves, axis) {
    const repeats = ({ epoch }) => epoch.some((at, index) => at !== null && at === epoch[index - 1]);
    return axis === "epoch" && isKnown(curves, "step") && curves.some(repeats);
  }

  /* The wished x-axis, or the first one the data know. */
  function usableAxis({ curves }, wished) {
    const order = [wished, "epoch", "step", "time"];
    return order.find((axis) => isKnown(curves, axis) && !isCrowded(curves, axis)) || "index";
  }

  function timeUnit(data, axis) {
    if (axis !== "time") return { seconds: 1, suffix: "" };
    const last = Math.max(0, data.ends.time || 0, ...data.curves.flatMap((c) => c.time));
    if (last > 2 * 3600) return { seconds: 3600, suffix: " h" };
    return last > 180 ? { seconds: 60, suffix: " min" } : { seconds: 1, suffix: " s" };
  }

  function xRange(data, scene) {
    const all = [...data.curves, ...ghostsOn(scene)].flatMap((curve) => places(curve, scene.axis, scene.unit));
    const broken = data.broken.map((mark) => (mark[scene.axis] ?? null) / scene.unit.seconds);
    const known = [...all, ...broken].filter((at) => at !== null && Number.isFinite(at));
    const end = (data.ends[scene.axis] || 0) / scene.unit.seconds;
    const first = Math.min(...known);
    const last = Math.max(end, ...known);
    const room = (last - first || 1) * 0.015;
    return [first - room, last + room];
  }

  /* Whole epochs and steps have no halves between them. */
  function wholeTicks(range, axis) {
    const span = range[1] - range[0];
    return axis !== "time" && span <= 10 ? { tick0: 0, dtick: Math.max(1, Math.round(span / 8)) } : {};
  }

  /* What is allowed: `{limit, side, text, role}` of the policy and of targets. */
  function bandsOf(data, { bands = [] }) {
    const allowed = bands.filter(({ series }) => data.curves.some((curve) => curve.series === series));
    const wanted = (data.targets || []).map(({ value, side }) => ({ limit: value, side, text: "", role: "mute" }));
    return [...allowed.map((band) => ({ ...band, role: "baseline" })), ...wanted];
  }

  /* Ends of the value axis, as it counts: where something is left off it, and where a band is shaded up to them. What
     is asked for has its room, a limit that is far off has none; null: plotly finds them. */
  function valueEnds(data, scene) {
    const bands = bandsOf(data, scene);
    if (!scene.cut && !bands.length) return null;
    const toAxis = scene.y === "log" ? Math.log10 : (value) => value;
    const values = [...data.curves, ...ghostsOn(scene)].flatMap(({ value }) => value).filter((value) => value !== null);
    const told = [...(scene.cut || values), ...(data.targets || []).map(({ value }) => value)].map(toAxis).filter(Number.isFinite);
    if (!told.length) return null;
    const [first, last] = extremes(told);
    const near = bands.map(({ limit }) => toAxis(limit)).filter((at) => at >= first - (last - first) && at <= last + (last - first));
    const [low, high] = extremes([first, last, ...near]);
    const room = (high - low || Math.abs(high) || 1) * 0.06;
    return [low - room, high + room];
  }

  /* Shaded over the whole width, from the limit to the edge. */
  function bandShapes(data, scene, ends) {
    const fromAxis = scene.y === "log" ? (at) => 10 ** at : (at) => at;
    const [low, high] = (ends || []).map(fromAxis);
    return bandsOf(data, scene).flatMap(({ limit, side, text, role }) => {
      const edge = side === "below" ? low : high;
      const from = Math.min(high, Math.max(low, limit));
      if (!ends || from === edge) return [];
      const label = { text, textposition: side === "below" ? "top left" : "bottom left", font: { size: 12, color: scene.palette.mute } };
      const look = { type: "rect", xref: "paper", x0: 0, x1: 1, y0: from, y1: edge, layer: "below", line: { width: 0 }, label };
      return [{ ...look, fillcolor: scene.palette[role], opacity: role === "mute" ? 0.1 : 0.16 }];
    });
  }

  /* The name of each curve of the run, and of the baseline, above its end; names that would meet stand higher. */
  function endNames(data, scene, range) {
    const toAxis = scene.y === "log" ? Math.log10 : (value) => value;
    const every = data.curves.flatMap(({ value }) => value).filter((value) => value !== null).map(toAxis).filter(Number.isFinite);
    const named = [...data.curves, ...ghostsOn(scene).filter(({ kind, role }) => kind === "baseline" && role === "val")];
    const found = named.flatMap((curve) => {
      const index = curve.value.findLastIndex((value) => value !== null);
      const y = toAxis(curve.value[index]);
      const isOff = scene.cut && (y < scene.cut[0] || y > scene.cut[1]);
      return index < 0 || !Number.isFinite(y) || isOff ? [] : [{ curve, x: places(curve, scene.axis, scene.unit)[index], y }];
    });
    const lies = found.sort((one, other) => one.y - other.y);
    const [low, high] = scene.ends || extremes(every);
    const heights = lies.map(({ y }) => ((y - low) / (high - low || 1)) * PLOT_PIXELS + NAME_PIXELS * 0.7);
    for (let at = 1; at < lies.length; at += 1) {
      const isBeside = Math.abs(lies[at].x - lies[at - 1].x) < (range[1] - range[0]) / 8;
      if (isBeside) heights[at] = Math.max(heights[at], heights[at - 1] + NAME_PIXELS);
    }
    return lies.map(({ curve, x, y }, at) => ({
      text: curve.name,
      x,
      y,
      showarrow: false,
      xanchor: x > (range[0] + range[1]) / 2 ? "right" : "left",
      yshift: heights[at] - ((y - low) / (high - low || 1)) * PLOT_PIXELS,
      font: { size: 12, color: curve.role === "val" && !curve.kind ? scene.palette.text : scene.palette.mute },
    }));
  }

  function layoutOf(stream, data, scene) {
    const { palette } = scene;
    const ends = valueEnds(data, scene);
    const font = { family: window.getComputedStyle(document.body).fontFamily, size: 12 };
    const axis = { zeroline: false, automargin: false, tickfont: { ...font, color: palette.mute } };
    const range = data.curves.length ? xRange(data, scene) : [0, 1];
    return {
      uirevision: `${stream} ${scene.axis} ${scene.y} ${Boolean(scene.isWhole)}`,
      meta: { range: [...range], values: ends && [...ends], axis: scene.axis, seconds: scene.unit.seconds },
      margin: { l: 46, r: 14, t: 8, b: 24 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { ...font, color: palette.text },
      showlegend: false,
      hovermode: "x unified",
      hoverlabel: { bgcolor: palette.panel, bordercolor: palette.strong, font },
      dragmode: window.matchMedia("(pointer: coarse)").matches ? false : "zoom",
      xaxis: {
        ...axis,
        ...wholeTicks(range, scene.axis),
        range: window.panels.rangeOf({ axis: scene.axis, seconds: scene.unit.seconds, range }),
        showgrid: false,
        linecolor: palette.strong,
        showline: true,
        ticks: "outside",
        ticklen: 3,
        tickcolor: palette.strong,
        nticks: 9,
        ticksuffix: scene.unit.suffix,
        spikecolor: palette.mute,
        spikethickness: 1,
        spikedash: "dot",
        hoverformat: ",.4~g",
        unifiedhovertitle: { text: `${scene.axis} %{x}` },
        visible: data.curves.length > 0,
      },
      yaxis: {
        ...axis,
        type: scene.y,
        ...(ends && { range: ends, autorange: false }),
        gridcolor: palette.line,
        nticks: 5,
        tickformat: ".4~g",
        visible: data.curves.length > 0,
      },
      yaxis2: { overlaying: "y", range: [0, 1], visible: false, fixedrange: true },
      shapes: bandShapes(data, scene, ends),
      annotations: data.curves.length ? (scene.isNamed ? endNames(data, { ...scene, ends }, range) : []) : [emptyWords(palette)],
    };
  }

  function emptyWords(palette) {
    return {
      text: "no losses yet",
      xref: "paper",
      yref: "paper",
      x: 0.5,
      y: 0.5,
      showarrow: false,
      font: { color: palette.mute, size: 12 },
    };
  }

  function figureOf(stream, data, wished) {
    const scene = { ...wished, cut: cutRange(data, wished) };
    const layout = layoutOf(stream, data, scene);
    return { data: tracesOf(data, { ...scene, range: layout.meta.range }), layout, off: beyond(data, scene.cut) };
  }

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
