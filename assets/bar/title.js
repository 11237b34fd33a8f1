/* Title: the verdict in the tab's title and icon, and said politely when it changes.
   The word was decided by the collectors; here it is only carried to where tabs show it. */
(function () {
  "use strict";

  /* One shape a verdict, so that the tab is not told by colour alone. */
  const COLOURS = {
    ready: "#009e73",
    not_ready: "#d55e00",
    incomplete: "#e69f00",
    training: "#0072b2",
    none: "#6b7684",
  };
  const SHAPES = {
    ready: "M8 16.5l5 5L24 10.5",
    not_ready: "M10 10l12 12M22 10L10 22",
    incomplete: "M16 9v9M16 23v.1",
    training: "M16 9a7 7 0 1 0 7 7",
    none: "M11 16h10",
  };
  let verdict = null;
  let said = null;

  function tell(news) {
    verdict = news;
    show();
    const words = `${news.word}. ${news.reason}`;
    const isFirst = said === null;
    const isSame = said === words;
    said = words;
    return isFirst || isSame ? window.dash_clientside.no_update : `Verdict: ${words}`;
  }

  function show() {
    if (!verdict) return;
    const isOld = document.documentElement.dataset.freshness === "stale";
    const age = verdict.snapshot ? `(${verdict.snapshot}) ` : isOld && verdict.value !== "none" ? "(old) " : "";
    const word = age + verdict.word;
    const title = [word, verdict.title, "Training Dashboard"].filter(Boolean).join(" · ");
    if (document.title !== title) document.title = title;
    setIcon(isOld || verdict.snapshot ? "none" : verdict.value, verdict.value);
  }

  function setIcon(colour, shape) {
    const address = "data:image/svg+xml," + encodeURIComponent(picture(colour, shape));
    let link = document.querySelector('link[rel~="icon"]');
    if (!link) {
      link = document.createElement("link");
      link.rel = "icon";
      document.head.append(link);
    }
    link.type = "image/svg+xml";
    if (link.href !== address) link.href = address;
  }

  function picture(colour, shape) {
    return (
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
      `<rect width="32" height="32" rx="7" fill="${COLOURS[colour] || COLOURS.none}"/>` +
      `<path d="${SHAPES[shape] || SHAPES.none}" fill="none" stroke="#fff" stroke-width="4"` +
      ' stroke-linecap="round" stroke-linejoin="round"/></svg>'
    );
  }

  document.addEventListener("dashboard:freshness", show);

  window.dash_clientside = Object.assign({}, window.dash_clientside, { title: { tell } });
})();
