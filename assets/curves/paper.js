/* Paper: while the page is printed its charts are light and as wide as a sheet; what a screen has drawn does not change
   by itself. */
(function () {
  "use strict";

  const WIDTHS = { ".loss-chart .js-plotly-plot": 660, ".metric-plot.js-plotly-plot": 310 };
  const root = document.documentElement;
  let theme = null; // of the screen

  function each(act) {
    for (const [selector, width] of Object.entries(WIDTHS)) {
      document.querySelectorAll(selector).forEach((plot) => plot.data && act(plot, width));
    }
  }

  function put(choice) {
    if (choice) root.dataset.theme = choice;
    else delete root.dataset.theme;
  }

  window.addEventListener("beforeprint", () => {
    theme = root.dataset.theme || "";
    put("light");
    window.lossZoom.redrawIn("paper");
    each((plot, width) => window.Plotly.relayout(plot, { width }));
  });

  window.addEventListener("afterprint", () => {
    put(theme);
    window.lossZoom.redrawIn("screen");
    each((plot) => window.Plotly.relayout(plot, { width: null, autosize: true }));
  });
})();
