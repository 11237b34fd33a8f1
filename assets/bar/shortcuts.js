/* Shortcuts: single keys, while nobody types and nothing else wants them. views/shortcuts.py lists them. */
(function () {
  "use strict";

  const THEMES = ["auto", "light", "dark"];
  const TYPED = "input:not([type=range]), textarea, select, [contenteditable]";

  const tabs = () => [...document.querySelectorAll("#tabs a[data-tab]")].filter((tab) => tab.checkVisibility());

  function open(kind) {
    const summary = document.querySelector(`details.picker[data-picker="${kind}"] summary`);
    if (summary?.checkVisibility()) summary.click();
  }

  function nextTheme() {
    const now = document.documentElement.dataset.theme || "auto";
    window.dashboard.set("theme-choice", THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]);
  }

  function find() {
    window.dashboard.set("tab", "runs");
    window.setTimeout(() => document.querySelector("[data-filter=text] input").focus(), 50);
  }

  const KEYS = {
    "?": () => document.getElementById("shortcuts").showModal(),
    r: () => open("run"),
    b: () => open("baseline"),
    t: nextTheme,
    c: () => window.selection.compare(),
    "/": find,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.(TYPED) || document.querySelector("dialog[open]")) return;
    const act = KEYS[event.key] || (/^[1-9]$/.test(event.key) && tabs()[event.key - 1] && (() => tabs()[event.key - 1].click()));
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
