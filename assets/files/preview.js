/* Preview: a press on button[data-preview] asks api/preview for that file and shows it in the dialog.

   In:  data-preview (the path), data-size and data-modified (as they were observed).
   Out: the dialog #preview, filled with text, a table or a picture. Whatever a file holds is text here.
   The browser keeps the focus inside and closes on Escape; the focus goes back to the button, or to its
   twin where the table was drawn anew meanwhile. */
(function () {
  "use strict";

  const NUMBER = /^[+-]?(\d|\.\d|nan$|inf)[\d.e+-]*$/i;
  const root = document.documentElement;
  let asked = 0; // which answer is waited for
  let opener = null;
  let picture = null; // address of the picture that is shown

  const dialog = () => document.getElementById("preview");
  const part = (name) => dialog().querySelector(".preview-" + name);

  function element(tag, text, name) {
    const made = document.createElement(tag);
    made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  async function open(button) {
    const mine = ++asked;
    opener = button;
    clear();
    part("path").textContent = button.dataset.preview;
    part("notes").textContent = "Reading…";
    if (!dialog().open) dialog().showModal();
    dialog().querySelector("h2").focus();
    const found = await foundAt(button.dataset.preview);
    if (mine === asked && dialog().open) show(found, button);
  }

  /* What the server tells of a file; a sentence where it cannot be shown. */
  async function foundAt(path) {
    try {
      const answer = await fetch(window.dashboard.address("api/preview?path=" + encodeURIComponent(path)));
      if (!answer.ok) return { notes: [(await answer.json()).message] };
      const isPicture = answer.headers.get("Content-Type").startsWith("image/");
      return isPicture ? await pictureOf(answer) : await answer.json();
    } catch {
      return { notes: ["The server did not answer as it should."] };
    }
  }

  async function pictureOf(answer) {
    const blob = await answer.blob();
    const { headers } = answer;
    return {
      kind: "picture",
      blob,
      facts: headers.get("Preview-Facts"),
      size_bytes: blob.size,
      modified_at: headers.get("Preview-Modified"),
      notes: [],
    };
  }

  function show(found, button) {
    clear();
    part("facts").replaceChildren(...factsOf(found));
    part("notes").textContent = [...found.notes, ...changeOf(found, button)].join(" ");
    const draw = { text: drawText, table: drawTable, picture: drawPicture }[found.kind];
    part("body").hidden = !draw;
    if (!draw) return;
    part("body").append(draw(found));
    part("body").scrollTop = found.part === "last" ? part("body").scrollHeight : 0;
  }

  function factsOf({ facts, modified_at: modified }) {
    if (!facts) return [];
    if (!modified) return [facts];
    const time = element("time", modified.replace("T", " ").replace(/\.\d+Z$/, " UTC"));
    time.dateTime = modified;
    time.dataset.clock = ""; // times.js tells it as in the table
    return [facts + ", written ", time];
  }

  /* Whether the file is still the one that the page tells of. */
  function changeOf(found, { dataset }) {
    if (!found.kind) return [];
    const isSame = (seen, now) => !seen || !now || seen === String(now);
    if (isSame(dataset.size, found.size_bytes) && isSame(dataset.modified, found.modified_at)) return [];
    const isSnapshot = root.dataset.shown === "snapshot";
    return [isSnapshot ? "This is the file as it is now, not as this run left it." : "It has changed since it was observed."];
  }

  function drawText({ text }) {
    return element("pre", text);
  }

  function drawTable({ rows }) {
    const table = document.createElement("table");
    const [names, ...lines] = rows;
    const head = table.createTHead().insertRow();
    const kindOf = (word) => (NUMBER.test(word) ? "is-number" : "");
    head.append(...names.map((name, at) => element("th", name, lines.length ? kindOf(lines[0][at]) : "")));
    for (const cell of head.cells) cell.scope = "col";
    const body = table.createTBody();
    for (const line of lines) body.insertRow().append(...line.map((word) => element("td", word, kindOf(word))));
    return table;
  }

  function drawPicture({ blob }) {
    const image = document.createElement("img");
    picture = URL.createObjectURL(blob);
    image.alt = "Picture " + part("path").textContent;
    image.addEventListener("error", () => {
      part("notes").textContent = "The picture cannot be drawn: is it being written?";
      part("body").hidden = true;
    });
    image.src = picture;
    return image;
  }

  function clear() {
    if (picture) URL.revokeObjectURL(picture);
    picture = null;
    part("facts").replaceChildren();
    part("notes").textContent = "";
    part("body").replaceChildren();
    part("body").hidden = true;
  }

  /* The table may have been drawn anew while the dialog was open. */
  function giveFocusBack() {
    if (dialog().open) return; // opened again before this was told
    asked += 1;
    clear();
    const twins = [...document.querySelectorAll("button[data-preview]")];
    const back = opener.isConnected ? opener : twins.find((one) => one.dataset.preview === opener.dataset.preview);
    if (back) back.focus({ preventScroll: true });
  }

  window.dashboard.onPress("button[data-preview]", open);

  document.addEventListener("close", (event) => event.target === dialog() && giveFocusBack(), true);
})();
