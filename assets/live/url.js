/* URL: ?tab= &view= &stage= &smoothing= &y= &x= &theme= &run= &baseline= &runs= &embed= &panel= -> the page, and back.

   Read before anything is drawn, and after Back and Forward; written by places.js whenever a choice changes.
   Parameters it does not know stay as they are. Nothing is kept anywhere else. */
(function () {
  "use strict";

  const DEFAULTS = { smoothing: 0.6, y: "linear", x: "epoch", theme: "auto" };
  const ALLOWED = {
    y: ["linear", "log"],
    x: ["epoch", "step", "time"],
    theme: ["auto", "light", "dark"],
    panel: ["verdict", "cards", "graph", "checklist", "losses", "history"],
  };
  const STORES = [
    ["graph-view", "data"],
    ["selected-stage", "data"],
    ["smoothing", "value"],
    ["y-scale", "data"],
    ["x-axis", "data"],
    ["theme-choice", "data"],
    ["shown-run", "data"],
    ["baseline-choice", "data"],
    ["overlay-runs", "data"],
  ];
  const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
  const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
  const LIVE = "live";
  const NO_BASELINE = "-";
  const TAB = "tab";
  const DECISIONS = "decisions";
  const MOST_RUNS = 8;
  const root = document.documentElement;
  const darkIsWished = window.matchMedia("(prefers-color-scheme: dark)");
  let firstView = null;
  let written = [];

  function parameters() {
    return new URLSearchParams(window.location.search);
  }

  function chosen(given, name) {
    const value = given.get(name);
    return (ALLOWED[name] || []).includes(value) ? value : DEFAULTS[name];
  }

  function smoothing(given) {
    const text = given.get("smoothing");
    const value = Number(text);
    return text && value >= 0 && value <= 0.99 ? value : DEFAULTS.smoothing;
  }

  function identifier(given, name) {
    const value = given.get(name);
    return value && ID.test(value) ? value : null;
  }

  /* A stored run, or null for the current state. What is no run id at all is asked for as well: the
     page then says that there is no such run, rather than showing another one. */
  function shownRun(given) {
    const value = given.get("run");
    return value && value !== LIVE ? value.slice(0, 64) : null;
  }

  function baseline(given) {
    const value = given.get("baseline");
    return value && (value === NO_BASELINE || RUN_ID.test(value)) ? value : null;
  }

  function overlays(given) {
    const named = (given.get("runs") || "").split(",").filter((id) => RUN_ID.test(id));
    return [...new Set(named)].slice(0, MOST_RUNS);
  }

  /* The tab that is no view of the pipeline; it stands beside `view`. */
  function tab(given) {
    return given.get(TAB) === DECISIONS ? DECISIONS : null;
  }

  /* Before the first paint: theme and frame, and whether another run must come before anything shows. */
  function prepare() {
    const given = parameters();
    setTheme(chosen(given, "theme"));
    if (given.get("embed") === "1") root.dataset.embed = "";
    const panel = chosen(given, "panel");
    if (panel) root.dataset.panel = panel;
    if (shownRun(given)) root.dataset.awaits = "run";
  }

  function setTheme(theme) {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
  }

  function themeNow() {
    return root.dataset.theme || (darkIsWished.matches ? "dark" : "light");
  }

  /* view, stage, smoothing, y, x, theme, run, baseline, runs: the order of CHOICES in callbacks/browser.py */
  function read(_id, view) {
    const given = parameters();
    firstView = view;
    const wished = root.dataset.panel === "history" ? "history" : tab(given) || identifier(given, "view");
    const known = wished && document.querySelector(`[data-view="${wished}"]`);
    return [
      known ? wished : view,
      identifier(given, "stage"),
      smoothing(given),
      chosen(given, "y"),
      chosen(given, "x"),
      chosen(given, "theme"),
      shownRun(given) || window.dash_clientside.no_update,
      baseline(given),
      overlays(given),
    ];
  }

  function write(view, stage, smooth, y, x, theme, run, baselineRun, overlaid) {
    const given = parameters();
    const choices = { view, stage, smoothing: smooth === null ? null : Number(smooth), y, x, theme };
    Object.assign(choices, { run, baseline: baselineRun, runs: (overlaid || []).join(",") || null });
    for (const [name, value] of Object.entries(choices)) {
      const usual = name === "view" ? firstView : DEFAULTS[name];
      if (value === null || value === undefined || value === usual) given.delete(name);
      else given.set(name, String(value));
    }
    if (given.get("view") === DECISIONS) given.delete("view");
    if (view === DECISIONS) given.set(TAB, DECISIONS);
    else if (tab(given)) given.delete(TAB);
    const query = given.toString().replaceAll("%2C", ",");
    const address = window.location.pathname + (query ? "?" + query : "") + window.location.hash;
    written = [view, stage, smooth, y, x, theme, run, baselineRun, overlaid];
    window.places.write(address);
    setTheme(theme);
    return themeNow();
  }

  /* Another address of this page came back: choose what it says, where that is not chosen already. */
  function returned() {
    read(null, firstView).forEach((found, index) => {
      const value = found === window.dash_clientside.no_update ? null : found;
      if (JSON.stringify(value) === JSON.stringify(written[index])) return;
      const [store, property] = STORES[index];
      window.dash_clientside.set_props(store, { [property]: value });
    });
  }

  function markTab(view) {
    root.dataset.view = view;
    for (const tab of document.querySelectorAll("a[data-view]")) {
      if (tab.dataset.view === view) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  }

  window.dashboard.onPress("a[data-view]", (tab, event) => {
    if (!window.dashboard.isPlainClick(event)) return;
    event.preventDefault();
    window.dashboard.set("graph-view", tab.dataset.view);
  });

  darkIsWished.addEventListener("change", () => {
    window.dashboard.set("theme-now", themeNow());
  });

  prepare();
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    url: { read, write, returned, markTab },
  });
})();
