/* Pickers: the two selectors of the bar, for the run that is shown and the baseline.

   In:  details.picker, presses and arrow keys in it.
   Out: the stores shown-run and baseline-choice, and that one was opened: its list is asked for then. */
(function () {
  "use strict";

  const { onPress, set } = window.dashboard;
  let openings = 0;

  function close(picker, focus) {
    picker.open = false;
    if (focus) picker.querySelector("summary").focus();
  }

  document.addEventListener(
    "toggle",
    (event) => {
      const picker = event.target.closest && event.target.closest("details.picker");
      if (!picker || !picker.open) return;
      for (const other of document.querySelectorAll("details.picker[open]")) if (other !== picker) close(other);
      openings += 1;
      set(picker.dataset.picker === "run" ? "run-opened" : "baseline-opened", openings);
      picker.querySelector("input").focus();
    },
    true,
  );

  function moveIn(picker, event) {
    const stops = [picker.querySelector("input"), ...picker.querySelectorAll("button.option")];
    const at = stops.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || at < 0) return;
    event.preventDefault();
    stops[Math.min(Math.max(at + step, 0), stops.length - 1)].focus();
  }

  document.addEventListener("keydown", (event) => {
    const picker = event.target.closest && event.target.closest("details.picker[open]");
    if (!picker) return;
    if (event.key === "Escape") close(picker, true);
    else moveIn(picker, event);
  });

  function pick(button) {
    const { pick: kind, value } = button.dataset;
    if (kind === "run") set("shown-run", value === "live" ? null : value);
    else set("baseline-choice", value || null);
    close(button.closest("details.picker"), true);
  }

  document.addEventListener("click", ({ target }) => {
    for (const picker of document.querySelectorAll("details.picker[open]")) {
      if (!picker.contains(target)) close(picker);
    }
  });

  onPress("button[data-pick]", pick);
})();
