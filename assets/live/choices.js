/* Choices: a click on a button[data-choice] puts its data-value into the store of that name, and
   the button whose value the store holds is the pressed one. */
(function () {
  "use strict";

  window.dashboard.onPress("button[data-choice]", ({ dataset }) => {
    window.dashboard.set(dataset.choice, dataset.value);
  });

  function mark(value, name) {
    for (const button of document.querySelectorAll(`button[data-choice="${name}"]`)) {
      button.setAttribute("aria-pressed", String(button.dataset.value === value));
    }
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { choices: { mark } });
})();
