/* What if: two sliders over the lines of a series' table -> counts that a scoring with them would give.

   In:  a series of the document; ?what_if=series:warn:anomaly of the address, as places in the table.
   Out: counts on screen, the thresholds as JSON to copy. It writes nothing anywhere but into the address. */
(function () {
  "use strict";

  const { number, plural } = window.dashboard.decisionWords;

  function nearest(lines, value) {
    let best = 0;
    for (let n = 1; n < lines.length; n += 1) {
      if (Math.abs(lines[n] - value) < Math.abs(lines[best] - value)) best = n;
    }
    return best;
  }

  /* Counts at two places of the table; the lines are exact where the table has them. */
  function counted(one, warn, anomaly) {
    const table = one.what_if;
    const over = table.over[anomaly];
    const warned = one.warn === null ? 0 : Math.max(0, table.over[warn] - over);
    return {
      anomaly: over,
      warn: warned,
      normal: table.windows - over - warned,
      alarms: table.alarms[anomaly],
      normal_over: table.normal_over ? table.normal_over[anomaly] : null,
      bound: table.normal_bound ? table.normal_bound[anomaly] : null,
      calibration_over: table.calibration_over ? table.calibration_over[anomaly] : null,
    };
  }

  function rows(one, now, tried, isTried) {
    const table = one.what_if;
    const share = (found) =>
      found.normal_over === null
        ? null
        : `${number(found.normal_over)} of ${number(table.normal_windows)}` +
          (found.bound === null ? "" : `, at most ${number(found.bound * 100)} %`);
    const lines = (at) => [one.warn === null ? null : table.line[at[0]], table.line[at[1]]];
    const [before, after] = [lines(now), lines(tried)];
    const [was, is] = [counted(one, ...now), counted(one, ...tried)];
    const told = [
      ["warn at", before[0], after[0]],
      ["anomaly at", before[1], after[1]],
      ["normal", was.normal, is.normal],
      ["warn", was.warn, is.warn],
      ["anomaly", was.anomaly, is.anomaly],
      ["alarms", was.alarms, is.alarms],
      ["normal windows over it", share(was), share(is)],
      ["calibration windows over it", was.calibration_over, is.calibration_over],
    ];
    const words = (value) => (typeof value === "string" ? value : number(value));
    return told
      .filter(([, a, b]) => a !== null || b !== null)
      .map(([name, a, b]) => [name, words(a), isTried ? words(b) : words(a), isTried && words(a) !== words(b)]);
  }

  /* Thresholds as their file has them, and what is known of them: they are tried, not calibrated. */
  function asJson(one, tried, document) {
    const table = one.what_if;
    const found = counted(one, ...tried);
    const section = { anomaly: table.line[tried[1]] };
    const about = { tried_on: document.run_id, windows: table.windows, windows_over_anomaly: found.anomaly };
    if (found.calibration_over !== null) {
      about.calibration_windows = table.calibration_windows;
      about.calibration_windows_over_anomaly = found.calibration_over;
    }
    if (found.normal_over !== null) {
      about.normal_windows = table.normal_windows;
      about.normal_windows_over_anomaly = found.normal_over;
      about.upper_95_bound = found.bound;
    }
    const whole = { [one.called]: one.warn === null ? section : { warn: table.line[tried[0]], ...section } };
    return JSON.stringify({ ...whole, tried: about }, null, 2);
  }

  function places(one) {
    const lines = one.what_if.line;
    return [one.warn === null ? 0 : nearest(lines, one.warn), nearest(lines, one.anomaly)];
  }

  /* Lines as they may be tried: warn stays on the good side of anomaly, and alarms end below the warn in use. */
  function allowed(one, worse, tried, moved) {
    const last = one.what_if.line.length - 1;
    const used = places(one);
    const isHigher = worse === "higher";
    let [warn, anomaly] = tried;
    if (one.warn === null) return [warn, anomaly];
    anomaly = isHigher ? Math.max(anomaly, used[0] + 1) : Math.min(anomaly, used[0] - 1);
    anomaly = Math.min(last, Math.max(0, anomaly));
    const isCrossed = isHigher ? warn >= anomaly : warn <= anomaly;
    if (isCrossed && moved === "warn") warn = isHigher ? anomaly - 1 : anomaly + 1;
    if (isCrossed && moved !== "warn") warn = isHigher ? Math.min(used[0], anomaly - 1) : Math.max(used[0], anomaly + 1);
    return [warn, anomaly];
  }

  function fromAddress(series, asked) {
    const [id, warn, anomaly] = (asked || "").split(":");
    const one = series.find((known) => known.id === id && known.what_if);
    const isPlace = (text) => /^\d+$/.test(text || "") && Number(text) < one.what_if.line.length;
    if (!one || !isPlace(warn) || !isPlace(anomaly)) return null;
    return { id, tried: [Number(warn), Number(anomaly)] };
  }

  function sentence(one, tried) {
    const found = counted(one, ...tried);
    const alarms = found.alarms === null ? "" : `, ${plural(found.alarms, "alarm")}`;
    return `${one.label} with anomaly at ${number(one.what_if.line[tried[1]])}: ${plural(found.anomaly, "window")} over it${alarms}.`;
  }

  window.dashboard.whatIf = { counted, rows, asJson, places, allowed, fromAddress, sentence };
})();
