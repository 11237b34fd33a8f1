"""One workspace's row -> its card: name, verdict, what it is doing, checks, last runs, age. Pure.

Every mark has its shape besides its colour, and every row of marks its words for who cannot see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlencode

from collectors.contract.values import Outcome, VerdictValue
from collectors.contract.workspace_row import CheckMark, LastRun, Standing, UnderWay, WorkspaceRow
from collectors.numbers import instant_words, iso_text, listed, percent_words, plural, visible_text
from collectors.presentation.markup import Child, Element, el
from collectors.presentation.pieces import age, coded, icon, unseen
from collectors.presentation.standing import LOOKS
from collectors.presentation.words import (
    OUTCOME_STATUS,
    VERDICT_STATUS,
    VERDICT_WORDS,
    quoted,
    status_class,
)
from collectors.store.fleet import StoodRow
from dash_app.auth.fleet import workspace_prefix

DAMAGED: Final = "damaged"
MOVING: Final = (Standing.TRAINING, Standing.STALLED)


def fleet_row(stood: StoodRow, prefix: str, theme: str) -> Element:
    """Return the row; its name is the link to the workspace's page."""
    row, standing = stood.row, stood.standing
    look = LOOKS[standing]
    address = workspace_prefix(prefix, row.name) + (f"?{urlencode({'theme': theme})}" if theme else "")
    return el(
        "li",
        _name(row, address),
        el("div", _verdict(standing), _below_verdict(stood), class_="fleet-verdict"),
        el("div", _why(stood), class_="fleet-why"),
        _checks(row.checks),
        _last(row.last),
        el("p", _ages(stood), class_="fleet-age"),
        class_=f"fleet-row {status_class(look.shade)}{' is-silent' if standing is Standing.SILENT else ''}",
        data_row=row.name,
        data_version=f"{row.etag} {standing}",
    )


def _name(row: WorkspaceRow, address: str) -> Element:
    name, labels = str(visible_text(row.name)), [label.replace(":", ": ", 1) for label in row.labels]
    title = row.title if row.title != name else ""
    return el(
        "div",
        el("a", name, href=address, class_="fleet-link"),
        el("p", el("span", title) if title else None, (el("span", one, class_="fleet-label") for one in labels),
           class_="fleet-about"),
        class_="fleet-name",
    )  # fmt: skip


def _verdict(standing: Standing) -> Element:
    look = LOOKS[standing]
    return el("span", icon(look.icon), look.word, class_=f"verdict-mark {status_class(look.shade)}")


def _below_verdict(stood: StoodRow) -> Element | None:
    """How far it is; of what nobody looks at what it was."""
    row = stood.row
    if stood.standing is Standing.SILENT and row.verdict is not None:
        return el("span", f"was {VERDICT_WORDS[row.verdict]}", class_="fleet-was")
    return _bar(row.under_way) if stood.standing in MOVING else None


def _bar(under_way: UnderWay | None) -> Element | None:
    """How far it is; nothing where the whole is not known."""
    if under_way is None or under_way.share is None:
        return None
    done = el("i", style=f"width:{100 * under_way.share:.1f}%")
    return el("span", done, unseen(f"{percent_words(under_way.share)} done"), class_="fleet-bar")


def _why(stood: StoodRow) -> list[Child]:
    """What stands in the way, and below it how far it is, what to do, or why nothing is known of now."""
    row, standing, told = stood.row, stood.standing, list[Child]()
    if standing is Standing.SILENT:
        told.append(_problem(row))
    if row.under_way is not None and standing in (*MOVING, Standing.SILENT):
        told.append(row.under_way.words)
    if row.under_way is not None and standing in MOVING:
        told += _instants(row.under_way)
    elif row.steps and standing in (Standing.NOT_READY, Standing.INCOMPLETE):
        told.append(f"{plural(row.steps, 'step')} to READY")
    return [
        el("p", coded(row.reason), title=quoted(row.reason), class_="fleet-reason"),
        el("p", (el("span", one) for one in told if one), class_="fleet-more dotted") if any(told) else None,
    ]


def _problem(row: WorkspaceRow) -> str:
    """Why nothing is known of now; of an observer that is silent its age says it."""
    if row.heartbeat is None:
        return "nobody observes it"
    return f"what is observed cannot be saved: {row.heartbeat.problem}" if row.heartbeat.problem else ""


def _instants(under_way: UnderWay) -> list[Child]:
    instants = ((under_way.ends_at, "data_left"), (under_way.silent_since, "data_silent"))
    words = {"data_left": "ends about ", "data_silent": "silent since "}
    return [
        el("time", f"{words[kind]}{instant_words(at)}", datetime=iso_text(at), **{kind: ""})
        for at, kind in instants
        if at
    ]


def _checks(checks: Sequence[CheckMark]) -> Element:
    """A mark a check, and all of it in words."""
    if not checks:
        return el("span", class_="fleet-marks")
    failing = [f"{check.index}. {check.title}" for check in checks if check.outcome is Outcome.FAIL]
    passed = sum(check.outcome is Outcome.PASS for check in checks)
    words = f"{passed} of {len(checks)} checks passed" + (f"; failed: {listed(failing, most=6)}" if failing else "")
    marks = (el("i", class_=f"mark {_look(check)}") for check in checks)
    return el("span", marks, class_="fleet-marks", role="img", aria_label=words, title=words)


def _look(check: CheckMark) -> str:
    return "is-not-yet" if check.not_yet else status_class(OUTCOME_STATUS[check.outcome])


def _last(runs: Sequence[LastRun]) -> Element:
    """The strip of verdicts, oldest first, and all of it in words."""
    if not runs:
        return el("span", class_="fleet-last")
    words = f"last {plural(len(runs), 'run')}, oldest first: {', '.join(_words(runs))}"
    marks = (el("i", class_=f"mark {_verdict_look(run.verdict)}") for run in runs)
    return el("span", marks, class_="fleet-last", role="img", aria_label=words, title=words)


def _words(runs: Iterable[LastRun]) -> Iterable[str]:
    return (VERDICT_WORDS[run.verdict].lower() if run.verdict else DAMAGED for run in runs)


def _verdict_look(verdict: VerdictValue | None) -> str:
    return status_class(VERDICT_STATUS[verdict]) if verdict else "is-damaged"


def _ages(stood: StoodRow) -> list[Child]:
    """When it changed, and whether somebody looks."""
    row = stood.row
    changed = el("span", unseen("changed "), age(row.changed_at)) if row.changed_at else None
    if stood.standing is Standing.SILENT:
        seen = el("span", "seen ", age(row.heartbeat.observed_at)) if row.heartbeat else el("span", "never seen")
        return [changed, seen]
    return [changed, el("span", el("i", class_="live-dot"), unseen("observed"), class_="fleet-live")]
