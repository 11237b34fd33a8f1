/* Beside: scalars of the event files that nobody configured, read when somebody opens their group.

   In:  want(stream, most), while the group is open; forget(stream), when it is closed
   Out: window.besideScalars.found(stream): {count, members, problem}, as the other groups have them; metrics.again once
        more of them are here. They are as they were read: who opens the group again reads them anew. */
(function () {
  "use strict";

  const held = {}; // stream -> {run, count, members, problem, isAsked}
  const runShown = () => document.querySelector("#run-label b")?.title;

  function found(stream) {
    const one = held[stream];
    return one?.run === runShown() ? one : undefined;
  }

  async function want(stream, most) {
    const one = found(stream) || (held[stream] = { run: runShown(), count: Infinity, members: [], problem: "", isAsked: false });
    if (one.isAsked || one.problem || one.members.length >= Math.min(most, one.count)) return;
    one.isAsked = true;
    const query = new URLSearchParams({ run: one.run, stream, first: one.members.length });
    try {
      const answer = await fetch(window.dashboard.address("api/scalars?" + query), { cache: "no-store" });
      const told = await answer.json();
      if (!answer.ok) one.problem = told.message;
      else if (!told.members.length) one.problem = "The event files hold none of them any more.";
      else Object.assign(one, { count: told.count, members: [...one.members, ...told.members] });
    } catch {
      one.problem = "The server does not answer.";
    }
    one.isAsked = false;
    window.dash_clientside.metrics.again();
  }

  window.besideScalars = { found, want, forget: (stream) => delete held[stream] };
})();
