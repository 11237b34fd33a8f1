/* Height: in a frame, tells the page around how high this one is, so that the frame can follow.

   Out: {type: "training-dashboard:height", height: 812} to the parent, whenever the height changed.
   It says a number and nothing else, to whoever holds the frame, and listens to nobody.
   Nothing here is as high as its window (embed.css), so following the height does not change it;
   where two heights take turns nevertheless, the larger one stays. */
(function () {
  "use strict";

  const SETTLED_MS = 1000;
  const told = []; // {height, at}, newest last
  let isPlanned = false;

  if (window.parent === window) return;

  function takesTurns(height, at) {
    if (told.length < 3) return false;
    const [third, second, last] = told;
    return third.height === last.height && second.height === height && at - third.at < SETTLED_MS;
  }

  function tell() {
    isPlanned = false;
    if (!document.querySelector(".page")) return; // what is not drawn yet has no height of its own
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    const at = performance.now();
    const last = told.at(-1);
    if (last && (last.height === height || (takesTurns(height, at) && last.height > height))) return;
    told.push({ height, at });
    if (told.length > 3) told.shift();
    window.parent.postMessage({ type: "training-dashboard:height", height }, "*");
  }

  /* Once a frame, however often it changes within it. */
  function plan() {
    if (isPlanned) return;
    isPlanned = true;
    window.requestAnimationFrame(tell);
  }

  document.addEventListener("DOMContentLoaded", () => new ResizeObserver(plan).observe(document.body));
  window.addEventListener("load", plan);
})();
