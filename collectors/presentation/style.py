"""The style sheet of the report: one constant, for the class names that the page has too.

Colours are the page's tokens, in two themes; paper is always light. Nothing is loaded.
"""

from __future__ import annotations

from typing import Final

from collectors.contract.values import Status
from collectors.presentation.charts.style import CHART
from collectors.presentation.palette import TOKENS, Theme

PAGE: Final = """
*, *::before, *::after { box-sizing: border-box; }
:root {
  color-scheme: light dark;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace;
}
body {
  margin: 0;
  background: var(--surface); color: var(--text);
  font: 13px/1.5 Inter, system-ui, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums;
  -webkit-text-size-adjust: 100%;
}
h1, h2, h3, h4, p, ol, ul, dl, dd, table, figure { margin: 0; padding: 0; list-style: none; }
h1 { font-size: 22px; line-height: 1.25; } h2 { font-size: 15px; } h3, h4 { font-size: 13px; }
code { font: 12px/1.5 var(--mono); }
code, h1, h2, h3, p, dd, li, td, th, span { overflow-wrap: anywhere; }
time { white-space: nowrap; }
summary { cursor: pointer; }
summary:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
main {
  display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px;
  max-width: 960px; margin: 0 auto; padding: 32px 24px 48px;
}
.panel {
  min-width: 0; padding: 16px 24px 20px;
  border: 1px solid var(--line); border-radius: 8px; background: var(--panel);
}
.panel > h2 { margin-bottom: 12px; } .panel-head .figure { margin-left: auto; }
.panel-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; margin-bottom: 12px; }
.figure, .same, .empty, .comparison-note, .policy-rules, .legend { color: var(--text-mute); }
.figure b, .legend b, .facts b, .tally-words b { color: var(--text); font-weight: 600; }
.dotted > * + *::before { content: " \\00b7  "; white-space: pre; color: var(--text-mute); }
.icon { flex: none; display: inline-block; width: 12px; height: 12px; color: var(--mark, currentcolor); }
.icon svg {
  display: block; width: 100%; height: 100%;
  fill: none; stroke: currentcolor; stroke-linecap: round; stroke-linejoin: round;
}
.verdict-mark, .direction, .judgement {
  display: inline-flex; align-items: baseline; gap: 5px; color: var(--word); font-weight: 600; white-space: nowrap;
}
.judgement { padding: 1px 8px; border: 1px solid var(--mark); border-radius: 5px; background: var(--tint); }
.direction { white-space: normal; }
.direction.is-idle { font-weight: 400; }
:is(.verdict-mark, .direction, .judgement) .icon { align-self: center; }
.card-foreign, .file-foreign, .loss-broken { color: var(--fail-text); font-weight: 600; }
.brand { display: flex; align-items: center; gap: 8px; margin-bottom: 16px; color: var(--text-mute); }
.brand .icon { width: 18px; height: 18px; color: var(--running); }
.brand span + span { padding-left: 8px; border-left: 1px solid var(--line-strong); }
.facts { display: flex; flex-wrap: wrap; gap: 0 16px; margin-top: 4px; color: var(--text-mute); }
.notices { padding: 8px 24px; border: 1px solid var(--line-strong); border-radius: 8px; background: var(--panel); }
.notices li { display: flex; align-items: baseline; gap: 8px; }
"""

VERDICT: Final = """
.verdict {
  display: grid; grid-template-columns: auto minmax(0, 1fr) 208px; align-items: center; gap: 8px 24px;
  padding: 16px 24px;
  border: 1px solid var(--mark); border-left-width: 6px; border-radius: 8px; background: var(--tint);
}
.verdict-word {
  display: flex; align-items: center; gap: 10px; color: var(--word); font-size: 22px; white-space: nowrap;
}
.verdict-word .icon { width: 24px; height: 24px; color: var(--word); }
.verdict-check { font-weight: 600; }
.verdict-evidence { color: var(--text-mute); }
.verdict-run { color: var(--text-mute); }
.tally-bar { display: flex; gap: 2px; height: 6px; margin-bottom: 5px; }
.tally-bar i { flex: 1 1 0; border-radius: 2px; background: var(--mark); }
.tally-bar .is-idle { background: var(--line-strong); } .tally-bar .is-not-yet { background: var(--line); }
.tally-words { display: flex; flex-wrap: wrap; gap: 0 12px; color: var(--text-mute); }
.steps-count, .steps-where, .step-clears { color: var(--text-mute); font-size: 12px; }
.steps-box { grid-column: 1 / -1; min-width: 0; counter-reset: step; }
.step { padding: 4px 0; counter-increment: step; break-inside: avoid; overflow-wrap: anywhere; }
.step-action::before { content: counter(step) ". "; font-weight: 600; }
.step-command { display: block; padding: 3px 8px; white-space: pre-wrap; background: var(--panel); }
.check { padding: 4px 8px 5px; border-radius: 6px; break-inside: avoid; } .check.is-fail { background: var(--tint); }
.check summary {
  display: grid; grid-template-columns: 34px minmax(0, 1fr) auto auto; align-items: baseline; list-style: none;
}
.check summary::-webkit-details-marker { display: none; }
.check-mark { color: var(--word); font: 600 12px/1.5 var(--mono); white-space: pre; }
.check-title { font-weight: 600; }
.check-warning { padding-left: 8px; color: var(--stalled-text); font-size: 12px; }
.check-outcome { grid-column: 4; padding-left: 8px; color: var(--word); font-size: 12px; font-weight: 600; }
.check-detail { grid-column: 2 / -1; color: var(--text-mute); white-space: pre-line; }
.check-hint, .check-evidence { padding-left: 34px; white-space: pre-line; }
.check-hint::before { content: "hint: "; color: var(--word); font-weight: 600; }
.check-evidence { color: var(--text-mute); font-size: 12px; }
.check-evidence code + span { margin-left: 0.6em; }
.cards { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; }
.card { min-width: 0; padding: 8px 12px; border: 1px solid var(--line); border-radius: 8px; break-inside: avoid; }
.card.is-fail { border-color: var(--mark); } .card-ready { font-weight: 600; }
.card header { display: flex; align-items: baseline; gap: 7px; color: var(--word); }
.card h3 { margin-right: auto; color: var(--text); }
.card-level { padding-left: 7px; border-left: 1px solid var(--line-strong); color: var(--text-mute); }
.card-line { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; color: var(--text-mute); }
"""

CHARTS: Final = """
.figures { display: grid; gap: 24px; }
.loss { min-width: 0; break-inside: avoid; }
.loss figcaption { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 16px; }
.loss-plot { height: 254px; padding: 20px 12px 34px 48px; }
.loss-words {
  display: flex; flex-wrap: wrap; align-items: center; gap: 2px 16px; color: var(--text-mute); font-size: 12px;
}
.loss-key, .loss-broken { display: inline-flex; align-items: center; gap: 6px; }
.loss-broken .icon { width: 10px; height: 10px; }
.key { width: 16px; border-top: 2.5px solid var(--loss-other); }
.key-train { border-color: var(--loss-train); } .key-val { border-color: var(--loss-val); }
.key-baseline { border-top-style: dashed; border-color: var(--loss-baseline); }
.metric-table { table-layout: fixed; } .metric-table svg { max-width: 100%; } td .loss-broken { display: block; }
figure summary { width: fit-content; min-height: 24px; padding: 2px 0; color: var(--text-mute); font-size: 12px; }
"""

TABLES: Final = """
table { border-spacing: 0; font-size: 12px; }
:is(th, td) { font-weight: 400; }
.numbers caption { padding-bottom: 4px; color: var(--text-mute); text-align: left; }
.numbers :is(th, td) { padding: 1px 16px 1px 0; text-align: right; }
.comparison-body { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; }
.policy, .verdict-change { display: flex; flex-wrap: wrap; gap: 0 12px; }
.incomparable {
  margin: 2px 0; padding: 4px 10px; border-left: 3px solid var(--stalled); background: var(--stalled-tint);
}
.stream-deltas, .changes { display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; }
.delta-table { width: 100%; }
.delta-table :is(th, td) {
  padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
}
.delta-table th { color: var(--text-mute); }
.delta-table tr { break-inside: avoid; }
.stream-delta > .delta-table :is(th, td):is(:nth-child(2), :nth-child(3), :nth-child(4)) {
  text-align: right; overflow-wrap: break-word;
}
.config-changes { margin-top: 8px; }
.config-table { width: auto; min-width: 50%; }
.all-config summary { min-height: 24px; padding: 3px 0; color: var(--text-mute); font-size: 12px; }
.facts-list { columns: 2; column-gap: 32px; margin-bottom: 16px; }
.facts-list > div {
  display: grid; grid-template-columns: 96px minmax(0, 1fr); gap: 12px;
  padding: 3px 0; border-bottom: 1px solid var(--line); break-inside: avoid;
}
dt { color: var(--text-mute); }
.files { width: 100%; table-layout: fixed; }
.files :is(th, td) { padding: 4px 12px 4px 0; text-align: left; vertical-align: baseline; color: var(--text-mute); }
.files tbody > tr:first-child > :is(th, td) { border-top: 1px solid var(--line); }
.files .file-group { color: var(--text); font-weight: 600; }
.files .file-level { color: var(--word); font-weight: 600; }
.file { break-inside: avoid; }
.file code { color: var(--text); }
.file-facts { display: block; font-size: 12px; }
.file-facts code { color: inherit; }
.files .file-time time { white-space: normal; }
.files th:nth-child(1) { width: 100px; }
.files th:nth-child(2) { width: 46%; }
.files th:nth-child(3) { width: 70px; }
.files th:nth-child(4) { width: 70px; }
.files th:nth-child(5) { width: 96px; }
.legend { margin-top: 16px; padding-top: 12px; border-top: 1px solid var(--line-strong); }
"""

NARROW: Final = """
@media (max-width: 720px) {
  main { gap: 12px; padding: 20px 14px 32px; }
  .panel { padding: 14px 14px 18px; }
  .verdict, .cards { grid-template-columns: minmax(0, 1fr); }
  .verdict { padding: 14px; }
  .facts-list { columns: 1; }
  .delta-table :is(th, td) { padding-right: 6px; font-size: 12px; }
  .change .delta-table tr {
    display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); border-bottom: 1px solid var(--line);
  }
  .change .delta-table :is(th, td) { border: 0; }
  .change .delta-table :is(th:first-child, td:nth-child(5)) { grid-column: 1 / -1; }
  .change .delta-table thead th:is(:first-child, :nth-child(5)), .files thead { display: none; }
  .files :is(tr, th, td) { display: block; }
  .files tbody > tr > :is(th, td) { border: 0; }
  .files .file { padding-bottom: 6px; }
  .file td { display: inline; padding-right: 8px; }
  .file .file-path { display: block; }
}
"""

PAPER: Final = """
@page { size: A4; margin: 14mm 14mm 16mm; }
@media print {
  body { background: none; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main { display: block; max-width: none; padding: 0; }
  .panel { margin-top: 7mm; padding: 0; border: 0; background: none; }
  .head { margin-bottom: 5mm; }
  .verdict, .stream-delta, .legend { break-inside: avoid; }
  h2, h3, .panel-head { break-after: avoid; }
  details:not([open]) { display: none; }
}
"""


def _tokens(theme: Theme) -> str:
    return " ".join(f"--{name}: {getattr(shade, theme)};" for name, shade in TOKENS.items())


def _status_rules() -> str:
    """One rule a status: its mark (border, icon), its word and the ground behind both."""
    return "\n".join(
        f".is-{s.value} {{ --mark: var(--{s.value}); --word: var(--{s.value}-text); --tint: var(--{s.value}-tint); }}"
        for s in Status
    )


STYLE: Final = "\n".join(
    [
        f":root {{ {_tokens('light')} }}",
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_tokens('dark')} }} }}",
        _status_rules(),
        *(PAGE, VERDICT, CHART, CHARTS, TABLES, NARROW, PAPER),
    ]
)
"""Everything, as it stands in the report; it is ASCII and holds no `<`."""
