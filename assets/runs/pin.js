/* Pin: a press on button[data-pin] asks, and then makes a run the baseline for everybody, or none.

   In:  the button, with the verdict of its run; words of others (dashboard.say).
   Out: the dialog #pin, which names what is replaced and since when it was pinned; POST api/baseline, the one thing
        that this page ever changes on the server, and the same once more to undo it; the feed follows its answer.
        In a frame nothing is pinned. */
(function () {
  "use strict";

  const { address, onPress, set } = window.dashboard;
  const root = document.documentElement;
  const isFramed = window.top !== window.self;
  const NOTE_MS = 6000;
  const UNDO_MS = 60000;
  let asked = null; // {run, replaces}: what the open dialog is about
  let undo = null; // the same, the other way round

  const dialog = () => document.getElementById("pin");
  const part = (name) => dialog().querySelector(`[data-part="${name}"]`);

  async function answerOf(...how) {
    const answer = await fetch(address("api/baseline"), ...how);
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.message);
    return told;
  }

  function named(id) {
    const name = document.createElement("b");
    name.textContent = id;
    return name;
  }

  function since(instant, by) {
    if (!instant) return [];
    const time = document.createElement("time");
    time.dateTime = instant;
    time.textContent = instant;
    time.dataset.clock = ""; // times.js tells it in the reader's zone
    return [", pinned since ", time, by ? ` by ${by}` : ""];
  }

  /* Ask, with what everybody has now: it may have changed since the page was drawn. */
  async function ask(button) {
    if (isFramed || "embed" in root.dataset) return;
    try {
      const now = await answerOf({ cache: "no-store" });
      asked = { run: button.dataset.pin || null, replaces: now.run_id };
      tell(asked, [now.pinned_at, now.pinned_by], button.dataset.verdict || "");
      dialog().showModal();
    } catch (problem) {
      say("Not pinned: " + reason(problem));
    }
  }

  function tell({ run, replaces }, pinned, verdict) {
    const isSame = run !== null && run === replaces;
    part("pin-title").textContent = run ? "Pin as the baseline?" : "Unpin the baseline?";
    const what = run ? [named(run), " becomes the baseline of everybody who opens this page."] : ["Then nobody has a baseline who chooses none."];
    part("pin-what").replaceChildren(...what);
    const before = replaces ? [run ? "It replaces " : "Pinned now: ", named(replaces), ...since(...pinned), "."] : ["No baseline is pinned now."];
    part("pin-replaces").replaceChildren(...(isSame ? ["It is pinned already", ...since(...pinned), "."] : before));
    part("pin-warns").hidden = !run || verdict === "READY";
    part("pin-verdict").textContent = verdict ? `This run is ${verdict}` : "Nobody can tell whether this run is READY";
    part("pin-do").textContent = run ? "Pin" : "Unpin";
    part("pin-do").disabled = isSame;
  }

  async function change(wish) {
    dialog().close();
    try {
      const body = JSON.stringify({ run_id: wish.run, replaces: wish.replaces });
      const told = await answerOf({ method: "POST", headers: { "Content-Type": "application/json" }, body });
      undo = { run: wish.replaces, replaces: wish.run };
      say(wish.run ? `${wish.run} is the baseline now.` : "No baseline is pinned now.", { canUndo: true });
      set("baseline-choice", null);
      window.dash_clientside.feed.followRuns(told.runs);
    } catch (problem) {
      say("Not pinned: " + reason(problem));
    }
  }

  function reason(problem) {
    return problem instanceof TypeError || problem instanceof SyntaxError ? "the server did not answer." : problem.message;
  }

  /* A sentence in the corner, for a while. */
  function say(words, { canUndo = false } = {}) {
    window.dash_clientside.set_props("pin-note", { children: words });
    document.querySelector("[data-pin-undo]").hidden = !canUndo;
    window.clearTimeout(say.timer);
    say.timer = window.setTimeout(() => say(""), canUndo ? UNDO_MS : NOTE_MS);
    if (!words) window.clearTimeout(say.timer);
  }

  onPress("button[data-pin]", ask);
  onPress("[data-part='pin-do']", () => change(asked));
  onPress("[data-pin-undo]", () => change(undo));
  Object.assign(window.dashboard, { say });
  if (isFramed) root.dataset.framed = "";
})();
