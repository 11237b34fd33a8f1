/* Readout: one crosshair over all charts of Curves, and their values there in one line.

   In:  the pointer over a chart (a finger too), the slider of the readout, the store crosshair of the address: "epoch:7"
   Out: a line in every chart that stands on this axis, the readout, and crosshair where it is held: by a press, a
        finger or the slider, until another press or Escape
   It reads what is drawn; a value from another place than the crosshair's says from which. */
(function () {
  "use strict";

  const PLOTS = ".loss-chart .js-plotly-plot, .metric-plot.js-plotly-plot";
  const PLACE = /^(epoch|step|time|index):(-?[\d.e+-]+)$/;
  const PRESS_PIXELS = 4;
  const DIGITS = 4;
  const root = document.documentElement;
  const sorted = new WeakMap(); // what a chart draws -> places of its curves
  let at = null; // {axis, place}; null: where each curve is now
  let isHeld = false;
  let pointed = null; // the chart whose points the crosshair stands on
  let pressed = null;
  let frame = null;
  let announced = null;

  const box = () => document.getElementById("readout");
  const isOpen = () => root.dataset.tab === "curves" && box();

  function show() {
    announce();
    if (isOpen()) frame ??= window.requestAnimationFrame(draw);
  }

  /* Whoever shows more of that place hears of it: the log. */
  function announce() {
    const told = isOpen() && at ? at : null;
    if (told !== announced) document.dispatchEvent(new CustomEvent("dashboard:crosshair", { detail: told }));
    announced = told;
  }

  /* ---- what is read ---- */

  const isTold = (trace) => trace.hoverinfo !== "skip";

  /* Curves that tell their values: the run's own, then those of other runs. */
  function curvesIn(plot) {
    const found = plot.data.filter((trace) => isTold(trace) && trace.yaxis !== "y2");
    return [...found.filter(({ legendgroup }) => !legendgroup), ...found.filter(({ legendgroup }) => legendgroup)];
  }

  const marksIn = (plot) => plot.data.filter((trace) => isTold(trace) && trace.yaxis === "y2");

  function nearest(places, wanted) {
    let found = -1;
    for (let index = 0; index < places.length; index += 1) {
      if (places[index] === null) continue;
      if (found < 0 || Math.abs(places[index] - wanted) < Math.abs(places[found] - wanted)) found = index;
    }
    return found;
  }

  const plain = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  const figure = (value) => (value === null || value === undefined ? "not finite" : String(Number(value.toPrecision(DIGITS))));

  /* {name, value, color, dash, isOdd} of each curve of a chart at a place of its own axis; null: at its end. */
  function read(plot, place) {
    const { axis } = plot.layout.meta;
    const found = curvesIn(plot).flatMap((trace) => {
      const index = place === null ? trace.y.findLastIndex((value) => value !== null) : nearest(trace.x, place);
      if (index < 0) return [];
      const value = figure(trace.y[index]);
      const measured = trace.customdata ? `, measured ${figure(trace.customdata[index])}` : "";
      const isElsewhere = place !== null && axis !== "time" && trace.x[index] !== place;
      const where = isElsewhere ? ` (${figure(trace.x[index])})` : "";
      return [{ name: plain(trace.name), value: value + measured, where, look: trace.line }];
    });
    const broken = marksIn(plot).flatMap((trace) => trace.x.flatMap((x, index) => (x === place ? [trace.text[index]] : [])));
    return [...found, ...[...new Set(broken)].map((text) => ({ name: plain(text), value: "", where: "", isOdd: true }))];
  }

  /* Where a chart has the crosshair, in units of its own axis; undefined on another axis. */
  function placeIn(plot) {
    const { axis, seconds } = plot.layout.meta;
    return at && at.axis === axis ? at.place / seconds : undefined;
  }

  /* ---- what is shown ---- */

  /* Whether a chart is in sight, and not behind the one that fills the window. */
  function isNear({ plot, area }) {
    const full = document.querySelector(".is-full");
    return window.panels.isInSight(area) && (!full || full.contains(plot));
  }

  function draw() {
    frame = null;
    if (!isOpen()) return;
    const seen = window.panels.every().map((plot) => ({ plot, area: window.panels.areaOf(plot), place: placeIn(plot) }));
    const near = seen.filter(isNear);
    for (const one of near) one.frame = one.plot.getBoundingClientRect();
    seen.forEach(rule);
    if (!pointed?.isConnected) pointed = null;
    tell(near.filter(({ place }) => at === null || place !== undefined));
  }

  /* The crosshair of one chart. */
  function rule({ plot, area, place, frame: around }) {
    const line = plot.querySelector(":scope > .crosshair") || document.createElement("i");
    const [left, right] = plot.layout.xaxis.range;
    const isShown = around && place !== undefined && place >= left && place <= right;
    line.hidden = !isShown;
    if (!isShown) return;
    const x = area.left - around.left + ((place - left) / (right - left)) * area.width;
    line.style.transform = `translateX(${x}px)`;
    Object.assign(line.style, { top: `${area.top - around.top}px`, height: `${area.height}px` });
    if (line.isConnected) return;
    line.className = "crosshair";
    plot.append(line);
  }

  function make(tag, className, text = "") {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  }

  /* The parts of the readout, once. */
  function partsOf(place) {
    if (!place.childElementCount) {
      const slider = Object.assign(make("input", "readout-slider"), { type: "range", min: 0, step: 1, title: "← → move the crosshair" });
      slider.setAttribute("aria-label", "Crosshair");
      slider.addEventListener("input", () => slide(Number(slider.value)));
      const hint = make("span", "readout-hint", "drag: zoom all · press: hold · Esc: reset");
      place.append(make("b", "readout-at"), slider, make("div", "readout-values"), hint);
    }
    return place.children;
  }

  function tell(near) {
    const [head, slider, values] = partsOf(box());
    const streams = new Map();
    for (const { plot, place } of near) {
      const stream = plot.closest(".loss");
      streams.set(stream, [...(streams.get(stream) || []), ...read(plot, place ?? null)]);
    }
    head.textContent = headWords();
    const groups = [...streams].map(([stream, found]) => groupOf(streams.size > 1 && stream, found));
    values.replaceChildren(...groups);
    const places = placesOf(near);
    slider.max = Math.max(0, places.length - 1);
    slider.disabled = places.length < 2;
    slider.value = at && places.length ? nearest(places, placeIn(leader(near))) : slider.max;
    slider.setAttribute("aria-valuetext", [headWords(), ...groups.map((group) => group.textContent)].join("; "));
  }

  function headWords() {
    if (!at) return "latest";
    const plot = window.panels.every().find((one) => one.layout.meta.axis === at.axis);
    const { seconds = 1 } = plot?.layout.meta || {};
    const unit = plot?.layout.xaxis.ticksuffix || "";
    return `${at.axis === "index" ? "point" : at.axis} ${figure(at.place / seconds)}${unit}${isHeld ? ", held" : ""}`;
  }

  function groupOf(stream, found) {
    const group = make("span", "readout-group");
    if (stream) group.append(make("b", "readout-stream", stream.querySelector("h3").textContent));
    for (const one of found) {
      const item = make("span", one.isOdd ? "readout-item loss-broken" : "readout-item");
      if (one.look) {
        const key = make("i", "readout-key");
        Object.assign(key.style, { borderColor: one.look.color, borderTopStyle: (one.look.dash || "solid") === "solid" ? "solid" : "dashed" });
        item.append(key);
      }
      item.append(`${one.name} `, make("b", "", one.value), one.where);
      group.append(item, " ");
    }
    return group;
  }

  /* ---- where it stands ---- */

  const leader = (near) => (near.find(({ plot }) => plot === pointed) || near[0])?.plot;

  /* Places of the curve that the crosshair goes along, rising. */
  function placesOf(near) {
    const { data } = leader(near) || {};
    if (data && !sorted.has(data)) {
      const places = curvesIn({ data }).flatMap(({ x }) => x).filter((place) => place !== null);
      sorted.set(data, [...new Set(places)].sort((one, other) => one - other));
    }
    return data ? sorted.get(data) : [];
  }

  function slide(index) {
    const near = window.panels.every().map((plot) => ({ plot, area: window.panels.areaOf(plot) })).filter(isNear);
    const plot = leader(near);
    const place = placesOf(near)[index];
    if (place !== undefined) put({ axis: plot.layout.meta.axis, place: place * plot.layout.meta.seconds }, true);
  }

  function put(where, hold) {
    at = where;
    isHeld = hold;
    if (hold || words() === null) window.dashboard.set("crosshair", words());
    show();
  }

  const words = () => (at && isHeld ? `${at.axis}:${Number(at.place.toPrecision(9))}` : null);

  /* The crosshair stands on the point that is nearest to the pointer. */
  function point(plot, clientX) {
    const area = window.panels.areaOf(plot);
    if (!area || clientX < area.left || clientX > area.right) return null;
    const [left, right] = plot.layout.xaxis.range;
    const wanted = left + ((clientX - area.left) / area.width) * (right - left);
    const places = curvesIn(plot).flatMap((trace) => trace.x);
    const index = nearest(places, wanted);
    pointed = plot;
    return index < 0 ? null : { axis: plot.layout.meta.axis, place: places[index] * plot.layout.meta.seconds };
  }

  const plotUnder = (event) => event.target.closest?.(PLOTS);

  document.addEventListener("pointermove", (event) => {
    if (!isOpen()) return;
    const plot = plotUnder(event);
    const isFinger = event.pointerType === "touch";
    if (isFinger ? !pressed : isHeld) return;
    const found = plot && plot.layout?.meta && point(plot, event.clientX);
    if (found && (found.axis !== at?.axis || found.place !== at.place)) put(found, isFinger);
    else if (!found && at && !isFinger && !event.buttons) put(null, false);
  });

  document.addEventListener("pointerdown", (event) => {
    const plot = isOpen() && event.button === 0 ? plotUnder(event) : null;
    pressed = plot && plot.layout?.meta ? { plot, x: event.clientX, y: event.clientY } : null;
    if (pressed && event.pointerType === "touch") put(point(plot, event.clientX) ?? at, true);
  });

  document.addEventListener("pointerup", (event) => {
    const before = pressed;
    pressed = null;
    if (!before || event.pointerType === "touch") return;
    if (Math.hypot(event.clientX - before.x, event.clientY - before.y) > PRESS_PIXELS) return;
    put(point(before.plot, event.clientX), !isHeld);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isHeld && !document.querySelector("dialog[open]")) put(null, false);
  });

  window.addEventListener("scroll", show, { passive: true });

  /* What the address says. */
  function look(told) {
    if ((told ?? null) === words()) return;
    const [, axis, place] = PLACE.exec(told || "") || [];
    put(Number.isFinite(Number(place)) && axis ? { axis, place: Number(place) } : null, Boolean(axis));
  }

  window.readout = { show };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { readout: { look, show } });
})();
