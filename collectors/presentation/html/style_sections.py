"""The styles of the report's sections, one constant each; `style` puts them together."""

from __future__ import annotations

from typing import Final

CHECKS: Final = """
.check {
  display: grid; grid-template-columns: 36px minmax(0, 1fr) auto auto; gap: 0 8px; align-items: baseline;
  padding: 8px 0; border-top: 1px solid var(--line); break-inside: avoid;
}
.check:last-child { padding-bottom: 0; }
.check.is-fail {
  margin: 0 -12px; padding: 8px 12px;
  border-top-color: transparent; border-radius: 6px; background: var(--tint);
}
.check.is-fail + .check { border-top-color: transparent; }
.check.is-fail + .check.is-fail { margin-top: 2px; }
.check-mark { color: var(--word); font: 600 13px/1.5 var(--mono); white-space: pre; }
.check-warning { grid-column: 3; color: var(--stalled-text); font-size: 12px; }
.check-outcome { grid-column: 4; color: var(--word); font-size: 12px; font-weight: 700; }
.check-detail, .check-hint { grid-column: 2 / -1; font-size: 13px; }
.check-detail { color: var(--text-mute); }
.check-hint b { color: var(--word); font-weight: 600; }
"""

READY: Final = """
.tiles { display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 16px; }
.tile {
  display: flex; align-items: center; gap: 6px; padding: 3px 10px;
  border: 1px solid var(--line-strong); border-radius: 6px; color: var(--word); font-size: 13px;
}
.tile.is-fail { border-color: var(--mark); background: var(--tint); }
.tile .icon { width: 12px; height: 12px; }
.tile-name { color: var(--text); }
.tile-word { font-weight: 600; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 16px 32px; }
.card { min-width: 0; break-inside: avoid; }
.card-head {
  display: flex; align-items: baseline; justify-content: space-between; gap: 16px;
  padding-bottom: 4px; border-bottom: 1px solid var(--line-strong); font-size: 13px;
}
dl > div {
  display: grid; grid-template-columns: 96px minmax(0, 1fr); gap: 12px;
  padding: 3px 0; border-bottom: 1px solid var(--line); font-size: 13px;
}
.card dl > div:last-child { border-bottom: 0; }
dt { color: var(--text-mute); }
"""

CHARTS: Final = """
.figures { display: grid; gap: 24px; }
.loss { min-width: 0; break-inside: avoid; }
.loss figcaption {
  display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 16px;
}
.plot { padding: 20px 12px 0 48px; }
.chart { display: block; overflow: visible; }
.chart text { fill: var(--text-mute); font-size: 11px; }
.chart .grid { stroke: var(--line); }
.chart .base { stroke: var(--line-strong); }
.lines { overflow: visible; }
.line {
  fill: none; stroke: var(--loss-other); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round;
  vector-effect: non-scaling-stroke;
}
.line-train { stroke: var(--loss-train); }
.line-val { stroke: var(--loss-val); }
.line-baseline {
  stroke: var(--loss-baseline); stroke-width: 1.75; stroke-dasharray: 6 4; stroke-linecap: butt;
}
.dot { fill: var(--loss-other); stroke: var(--panel); }
.dot-train { fill: var(--loss-train); }
.dot-val { fill: var(--loss-val); }
.lowest { fill: none; stroke: var(--text); stroke-width: 1.5; }
.chart :is(.lowest-name, .divergence-name) {
  font-weight: 600; stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round; paint-order: stroke;
}
.chart .lowest-name { fill: var(--text); }
.chart .divergence-name { fill: var(--fail-text); }
.divergence { stroke: var(--fail); stroke-dasharray: 3 3; }
.cross { fill: none; stroke: var(--fail); stroke-width: 2.2; stroke-linecap: round; }
.keys { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 16px; font-size: 13px; }
.plot + .keys { margin-top: -14px; padding-right: 64px; }
.key, .broken { display: inline-flex; align-items: center; gap: 6px; color: var(--text-mute); }
.key-line { flex: none; width: 18px; height: 10px; }
.broken { color: var(--fail-text); font-weight: 600; }
.broken .icon { width: 10px; height: 10px; }
.data { margin-top: 2px; font-size: 13px; }
.data summary { width: fit-content; min-height: 24px; padding: 2px 0; color: var(--text-mute); cursor: pointer; }
.data summary:focus-visible { outline: 2px solid var(--running); outline-offset: 2px; border-radius: 4px; }
"""

TABLES: Final = """
table { border-spacing: 0; border-collapse: collapse; font-size: 13px; }
.numbers :is(th, td) { padding: 1px 24px 1px 0; text-align: right; font-weight: 400; }
.numbers th { color: var(--text-mute); }
.judged {
  padding: 1px 8px;
  border: 1px solid var(--mark); border-radius: 5px; background: var(--tint); font-size: 13px;
}
#comparison section { margin-top: 16px; }
#comparison h3 { margin-bottom: 4px; }
.verdicts { margin-top: 8px; }
.incomparable {
  margin: 4px 0; padding: 4px 10px;
  border-left: 3px solid var(--stalled); background: var(--stalled-tint); font-size: 13px;
}
.delta { width: 100%; }
.delta :is(th, td) {
  padding: 3px 16px 3px 0; border-bottom: 1px solid var(--line);
  font-weight: 400; text-align: left; vertical-align: top;
}
.delta thead th { border-bottom-color: var(--line-strong); color: var(--text-mute); font-size: 12px; }
.delta tbody th { color: var(--text-mute); }
.delta tbody th code { color: var(--text); }
.delta tr { break-inside: avoid; }
.losses-delta { table-layout: fixed; }
.losses-delta :is(th, td):is(:nth-child(2), :nth-child(3), :nth-child(4)) { text-align: right; }
.losses-delta :is(th, td):nth-child(4) { width: 168px; }
.losses-delta :is(th, td):last-child { width: 152px; padding-right: 0; }
.files-delta { table-layout: fixed; }
.files-delta :is(th, td):not(:first-child) { width: 200px; }
.side { display: inline-flex; flex-wrap: wrap; gap: 0 10px; }
.config { width: auto; min-width: 50%; }
.differs { color: var(--stalled-text); }
"""

FILES: Final = """
.facts-list { columns: 2; column-gap: 32px; }
.facts-list > div { break-inside: avoid; }
.file-group { margin-top: 16px; }
.file-group h3 { margin-bottom: 4px; }
.files { display: grid; gap: 6px; }
.file { padding-top: 6px; border-top: 1px solid var(--line); font-size: 12px; break-inside: avoid; }
.file-head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 16px; }
.file-head .path { font-size: 12.5px; }
.file-facts { display: flex; flex-wrap: wrap; gap: 0 16px; color: var(--text-mute); }
.file-facts code { font-size: 11px; }
.legend { margin-top: 16px; padding-top: 12px; border-top: 1px solid var(--line-strong); }
.legend b { color: var(--text); font-weight: 600; }
"""
