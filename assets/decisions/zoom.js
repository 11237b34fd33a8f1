/* Range: dragging over a picture of decisions shows that range in all of them; a new width draws them again. */
(function () {
  "use strict";

  const LEAST = 8;
  const tab = window.dashboard.decisionTab;
  let from = null;
  let mark = null;

  function picture(event) {
    const found = event.target.closest?.("#decision-charts svg");
    return found && found.closest('[data-series="distribution"]') === null ? found : null;
  }

  function place(drawn, x) {
    const box = drawn.getBoundingClientRect();
    const look = tab.view(box.width);
    const share = (x - box.left - tab.LEFT) / (box.width - tab.LEFT - look.right);
    return look.from + Math.min(1, Math.max(0, share)) * (look.to - look.from);
  }

  document.addEventListener("pointerdown", (event) => {
    const drawn = event.button === 0 && event.pointerType !== "touch" ? picture(event) : null;
    if (!drawn) return;
    event.preventDefault();
    from = { drawn, x: event.clientX };
    mark = window.dashboard.decisionCharts.svg("rect", { y: 0, height: drawn.clientHeight - 20, class: "decision-marked" });
    drawn.append(mark);
  });

  document.addEventListener("pointermove", (event) => {
    if (!from) return;
    const left = from.drawn.getBoundingClientRect().left;
    mark.setAttribute("x", Math.min(from.x, event.clientX) - left);
    mark.setAttribute("width", Math.abs(event.clientX - from.x));
  });

  document.addEventListener("pointerup", (event) => {
    if (!from) return;
    const { drawn, x } = from;
    from = null;
    mark.remove();
    if (Math.abs(event.clientX - x) < LEAST) return;
    const ends = [place(drawn, x), place(drawn, event.clientX)].sort((one, other) => one - other);
    if (ends[0] < ends[1]) tab.move(ends);
  });

  let width = 0;
  new ResizeObserver((entries) => {
    const now = Math.round(entries[0].contentRect.width);
    const room = tab.room();
    if (!room || room.clientWidth === width || !now) return;
    width = room.clientWidth;
    tab.draw();
  }).observe(document.documentElement);
})();
