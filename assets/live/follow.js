/* Followed: a version that the server told goes into its store once the page has its answers to the one before, and
   once more where an answer was lost.

   In:  versions (dashboard.follow), and the page's own questions to callbacks.
   Out: the stores of those versions. Dash drops an answer when it asks the same again, so that a page with slow answers
        would show nothing while changes come fast; and what a server did not answer because it was just being
        restarted would stay wrong until the next change. */
(function () {
  "use strict";

  const CALLBACKS = "_dash-update-component";
  const PATIENCE_MS = 30000; // a question without an answer holds the others up no longer
  const wanted = new Map(); // store -> the version it is to hold
  const shown = new Map(); // store -> the version it was given
  const plainFetch = window.fetch;
  let underWay = 0;
  let busySince = 0;
  let isLost = false;

  window.fetch = function (resource, ...more) {
    const answer = plainFetch.call(this, resource, ...more);
    if (String(resource?.url ?? resource).includes(CALLBACKS)) wait(answer);
    return answer;
  };

  async function wait(answer) {
    if (!underWay) busySince = Date.now();
    underWay += 1;
    try {
      const copy = (await answer).clone();
      isLost ||= !copy.ok;
      await copy.arrayBuffer();
    } catch {
      isLost = true;
    }
    underWay -= 1;
    window.setTimeout(put); // Dash reads the same answer first
  }

  /* The server's own news: it can be reached, so what was lost is asked for again. */
  function follow(store, version) {
    wanted.set(store, version);
    if (isLost) shown.clear();
    isLost = false;
    put();
  }

  function put() {
    if (underWay && Date.now() - busySince < PATIENCE_MS) return;
    for (const [store, version] of wanted) {
      if (shown.get(store) === version) continue;
      shown.set(store, version);
      window.dashboard.set(store, version);
    }
  }

  /* What the page was made with. */
  function drawn(store, version) {
    shown.set(store, version);
  }

  Object.assign(window.dashboard, { drawn, follow });
})();
