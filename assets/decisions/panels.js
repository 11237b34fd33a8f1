/* Panels of decisions: what stands around the pictures, made as elements; nothing is drawn from text as markup. */
(function () {
  "use strict";

  const SHOWN_ROWS = 200;
  const words = window.dashboard.decisionWords;

  function el(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  }

  function table(heads, rows, look) {
    const head = el("tr", {}, heads.map((name) => el("th", { scope: "col" }, name)));
    return el("table", { class: look }, el("thead", {}, head), el("tbody", {}, rows));
  }

  function row(cells) {
    return el("tr", {}, cells.map((cell, n) => (n ? el("td", {}, cell) : el("th", { scope: "row" }, cell))));
  }

  /* The numbers behind a picture, made when somebody opens them. */
  function numbers(heads, make) {
    const box = el("details", { class: "decision-numbers" }, el("summary", {}, "Numbers"));
    box.addEventListener("toggle", () => {
      if (!box.open || box.children.length > 1) return;
      const rows = make();
      const more = rows.length - SHOWN_ROWS;
      const note = more > 0 ? el("p", { class: "same" }, `and ${words.number(more)} more: zoom, or export them`) : null;
      box.append(el("div", { class: "decision-scroll", tabindex: "0", role: "region", "aria-label": "Numbers" },
        table(heads, rows.slice(0, SHOWN_ROWS).map(row), "delta-table")), ...(note ? [note] : []));
    });
    return box;
  }

  function figure(title, picture, sentence, more, id) {
    const head = el("h3", {}, title);
    const caption = el("figcaption", {}, sentence);
    return el("figure", { class: "decision-figure", "data-series": id }, head, picture, caption, more);
  }

  function legend(document) {
    const used = new Set(document.series.flatMap((one) => one.spans.map((span) => span.state)));
    const items = Object.entries(words.STATES).filter(([state]) => used.has(state));
    return el("ul", { class: "decision-legend" },
      items.map(([state, name]) => el("li", {}, el("span", { class: `swatch swatch-${state}` }), name)));
  }

  /* A row an alarm; its button shows the alarm in all pictures. */
  function alarms(document, shown, labels) {
    if (!document.alarms.length) return el("p", { class: "empty" }, "No alarm fired.");
    const isTimed = words.isTimed(document);
    const rows = document.alarms.map((alarm) => {
      const name = words.moment(document, alarm.start);
      const isShown = shown && Math.abs(shown.start - alarm.start) < 1e-6;
      const show = el("button", { type: "button", class: "decision-show", "data-alarm": `${alarm.start},${alarm.end}`,
        "aria-pressed": String(Boolean(isShown)), title: "Show it in the charts" }, name);
      const cells = [show, isTimed ? words.moment(document, alarm.end) : "–",
        isTimed ? words.duration(alarm.end - alarm.start) : "–", words.number(alarm.peak),
        labels[alarm.dominant] || alarm.dominant || "–", words.number(alarm.windows)];
      return row(cells);
    });
    const heads = ["Start", "End", "Length", "Peak", "Worst stream", "Windows"];
    return el("div", { class: "decision-scroll", tabindex: "0", role: "region", "aria-label": "Alarms" },
      table(heads, rows, "delta-table decision-alarms"));
  }

  function button(act, label, title) {
    return el("button", { type: "button", class: "plain-button", "data-decision": act, title, "aria-label": title }, label);
  }

  function tools(address) {
    const link = (of, name) => el("a", { class: "plain-button", href: address(of), download: true }, name);
    return el("div", { class: "decision-tools" },
      el("div", { class: "decision-zoom", role: "group", "aria-label": "Range of time" },
        button("earlier", "←", "Earlier"), button("later", "→", "Later"),
        button("closer", "+", "Closer"), button("wider", "−", "Wider"), button("whole", "whole", "The whole range")),
      el("span", { class: "decision-range", role: "status" }),
      el("div", { class: "decision-exports" }, link("alarms", "Alarms as CSV"), link("scores", "Scores as CSV")));
  }

  function slider(name, at, last, line) {
    const input = el("input", { type: "range", min: 0, max: last, step: 1, value: at, "data-line": name,
      "aria-label": `${name} threshold`, "aria-valuetext": words.number(line) });
    return el("label", { class: "decision-slider" }, el("span", {}, name), input, el("output", {}, words.number(line)));
  }

  window.dashboard.decisionPanels = { el, table, row, numbers, figure, legend, alarms, tools, slider };
})();
