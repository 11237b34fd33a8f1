/* Words of decisions: times of the document's clock, numbers and sentences of its pictures. */
(function () {
  "use strict";

  const STATES = {
    normal: "normal",
    warn: "warn",
    anomaly: "anomaly",
    not_judged: "not judged",
    not_finite: "not finite",
    no_line: "no threshold",
  };

  function number(value) {
    if (value === null || value === undefined) return "–";
    const size = Math.abs(value);
    if (Number.isInteger(value) && size < 1e15) return value.toLocaleString("en-US");
    return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toPrecision(4) : String(Number(value.toPrecision(4)));
  }

  function duration(seconds) {
    if (seconds < 99.5) return `${seconds >= 9.95 ? seconds.toFixed(0) : Number(seconds.toPrecision(2))} s`;
    const minutes = Math.round(seconds / 60);
    if (minutes < 100) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    return hours < 100 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} d`;
  }

  function isDated(document) {
    return document.clock === "utc" || document.clock === "naive";
  }

  function isTimed(document) {
    return isDated(document) || document.clock === "relative";
  }

  /* A moment as it was written; without times the row stands for it. */
  function moment(document, at) {
    if (isDated(document)) {
      const text = new Date(at * 1000).toISOString();
      return `${text.slice(0, 10)} ${text.slice(11, 19)}${document.clock === "utc" ? " UTC" : ""}`;
    }
    return document.clock === "relative" ? `${number(at)} s` : `row ${number(Math.round(at))}`;
  }

  function tick(document, from, to) {
    if (!isDated(document)) return (at) => (isTimed(document) ? `${number(at)} s` : number(Math.round(at)));
    const isLong = to - from > 86400;
    return (at) => {
      const text = new Date(at * 1000).toISOString();
      return isLong ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(11, 19);
    };
  }

  function plural(count, noun) {
    return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
  }

  /* What a curve shows, for whoever does not see it. */
  function ofCurve(document, one) {
    const known = one.curve.value.filter((value) => value !== null);
    if (!known.length) return `${one.label}: no finite score.`;
    const worst = document.worse === "higher" ? Math.max(...known) : Math.min(...known);
    const at = window.dashboard.decisionCharts.places(one.curve)[one.curve.value.indexOf(worst)];
    const told = one.what_if ? `${plural(one.what_if.windows, "window")}, ` : "";
    return `${one.label} score: ${told}the worst is ${number(worst)} at ${moment(document, at)}.`;
  }

  function ofTimeline(document) {
    const told = document.series.map((one) => {
      const states = [...new Set(one.spans.map((span) => STATES[span.state]))];
      return `${one.label}: ${states.join(", ") || "nothing scored"}`;
    });
    return `States over time. ${told.join("; ")}.`;
  }

  window.dashboard.decisionWords = { STATES, number, duration, isTimed, moment, tick, plural, ofCurve, ofTimeline };
})();
