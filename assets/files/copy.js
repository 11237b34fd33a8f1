/* Copy: a press on button[data-copy] puts its text into the clipboard, and says whether it did.

   In:  data-copy="the text"; where it is empty, the value of the field in the same .copy-row.
   Out: data-copied="yes|no" on the button for a moment (copy.css shows it), and a polite word.
   Browsers give the clipboard to https and to this machine only; elsewhere the text is selected
   and copied the old way. Nothing is ever read from the clipboard. */
(function () {
  "use strict";

  const SHOWN_MS = 2000;
  const status = document.createElement("p");
  status.className = "unseen";
  status.setAttribute("role", "status");

  function textOf(button) {
    if (button.dataset.copy) return button.dataset.copy;
    const field = button.closest(".copy-row")?.querySelector("input, textarea");
    return field ? field.value : "";
  }

  async function write(text, room) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return writeSelected(text, room);
    }
  }

  /* What an open dialog does not hold cannot be selected, so the field stands beside the button. */
  function writeSelected(text, room) {
    const before = document.activeElement;
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "unseen";
    room.append(field);
    field.select();
    const isDone = document.execCommand("copy");
    field.remove();
    before?.focus({ preventScroll: true });
    return isDone;
  }

  async function copy(button) {
    const room = button.closest("dialog") || document.body;
    const isDone = await write(textOf(button), room);
    button.dataset.copied = isDone ? "yes" : "no";
    room.append(status);
    status.textContent = isDone ? "Copied" : "Not copied: the browser does not allow it";
    window.clearTimeout(button.copyTimer);
    button.copyTimer = window.setTimeout(() => {
      delete button.dataset.copied;
      status.textContent = "";
    }, SHOWN_MS);
  }

  window.dashboard.onPress("button[data-copy]", copy);
})();
