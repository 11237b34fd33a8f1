/* Figures: one stream's data and how it is looked at -> what plotly draws: traces, axes, bands of what is allowed, names.

   In:  data {curves, broken, ends, targets} and a scene {axis, y, weight, palette, unit, ghosts, isWhole, bands, isNamed}
   Out: window.chartFigures. Colours come from the CSS tokens; it draws nothing and keeps nothing. */
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

  window.chartFigures = { figureOf, colours, isCrowded, usableAxis, timeUnit };
})();
