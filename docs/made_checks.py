"""The checklist -> the tables of `checks.md` and the list of the README."""

from __future__ import annotations

from collectors.judge.checklist import documented_checks
from collectors.judge.findings.every import FINDINGS


def checks_table() -> str:
    """Number, id, title and condition of every check."""
    rows = [f"| {c.number} | `{c.id}` | {c.title} | {c.passes_when} |" for c in documented_checks()]
    return "\n".join(["| # | id | check | passes when |", "|---|---|---|---|", *rows])


def checks_list() -> str:
    """Number, title and condition of every check; no numbered list, which Markdown would count without a gap."""
    return "\n".join(f"- **{c.number}. {c.title}**: {c.passes_when}" for c in documented_checks())


def proofs_table() -> str:
    """What a pass of every check proves, and what it cannot."""
    rows = [f"| {c.number} | {c.proves} | {c.cannot_prove} |" for c in documented_checks()]
    return "\n".join(["| # | a pass proves | it cannot prove |", "|---|---|---|", *rows])


def findings_table() -> str:
    """Id, check, default and condition of every finding."""
    numbers = {c.id: c.number for c in documented_checks()}
    rows = [f"| `{f.id}` | {numbers[f.check]} | {f.default} | {f.looks_at} |" for f in FINDINGS]
    return "\n".join(["| id | check | default | it holds where |", "|---|---|---|---|", *rows])
