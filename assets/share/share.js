/* Share: fills the dialog with addresses of what is on screen now, and opens it.

   In:  button[data-share-open], [data-share-panel] (what a frame shows), the address.
   Out: the fields [data-share] of the dialog, its warnings, and the badge as it is now.
   The browser itself gives the focus back. */
(function () {
  "use strict";

  const FRAME_ONLY = ["embed", "panel"];
  const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;
  let panel = "";
  let height = 0;

  const dialog = () => document.getElementById("share");
  const part = (selector) => dialog().querySelector(selector);

  function address(path, given) {
    const query = new URLSearchParams(given).toString().replaceAll("%2C", ",");
    return window.location.origin + window.dashboard.address(path) + (query ? "?" + query : "");
  }

  /* The parameters of this view, without those that make it a frame. */
  function view() {
    const given = Object.fromEntries(new URLSearchParams(window.location.search));
    for (const name of FRAME_ONLY) delete given[name];
    return given;
  }

  function escaped(text) {
    const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
    return text.replace(/[&<>"]/g, (sign) => signs[sign]);
  }

  /* What a picture shows: the pipeline's view, and the stored run where one is shown. */
  function still(given) {
    const known = {};
    if (given.run && given.run !== "live") known.run = given.run;
    const theme = document.documentElement.dataset.theme;
    const drawn = given.view && given.view !== "history" ? { view: given.view } : {};
    return { badge: address("badge.svg", known), picture: address("snapshot.svg", { ...drawn, ...known, ...(theme && { theme }) }) };
  }

  function frame(source) {
    const title = escaped(document.title.split(" · ").slice(1).reverse().join(": ") || document.title);
    return `<iframe src="${escaped(source)}" width="100%" height="${height}" title="${title}" style="border:0" loading="lazy"></iframe>`;
  }

  function texts(run) {
    const given = view();
    const link = address("", given);
    const { badge, picture } = still(given);
    return {
      link,
      snapshot: run ? address("", { ...given, run }) : "",
      frame: frame(address("", { ...given, embed: "1", ...(panel && { panel }) })),
      "badge-markdown": `[![training](${badge})](${link})`,
      "badge-html": `<a href="${escaped(link)}"><img src="${escaped(badge)}" alt="training" height="20"></a>`,
      "picture-markdown": `[![pipeline](${picture})](${link})`,
      "picture-address": picture,
    };
  }

  function fill(run) {
    for (const [name, text] of Object.entries(texts(run))) part(`textarea[data-share="${name}"]`).value = text;
    part('[data-share-row="snapshot"]').toggleAttribute("data-absent", !run);
    part('[data-share-note="snapshot"]').textContent = run ? "" : "This run is not stored yet: it is when training has ended.";
  }

  /* The stored run's id; null where the shown run is not stored. */
  async function storedRun() {
    const shown = view().run;
    if (shown && shown !== "live") return shown;
    const current = document.querySelector("#run-label b")?.textContent || "";
    try {
      const answer = await fetch(address("api/runs", { text: current, limit: "10" }));
      const found = (await answer.json()).runs || [];
      return found.some((row) => row.run_id === current) ? current : null;
    } catch {
      return null;
    }
  }

  function warn() {
    const { hostname, protocol } = window.location;
    const isLocal = LOOPBACK.test(hostname);
    part('[data-share-warns="loopback"]').hidden = !isLocal;
    part('[data-share-warns="insecure"]').hidden = isLocal || protocol === "https:";
  }

  function choose(button) {
    panel = button.dataset.sharePanel;
    height = Number(button.dataset.height);
    for (const one of dialog().querySelectorAll("[data-share-panel]")) {
      one.setAttribute("aria-pressed", String(one === button));
    }
  }

  async function open() {
    choose(part('[data-share-panel][aria-pressed="true"]'));
    warn();
    fill(null);
    part("img.share-badge").src = still(view()).badge;
    dialog().showModal();
    part("h2").focus();
    fill(await storedRun());
  }

  /* A link for everybody, of the run and the panel that are chosen; its token is told this once. */
  async function makeLink() {
    const { run } = view();
    const wish = { name: `${panel || "page"} of ${run || "what is current"}`.slice(0, 64), panel, run: run && run !== "live" ? run : null };
    const headers = { "Content-Type": "application/json" };
    const note = part('[data-share-note="link"]');
    try {
      const answer = await fetch(address("api/links"), { method: "POST", headers, body: JSON.stringify(wish) });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.message);
      part('textarea[data-share="frame"]').value = frame(told.address);
      note.textContent = `Copy it now: it is told once, and counts until ${told.link.expires_at.slice(0, 10)}.`;
    } catch (problem) {
      note.textContent = `No link was made: ${problem.message}`;
    }
  }

  window.dashboard.onPress("[data-share-open]", open);
  window.dashboard.onPress("[data-share-link]", makeLink);
  window.dashboard.onPress("[data-share-panel]", async (button) => {
    choose(button);
    fill(part('textarea[data-share="snapshot"]').value ? await storedRun() : null);
  });

  /* A field that is entered is selected whole. */
  document.addEventListener("focusin", (event) => {
    if (event.target.matches && event.target.matches("textarea[data-share]")) event.target.select();
  });
})();
