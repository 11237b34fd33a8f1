"""State and the selected stage -> what is known about it: status, since when, checks, files.

Without a selection it is the stage that tells most, and it says so. Everything shown was decided in
`collectors/`; a file is looked up by the path the stage names.
"""

from __future__ import annotations

from collections.abc import Iterable

from dash import html
from dash.development.base_component import Component

from collectors.contract.artifacts import Artifact, Artifacts
from collectors.contract.graph import Node, StageInfo
from collectors.contract.state import Check, DashboardState
from collectors.contract.values import Outcome
from collectors.numbers import UNKNOWN, plural, size_words
from collectors.presentation.levels import level_of
from collectors.presentation.words import (
    OUTCOME_MARKS,
    OUTCOME_STATUS,
    outcome_words,
    quoted,
    status_class,
)
from dash_app.views.graph.stage_progress import render_progress, stage_progress
from dash_app.views.graph.telling import telling_stage
from dash_app.views.markup import age, attributes, clock, icon, unseen

LONGEST_END = 24
"""Characters of a path that stay whole."""
COLUMNS = ("File", "Level", "Size", "Written")


def render_stage_details(state: DashboardState | None, stage: str | None, view: str | None = None) -> list[Component]:
    """Return the panel's content for a stage; without one, for the stage that tells most in `view`."""
    if state is None:
        return []
    chosen = next((s for s in state.pipeline.stages if s.id == stage), None)
    if chosen is not None:
        return _details(chosen, state, None)
    telling = telling_stage(state, view or _first_view(state))
    if telling is not None:
        return _details(telling.stage, state, telling.why)
    return [_invitation(state, view or _first_view(state))]


def _first_view(state: DashboardState) -> str | None:
    return state.pipeline.views[0].id if state.pipeline.views else None


def _invitation(state: DashboardState, view: str | None) -> Component:
    """Nothing has happened yet: say how many stages wait."""
    count = sum(stage.view == view for stage in state.pipeline.stages)
    text = f"{plural(count, 'stage')}, nothing has run yet. Select one to see its checks and files."
    return html.Div(html.P(text if count else "No stages."), className="stage-none")


def _details(stage: StageInfo, state: DashboardState, why: str | None) -> list[Component]:
    node = state.nodes.get(stage.id)
    if node is None:
        return [html.H3(stage.label), html.P("The state does not tell about this stage.")]
    body = [*_checks(node, state), *_files(node, state)]
    nothing = html.P("No check and no file of its own.", className="stage-empty")
    return [_head(stage, node, state, why), html.Div(body or nothing, className="stage-body")]


def _head(stage: StageInfo, node: Node, state: DashboardState, why: str | None) -> Component:
    word = html.Span([icon(node.status), node.status.value], className="stage-state")
    since = [html.Span(["since ", clock(node.since)]), html.Span(age(node.since))] if node.since else []
    return html.Div(
        [
            *_why(why),
            html.H3([html.Span(stage.label, className="stage-label", title=stage.label), word]),
            *([html.P(since, className="stage-since dotted")] if since else []),
            *([html.P(node.message, className="stage-message")] if node.message else []),
            *render_progress(stage_progress(state, stage.id)),
        ],
        className=f"stage-head {status_class(node.status)}",
    )


def _why(why: str | None) -> list[Component]:
    """Nobody has selected this stage: say why it is shown."""
    return [html.P([why, unseen("; select a stage to see it instead")], className="stage-why")] if why else []


def _checks(node: Node, state: DashboardState) -> list[Component]:
    """The checks a stage rests on, what failed first; pressing one finds its row in the checklist."""
    known = {check.id: check for check in state.checklist}
    found = sorted((known[name] for name in node.checks if name in known), key=_how_far_behind)
    items = [html.Li(_check(check)) for check in found]
    return [html.Ul(items, className="chips", **attributes(aria_label="Checks"))] if items else []


def _how_far_behind(check: Check) -> int:
    """A cause stands before what follows from it, and both before what holds."""
    return 2 if check.outcome is not Outcome.FAIL else 1 if check.follows_from else 0


def _check(check: Check) -> Component:
    mark = html.Span(OUTCOME_MARKS[check.outcome], className="mark", **attributes(aria_hidden="true"))
    return html.Button(
        [mark, html.Span(f"{check.index}. {check.title}"), unseen(f", {outcome_words(check).lower()}")],
        type="button",
        title=quoted(check.detail),
        className=f"chip {status_class(OUTCOME_STATUS[check.outcome])}",
        **attributes(data_find_check=check.id),
    )


def _files(node: Node, state: DashboardState) -> list[Component]:
    if not node.artifacts:
        return []
    known = {artifact.path: artifact for artifact in _all_of(state.artifacts)}
    widths = html.Colgroup([html.Col(className=f"col-{name.lower()}") for name in COLUMNS])
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in COLUMNS]))
    rows = [_file(path, known.get(path), state) for path in node.artifacts]
    return [html.Table([widths, head, html.Tbody(rows)], className="stage-files")]


def _all_of(artifacts: Artifacts) -> Iterable[Artifact]:
    for name in type(artifacts).model_fields:
        if name not in ("readiness", "not_listed"):
            yield from getattr(artifacts, name)


def _path(path: str) -> Component:
    """A path in two parts: where it is too long the first is cut at its end, and so the path in its middle."""
    at = max(path.rfind("/") + 1, len(path) - LONGEST_END)
    return html.Code([html.Span(path[:at], className="path-start"), html.Span(path[at:], className="path-end")])


def _file(path: str, artifact: Artifact | None, state: DashboardState) -> Component:
    name = html.Th(_path(path), scope="row", title=path)
    if artifact is None:
        return html.Tr([name, html.Td(UNKNOWN), html.Td(UNKNOWN), html.Td(UNKNOWN)])
    foreign = artifact.belongs_to_run is False
    word, shade = level_of(artifact, state)
    level = html.Td(
        [word, *([html.Span("not from this run")] if foreign else [])],
        className=f"level {status_class(shade)}",
        title=quoted(artifact.detail),
    )
    return html.Tr(
        [
            name,
            level,
            html.Td(size_words(artifact.size_bytes)),
            html.Td(age(artifact.modified_at)),
        ]
    )
