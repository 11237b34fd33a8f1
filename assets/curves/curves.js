/* Loss curves: one stream's data -> plotly traces.

   A scene says how it is looked at: {axis, y, weight, palette, unit, ghosts}. Text in the data is already
   escaped. It knows no element and no store; losses.js calls it. */
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

  function curveTraces(curve, scene) {
    const { weight, palette } = scene;
    const x = places(curve, scene.axis, scene.unit);
    const average = weight > 0 ? smoothed(curve.value, weight) : null;
    const isAlone = curve.value.filter((value) => value !== null).length < FEW_POINTS;
    const raw = {
      type: "scatter",
      name: curve.name,
      mode: isAlone ? "lines+markers" : "lines",
      x,
      y: curve.value,
      opacity: average ? 0.35 : 1,
      line: { ...strokeOf(curve, palette), width: average ? WIDTHS.raw : WIDTHS.line },
      marker: { size: 6 },
      ...(average && { customdata: average }), // Dash looks into whatever is called so
      hovertemplate: average
        ? `${curve.name} <b>%{y:.4~g}</b> (smoothed %{customdata:.4~g})<extra></extra>`
        : `${curve.name} <b>%{y:.4~g}</b><extra></extra>`,
    };
    if (!average) return [raw];
    const line = {
      type: "scatter",
      name: curve.name + " smoothed",
      mode: "lines",
      x,
      y: average,
      line: { ...strokeOf(curve, palette), width: WIDTHS.line },
      hoverinfo: "skip",
    };
    return [raw, line];
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

  /* A curve of another run: one line, smoothed like the run's own; its own values on hover. */
  function ghostTrace(curve, scene) {
    return {
      type: "scatter",
      name: curve.name,
      mode: "lines",
      x: places(curve, scene.axis, scene.unit),
      y: scene.weight > 0 ? smoothed(curve.value, scene.weight) : curve.value,
      customdata: curve.value,
      line: ghostLook(curve, scene),
      hovertemplate: `${curve.name} <b>%{customdata:.4~g}</b><extra></extra>`,
    };
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
      ...ghostsOn(scene).map((curve) => ghostTrace(curve, scene)),
      ...data.curves.flatMap((curve) => curveTraces(curve, scene)),
      ...data.curves.flatMap((curve) => lastPoint(curve, scene)),
      ...brokenTraces(data, scene),
    ];
  }

  window.lossCurves = { tracesOf, ghostsOn, places, smoothed };
})();
