/* Picture of the scatter: points, best so far, baseline with its tolerance, targets, as SVG.

   In:  what views/runs/chart.py tells, and a size. Out: the picture, and where each point stands in it.
   Colours are classes. A path a verdict holds all its points, so that ten thousand are five elements; each begins with
   M and its middle. */
(function () {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const LOG_FROM = 20;
  const ROOM = { left: 58, right: 118, top: 14, bottom: 22 };
  const NARROW = 620;
  const MANY = 1500; // from here on points are small, and shine through
  const R = 3.5;
  const circle = (r) => `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
  const cross = (r) => `m${-r} ${-r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`;

  function svg(tag, attributes, ...children) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function words(value) {
    const size = Math.abs(value);
    return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2).replace(/\.?0+e/, "e") : String(Number(value.toPrecision(4)));
  }

  /* Logarithmic where the largest is so much larger that the rest would lie flat. */
  function axis(values, top, bottom) {
    const low = values.reduce((one, other) => Math.min(one, other), Infinity);
    const high = values.reduce((one, other) => Math.max(one, other), -Infinity);
    const isLog = low > 0 && high / low > LOG_FROM;
    const scale = isLog ? Math.log10 : (value) => value;
    const pad = (scale(high) - scale(low)) * 0.06 || Math.abs(scale(high)) * 0.1 || 0.1;
    const [from, to] = [scale(low) - pad, scale(high) + pad];
    const place = (value) => bottom - ((scale(value) - from) / (to - from)) * (bottom - top);
    return { place, isLog, ticks: isLog ? decades(from, to) : even(from, to) };
  }

  function even(from, to) {
    const rough = (to - from) / 4;
    const unit = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((one) => one * unit).find((one) => one >= rough);
    const found = [];
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) found.push(Number(at.toPrecision(10)));
    return found;
  }

  function decades(from, to) {
    const parts = to - from > 3 ? [1] : [1, 2, 5];
    const found = [];
    for (let power = Math.floor(from); power <= to; power += 1) for (const part of parts) found.push(part * 10 ** power);
    const seen = found.filter((at) => Math.log10(at) >= from && Math.log10(at) <= to);
    return seen.filter((_, n) => n % Math.ceil(seen.length / 6) === 0);
  }

  const DAY = { day: "numeric", month: "short" };
  const CLOCK = { hour: "2-digit", minute: "2-digit" };
  const DAY_SECONDS = 86400;

  /* Days; where several would be the same one, its hours behind it. */
  function moments(x, count) {
    const step = (x.to - x.from) / count;
    const told = (n, look) => new Date((x.from + step * n) * 1000).toLocaleString(undefined, look);
    const usual = step >= DAY_SECONDS ? DAY : CLOCK;
    const all = Array.from({ length: count + 1 }, (_, n) => told(n, usual));
    const first = told(0, { ...DAY, ...usual });
    return all.map((word, n) => (n === 0 ? first : word === all[n - 1] ? "" : word));
  }

  function text(told, x, y, look, anchor = "start") {
    return svg("text", { x, y, class: look, "text-anchor": anchor }, told);
  }

  function grid(made, x, y, box) {
    for (const tick of y.ticks) {
      const at = y.place(tick).toFixed(1);
      made.append(svg("line", { x1: box.left, x2: box.right, y1: at, y2: at, class: "scatter-grid" }));
      made.append(text(words(tick), box.left - 8, Number(at) + 4, "scatter-word", "end"));
    }
    const count = Math.max(1, Math.min(6, Math.floor((box.right - box.left) / 130)));
    moments(x, count).forEach((word, n) => {
      const anchor = n === 0 ? "start" : n === count ? "end" : "middle";
      const at = box.left + ((box.right - box.left) * n) / count;
      made.append(text(word, at, box.bottom + 16, "scatter-word", anchor));
    });
  }

  /* A line across, named at its end; names keep a line's height between them. */
  function level(made, at, name, look, box, names) {
    made.append(svg("line", { x1: box.left, x2: box.right, y1: at, y2: at, class: look }));
    named(made, at, name, look, box, names);
  }

  function named(made, at, name, look, box, names) {
    let y = at + 4;
    while (names.some((other) => Math.abs(other - y) < 13)) y -= 13;
    names.push(y);
    const [x, anchor] = box.isNarrow ? [box.right - 2, "end"] : [box.right + 6, "start"];
    made.append(text(name, x, box.isNarrow ? y - 6 : y, `scatter-word ${look}`, anchor));
  }

  function steps(best, x, y, box) {
    if (!best.length) return "";
    const [first, ...rest] = best.map(([time, value]) => [x.place(time).toFixed(1), y.place(value).toFixed(1)]);
    return `M${first[0]} ${first[1]}${rest.map(([right, down]) => `H${right}V${down}`).join("")}H${box.right}`;
  }

  function across(times, box) {
    const from = times[0];
    const to = times[times.length - 1];
    const span = to - from || 1;
    return { from, to, place: (at) => box.left + 6 + ((at - from) / span) * (box.right - box.left - 12) };
  }

  function held(made, data, y, box) {
    const names = [];
    const { baseline } = data;
    if (baseline) {
      const [at, limit] = [y.place(baseline.value), y.place(baseline.limit ?? baseline.value)];
      const band = { x: box.left, y: Math.min(at, limit), width: box.right - box.left, height: Math.abs(at - limit) };
      made.append(svg("rect", { ...band, class: "scatter-band" }));
      level(made, at, `baseline ${words(baseline.value)}`, "scatter-baseline", box, names);
      if (baseline.limit !== null && !box.isNarrow) named(made, limit, `allowed to ${words(baseline.limit)}`, "", box, names);
    }
    for (const [value, told] of data.targets) level(made, y.place(value), told, "scatter-target", box, names);
  }

  /* Returns {picture, points}: a place in pixels for each run, in the order of the data. */
  function picture(data, width, height) {
    const isNarrow = width < NARROW;
    const box = { left: isNarrow ? 46 : ROOM.left, right: width - (isNarrow ? 8 : ROOM.right), top: ROOM.top, bottom: height - ROOM.bottom, isNarrow };
    const limits = data.baseline ? [data.baseline.value, data.baseline.limit ?? data.baseline.value] : [];
    const y = axis([...data.value, ...limits, ...data.targets.map(([value]) => value)], box.top, box.bottom);
    const x = across(data.time, box);
    const name = `${data.label} of ${data.ids.length} ${data.ids.length === 1 ? "run" : "runs"} over time${y.isLog ? ", log scale" : ""}; the table below has the same numbers`;
    const made = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name });
    grid(made, x, y, box);
    held(made, data, y, box);
    made.append(svg("path", { d: steps(data.best, x, y, box), class: "scatter-best" }));
    const isMany = data.ids.length > MANY;
    const points = data.ids.map((_, n) => [x.place(data.time[n]), y.place(data.value[n])]);
    data.verdicts.forEach((verdict, kind) => {
      const mine = points.filter((_, n) => data.verdict[n] === kind);
      const mark = (verdict === "not ready" ? cross : circle)(isMany ? R / 2 : R);
      const d = mine.map(([right, down]) => `M${right.toFixed(1)} ${down.toFixed(1)}${mark}`).join("");
      if (d) made.append(svg("path", { d, class: `scatter-points${isMany ? " is-many" : ""}`, "data-verdict": verdict }));
    });
    made.append(svg("path", { class: "scatter-chosen" }), svg("rect", { class: "scatter-drag", width: 0, height: 0 }));
    return { picture: made, points, isLog: y.isLog };
  }

  function rings(points) {
    return points.map(([right, down]) => `M${right.toFixed(1)} ${down.toFixed(1)}${circle(R + 3)}`).join("");
  }

  window.scatterPicture = { picture, rings, words };
})();
