/* Graph tells: what is cut off on a card is shown in full beside it, on hover and on focus, and a
   changed status is said politely to screen readers. It selects and moves nothing. */
(function () {
  "use strict";

  const graph = window.pipelineGraph;
  const PATIENCE_MS = 250;
  const MOST_SAID = 3;
  let tip = null;
  let waiting = null;
  let news = [];

  graph.onMount.push((cy) => {
    tip = document.createElement("div");
    tip.className = "graph-tip";
    tip.hidden = true;
    tip.setAttribute("aria-hidden", "true"); // the card's own name says it all
    document.getElementById("graph-overlay").append(tip);
    cy.on("mouseover", "node", (event) => showSoon(event.target.id()));
    cy.on("mouseout", "node", hide);
    cy.on("viewport grab", hide);
    document.getElementById("graph-overlay").addEventListener("stage:changed", heard);
  });

  document.addEventListener("focusin", (event) => {
    const card = event.target.closest && event.target.closest(".stage-card");
    if (card && card.matches(":focus-visible")) showSoon(card.dataset.stage);
    else if (tip) hide();
  });

  function showSoon(stage) {
    hide();
    const card = graph.cards.get(stage);
    if (card) card.classList.add("is-hovered");
    waiting = window.setTimeout(() => show(stage), PATIENCE_MS);
  }

  function hide() {
    window.clearTimeout(waiting);
    for (const card of graph.cards.values()) card.classList.remove("is-hovered");
    tip.hidden = true;
  }

  function show(stage) {
    const card = graph.cards.get(stage);
    if (!card || !card.isConnected || !(graph.isCrowded || isCut(card))) return;
    const data = graph.cy.getElementById(stage).data();
    const lines = [data.label, data.status, data.message].map((text, index) => {
      const line = document.createElement(index ? "span" : "b");
      line.textContent = text;
      return line;
    });
    lines[1].className = `is-${data.status} tip-state`;
    tip.replaceChildren(...lines);
    tip.hidden = false;
    place(card.getBoundingClientRect(), tip.parentElement.getBoundingClientRect());
  }

  function isCut(card) {
    return [...card.querySelectorAll(".stage-label, .stage-message")].some(
      (part) => part.scrollWidth > part.clientWidth || part.scrollHeight > part.clientHeight + 1,
    );
  }

  /* Below the card where there is room, else above it; never beyond the panel. */
  function place(card, room) {
    const [width, height] = [tip.offsetWidth, tip.offsetHeight];
    const middle = (card.left + card.right - width) / 2 - room.left;
    const below = card.bottom - room.top + 8;
    const top = below + height <= room.height ? below : card.top - room.top - height - 8;
    tip.style.left = Math.max(4, Math.min(middle, room.width - width - 4)) + "px";
    tip.style.top = Math.max(4, top) + "px";
  }

  function heard(event) {
    if (!news.length) queueMicrotask(say);
    news.push(`${event.detail.label}: ${event.detail.status}`);
  }

  function say() {
    const more = news.length - MOST_SAID;
    const text = news.slice(0, MOST_SAID).join(". ") + (more > 0 ? `. ${more} more changed` : "");
    news = [];
    const announcer = document.getElementById("graph-announcer");
    if (announcer) announcer.textContent = text + ".";
  }
})();
