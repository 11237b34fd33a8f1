"""State -> the checklist, item by item the text that the validator prints. Pure.

Which stages rest on a check is written on its row, so that selecting one finds the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from collectors.contract.state import Check, DashboardState, NotAsked
from collectors.contract.values import Outcome, Status
from collectors.presentation.markup import Element, el
from collectors.presentation.pieces import coded, panel_head
from collectors.presentation.words import (
    NOT_ASKED,
    OUTCOME_MARKS,
    OUTCOME_STATUS,
    PathWords,
    outcome_words,
    quoted,
    status_class,
)

MOST_OPEN = 3
"""So many failing checks stand open on a screen; where more fail, their list is worth more than their hints."""
MOST_LINES = 6
"""Lines of a detail that stand on a closed row; `checklist.css` hides the others."""


def checklist(state: DashboardState | None, *, all_open: bool = False, path: PathWords = str) -> Sequence[Element]:
    """Return the panel's heading and rows; `all_open` is for paper, `path` is how the path of a file is told."""
    if state is None or not (state.checklist or state.not_asked):
        return [panel_head("Checklist", el("span", class_="figure")), el("p", "No checks yet.", class_="empty")]
    tally = el("span", el("b", state.verdict.passed), f" / {state.verdict.total}", class_="figure")
    failing = [check.id for check in state.checklist if check.outcome is Outcome.FAIL]
    opened = [check.id for check in state.checklist] if all_open else failing[:MOST_OPEN]
    rows = (_row(check, state, path, is_open=check.id in opened) for check in state.checklist)
    return [panel_head("Checklist", tally), el("ol", rows, map(_off, state.not_asked), class_="checks")]


def _row(check: Check, state: DashboardState, path: PathWords, *, is_open: bool) -> Element:
    """What a check looked at stands below it as far as its detail does not say the same already."""
    hint = el("p", coded(check.hint), class_="check-hint") if check.hint else None
    looked_at = [
        el("li", el("code", path(one.path)) if one.path else None, el("span", coded(one.text)))
        for one in check.evidence
        if one.text not in check.detail
    ]
    evidence = el("ul", looked_at, class_="check-evidence") if looked_at else None
    return el(
        "li",
        el("details", _summary(check, list(state.metrics)), hint, evidence, open=is_open),
        id=f"check-{check.id}",
        class_=f"check {status_class(OUTCOME_STATUS[check.outcome])}{' is-not-yet' if check.not_yet else ''}",
        data_check=check.id,
        data_stages=" ".join(_stages_of(check.id, state)),
    )


def _off(one: NotAsked) -> Element:
    """A check that is not asked: grey, with its reason, and in no count."""
    summary = el(
        "summary",
        el("span", OUTCOME_MARKS[Outcome.SKIP], class_="check-mark"),
        el("span", f"{one.index}. {one.title}", class_="check-title"),
        el("span", NOT_ASKED.upper(), class_="check-outcome"),
        el("span", coded(one.reason), title=quoted(one.reason), class_="check-detail"),
    )
    return el("li", el("details", summary), class_=f"check {status_class(Status.IDLE)}")


def _summary(check: Check, streams: Sequence[str]) -> Element:
    return el(
        "summary",
        el("span", OUTCOME_MARKS[check.outcome], class_="check-mark"),
        el("span", f"{check.index}. {check.title}", class_="check-title"),
        None if check.blocking else el("span", "warning only", class_="check-warning"),
        el("span", outcome_words(check), class_="check-outcome"),
        _detail(_lines(check.detail, streams)),
    )


def _detail(lines: Sequence[str]) -> Element:
    """All lines; of many a closed row shows the first, and says how many more there are."""
    more = len(lines) - MOST_LINES
    told = (el("span", coded(line), class_="check-line") for line in lines)
    return el("span", told, class_="check-detail", data_more=str(more) if more > 0 else None)


def _lines(detail: str, streams: Sequence[str]) -> list[str]:
    """The detail, a stream and a warning a line; together they are every character of it."""
    starts = "|".join(re.escape(stream) for stream in streams)
    of_streams = rf"|(?<=; )(?=(?:{starts})[: '])" if streams else ""
    return re.split(rf"(?<= )(?=\[warning: ){of_streams}", detail)


def _stages_of(check: str, state: DashboardState) -> list[str]:
    """Stages that rest on a check, in the order they are drawn."""
    nodes = state.nodes
    ids = [stage.id for stage in state.pipeline.stages]
    return [stage for stage in ids if stage in nodes and check in nodes[stage].checks]
