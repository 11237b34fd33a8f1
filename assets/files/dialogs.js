/* Dialogs: one is closed by [data-dialog-close] in it, or by a press on what is dimmed behind it.

   The browser itself keeps the focus inside and closes on Escape. */
(function () {
  "use strict";

  let pressed = null;

  document.addEventListener("pointerdown", ({ target }) => (pressed = target));

  document.addEventListener("click", ({ target }) => {
    const dialog = target.closest && target.closest("dialog.dialog");
    if (!dialog) return;
    // Text that is marked with the mouse may end outside: only a press that began there closes.
    const isBehind = target === dialog && pressed === target;
    if (isBehind || target.closest("[data-dialog-close]")) dialog.close();
  });
})();
