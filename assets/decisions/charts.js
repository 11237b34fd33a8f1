/* Charts of decisions: score curves with bands and lines, severity, state timeline, distribution, as SVG.

   In:  a series of the document, and a view {from, to, width, words}.
   Out: SVG elements; colours are classes, so that a theme needs no new drawing.
   Every picture has a sentence as its name; nothing here knows the address or the server. */
(function () {
  "use strict";

  const LEFT = 72;
  const RIGHT = 104;
  const SVG = "http://www.w3.org/2000/svg";
  const LOG_FROM = 20;

  function svg(tag, attributes, ...children) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  function text(words, x, y, look, anchor) {
    return svg("text", { x, y, class: look || "", "text-anchor": anchor || "start" }, words);
  }

  function picture(view, height, name) {
    const box = { width: view.width, height, viewBox: `0 0 ${view.width} ${height}` };
    return svg("svg", { ...box, role: "img", "aria-label": name, class: "decision-picture" });
  }

  function across(view) {
    const span = view.to - view.from || 1;
    return (at) => LEFT + ((at - view.from) / span) * (view.width - LEFT - view.right);
  }

  /* Where a point of a curve stands: its time, or its row. */
  function places(curve) {
    return curve.time.map((time, n) => (time === null ? curve.index[n] : time));
  }

  function within(curve, view) {
    const at = places(curve);
    let first = at.findIndex((place) => place >= view.from);
    if (first < 0) return [];
    let last = at.length - 1;
    while (last > first && at[last] > view.to) last -= 1;
    first = Math.max(0, first - 1);
    last = Math.min(at.length - 1, last + 1);
    const points = [];
    for (let n = first; n <= last; n += 1) points.push([at[n], curve.value[n], curve.index[n]]);
    return points;
  }

  /* A vertical axis that holds the values and the lines; logarithmic where a peak would flatten the rest. */
  function axis(values, lines, top, bottom) {
    const known = [...values, ...lines].filter((value) => value !== null);
    let low = Math.min(...known);
    let high = Math.max(...known);
    const isLog = low > 0 && lines.length > 0 && high > LOG_FROM * lines[0];
    const scale = isLog ? Math.log10 : (value) => value;
    const pad = (scale(high) - scale(low)) * 0.08 || Math.abs(scale(high)) * 0.1 || 0.1;
    low = scale(low) - pad;
    high = scale(high) + pad;
    if (!isLog && Math.min(...known) >= 0 && low < 0) low = 0;
    const place = (value) => bottom - ((scale(value) - low) / (high - low)) * (bottom - top);
    return { place, isLog, low: isLog ? 10 ** low : low, high: isLog ? 10 ** high : high };
  }

  /* Stretches of time in which windows were scored; between them there are no data. */
  function stretches(spans) {
    const found = [];
    for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
      const last = found[found.length - 1];
      if (last && start <= last[1] + 1e-6) last[1] = Math.max(last[1], end);
      else found.push([start, end]);
    }
    return found;
  }

  /* A line through the points, broken where a value is none and where there are no data. */
  function path(points, x, y, scored) {
    let drawn = "";
    let isOn = false;
    let before = -1;
    for (const [at, value] of points) {
      const within = scored ? scored.findIndex(([start, end]) => at >= start - 1e-6 && at <= end + 1e-6) : 0;
      if (within !== before) isOn = false;
      before = within;
      if (value === null) {
        isOn = false;
        continue;
      }
      drawn += `${isOn ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
      isOn = true;
    }
    return drawn;
  }

  function frame(made, view, top, bottom) {
    const end = view.width - view.right;
    made.append(svg("line", { x1: LEFT, x2: end, y1: bottom, y2: bottom, class: "decision-axis" }));
    const count = Math.max(1, Math.min(6, Math.floor((end - LEFT) / 100)));
    for (let n = 0; n <= count; n += 1) {
      const at = view.from + ((view.to - view.from) * n) / count;
      const anchor = n === 0 ? "start" : n === count ? "end" : "middle";
      made.append(text(view.tick(at), LEFT + ((end - LEFT) * n) / count, bottom + 14, "decision-tick", anchor));
    }
    const clip = `decision-clip-${(frame.count = (frame.count || 0) + 1)}`;
    const rect = svg("rect", { x: LEFT, y: 0, width: Math.max(0, end - LEFT), height: bottom });
    made.append(svg("defs", {}, svg("clipPath", { id: clip }, rect)));
    const inside = svg("g", { "clip-path": `url(#${clip})` });
    made.append(inside);
    return inside;
  }

  /* Lines that lie too near each other to be read keep their names apart. */
  function lineNames(made, view, named) {
    let above = Infinity;
    for (const [name, y] of [...named].sort((one, other) => other[1] - one[1])) {
      const at = Math.min(y + 4, above - 12);
      const isBeside = view.right === RIGHT;
      made.append(text(name, view.width - view.right + (isBeside ? 6 : -4), at - (isBeside ? 0 : 8), "decision-line-name", isBeside ? "start" : "end"));
      above = at;
    }
  }

  function chart(curve, lines, view, about) {
    const top = 8;
    const bottom = about.height - 20;
    const made = picture(view, about.height, about.sentence);
    const x = across(view);
    const points = within(curve, view);
    const used = lines.filter((line) => line.at !== null);
    const y = axis(points.map((point) => point[1]), used.map((line) => line.at), top, bottom);
    const inside = frame(made, view, top, bottom);
    const isHigher = about.worse === "higher";
    for (const [n, line] of used.entries()) {
      const next = used[n + 1];
      const from = y.place(line.at);
      const to = next ? y.place(next.at) : isHigher ? 0 : bottom;
      const band = { x: LEFT, y: Math.min(from, to), width: Math.max(0, view.width - LEFT - view.right) };
      if (line.band) inside.append(svg("rect", { ...band, height: Math.abs(from - to), class: `band-${line.band}` }));
      inside.append(svg("line", { x1: LEFT, x2: view.width - view.right, y1: from, y2: from, class: `line-${line.name}` }));
    }
    inside.append(svg("path", { d: path(points, x, y.place, about.scored), class: "decision-curve" }));
    const last = used[used.length - 1];
    const isOver = (value) => last && value !== null && (isHigher ? value >= last.at : value <= last.at);
    for (const [at, value] of points.filter((point) => isOver(point[1])).slice(0, 400)) {
      inside.append(svg("circle", { cx: x(at).toFixed(1), cy: y.place(value).toFixed(1), r: 2.5, class: "mark-anomaly" }));
    }
    for (const [at, value] of points) {
      if (value !== null) continue;
      const d = `M${x(at) - 3} ${bottom - 9}l6 6m0 -6l-6 6`;
      inside.append(svg("path", { d, class: "mark-not-finite" }));
    }
    for (const [value, place] of [[y.high, top + 8], [y.low, bottom - 2]]) {
      made.append(text(view.number(value), LEFT - 6, place, "decision-tick", "end"));
    }
    if (y.isLog) made.append(text("log", LEFT - 6, top + 22, "decision-tick", "end"));
    lineNames(made, view, used.map((line) => [`${line.name} ${view.number(line.at)}`, y.place(line.at)]));
    return made;
  }

  function hatches() {
    const hatch = { width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
    const line = () => svg("line", { x1: 0, x2: 0, y1: 0, y2: 6 });
    const across = svg("line", { x1: 0, x2: 6, y1: 0, y2: 0 });
    return svg(
      "defs",
      {},
      svg("pattern", { ...hatch, id: "decision-hatch", class: "hatch" }, line()),
      svg("pattern", { ...hatch, id: "decision-cross", class: "cross" }, line(), across),
    );
  }

  /* A row a series, a box a stretch of one state; what nobody judged is hatched. */
  function timeline(series, view, sentence) {
    const row = 24;
    const bottom = series.length * row + 4;
    const made = picture(view, bottom + 20, sentence);
    const x = across(view);
    made.append(hatches());
    const inside = frame(made, view, 0, bottom);
    for (const [n, one] of series.entries()) {
      made.append(text(one.label, LEFT - 6, n * row + 16, "decision-row-name", "end"));
      const ground = { x: LEFT, y: n * row + 4, width: Math.max(0, view.width - LEFT - view.right), height: row - 7 };
      inside.append(svg("rect", { ...ground, class: "no-data" }));
      for (const span of one.spans) {
        if (span.end < view.from || span.start > view.to) continue;
        const width = Math.max(1.5, x(span.end) - x(span.start));
        const box = { x: x(span.start).toFixed(1), y: n * row + 4, width: width.toFixed(1), height: row - 7 };
        const title = svg("title", {}, `${one.label}: ${view.states[span.state]}, ${view.moment(span.start)}`);
        inside.append(svg("rect", { ...box, class: `state-${span.state}` }, title));
      }
    }
    return made;
  }

  /* The share of windows at each line or worse: calibration against what was scored. */
  function distribution(one, view, sentence) {
    const height = 150;
    const bottom = height - 20;
    const table = one.what_if;
    /* Its lines are named inside: the room beside it is its own. */
    const scaled = { ...view, right: 8, from: table.line[0], to: table.line[table.line.length - 1], tick: view.number };
    const made = picture(view, height, sentence);
    const x = across(scaled);
    const inside = frame(made, scaled, 8, bottom);
    const y = (share) => bottom - share * (bottom - 8);
    const named = [];
    const draw = (counts, total, look) => {
      if (!counts || !total) return;
      const points = table.line.map((line, n) => [line, 1 - counts[n] / total]);
      inside.append(svg("path", { d: path(points, x, y), class: look }));
    };
    draw(table.over, table.windows, "decision-curve");
    draw(table.calibration_over, table.calibration_windows, "curve-calibration");
    for (const [name, at] of [["warn", one.warn], ["anomaly", one.anomaly]]) {
      if (at === null) continue;
      inside.append(svg("line", { x1: x(at), x2: x(at), y1: 8, y2: bottom, class: `line-${name}` }));
      const isLeft = x(at) + RIGHT < view.width;
      const place = [x(at) + (isLeft ? 4 : -4), name === "warn" ? bottom - 6 : bottom - 20];
      named.push(text(`${name} ${view.number(at)}`, ...place, "decision-line-name", isLeft ? "start" : "end"));
    }
    made.append(text("100 %", LEFT - 6, 16, "decision-tick", "end"), text("0 %", LEFT - 6, bottom, "decision-tick", "end"));
    made.append(...named);
    return made;
  }

  window.dashboard.decisionCharts = { LEFT, RIGHT, svg, chart, timeline, distribution, within, places, stretches };
})();
