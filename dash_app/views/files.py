"""State -> the table of files, with what can be done with each: copy its path, look into it, open it elsewhere.

A path becomes part of a link only in the place that the operator's own template has for it, percent-encoded.
"""

from __future__ import annotations

from urllib.parse import quote

from dash.development.base_component import Component

from collectors.contract.artifacts import Artifact
from collectors.contract.state import DashboardState
from collectors.contract.values import Level
from collectors.numbers import iso_text
from collectors.presentation.markup import Element, el
from collectors.presentation.pieces import panel_head
from collectors.presentation.regions.files import files_table
from dash_app.preview.kinds import has_preview
from dash_app.views.tree import components

NEW_TAB = "opens in a new tab"


def render_links(state: DashboardState | None) -> list[Component | str]:
    """Return the panel's heading and its table."""
    table = files_table(state, lambda path, file: _actions(path, file, state)) if state else None
    return components((panel_head("Artifacts and logs"), table or el("p", "No files yet.", class_="empty")))


def address_of(state: DashboardState, path: str) -> str | None:
    """Return where the team's file browser shows a file; None without a template, or where no name is sure.

    A name with an escape in it is not the one on disk, and no name climbs.
    """
    template, names = state.pipeline.link_template, path.split("/")
    if template is None or "\\" in path or any(name in ("", ".", "..") for name in names):
        return None
    encoded = "/".join(quote(name, safe="") for name in names)
    return template.replace("{run_id}", state.meta.run_id).replace("{path}", encoded)


def _actions(path: str, file: Artifact | None, state: DashboardState) -> Element:
    is_there = file is None or file.level is not Level.MISSING
    address = address_of(state, path) if is_there else None
    return el(
        "span",
        _copy_button(path),
        _preview_button(path, file) if is_there and has_preview(path) else None,
        _link(path, address) if address else None,
        class_="file-actions",
    )


def _copy_button(path: str) -> Element:
    look, spoken = "file-button file-copy", f"Copy the path {path}"
    return el("button", type="button", title="Copy the path", class_=look, data_copy=path, aria_label=spoken)


def _preview_button(path: str, file: Artifact | None) -> Element:
    """A button that tells the dialog what was observed, so that it can say what changed since."""
    return el(
        "button",
        type="button",
        title="Preview",
        class_="file-button file-look",
        data_preview=path,
        data_size="" if file is None or file.size_bytes is None else str(file.size_bytes),
        data_modified=iso_text(file.modified_at) if file and file.modified_at else "",
        aria_label=f"Preview {path}",
        aria_haspopup="dialog",
    )


def _link(path: str, address: str) -> Element:
    return el(
        "a",
        href=address,
        target="_blank",
        rel="noopener noreferrer",
        title=f"Open in the file browser ({NEW_TAB})",
        class_="file-button file-open",
        aria_label=f"Open {path} in the file browser, {NEW_TAB}",
    )
