/* Kept: what a person opened or closed stays so, and the focus stays where it was, when the page
   draws a region anew: Dash puts new elements in the place of all old ones.

   A choice lasts as long as the page itself would draw the row the same way: a check that begins to
   fail opens. Elements are the same when they stand at the same place below the same id. */
(function () {
  "use strict";

  const FOCUSABLE = "summary, a, button, input, select, [tabindex]";
  const drawn = new WeakMap(); // <details> -> whether the page drew it open
  const choices = new Map(); // place -> {drawn, open}
  let focus = null; // {element, owner, index}

  function placeOf(details) {
    const owner = details.parentElement?.closest("[id]");
    return owner && `${owner.id} ${[...owner.querySelectorAll("details")].indexOf(details)}`;
  }

  function keepOpened(details) {
    if (drawn.has(details)) return;
    drawn.set(details, details.open);
    const choice = choices.get(placeOf(details));
    if (!choice) return;
    if (choice.drawn === details.open) details.open = choice.open;
    else choices.delete(placeOf(details));
  }

  function remember(details, open) {
    if (!drawn.has(details) || !details.isConnected) return;
    if (open === drawn.get(details)) choices.delete(placeOf(details));
    else choices.set(placeOf(details), { drawn: drawn.get(details), open });
  }

  document.addEventListener("toggle", ({ target }) => remember(target, target.open), true);

  /* A press is remembered at once: the page may draw the row anew before its toggle is told. */
  document.addEventListener("click", (event) => {
    const details = event.target.closest?.("summary")?.parentElement;
    if (details?.tagName === "DETAILS" && !event.defaultPrevented) remember(details, !details.open);
  });

  document.addEventListener("focusin", ({ target }) => {
    const owner = target.parentElement?.closest("[id]");
    focus = owner && { element: target, owner: owner.id, index: [...owner.querySelectorAll(FOCUSABLE)].indexOf(target) };
  });

  /* A person went elsewhere; an element that was taken away keeps its claim. */
  document.addEventListener("focusout", ({ target }) => {
    window.setTimeout(() => {
      if (focus?.element === target && target.isConnected && document.activeElement !== target) focus = null;
    });
  });

  function keepFocus() {
    if (!focus || focus.element.isConnected || document.activeElement !== document.body) return;
    const owner = document.getElementById(focus.owner);
    owner?.querySelectorAll(FOCUSABLE)[focus.index]?.focus({ preventScroll: true });
  }

  new MutationObserver((changes) => {
    if (!changes.some((change) => change.addedNodes.length)) return;
    document.querySelectorAll("details").forEach(keepOpened);
    keepFocus();
  }).observe(document, { childList: true, subtree: true });
})();
