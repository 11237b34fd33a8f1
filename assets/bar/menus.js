/* Menus: a details.menu closes when something in it was chosen, on Escape, and when somebody goes elsewhere. */
(function () {
  "use strict";

  function close(menu, focus) {
    menu.open = false;
    if (focus) menu.querySelector("summary").focus();
  }

  document.addEventListener("click", ({ target }) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      const isChosen = target.closest && menu.contains(target) && target.closest("button, a");
      if (isChosen || !menu.contains(target)) close(menu, isChosen);
    }
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest && event.target.closest("details.menu[open]");
    if (menu) close(menu, true);
  });

  document.addEventListener("focusin", ({ target }) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) close(menu);
  });
})();
