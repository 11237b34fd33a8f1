/* URL: ?tab= &view= &stage= &smoothing= &y= &x= &theme= &run= &baseline= &runs= &compare= &zoom= &at= &metric= &pins=
   &full= &embed= &panel= -> the page, and back; what is wished of the list of runs stands in runs/wish.js.

   Read before anything is drawn, and after Back and Forward; written by places.js whenever a choice changes.
   Parameters it does not know stay as they are. Nothing is kept anywhere else. */
(function () {
  "use strict";

  const DEFAULTS = { tab: "readiness", smoothing: 0.6, y: "linear", x: "epoch", theme: "auto" };
  const ALLOWED = {
    tab: ["readiness", "curves", "runs", "decisions", "files"],
    y: ["linear", "log"],
    x: ["epoch", "step", "time"],
    theme: ["auto", "light", "dark"],
    panel: ["verdict", "cards", "graph", "checklist", "losses", "history"],
  };
  const STORES = [
    ["tab", "data"],
    ["graph-view", "data"],
    ["selected-stage", "data"],
    ["smoothing", "value"],
    ["y-scale", "data"],
    ["x-axis", "data"],
    ["theme-choice", "data"],
    ["shown-run", "data"],
    ["baseline-choice", "data"],
    ["overlay-runs", "data"],
    ["history-wish", "data"],
    ["compared-runs", "data"],
    ["curves-zoom", "data"],
    ["crosshair", "data"],
    ["metric-filter", "value"],
    ["metric-pins", "data"],
    ["full-panel", "data"],
  ];
  const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
  const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
  const LIVE = "live";
  const NO_BASELINE = "-";
  const READINESS = "readiness";
  const TAB_OF_PANEL = { losses: "curves", history: "runs" }; // the others stand beside the verdict
  const MOST_RUNS = 8;
  const WORDS = ["zoom", "at", "metric", "pins", "full"];
  const MOST_WORDS = 1000;
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

  function runsIn(given, name) {
    const named = (given.get(name) || "").split(",").filter((id) => RUN_ID.test(id));
    return [...new Set(named)].slice(0, MOST_RUNS);
  }

  /* Words that their readers check: places, a pattern, names of metrics. */
  function words(given, name) {
    return given.get(name)?.slice(0, MOST_WORDS) || null;
  }

  /* The tab; a link from before there were any may name the history as a view. */
  function tab(given) {
    if (root.dataset.panel) return TAB_OF_PANEL[root.dataset.panel] || READINESS;
    return given.get("view") === "history" ? "runs" : chosen(given, "tab");
  }

  /* Before the first paint: theme and frame. */
  function prepare() {
    const given = parameters();
    setTheme(chosen(given, "theme"));
    if (given.get("embed") === "1") root.dataset.embed = "";
    const panel = chosen(given, "panel");
    if (panel) root.dataset.panel = panel;
    root.dataset.tab = tab(given);
  }

  function setTheme(theme) {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
  }

  function themeNow() {
    return root.dataset.theme || (darkIsWished.matches ? "dark" : "light");
  }

  /* tab, view, stage, smoothing, y, x, theme, run, baseline, runs, wish, compare, zoom, at, metric, pins, full: the order
     of CHOICES in callbacks/browser.py */
  function read(_id, view, drawnRun) {
    const given = parameters();
    firstView = view;
    const wished = identifier(given, "view");
    const known = wished && document.querySelector(`a[data-view="${wished}"]`);
    return [
      tab(given),
      known ? wished : view,
      identifier(given, "stage"),
      smoothing(given),
      chosen(given, "y"),
      chosen(given, "x"),
      chosen(given, "theme"),
      shownRun(given) === (drawnRun ?? null) ? window.dash_clientside.no_update : shownRun(given),
      baseline(given),
      runsIn(given, "runs"),
      window.historyWish.read(given),
      runsIn(given, "compare"),
      ...WORDS.map((name) => words(given, name)),
    ];
  }

  function write(open, view, stage, smooth, y, x, theme, run, baselineRun, overlaid, wish, compared, ...told) {
    const given = parameters();
    const choices = { tab: open, view, stage, smoothing: smooth === null ? null : Number(smooth), y, x, theme };
    Object.assign(choices, { run, baseline: baselineRun, runs: (overlaid || []).join(",") || null });
    choices.compare = (compared || []).join(",") || null;
    WORDS.forEach((name, index) => Object.assign(choices, { [name]: told[index] || null }));
    for (const [name, value] of Object.entries(choices)) {
      const usual = name === "view" ? firstView : DEFAULTS[name];
      if (value === null || value === undefined || value === usual) given.delete(name);
      else given.set(name, String(value));
    }
    window.historyWish.write(given, wish);
    const query = given.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
    const address = window.location.pathname + (query ? "?" + query : "") + window.location.hash;
    const rest = told.map((one) => one || null);
    written = [open, view, stage, smooth, y, x, theme, run, baselineRun, overlaid, wish, compared, ...rest];
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

  /* A tab that is not there any more, because another run has nothing to show on it, is left. */
  function markTab(open) {
    root.dataset.tab = open;
    if (!mark("tab", open) && !root.dataset.panel) window.dashboard.set("tab", READINESS);
  }

  function markView(view) {
    root.dataset.view = view;
    mark("view", view);
  }

  /* Whether there is such a link. */
  function mark(kind, chosen) {
    const links = [...document.querySelectorAll(`a[data-${kind}]`)];
    for (const link of links) {
      if (link.dataset[kind] === chosen) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    return links.some((link) => link.dataset[kind] === chosen);
  }

  for (const [kind, store] of [["tab", "tab"], ["view", "graph-view"]]) {
    window.dashboard.onPress(`a[data-${kind}]`, (link, event) => {
      if (!window.dashboard.isPlainClick(event)) return;
      event.preventDefault();
      window.dashboard.set(store, link.dataset[kind]);
    });
  }

  darkIsWished.addEventListener("change", () => {
    window.dashboard.set("theme-now", themeNow());
  });

  /* The page is drawn as the run that the address names: whoever draws it is told the address. */
  const plainFetch = window.fetch;
  window.fetch = function (resource, ...more) {
    const isPage = typeof resource === "string" && resource.endsWith("_dash-layout");
    return plainFetch.call(this, isPage ? resource + window.location.search : resource, ...more);
  };

  prepare();
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    url: { read, write, returned, markTab, markView },
  });
})();
