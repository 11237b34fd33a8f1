/* History: in the table of runs arrows go from row to row, within a column. It holds no wish of its own. */
(function () {
  "use strict";

  function moveRow(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = step && event.target.closest && event.target.closest("tr.run-row");
    const next = row && (step > 0 ? row.nextElementSibling : row.previousElementSibling);
    const cell = next && next.children[event.target.closest("td, th").cellIndex];
    const button = cell && cell.querySelector("a, button");
    if (!button) return;
    event.preventDefault();
    button.focus();
  }

  document.addEventListener("keydown", moveRow);
})();
