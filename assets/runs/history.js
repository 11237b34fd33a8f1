/* History: filters, order, columns and pages of the table of runs; arrows go from row to row.

   Out: the store history-wish. */
(function () {
  "use strict";

  const { onPress, set } = window.dashboard;
  let wish = {};

  function ask(news) {
    wish = { ...wish, ...news };
    set("history-wish", wish);
  }

  function toggleColumn(button) {
    const all = [...button.parentElement.querySelectorAll("[data-column]")];
    const isOn = (one) => (one.getAttribute("aria-checked") === "true") !== (one === button);
    ask({ columns: all.filter(isOn).map((one) => one.dataset.column) });
  }

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

  let typing = null;
  document.addEventListener("input", (event) => {
    const field = event.target.closest && event.target.closest("[data-filter]");
    if (!field) return;
    window.clearTimeout(typing);
    const value = event.target.value;
    typing = window.setTimeout(() => ask({ [field.dataset.filter]: value, page: 0 }), 200);
  });

  onPress("button[data-column]", toggleColumn);
  onPress("button[data-sort]", ({ dataset }) => ask({ sort: dataset.sort, descending: dataset.descending === "1", page: 0 }));
  onPress("button[data-page]", ({ dataset }) => ask({ page: Number(dataset.page) }));
})();
