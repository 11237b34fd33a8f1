"""Changed checks and artifacts of a delta -> two tables, the run beside its baseline as everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from collectors.contract.delta import ArtifactChange, ArtifactSide, CheckChange
from collectors.contract.values import Outcome
from collectors.numbers import UNKNOWN, size_words
from collectors.presentation.words import OUTCOME_MARKS
from dash_app.views.direction import render_direction
from dash_app.views.markup import attributes

DIFFERING_WORDS = {"path": "path", "level": "level", "size_bytes": "size", "sha256": "content"}
HASH_SHOWN = 10


def render_check_changes(changes: Sequence[CheckChange]) -> Component:
    """Return the checks whose outcome is another one."""
    if not changes:
        return _section("Checks", html.P("Every check has the baseline's outcome.", className="same"))
    rows = [_check_row(change) for change in changes]
    return _section("Checks", _table(("Check", "Run", "Baseline", "Change", "What the run's check found"), rows))


def _check_row(change: CheckChange) -> Component:
    direction = html.Td(render_direction(change.direction))
    outcomes = [html.Td(_outcome(outcome)) for outcome in (change.run, change.baseline)]
    row = [html.Th(change.title, scope="row"), *outcomes, direction, html.Td(change.run_detail)]
    return html.Tr(row, **attributes(data_check_change=change.id))


def _outcome(outcome: Outcome | None) -> str:
    return f"{OUTCOME_MARKS[outcome]} {outcome.value.upper()}" if outcome else "no such check"


def render_artifact_changes(changes: Sequence[ArtifactChange]) -> Component:
    """Return the files that differ; how many are alike is said."""
    differing = [change for change in changes if change.differs or change.run is None or change.baseline is None]
    alike = len(changes) - len(differing)
    rest = html.P(f"{alike} of {len(changes)} files are alike.", className="same")
    if not differing:
        return _section("Artifacts", rest)
    rows = [_artifact_row(change) for change in differing]
    return _section("Artifacts", _table(("File", "Run", "Baseline", "Differs in"), rows), rest)


def _artifact_row(change: ArtifactChange) -> Component:
    path = next(side.path for side in (change.run, change.baseline) if side)
    cells = [_side(change.run), _side(change.baseline), _differing(change)]
    return html.Tr([html.Th(html.Code(path), scope="row", title=path), *map(html.Td, cells)])


def _side(side: ArtifactSide | None) -> str:
    if side is None:
        return UNKNOWN
    content = f", {side.sha256[:HASH_SHOWN]}" if side.sha256 else ""
    return f"{side.level.value}, {size_words(side.size_bytes)}{content}"


def _differing(change: ArtifactChange) -> str:
    if change.run is None:
        return "only in the baseline"
    if change.baseline is None:
        return "only in the run"
    return ", ".join(DIFFERING_WORDS[name] for name in change.differs)


def _section(title: str, *content: Component) -> Component:
    return html.Section([html.H3(title), *content], className="change")


def _table(columns: Sequence[str], rows: list[Component]) -> Component:
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in columns]))
    return html.Div(html.Table([head, html.Tbody(rows)], className="delta-table"), className="delta-frame")
