/* Scatter: every run's value over time; a drag selects the runs in it, a press the nearest one.

   In:  the store runs-chart-data; pointers. Out: what stands in #runs-chart; runs that are selected. */
(function () {
  "use strict";

  const HEIGHT = 236;
  const NEAR = 18;
  const LEAST_DRAG = 5;
  const MARKS = { ready: "●", "not ready": "✕" };
  let data = null;
  let points = [];
  let chosen = [];
  let from = null;

  const place = () => document.getElementById("runs-chart");
  const part = (name) => place().querySelector(`.${name}`);

  function frame() {
    const made = ["chart-head", "chart-body", "chart-readout"].map((name) => {
      const one = document.createElement("div");
      one.className = name;
      return one;
    });
    place().replaceChildren(...made);
    new ResizeObserver(draw).observe(made[1]);
    part("chart-readout").setAttribute("aria-hidden", "true"); // what is pointed at; the table says it too
  }

  function show(told) {
    data = told;
    if (!data) return place().replaceChildren();
    if (!part("chart-head")) frame();
    window.trees.fill(part("chart-head"), data.head);
    part("chart-head").append(legend());
    return draw();
  }

  function legend() {
    const made = document.createElement("div");
    made.className = "chart-legend";
    const kinds = data.verdicts.filter((_, kind) => data.verdict.includes(kind));
    for (const verdict of kinds) made.append(word(`${MARKS[verdict] || "○"} ${verdict}`, verdict));
    if (data.best.length) made.append(word("― best so far", "best"));
    made.append(word("drag to select runs", "hint"));
    return made;
  }

  function word(text, verdict) {
    const made = document.createElement("span");
    made.textContent = text;
    made.dataset.verdict = verdict;
    return made;
  }

  function draw() {
    const body = part("chart-body");
    const width = body ? body.clientWidth : 0;
    if (!data || !data.ids.length || !width) return body && body.replaceChildren();
    const made = window.scatterPicture.picture(data, width, HEIGHT);
    points = made.points;
    body.replaceChildren(made.picture);
    return select();
  }

  function select(ids) {
    if (ids !== undefined) chosen = ids || [];
    const path = place() && place().querySelector(".scatter-chosen");
    if (!path) return;
    const wanted = new Set(chosen);
    path.setAttribute("d", window.scatterPicture.rings(points.filter((_, n) => wanted.has(data.ids[n]))));
  }

  function at(event) {
    const box = part("chart-body").getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  function nearest([x, y]) {
    let found = -1;
    let least = NEAR * NEAR;
    points.forEach(([right, down], n) => {
      const far = (right - x) ** 2 + (down - y) ** 2;
      if (far < least) [found, least] = [n, far];
    });
    return found;
  }

  function tell(n) {
    const when = n < 0 ? "" : new Date(data.time[n] * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const told = n < 0 ? "" : `${data.ids[n]} · ${when} · ${window.scatterPicture.words(data.value[n])} · ${data.verdicts[data.verdict[n]]}`;
    part("chart-readout").textContent = told;
  }

  function stretch(to) {
    const box = { x: Math.min(from[0], to[0]), y: Math.min(from[1], to[1]), width: Math.abs(from[0] - to[0]), height: Math.abs(from[1] - to[1]) };
    for (const [name, value] of Object.entries(box)) part("scatter-drag").setAttribute(name, value);
    return box;
  }

  function inside({ x, y, width, height }) {
    const isIn = ([right, down]) => right >= x && right <= x + width && down >= y && down <= y + height;
    return data.ids.filter((_, n) => isIn(points[n])).reverse(); // the newest first
  }

  function end(event) {
    const box = stretch(at(event));
    const isPress = Math.max(box.width, box.height) < LEAST_DRAG;
    const one = isPress ? nearest(from) : -1;
    if (!isPress) window.selection.add(inside(box));
    else if (one >= 0) window.selection.add([data.ids[one]]);
    cancel();
  }

  function cancel() {
    if (!from) return;
    stretch(from);
    from = null;
  }

  const isOver = (event) => event.target.closest && event.target.closest("#runs-chart .chart-body");
  document.addEventListener("pointerdown", (event) => {
    if (!isOver(event) || event.button !== 0 || !points.length) return;
    from = at(event);
    event.preventDefault();
  });
  document.addEventListener("pointermove", (event) => {
    if (from) stretch(at(event));
    else if (isOver(event)) tell(nearest(at(event)));
  });
  document.addEventListener("pointerup", (event) => from && end(event));
  document.addEventListener("pointercancel", cancel);
  document.addEventListener("keydown", (event) => event.key === "Escape" && cancel());

  window.scatter = { select };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { scatter: { draw: show } });
})();
