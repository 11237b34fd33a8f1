/* Selection: which runs are ticked, on whatever page of the table, and what is done with them.

   In:  button[data-select], a box a run; button[data-select-page]; the buttons of the bar; c, which compares; others
        that select (window.selection).
   Out: the stores selected-runs, compared-runs, overlay-runs; which boxes are ticked. */
(function () {
  "use strict";

  const { onPress, set } = window.dashboard;
  const MOST_SELECTED = 200;
  let selected = [];
  let isAwaited = false;

  const boxes = () => [...document.querySelectorAll("button[data-select]")];

  function mark(ids) {
    if (ids !== undefined) {
      selected = ids || [];
      window.scatter.select(selected);
    }
    const chosen = new Set(selected);
    const usable = boxes().filter((box) => !box.disabled);
    for (const box of usable) {
      const isOn = chosen.has(box.dataset.select);
      box.setAttribute("aria-checked", String(isOn));
      box.closest("tr").classList.toggle("is-selected", isOn);
    }
    const all = document.querySelector("button[data-select-page]");
    if (all) all.setAttribute("aria-checked", String(usable.length > 0 && usable.every((box) => chosen.has(box.dataset.select))));
  }

  function put(ids) {
    if (ids.length > MOST_SELECTED) window.dashboard.say(`The first ${MOST_SELECTED} of ${ids.length} runs are selected.`);
    set("selected-runs", ids.slice(0, MOST_SELECTED));
  }

  const add = (ids) => put([...new Set([...selected, ...ids])]);
  const drop = (ids) => put(selected.filter((id) => !ids.includes(id)));
  const isOn = (box) => box.getAttribute("aria-checked") === "true";

  function togglePage(box) {
    const ids = boxes().filter((one) => !one.disabled).map((one) => one.dataset.select);
    if (isOn(box)) drop(ids);
    else add(ids);
  }

  function compare(ids) {
    isAwaited = true;
    set("compared-runs", ids);
  }

  /* What was asked for stands where one looks, and the keyboard goes on there. */
  function arrive(ids) {
    if (ids && ids.length && !selected.length) put(ids);
  }

  new MutationObserver(() => {
    mark();
    const title = isAwaited && document.querySelector("[data-side-title]");
    if (!title) return;
    isAwaited = false;
    title.focus();
    title.scrollIntoView({ block: "nearest" });
  }).observe(document, { childList: true, subtree: true });

  onPress("button[data-select]", (box) => (isOn(box) ? drop : add)([box.dataset.select]));
  onPress("button[data-select-page]", togglePage);
  onPress("button[data-clear-runs]", () => put([]));
  onPress("button[data-compare-runs]", (button) => compare(button.dataset.compareRuns.split(",")));
  onPress("button[data-close-side]", () => set("compared-runs", null));
  onPress("button[data-draw-runs]", (button) => {
    set("overlay-runs", button.dataset.drawRuns.split(","));
    set("tab", "curves");
  });

  window.selection = { add, compare: () => document.querySelector("#selection .main-button")?.click() };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { selection: { mark, arrive } });
})();
