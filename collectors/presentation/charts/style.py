"""The style sheet of one chart: a constant, for the report and for the page, in their tokens."""

from __future__ import annotations

from typing import Final

CHART: Final = """
.chart, .lines { display: block; overflow: visible; } .lines.is-cut { overflow: hidden; }
.chart text { fill: var(--text-mute); font-size: 12px; }
.chart .grid { stroke: var(--line); }
.chart .base { stroke: var(--line-strong); } .target { stroke: var(--text-mute); stroke-dasharray: 2 3; }
.line {
  fill: none; stroke: var(--loss-other); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round;
  vector-effect: non-scaling-stroke;
}
.line-train { stroke: var(--loss-train); } .line-val { stroke: var(--loss-val); } .beyond { fill: var(--text-mute); }
.line-baseline { stroke: var(--loss-baseline); stroke-width: 1.75; stroke-dasharray: 6 4; stroke-linecap: butt; }
.dot { fill: var(--loss-other); stroke: var(--panel); }
.line-faint { opacity: 0.35; } .dot-train { fill: var(--loss-train); } .dot-val { fill: var(--loss-val); }
.lowest { fill: none; stroke: var(--text); stroke-width: 1.5; }
.chart :is(.lowest-name, .divergence-name) {
  font-weight: 600; stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round; paint-order: stroke;
}
.chart .lowest-name { fill: var(--text); }
.chart .divergence-name { fill: var(--fail-text); }
.divergence { stroke: var(--fail); stroke-dasharray: 3 3; }
@media (forced-colors: active) { .line-train { stroke-dasharray: 2 4; } .key-train { border-top-style: dotted; } }
.cross { fill: none; stroke: var(--fail); stroke-width: 2.2; stroke-linecap: round; }
"""
