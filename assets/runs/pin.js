/* Pin: a press on button[data-pin] makes a run the baseline for everybody, or none.

   In:  the button; words of others (dashboard.say).
   Out: POST api/baseline, the one thing that this page ever changes on the server; the feed follows its
        answer. In a frame nothing is pinned. */
(function () {
  "use strict";

  const { address, onPress, set } = window.dashboard;
  const root = document.documentElement;
  const isFramed = window.top !== window.self;

  async function pin(runId) {
    if (isFramed || "embed" in root.dataset) return;
    try {
      const answer = await fetch(address("api/baseline"), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ run_id: runId }),
      });
      const told = await answer.json();
      if (!answer.ok) return say("Not pinned: " + told.message);
      say(runId ? `${runId} is the baseline now.` : "No baseline is pinned now.");
      set("baseline-choice", null);
      window.dash_clientside.feed.followRuns(told.runs);
    } catch {
      say("Not pinned: the server did not answer.");
    }
  }

  /* A sentence in the corner, for a while. */
  function say(words) {
    window.dash_clientside.set_props("pin-note", { children: words });
    window.clearTimeout(say.timer);
    say.timer = window.setTimeout(() => window.dash_clientside.set_props("pin-note", { children: "" }), 6000);
  }

  onPress("button[data-pin]", ({ dataset }) => pin(dataset.pin || null));
  Object.assign(window.dashboard, { say });
  if (isFramed) root.dataset.framed = "";
})();
