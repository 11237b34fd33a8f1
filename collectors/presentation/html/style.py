"""The style sheet of the report: one constant. Colours come from `palette`, in two themes and on paper."""

from __future__ import annotations

from typing import Final

from collectors.contract.values import Status
from collectors.presentation.html.markup import Html
from collectors.presentation.html.style_sections import CHARTS, CHECKS, FILES, READY, TABLES
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
  font: 14px/1.5 Inter, system-ui, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums;
  -webkit-text-size-adjust: 100%;
}
h1, h2, h3, p, ol, ul, dl, dd, table, figure { margin: 0; padding: 0; }
h1 { font-size: 24px; line-height: 1.25; }
h2 { font-size: 15px; }
h3 { font-size: 14px; font-weight: 600; }
ol, ul { list-style: none; }
code { font: 12px/1.5 var(--mono); }
code, h1, h2, h3, p, dd, li, td, th { overflow-wrap: anywhere; }
main {
  display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px;
  max-width: 960px; margin: 0 auto; padding: 32px 24px 48px;
}
.panel {
  min-width: 0; padding: 16px 24px 24px;
  border: 1px solid var(--line); border-radius: 8px; background: var(--panel);
}
.panel > h2 { margin-bottom: 12px; }
.panel-head {
  display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between;
  gap: 4px 16px; margin-bottom: 12px;
}
.figure, .note, .empty { color: var(--text-mute); font-size: 13px; }
.figure b { color: var(--text); font-weight: 600; }
.icon {
  flex: none; width: 14px; height: 14px;
  fill: none; stroke: currentcolor; stroke-width: 2.1; stroke-linecap: round; stroke-linejoin: round;
}
.icon-idle { stroke-dasharray: 2.2 2.5; }
.marked {
  display: inline-flex; align-items: baseline; gap: 5px;
  color: var(--word); font-weight: 600; white-space: nowrap;
}
.marked .icon { align-self: center; width: 12px; height: 12px; }
.foreign { color: var(--fail-text); font-weight: 600; }
time { white-space: nowrap; }
"""

HEAD: Final = """
.brand { display: flex; align-items: center; gap: 8px; margin-bottom: 16px; color: var(--text-mute); font-size: 13px; }
.brand .icon { width: 18px; height: 18px; color: var(--running); }
.brand span { padding-left: 8px; border-left: 1px solid var(--line-strong); }
.facts { display: flex; flex-wrap: wrap; gap: 0 16px; margin-top: 4px; color: var(--text-mute); font-size: 13px; }
.facts b { color: var(--text); font-weight: 600; }
.verdict {
  display: grid; grid-template-columns: auto minmax(0, 1fr) 208px; align-items: center; gap: 8px 24px;
  padding: 16px 24px;
  border: 1px solid var(--mark); border-left-width: 6px; border-radius: 8px; background: var(--tint);
}
.verdict-word {
  display: flex; align-items: center; gap: 10px;
  color: var(--word); font-size: 26px; line-height: 1.2; white-space: nowrap;
}
.verdict-word .icon { width: 24px; height: 24px; }
.verdict-reason { font-weight: 500; }
.verdict-time, .verdict-baseline { color: var(--text-mute); font-size: 13px; }
.tally-bar { display: block; overflow: hidden; border-radius: 3px; }
.tally-part { fill: var(--mark); stroke: var(--tint); }
.tally-part.is-idle { opacity: 0.45; }
.tally-words { margin-top: 6px; font-size: 13px; }
.notices {
  display: grid; gap: 4px; padding: 8px 24px;
  border: 1px solid var(--line-strong); border-radius: 8px; background: var(--panel); font-size: 13px;
}
"""

NARROW: Final = """
@media (max-width: 720px) {
  main { gap: 12px; padding: 20px 14px 32px; }
  .panel { padding: 14px 14px 18px; }
  .verdict { grid-template-columns: minmax(0, 1fr); padding: 14px; }
  .facts-list { columns: 1; }
  .check { grid-template-columns: 30px minmax(0, 1fr) auto auto; }
  .check.is-fail { margin: 0 -8px; padding: 8px; }
  .delta th, .delta td { padding-right: 8px; font-size: 12px; }
  .delta.stacked thead { display: none; }
  .delta.stacked tr {
    display: grid; grid-template-columns: 1fr 1fr; gap: 0 8px;
    padding: 4px 0; border-bottom: 1px solid var(--line);
  }
  .delta.stacked th { grid-column: 1 / -1; }
  .delta.stacked :is(th, td) { width: auto; padding: 0; border: 0; text-align: left; white-space: normal; }
  .delta.stacked td[data-name]::before { content: attr(data-name) " "; color: var(--text-mute); }
  .delta.stacked td:empty { display: none; }
}
"""

PAPER: Final = """
@page { size: A4; margin: 14mm 14mm 16mm; }
@media print {
  body { background: none; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main { display: block; max-width: none; padding: 0; }
  .panel { margin-top: 7mm; padding: 0; border: 0; background: none; }
  .head { margin-bottom: 5mm; }
  .verdict { grid-template-columns: auto minmax(0, 1fr); break-inside: avoid; }
  .tally { grid-column: 1 / -1; }
  .tiles, .stream-delta, .legend { break-inside: avoid; }
  .check.is-fail { margin: 0; }
  h2, h3, .panel-head { break-after: avoid; }
  .data:not([open]) { display: none; }
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


STYLE: Final = Html(
    "\n".join(
        [
            f":root {{ {_tokens('light')} }}",
            f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_tokens('dark')} }} }}",
            _status_rules(),
            *(PAGE, HEAD, CHECKS, READY, CHARTS, TABLES, FILES, NARROW, PAPER),
        ]
    )
)
"""Everything, as it stands in the page."""
