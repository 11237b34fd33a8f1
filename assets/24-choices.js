/* Choices: a click on a button[data-choice] puts its data-value into the store of that name, and
   the button whose value the store holds is the pressed one. */
(function () {
  "use strict";

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("button[data-choice]");
    if (!button) return;
    window.dash_clientside.set_props(button.dataset.choice, { data: button.dataset.value });
  });

  function mark(value, name) {
    for (const button of document.querySelectorAll(`button[data-choice="${name}"]`)) {
      button.setAttribute("aria-pressed", String(button.dataset.value === value));
    }
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { choices: { mark } });
})();
