/* Shelf: the curves of charts that are near what is looked at, fetched when they come near and when they changed.

   In:  loss-data {stream: {run, version, ...}}, compared {stream: {others: [{run, version, kind, place}], ...}},
        metric-data {stream: {group: {count, members: [{series, ghost, ...}]}}}
   Out: the stores loss-shown, compared-shown and metric-shown: the same with the curves, figures and curves of a
        stream always of one moment. What scrolled far away is let go. Of a curve that grew only what is new is asked. */
(function () {
  "use strict";

  const FEW = 8; // so many streams are held wherever they are
  const NEAR = "300px 0px";
  const AT_A_TIME = 4; // a browser keeps six connections to a server
  const MOST_SERIES = 64;
  const AGAIN_MS = 3000;
  const ABSENT_MS = 5000; // a run that is not there may have been away for a moment
  const AHEAD_MS = 1000; // whoever answered was a moment ahead or behind
  const COLUMNS = ["epoch", "step", "time", "value"];
  const MAIN = "";

  const told = { "loss-data": {}, compared: {}, "metric-data": {} };
  const shown = { losses: {}, compared: {}, metrics: {} };
  const held = new Map(); // run, stream and series -> {version, digest, part}
  const failed = new Set(); // those whose version nobody answered
  const made = new Map(); // what was put together last, and of what
  const near = new Set();
  let asked = 0;
  let publishing = null;
  const busy = new Set();

  const keyOf = ({ run, stream, series }) => JSON.stringify([run, stream, series]);
  const heldAs = (want) => held.get(keyOf(want));
  const isHere = (want) => heldAs(want)?.version === want.version || failed.has(keyOf(want) + want.version);

  /* ---- what is near ---- */

  const sight = new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) {
        if (isIntersecting) near.add(target.dataset.stream);
        else near.delete(target.dataset.stream);
      }
      update();
    },
    { rootMargin: NEAR },
  );
  const frames = () => [...document.querySelectorAll(".loss[data-stream]")];
  const watched = new WeakSet();

  function watchFrames() {
    for (const frame of frames()) {
      if (watched.has(frame)) continue;
      watched.add(frame);
      sight.observe(frame);
    }
  }

  const isServed = (stream) => near.has(stream) || Object.keys(told["loss-data"]).length <= FEW;

  /* Pixels between a stream's panel and what is in sight. */
  function distance(stream) {
    const frame = frames().find((one) => one.dataset.stream === stream);
    if (!frame) return Infinity;
    const { top, bottom } = frame.getBoundingClientRect();
    return Math.max(0, top - window.innerHeight, -bottom);
  }

  /* ---- what is wanted ---- */

  function mainOf(stream) {
    const { run, version } = told["loss-data"][stream];
    return { run, stream, series: MAIN, version };
  }

  const othersOf = (stream) => (told.compared[stream]?.others || []).map((one) => ({ ...one, stream, series: MAIN }));

  /* Other runs that have a metric too: the baseline, and those that are drawn over it. */
  function behind(stream, { series, ghost, others }) {
    const has = ({ run, kind }) => (kind === "baseline" ? ghost : others.includes(run));
    return othersOf(stream).filter(has).map((one) => ({ ...one, series }));
  }

  const groupsOf = (stream) => Object.entries(told["metric-data"][stream] || {});

  const memberWants = (stream, member) => [{ ...mainOf(stream), series: member.series }, ...behind(stream, member)];

  function wantsOf(stream) {
    const members = groupsOf(stream).flatMap(([, group]) => group.members);
    const every = [mainOf(stream), ...othersOf(stream), ...members.flatMap((member) => memberWants(stream, member))];
    return [...new Map(every.map((want) => [keyOf(want), want])).values()]; // a pinned metric stands in its group too
  }

  /* ---- asking ---- */

  /* What is not here, as few questions as there can be: the main chart alone, metrics of a run together. */
  function questions(stream) {
    const missing = wantsOf(stream).filter((want) => !isHere(want) && !busy.has(keyOf(want)));
    const mains = missing.filter(({ series }) => series === MAIN).map((want) => [want]);
    const together = new Map();
    for (const want of missing.filter(({ series }) => series !== MAIN)) {
      const place = `${want.run} ${want.version} ${heldAs(want)?.digest}`;
      const last = together.get(place)?.at(-1);
      if (last && last.length < MOST_SERIES) last.push(want);
      else together.set(place, [...(together.get(place) || []), [want]]);
    }
    return [...mains, ...[...together.values()].flat()];
  }

  function update() {
    watchFrames();
    for (const [key] of held) if (!isWanted(key)) held.delete(key);
    for (const key of failed) if (!isWanted(key.slice(0, key.lastIndexOf("]") + 1))) failed.delete(key);
    const served = Object.keys(told["loss-data"]).filter(isServed);
    const near = served.map((stream) => [distance(stream), stream]).sort(([a], [b]) => a - b);
    for (const [, stream] of near) {
      for (const wants of questions(stream)) {
        if (asked >= AT_A_TIME) break;
        ask(wants);
      }
    }
    publishSoon();
  }

  function isWanted(key) {
    const [run, stream] = JSON.parse(key);
    if (!told["loss-data"][stream] || !isServed(stream)) return false;
    return [mainOf(stream), ...othersOf(stream)].some((want) => want.run === run);
  }

  async function ask(wants) {
    const keys = wants.map(keyOf);
    asked += 1;
    keys.forEach((key) => busy.add(key));
    try {
      const { version, digest, parts } = await answerTo(wants);
      for (const want of wants) held.set(keyOf(want), { version, digest, part: parts[want.series] });
      if (version !== wants[0].version) giveUp(wants, AHEAD_MS);
    } catch (problem) {
      giveUp(wants, problem.status === 404 ? ABSENT_MS : AGAIN_MS);
    }
    asked -= 1;
    keys.forEach((key) => busy.delete(key));
    update();
  }

  /* Show what there is, and ask again later. */
  function giveUp(wants, milliseconds) {
    for (const want of wants) failed.add(keyOf(want) + want.version);
    window.setTimeout(() => again(wants), milliseconds);
  }

  function again(wants) {
    for (const want of wants) failed.delete(keyOf(want) + want.version);
    update();
  }

  async function answerTo(wants) {
    const { run, stream } = wants[0];
    const since = heldAs(wants[0])?.digest;
    const query = new URLSearchParams({ run, stream });
    for (const { series } of wants) if (series !== MAIN) query.append("series", series);
    if (!since) return fetched(query);
    const whole = new URLSearchParams(query);
    query.append("since", since);
    const answer = await fetched(query);
    const isWhole = wants.every((want) => rebuild(answer.parts[want.series], heldAs(want)?.part));
    return isWhole ? answer : fetched(whole);
  }

  async function fetched(query) {
    const answer = await fetch(window.dashboard.address("api/curves?" + query), { cache: "no-cache" });
    if (!answer.ok) throw Object.assign(new Error("no curves"), { status: answer.status });
    return answer.json();
  }

  /* Put the rows that are held already where they belong; false where they are not those that are meant. */
  function rebuild(part, before) {
    for (const curve of part.curves.filter(({ segments }) => segments)) {
      const old = before?.curves.find(({ series }) => series === curve.series);
      if (!old || before.zero !== part.zero) return false;
      for (const name of COLUMNS) {
        const taken = (segment) =>
          Array.isArray(segment) ? old[name].slice(segment[0], segment[0] + segment[1]) : segment[name];
        curve[name] = curve.segments.flatMap(taken);
      }
      delete curve.segments;
    }
    return true;
  }

  /* ---- showing ---- */

  function publishSoon() {
    publishing ??= window.setTimeout(publish, 0);
  }

  function publish() {
    publishing = null;
    put("loss-shown", "losses", mapped(told["loss-data"], lossOf));
    put("compared-shown", "compared", mapped(told.compared, comparedOf));
    put("metric-shown", "metrics", mapped(told["metric-data"], metricsOf));
  }

  function put(store, kind, now) {
    const before = shown[kind];
    const names = Object.keys(now);
    const isSame = names.length === Object.keys(before).length && names.every((name) => now[name] === before[name]);
    if (isSame && put[store]) return;
    put[store] = true;
    shown[kind] = now;
    window.dashboard.set(store, { ...now });
  }

  /* There are other panels: they know nothing yet. */
  function tellAgain() {
    for (const store of ["loss-shown", "compared-shown", "metric-shown"]) delete put[store];
    update();
  }

  function mapped(entries, change) {
    return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, change(name, entry)]));
  }

  /* The same object as last time where it is put together of the same ones. */
  function stable(name, of, make) {
    const known = made.get(name);
    if (known && known.of.length === of.length && known.of.every((one, index) => one === of[index])) return known.value;
    const value = make();
    made.set(name, { of, value });
    return value;
  }

  function lossOf(stream, entry) {
    const isWaiting = isServed(stream) && !isHere(mainOf(stream));
    if (isWaiting && shown.losses[stream]?.data && shown.losses[stream].run === entry.run) return shown.losses[stream];
    const part = isServed(stream) && !isWaiting ? heldAs(mainOf(stream))?.part : undefined;
    const of = [JSON.stringify(entry), part, isWaiting];
    return stable(`loss ${stream}`, of, () => ({ ...entry, data: part, table: part?.table }));
  }

  function comparedOf(stream, entry) {
    const others = isServed(stream) ? othersOf(stream) : [];
    if (!others.every(isHere)) return shown.compared[stream] || { ...entry, curves: [] };
    const parts = others.map((one) => heldAs(one)?.part);
    const words = JSON.stringify(entry);
    return stable(`compared ${stream}`, [words, ...parts], () => {
      return { ...entry, curves: others.flatMap((one, index) => ghosts(one, parts[index])) };
    });
  }

  /* Curves of another run: validation, and train of the baseline. */
  function ghosts({ run, kind, place }, part) {
    const isDrawn = ({ role }) => role === "val" || (kind === "baseline" && role === "train");
    const name = kind === "baseline" ? kind : run;
    const curves = (part?.curves || []).filter(isDrawn);
    return curves.map((curve) => ({ ...curve, run, kind, place, name: `${name} ${curve.role}` }));
  }

  function metricsOf(stream, groups) {
    if (!told["loss-data"][stream] || !isServed(stream)) return letGo(stream);
    const before = shown.metrics[stream] || {};
    const now = Object.entries(groups).map(([key, group]) => [key, groupOf(stream, key, group) || before[key]]);
    const known = now.filter(([, group]) => group);
    return stable(`metrics ${stream}`, known.flat(), () => Object.fromEntries(known));
  }

  function letGo(stream) {
    for (const name of made.keys()) if (/^(metrics|group|member) /.test(name) && name.split(" ")[1] === stream) made.delete(name);
    return stable(`away ${stream}`, [], () => ({}));
  }

  /* A group of which every curve is here. */
  function groupOf(stream, key, group) {
    const wants = group.members.map((member) => memberWants(stream, member));
    if (!wants.flat().every(isHere)) return null;
    const parts = wants.map((of) => of.map((want) => heldAs(want)?.part));
    const members = group.members.map((member, index) => memberOf(stream, member, parts[index]));
    const { count, names } = group;
    return stable(`group ${stream} ${key}`, [count, JSON.stringify(names), ...members], () => ({ count, names, members }));
  }

  function memberOf(stream, member, [own, ...others]) {
    const looks = behind(stream, member).map(({ run, kind, place }) => ({ role: "val", kind, place, name: kind === "baseline" ? kind : run }));
    return stable(`member ${stream} ${member.series}`, [JSON.stringify([member, looks]), own, ...others], () => {
      const data = own || { curves: [], broken: [], ends: {}, targets: [] };
      const ghosts = others.flatMap((part, index) => (part?.curves || []).map((curve) => ({ ...curve, ...looks[index] })));
      return { ...member, data, ghosts };
    });
  }

  function follow(data, kind) {
    told[kind] = data || {};
    if (!follow.frames) {
      follow.frames = new MutationObserver(tellAgain);
      follow.frames.observe(document.getElementById("losses"), { childList: true });
    }
    update();
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { shelf: { follow } });
})();
