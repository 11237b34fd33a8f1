"""State -> every file the pipeline names, with path, level, size and time.

Paths are shown as text; no text from a file ever becomes a link.
"""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from collectors.state import Artifact, Artifacts, DashboardState
from dash_app.formatting import LEVEL_STATUS, size_text, status_class
from dash_app.views.markup import attributes, clock

GROUPS = (
    ("checkpoints", "Checkpoints"),
    ("scaler", "Scaler"),
    ("logs", "Logs"),
    ("configs", "Configs"),
    ("backup", "Backup"),
    ("loss_files", "Losses"),
    ("documents", "Documents"),
)
COLUMNS = ("Artifact", "Path", "Level", "Size", "Written", "What was found")


def render_links(state: DashboardState | None) -> list[Component]:
    """Return the panel's heading and its table."""
    header = html.Header(html.H2("Artifacts and logs"), className="panel-head")
    groups = [] if state is None else _groups(state.artifacts)
    if state is None or not groups:
        return [header, html.P("No files yet.", className="empty")]
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in COLUMNS]))
    bodies = [_body(label, files, state) for label, files in groups]
    table = html.Table([head, *bodies], className="files")
    return [header, html.Div(table, className="files-frame")]


def _groups(artifacts: Artifacts) -> list[tuple[str, Sequence[Artifact]]]:
    found = [(label, getattr(artifacts, name)) for name, label in GROUPS]
    return [(label, files) for label, files in found if files]


def _body(label: str, files: Sequence[Artifact], state: DashboardState) -> Component:
    """Rows of one group; its name stands once, beside the first."""
    name = html.Th(label, rowSpan=str(len(files)), scope="rowgroup", className="file-group")
    first, *others = [(file, _stages_of(file.path, state)) for file in files]
    return html.Tbody([_row(*first, name), *(_row(*one) for one in others)])


def _row(file: Artifact, stages: list[str], *before: Component) -> Component:
    foreign = [html.Span("not from this run", className="file-foreign")] if file.belongs_to_run is False else []
    return html.Tr(
        [
            *before,
            html.Td(html.Code(file.path), title=file.path, className="file-path"),
            html.Td(file.level.value, className="file-level"),
            html.Td(size_text(file.size_bytes), className="file-size"),
            html.Td(clock(file.modified_at), className="file-time"),
            html.Td([*foreign, html.Span(file.detail)], className="file-found"),
        ],
        className=f"file {status_class(LEVEL_STATUS[file.level])}",
        **attributes(data_stages=" ".join(stages)),
    )


def _stages_of(path: str, state: DashboardState) -> list[str]:
    return [stage for stage, node in state.nodes.items() if path in node.artifacts]
