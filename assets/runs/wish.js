/* Wish: which runs are listed, in which order, with which columns, grouped by what, and what the scatter shows.

   In:  ?q= &verdict= &sort= &order=up &columns= &group= &measure= of the address, the fields, and buttons with data-sort,
        data-page, data-column, data-wish or data-find.
   Out: the store history-wish; the address, when url.js writes it. Enter on an exact id goes there. */
(function () {
  "use strict";

  const { address, onPress, set } = window.dashboard;
  const TEXTS = { text: "q", verdict: "verdict", sort: "sort", group: "group", measure: "measure" };
  const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
  const USUAL = { sort: "started" };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  let wish = { zone };
  let typing = null;

  function read(given) {
    const found = { zone };
    for (const [name, parameter] of Object.entries(TEXTS)) if (given.get(parameter)) found[name] = given.get(parameter);
    if (given.get("order") === "up") found.descending = false;
    if (given.has("columns")) found.columns = given.get("columns").split(",").filter(Boolean);
    return found;
  }

  function write(given, wished) {
    const now = wished || {};
    for (const [name, parameter] of Object.entries(TEXTS)) put(given, parameter, now[name] === USUAL[name] ? "" : now[name]);
    put(given, "order", now.descending === false ? "up" : "");
    put(given, "columns", now.columns && now.columns.join(","));
  }

  function put(given, name, value) {
    if (value) given.set(name, value);
    else given.delete(name);
  }

  function ask(news) {
    window.clearTimeout(typing);
    wish = { ...wish, page: 0, ...news };
    set("history-wish", wish);
  }

  /* The fields tell what is wished, whoever wished it. */
  function mark(wished) {
    wish = wished || { zone };
    for (const label of document.querySelectorAll("[data-filter]")) {
      const field = label.querySelector("input, select");
      if (field && field !== document.activeElement) field.value = wish[label.dataset.filter] || "";
    }
  }

  /* The scatter comes after the rows, and only where it would be another one: not for a page, an order, a column. */
  let charted = "";
  function chart(tree, wished, baseline, version) {
    const { text, verdict, measure } = wished || {};
    const now = { text, verdict, measure, zone, baseline, version };
    if (!tree || JSON.stringify(now) === charted) return window.dash_clientside.no_update;
    charted = JSON.stringify(now);
    return now;
  }

  function toggleColumn(button) {
    const all = [...button.parentElement.querySelectorAll("[data-column]")];
    const isOn = (one) => (one.getAttribute("aria-checked") === "true") !== (one === button);
    ask({ columns: all.filter(isOn).map((one) => one.dataset.column), page: wish.page });
  }

  function choose(button) {
    const details = button.closest("details");
    if (details) details.open = false;
    ask({ [button.dataset.wish]: button.dataset.value });
  }

  async function goTo(text) {
    const id = text.trim();
    if (!RUN_ID.test(id)) return;
    const answer = await fetch(address("api/runs?limit=1&text=") + encodeURIComponent("id=" + id));
    const found = answer.ok ? (await answer.json()).runs : [];
    if (!found.length) return;
    set("shown-run", found[0].run_id);
    set("tab", "readiness");
  }

  document.addEventListener("input", (event) => {
    const field = event.target.closest && event.target.closest("[data-filter]");
    if (!field) return;
    window.clearTimeout(typing);
    const value = event.target.value;
    typing = window.setTimeout(() => ask({ [field.dataset.filter]: value }), 200);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches || !event.target.matches("[data-filter=text] input")) return;
    ask({ text: event.target.value });
    goTo(event.target.value);
  });

  onPress("button[data-column]", toggleColumn);
  onPress("button[data-wish]", choose);
  onPress("button[data-find]", ({ dataset }) => ask({ text: dataset.find, group: "" }));
  onPress("button[data-sort]", ({ dataset }) => ask({ sort: dataset.sort, descending: dataset.descending === "1" }));
  onPress("button[data-page]", ({ dataset }) => ask({ page: Number(dataset.page) }));

  window.historyWish = { read, write };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { wish: { chart, mark } });
})();
