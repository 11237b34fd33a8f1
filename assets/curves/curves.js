/* Loss curves: one stream's data -> plotly traces.

   A scene says how it is looked at: {axis, y, weight, palette, unit, ghosts, isWhole}. Text in the data is already
   escaped. Which curve may be smoothed, and where it usually lies, is told with it (presentation/charts/scale.py).
   It knows no element and no store; losses.js calls it. */
(function () {
  "use strict";

  const WIDTHS = { raw: 1.25, line: 2 };
  const FEW_POINTS = 2; // fewer than this make no line

  /* Exponential moving average with the start's bias taken out, as TensorBoard smooths:
     value i is sum(w^(i-k) x_k) / sum(w^(i-k)) over the finite points so far. */
  function smoothed(values, weight) {
    let sum = 0;
    let count = 0;
    return values.map((value) => {
      if (value === null) return null;
      sum = sum * weight + (1 - weight) * value;
      count += 1;
      return sum / (1 - weight ** count);
    });
  }

  /* Where each point of a curve stands. Time is told in the unit that fits its length. */
  function places(curve, axis, unit) {
    if (axis === "index") return curve.value.map((_value, index) => index + 1);
    return curve[axis].map((at) => (at === null ? null : at / unit.seconds));
  }

  /* Where a device sets all colours, the curves differ by their strokes alone. */
  const strokeOf = ({ role }, palette) => ({ color: palette[role], dash: palette.dashes[role] || "solid" });

  /* A curve as it was measured; where it is smoothed faint, behind a line that tells both values. */
  function lineTraces(curve, scene, look, isSmooth) {
    const x = places(curve, scene.axis, scene.unit);
    const isAlone = curve.value.filter((value) => value !== null).length < FEW_POINTS;
    const measured = {
      type: "scatter",
      name: curve.name,
      mode: isAlone ? "lines+markers" : "lines",
      x,
      y: curve.value,
      line: look,
      marker: { size: 6 },
      hovertemplate: `${curve.name} <b>%{y:.4~g}</b><extra></extra>`,
    };
    if (!isSmooth || scene.weight <= 0) return [measured];
    const faint = { opacity: 0.35, line: { ...look, width: WIDTHS.raw }, hoverinfo: "skip", hovertemplate: undefined };
    const line = {
      ...measured,
      name: curve.name + " smoothed",
      mode: "lines",
      y: smoothed(curve.value, scene.weight),
      customdata: curve.value,
      hovertemplate: `${curve.name} <b>%{y:.4~g}</b> smoothed, measured %{customdata:.4~g}<extra></extra>`,
    };
    return [{ ...measured, ...faint }, line];
  }

  function curveTraces(curve, scene) {
    return lineTraces(curve, scene, { ...strokeOf(curve, scene.palette), width: WIDTHS.line }, curve.smooth);
  }

  /* The last finite value: where the run is now. */
  function lastPoint(curve, scene) {
    const last = curve.value.findLastIndex((value) => value !== null);
    if (curve.role !== "val" || last < 0) return [];
    return [
      {
        type: "scatter",
        name: curve.name + " last",
        mode: "markers",
        x: [places(curve, scene.axis, scene.unit)[last]],
        y: [curve.value[last]],
        marker: { color: scene.palette[curve.role], size: 7 },
        hoverinfo: "skip",
      },
    ];
  }

  /* Values that are no numbers: crosses along the upper edge, on a scale of their own. */
  function brokenTraces(data, scene) {
    const marks = data.broken.filter((mark) => (mark[scene.axis] ?? null) !== null);
    if (!marks.length) return [];
    return [
      {
        type: "scatter",
        name: "not finite",
        mode: "markers",
        x: marks.map((mark) => mark[scene.axis] / scene.unit.seconds),
        y: marks.map(() => 0.96),
        yaxis: "y2",
        text: marks.map((mark) => mark.text),
        marker: { symbol: "x", size: 9, color: scene.palette.fail },
        hovertemplate: "%{text}<extra></extra>",
      },
    ];
  }

  /* Four dashes that nobody takes for the baseline's; with four colours every pair is one of eight. */
  const OVERLAY_DASHES = ["dot", "dashdot", "longdash", "longdashdot"];

  function ghostLook(curve, scene) {
    if (curve.kind === "baseline") {
      return { color: scene.palette.baseline, dash: "dash", width: curve.role === "val" ? 1.75 : 1.25 };
    }
    const place = curve.place;
    const color = scene.palette["overlay" + (place % 4)];
    return { color, dash: OVERLAY_DASHES[(place + Math.floor(place / 4)) % 4], width: 1.75 };
  }

  /* A curve of another run, treated as the run's own of that name. */
  function ghostTraces(curve, data, scene) {
    const own = data.curves.find(({ series }) => series === curve.series);
    const drawn = lineTraces(curve, scene, ghostLook(curve, scene), (own || curve).smooth);
    const traces = drawn.map((trace) => ({ ...trace, legendgroup: "others" }));
    return curve.kind === "baseline" ? traces : traces.slice(-1); // eight faint curves would hide the run's
  }

  /* The ends of the value axis where one spike would flatten all else; null where everything has its room.
     As `drawn_range` in presentation/charts/scale.py, which a report is drawn by. */
  const FLATTENED = 7;
  function cutRange(data, scene) {
    if (scene.isWhole || scene.y === "log") return null;
    const every = [...data.curves, ...ghostsOn(scene)].filter(({ usual }) => usual);
    const low = Math.min(...every.map(({ usual }) => usual[0]));
    const high = Math.max(...every.map(({ usual }) => usual[1]));
    const values = every.flatMap(({ value }) => value).filter((value) => value !== null);
    const [least, most] = extremes(values);
    const length = high - low;
    const room = length * FLATTENED;
    if (!(room > 0) || !Number.isFinite(room) || (low - least <= room && most - high <= room)) return null;
    const near = extremes(values.filter((value) => value >= low - length && value <= high + length));
    return [low - least > room ? near[0] : least, most - high > room ? near[1] : most];
  }

  /* Lowest and highest; so many values are no arguments of a function. */
  function extremes(values) {
    return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  }

  /* The run's values that the axis has no room for: curve, index and value. */
  function beyond(data, range) {
    if (!range) return [];
    const isOff = (value) => value !== null && (value < range[0] || value > range[1]);
    return data.curves.flatMap((curve) => curve.value.flatMap((value, at) => (isOff(value) ? [{ curve, at, value }] : [])));
  }

  /* Small arrows at the edge, where such a value is; on hover the curve itself tells it. */
  function beyondTraces(data, scene) {
    const found = beyond(data, scene.cut);
    if (!found.length) return [];
    const isAbove = ({ value }) => value > scene.cut[1];
    return [
      {
        type: "scatter",
        name: "off the scale",
        mode: "markers",
        x: found.map(({ curve, at }) => places(curve, scene.axis, scene.unit)[at]),
        y: found.map((one) => (isAbove(one) ? 0.97 : 0.03)),
        yaxis: "y2",
        marker: {
          symbol: found.map((one) => (isAbove(one) ? "triangle-up" : "triangle-down")),
          size: 8,
          color: found.map(({ curve }) => scene.palette[curve.role]),
        },
        hoverinfo: "skip",
      },
    ];
  }

  /* What targets ask of a metric: a line over the whole width, for which the value axis makes room. */
  function targetTraces(data, scene) {
    const highest = Math.max(...data.curves.flatMap((curve) => curve.value).filter((value) => value !== null));
    return (data.targets || []).map(({ value, text }) => ({
      type: "scatter",
      name: text,
      mode: "lines+text",
      x: scene.range,
      y: [value, value],
      text: ["", text],
      textposition: value > highest ? "bottom left" : "top left", // at the upper edge there is no room above
      textfont: { size: 12, color: scene.palette.mute },
      line: { color: scene.palette.mute, dash: "dot", width: 1.25 },
      hoverinfo: "skip",
    }));
  }

  /* Curves of other runs that can stand on the axis of this one. */
  function ghostsOn(scene) {
    return scene.ghosts.filter((curve) => scene.axis === "index" || curve[scene.axis].some((at) => at !== null));
  }

  function tracesOf(data, scene) {
    return [
      ...targetTraces(data, scene),
      ...ghostsOn(scene).flatMap((curve) => ghostTraces(curve, data, scene)),
      ...data.curves.flatMap((curve) => curveTraces(curve, scene)),
      ...data.curves.flatMap((curve) => lastPoint(curve, scene)),
      ...beyondTraces(data, scene),
      ...brokenTraces(data, scene),
    ];
  }

  window.lossCurves = { tracesOf, ghostsOn, places, cutRange, beyond, extremes };
})();
