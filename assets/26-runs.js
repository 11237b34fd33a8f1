/* Runs: which run and baseline are looked at, which are drawn too, and what is pinned.

   In:  the two selectors, buttons with data-show-run, data-baseline-run, data-pin and data-overlay,
        the history's filters, sort buttons, columns and pages.
   Out: the stores shown-run, baseline-choice, overlay-runs, history-wish (the URL script writes them into
        the address), and POST api/baseline, whose answer the feed follows. In a frame nothing is pinned. */
(function () {
  "use strict";

  const MOST_RUNS = 8;
  const root = document.documentElement;
  const isFramed = window.top !== window.self;
  const set = (name, data) => window.dash_clientside.set_props(name, { data });
  let overlaid = [];
  let wish = {};
  let openings = 0;

  function prefix() {
    const config = JSON.parse(document.getElementById("_dash-config").textContent);
    return config.requests_pathname_prefix || "/";
  }

  /* The banner came or went: from now on the page shows what the address says. */
  function arrived(_banner, run) {
    const wished = new URLSearchParams(window.location.search).get("run");
    if (run) root.dataset.shown = "snapshot";
    else delete root.dataset.shown;
    if (run || !wished || wished === "live") delete root.dataset.awaits;
    window.dash_clientside.feed.judge();
  }

  function tell(compared, parts) {
    const part = (name) => parts.map(({ stream }) => ((compared || {})[stream] || {})[name] || "");
    root.toggleAttribute("data-compared", Object.values(compared || {}).some((one) => one.curves.length));
    return [part("delta"), part("keys")];
  }

  /* The selectors. */
  function close(picker, focus) {
    picker.open = false;
    if (focus) picker.querySelector("summary").focus();
  }

  document.addEventListener(
    "toggle",
    (event) => {
      const picker = event.target.closest && event.target.closest("details.picker");
      if (!picker || !picker.open) return;
      for (const other of document.querySelectorAll("details.picker[open]")) if (other !== picker) close(other);
      openings += 1;
      set(picker.dataset.picker === "run" ? "run-opened" : "baseline-opened", openings);
      picker.querySelector("input").focus();
    },
    true,
  );

  function moveIn(picker, event) {
    const stops = [picker.querySelector("input"), ...picker.querySelectorAll("button.option")];
    const at = stops.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || at < 0) return;
    event.preventDefault();
    stops[Math.min(Math.max(at + step, 0), stops.length - 1)].focus();
  }

  document.addEventListener("keydown", (event) => {
    const picker = event.target.closest && event.target.closest("details.picker[open]");
    if (!picker) return;
    if (event.key === "Escape") close(picker, true);
    else moveIn(picker, event);
  });

  function pick(button) {
    const { pick: kind, value } = button.dataset;
    if (kind === "run") set("shown-run", value === "live" ? null : value);
    else set("baseline-choice", value || null);
    close(button.closest("details.picker"), true);
  }

  /* Buttons anywhere on the page. */
  const ACTIONS = {
    "button[data-pick]": pick,
    "button[data-show-run]": (button) => {
      set("shown-run", button.dataset.showRun || null);
      leave(button);
    },
    "button[data-baseline-run]": (button) => {
      set("baseline-choice", button.dataset.baselineRun);
      leave(button);
    },
    "button[data-overlay]": (button) => overlay(button),
    "button[data-column]": (button) => toggleColumn(button),
    "button[data-pin]": (button) => pin(button.dataset.pin || null),
    "button[data-sort]": (button) => ask({ sort: button.dataset.sort, descending: button.dataset.descending === "1", page: 0 }),
    "button[data-page]": (button) => ask({ page: Number(button.dataset.page) }),
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    for (const picker of document.querySelectorAll("details.picker[open]")) {
      if (!picker.contains(event.target)) close(picker);
    }
    for (const [selector, act] of Object.entries(ACTIONS)) {
      const button = event.target.closest(selector);
      if (button) return act(button);
    }
  });

  /* Pinning: the one thing that this page ever changes on the server. */
  async function pin(runId) {
    if (isFramed || "embed" in root.dataset) return;
    try {
      const answer = await fetch(prefix() + "api/baseline", {
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

  function say(words) {
    window.dash_clientside.set_props("pin-note", { children: words });
    window.clearTimeout(say.timer);
    say.timer = window.setTimeout(() => window.dash_clientside.set_props("pin-note", { children: "" }), 6000);
  }

  /* The history: filters, order, pages, overlays. */
  function ask(news) {
    wish = { ...wish, ...news };
    set("history-wish", wish);
  }

  function markOverlays(ids) {
    if (ids !== undefined) overlaid = ids || [];
    for (const box of document.querySelectorAll("button[data-overlay]")) {
      const isOn = overlaid.includes(box.dataset.overlay);
      box.setAttribute("aria-checked", String(isOn));
      box.classList.toggle("is-full", !isOn && overlaid.length >= MOST_RUNS);
    }
  }

  function overlay(box) {
    const id = box.dataset.overlay;
    const rest = overlaid.filter((one) => one !== id);
    if (rest.length < overlaid.length) return set("overlay-runs", rest);
    if (overlaid.length >= MOST_RUNS) return say(`At most ${MOST_RUNS} runs are drawn at once.`);
    set("overlay-runs", [...overlaid, id]);
  }

  function toggleColumn(button) {
    const all = [...button.parentElement.querySelectorAll("[data-column]")];
    const isOn = (one) => (one.getAttribute("aria-checked") === "true") !== (one === button);
    ask({ columns: all.filter(isOn).map((one) => one.dataset.column) });
  }

  /* Away from the history, to where the chosen run is shown. */
  function leave(button) {
    if (!("leave" in button.dataset)) return;
    const first = document.querySelector(".tabs a[data-view]");
    if (first) set("graph-view", first.dataset.view);
    const target = document.getElementById(button.dataset.leave);
    window.setTimeout(() => (target ? target.scrollIntoView() : window.scrollTo({ top: 0 })), 50);
  }

  function moveRow(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = step && event.target.closest && event.target.closest("tr.run-row");
    const next = row && (step > 0 ? row.nextElementSibling : row.previousElementSibling);
    const cell = next && next.children[event.target.closest("td, th").cellIndex];
    const button = cell && cell.querySelector("button");
    if (!button) return;
    event.preventDefault();
    button.focus();
  }

  document.addEventListener("keydown", moveRow);

  let typing = null;
  document.addEventListener("input", (event) => {
    const field = event.target.closest && event.target.closest("[data-filter]");
    if (!field) return;
    window.clearTimeout(typing);
    const value = event.target.value;
    typing = window.setTimeout(() => ask({ [field.dataset.filter]: value, page: 0 }), 200);
  });

  /* A new page of the table brings new boxes. */
  new MutationObserver(() => markOverlays()).observe(document, { childList: true, subtree: true, attributeFilter: ["data-overlay"] });

  if (isFramed) root.dataset.framed = "";
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    runs: { arrived, tell, markOverlays },
  });
})();
