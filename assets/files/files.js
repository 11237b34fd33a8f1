/* Files: marks the rows that belong to the selected stage. Which belong to it was written by the view. */
(function () {
  "use strict";

  function relate(stage) {
    for (const row of document.querySelectorAll(".file[data-stages]")) {
      const isRelated = Boolean(stage) && row.dataset.stages.split(" ").includes(stage);
      row.classList.toggle("is-related", isRelated);
    }
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { files: { relate } });
})();
