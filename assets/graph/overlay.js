/* Graph overlay: a real card over every node of the canvas.

   In:  cytoscape's own data (id, label, message, status, view, order, progress, instants).
   Out: one button a node in #graph-overlay, in reading order; the event `stage:changed`.
   A card is kept by its id, so an animation starts only when a status changes. Text from files is
   set as text. Cards let the pointer through: hover, click and drag belong to the canvas. */
(function () {
  "use strict";

  const graph = window.pipelineGraph;
  const NAME_WIDTH = 7.4; // px of a bold letter; a name in one line leaves the message another
  const cards = (graph.cards = new Map()); // stage id -> its card

  graph.onMount.push((cy) => {
    cards.clear();
    cy.on("data", "node", (event) => update(event.target));
    cy.on("grab", "node", (event) => raise(event.target));
  });

  graph.onDraw.push(() => {
    for (const [id, card] of cards) {
      if (graph.cy.getElementById(id).empty()) {
        card.remove();
        cards.delete(id);
      }
    }
    const layer = graph.layers.cards;
    const inOrder = graph.cy.nodes().sort((a, b) => a.data("order") - b.data("order"));
    inOrder.forEach((node, index) => {
      const card = cards.get(node.id()) || newCard(node);
      if (layer.children[index] !== card) layer.insertBefore(card, layer.children[index] || null);
      update(node);
    });
  });

  /* What was taken last lies on top, on the canvas and over it. */
  let height = 0;
  function raise(node) {
    height += 1;
    cards.get(node.id()).style.zIndex = height;
  }

  function newCard(node) {
    const card = document.createElement("button");
    card.type = "button";
    card.className = "stage-card";
    card.dataset.stage = node.id();
    cards.set(node.id(), card);
    return card;
  }

  function nameOf(data) {
    return [data.label, data.status, data.message].filter(Boolean).join(", ");
  }

  /* Make a card tell what its node's data say. */
  function update(node) {
    const data = node.data();
    const card = cards.get(node.id());
    if (!card) return;
    place(card, node);
    const told = JSON.stringify([data, graph.isCrowded]);
    if (card.told === told) return;
    card.told = told;
    tellStatus(card, data);
    card.classList.toggle("is-tall", data.h > 80);
    card.classList.toggle("is-narrow", data.w < 170);
    card.classList.toggle("has-room", data.label.length * NAME_WIDTH < data.w - 22);
    card.classList.toggle("is-lean", graph.isCrowded);
    if (graph.isCrowded) {
      card.replaceChildren();
      card.setAttribute("aria-label", nameOf(data));
    } else {
      card.removeAttribute("aria-label"); // what is seen is what is read
      fill(card, data);
    }
  }

  function place(card, node) {
    const { x, y } = node.position();
    const { w, h } = node.data();
    const box = { left: x - w / 2, top: y - h / 2, width: w, height: h };
    for (const [side, length] of Object.entries(box)) {
      const text = length + "px";
      if (card.style[side] !== text) card.style[side] = text;
    }
    card.hidden = node.data("view") !== graph.view;
  }

  function tellStatus(card, data) {
    const before = card.dataset.status;
    if (before === data.status) return;
    card.dataset.status = data.status;
    card.classList.remove(`is-${before}`, "settles", "shakes");
    card.classList.add(`is-${data.status}`);
    if (before === undefined) return;
    if (data.status === "done") card.classList.add("settles");
    if (data.status === "fail") card.classList.add("shakes");
    card.dispatchEvent(new CustomEvent("stage:changed", { bubbles: true, detail: data }));
  }

  function fill(card, data) {
    if (!card.firstChild) {
      const time = element("time", "stage-time");
      time.setAttribute("aria-hidden", "true"); // it ticks; the details tell it too
      card.append(
        element("span", "stage-label"),
        element("span", "unseen", [", "]),
        element("span", "stage-state", [element("span", "icon"), element("span", "stage-word")]),
        element("span", "unseen", [", "]),
        element("span", "stage-message"),
        time,
        element("span", "stage-progress", [element("span", "stage-bar")]),
      );
      card.addEventListener("animationend", () => card.classList.remove("settles", "shakes"));
    }
    const part = (name) => card.querySelector("." + name);
    setText(part("stage-label"), data.label);
    setText(part("stage-word"), data.status);
    setText(part("stage-message"), data.message);
    part("icon").className = `icon icon-${data.status}`;
    tellTime(part("stage-time"), data);
    const progress = part("stage-progress");
    progress.hidden = data.progress === null;
    part("stage-bar").style.width = `${100 * (data.progress || 0)}%`;
  }

  function tellTime(time, data) {
    const [kind, other] = data.ends_at ? ["left", "silent"] : ["silent", "left"];
    const instant = data.ends_at || data.silent_since;
    delete time.dataset[other];
    time.hidden = !instant;
    if (!instant) {
      delete time.dataset[kind];
      return;
    }
    time.dataset[kind] = "";
    time.dateTime = instant;
  }

  function element(tag, name, children = []) {
    const made = document.createElement(tag);
    made.className = name;
    made.append(...children);
    return made;
  }

  function setText(target, text) {
    if (target.textContent !== text) target.textContent = text;
  }
})();
