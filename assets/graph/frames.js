/* Graph frames: a quiet frame around the cards of every group, also while one of them is dragged.

   In:  frame and frame_label in the nodes' data. Out: frames in #graph-frames, and graph.bounds(). */
(function () {
  "use strict";

  const graph = window.pipelineGraph;
  const PAD = 12;
  const HEAD = 26; // room for the label

  /* Frames follow their members, also while one is dragged. */
  function draw() {
    const ground = graph.layers.frames;
    const boxes = frames(graph.shown());
    const old = new Map([...ground.children].map((frame) => [frame.dataset.frame, frame]));
    for (const [id, box] of boxes) {
      const frame = old.get(id) || newFrame();
      old.delete(id);
      frame.dataset.frame = id;
      if (frame.firstChild.textContent !== box.label) frame.firstChild.textContent = box.label;
      Object.assign(frame.style, {
        left: box.x1 + "px",
        top: box.y1 + "px",
        width: box.x2 - box.x1 + "px",
        height: box.y2 - box.y1 + "px",
      });
      if (!frame.isConnected) ground.append(frame);
    }
    old.forEach((frame) => frame.remove());
  }

  function frames(nodes) {
    const boxes = new Map();
    nodes.forEach((node) => {
      const id = node.data("frame");
      if (!id) return;
      const card = cardBox(node);
      const label = node.data("frame_label");
      boxes.set(id, { ...around(boxes.get(id), grown(card)), label });
    });
    return boxes;
  }

  function cardBox(node) {
    const { x, y } = node.position();
    const { w, h } = node.data();
    return { x1: x - w / 2, y1: y - h / 2, x2: x + w / 2, y2: y + h / 2 };
  }

  function grown(box) {
    return {
      x1: box.x1 - PAD,
      y1: box.y1 - HEAD,
      x2: box.x2 + PAD,
      y2: box.y2 + PAD,
    };
  }

  function around(box, other) {
    if (!box) return other;
    return {
      x1: Math.min(box.x1, other.x1),
      y1: Math.min(box.y1, other.y1),
      x2: Math.max(box.x2, other.x2),
      y2: Math.max(box.y2, other.y2),
    };
  }

  /* What the shown view covers, cards and frames; null when it is empty. */
  function bounds() {
    const nodes = graph.shown();
    let box = null;
    nodes.forEach((node) => (box = around(box, cardBox(node))));
    frames(nodes).forEach((frame) => (box = around(box, frame)));
    return box;
  }

  function newFrame() {
    const [frame, label] = [document.createElement("div"), document.createElement("span")];
    frame.className = "graph-frame";
    frame.append(label);
    return frame;
  }

  graph.bounds = bounds;
  graph.onDraw.push(draw);
})();
