"""State -> every file the pipeline names, with path, level, size and age, and what can be done with it.

A path is shown as text, can be copied and looked into; it becomes part of a link only in the place that
the operator's own template has for it, percent-encoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from collectors.contract.artifacts import Artifact
from collectors.contract.state import DashboardState
from collectors.contract.values import Level, Status
from collectors.numbers import UNKNOWN, iso_text, size_words
from collectors.presentation.words import GROUP_WORDS, LEVEL_STATUS, status_class
from dash_app.preview.kinds import has_preview
from dash_app.views.markup import age, attributes

STAGE_FILES = "stage_files"
COLUMNS = ("Artifact", "Path", "Level", "Size", "Written", "What was found")
NEW_TAB = "opens in a new tab"


class Group(NamedTuple):
    """Files of one kind."""

    label: str
    files: tuple[tuple[str, Artifact | None], ...]
    """Path and what is known of it."""
    more: int
    """How many more there are."""


def render_links(state: DashboardState | None) -> list[Component]:
    """Return the panel's heading and its table."""
    header = html.Header(html.H2("Artifacts and logs"), className="panel-head")
    groups = [] if state is None else list(_groups(state))
    if state is None or not groups:
        return [header, html.P("No files yet.", className="empty")]
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in COLUMNS]))
    table = html.Table([head, *(_body(group, state) for group in groups)], className="files")
    return [header, html.Div(table, className="files-frame")]


def address_of(state: DashboardState, path: str) -> str | None:
    """Return where the team's file browser shows a file; None without a template, or where no name is sure.

    A name with an escape in it is not the one on disk, and no name climbs.
    """
    template, names = state.pipeline.link_template, path.split("/")
    if template is None or "\\" in path or any(name in ("", ".", "..") for name in names):
        return None
    encoded = "/".join(quote(name, safe="") for name in names)
    return template.replace("{run_id}", state.meta.run_id).replace("{path}", encoded)


def _groups(state: DashboardState) -> Iterator[Group]:
    known = {name: getattr(state.artifacts, name) for name in GROUP_WORDS if name != STAGE_FILES}
    more = state.artifacts.not_listed
    for name, files in known.items():
        if files:
            yield Group(GROUP_WORDS[name], tuple((file.path, file) for file in files), more.get(name, 0))
    paths = {file.path for files in known.values() for file in files}
    named = dict.fromkeys(path for node in state.nodes.values() for path in node.artifacts if path not in paths)
    if named:
        yield Group(GROUP_WORDS[STAGE_FILES], tuple((path, None) for path in named), more.get(STAGE_FILES, 0))


def _body(group: Group, state: DashboardState) -> Component:
    """Rows of one group; its name stands once, beside the first."""
    span = len(group.files) + bool(group.more)
    name = html.Th(group.label, rowSpan=str(span), scope="rowgroup", className="file-group")
    first, *others = group.files
    rows = [_row(*first, state, name), *(_row(*one, state) for one in others)]
    return html.Tbody([*rows, *_more(group.more)])


def _more(count: int) -> list[Component]:
    if not count:
        return []
    cell = html.Td(f"and {count:,} more, not listed", colSpan=str(len(COLUMNS) - 1))
    return [html.Tr(cell, className="file-more")]


def _row(path: str, file: Artifact | None, state: DashboardState, *before: Component) -> Component:
    stages = [stage for stage, node in state.nodes.items() if path in node.artifacts]
    status = LEVEL_STATUS[file.level] if file else Status.IDLE
    return html.Tr(
        [
            *before,
            html.Td([html.Code(path), _actions(path, file, state)], title=path, className="file-path"),
            html.Td(file.level.value if file else UNKNOWN, className="file-level"),
            html.Td(size_words(file.size_bytes if file else None), className="file-size"),
            html.Td(age(file.modified_at if file else None), className="file-time"),
            html.Td(_found(file), className="file-found"),
        ],
        className=f"file {status_class(status)}",
        **attributes(data_stages=" ".join(stages)),
    )


def _found(file: Artifact | None) -> list[Component]:
    if file is None:
        return [html.Span("named by its stage")]
    foreign = [html.Span("not from this run", className="file-foreign")] if file.belongs_to_run is False else []
    return [*foreign, html.Span(file.detail)]


def _actions(path: str, file: Artifact | None, state: DashboardState) -> Component:
    is_there = file is None or file.level is not Level.MISSING
    address = address_of(state, path) if is_there else None
    actions = [
        _copy_button(path),
        *([_preview_button(path, file)] if is_there and has_preview(path) else []),
        *([_link(path, address)] if address else []),
    ]
    return html.Span(actions, className="file-actions")


def _copy_button(path: str) -> Component:
    named = attributes(data_copy=path, aria_label=f"Copy the path {path}")
    return html.Button(type="button", title="Copy the path", className="file-button file-copy", **named)


def _preview_button(path: str, file: Artifact | None) -> Component:
    """A button that tells the dialog what was observed, so that it can say what changed since."""
    size = "" if file is None or file.size_bytes is None else str(file.size_bytes)
    modified = iso_text(file.modified_at) if file and file.modified_at else ""
    named = attributes(data_preview=path, data_size=size, data_modified=modified)
    spoken = attributes(aria_label=f"Preview {path}", aria_haspopup="dialog")
    return html.Button(type="button", title="Preview", className="file-button file-look", **named, **spoken)


def _link(path: str, address: str) -> Component:
    return html.A(
        href=address,
        target="_blank",
        rel="noopener noreferrer",
        title=f"Open in the file browser ({NEW_TAB})",
        className="file-button file-open",
        **attributes(aria_label=f"Open {path} in the file browser, {NEW_TAB}"),
    )
