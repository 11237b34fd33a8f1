/* Keys of the fleet's page, while nobody types: / finds, j and k go through the rows, t takes another theme, ? tells. */
(function () {
  "use strict";

  const TYPED = "input, textarea, select, [contenteditable]";
  const text = document.getElementById("fleet-text");
  const dialog = document.getElementById("fleet-keys");

  function step(by) {
    const links = [...document.querySelectorAll(".fleet-link")];
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
    links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
  }

  function nextTheme() {
    const links = [...document.querySelectorAll("[data-theme-link]")];
    const at = links.findIndex((link) => link.hasAttribute("aria-current"));
    links[(at + 1) % links.length]?.click();
  }

  const KEYS = {
    "/": () => text.focus(),
    j: () => step(1),
    k: () => step(-1),
    t: nextTheme,
    "?": () => dialog.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && event.target === text) text.blur();
    if (event.target.closest?.(TYPED) || document.querySelector("dialog[open]")) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  window.dashboard.onPress("[data-keys]", () => dialog.showModal());
})();
