/* Report: the link asks for what the page shows.

   In:  the address of the page (?run= &baseline= &y= and others, which the server leaves alone).
   Out: the same parameters on every a[data-report], just before it is followed, copied or dragged. */
(function () {
  "use strict";

  function follow({ target }) {
    const link = target.closest && target.closest("a[data-report]");
    if (link) link.search = window.location.search;
  }

  for (const kind of ["pointerover", "pointerdown", "focusin", "click"]) document.addEventListener(kind, follow, true);
})();
