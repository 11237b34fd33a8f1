"""State -> where it all comes from: run, times, versions, and every file with size, level and hash. Pure.

Nothing of the machine is told: paths are relative, and host names are taken out of event files' names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from collectors.contract.artifacts import Artifact
from collectors.contract.state import DashboardState
from collectors.contract.values import Level
from collectors.numbers import plural, size_words
from collectors.presentation.html.figures import instant
from collectors.presentation.html.markup import Child, Html, el, joined
from collectors.presentation.html.shades import marked
from collectors.presentation.words import LEVEL_STATUS, one_line, shown_path

GROUPS: Final = (
    ("checkpoints", "Checkpoints"),
    ("scaler", "Scaler"),
    ("logs", "Event files"),
    ("loss_files", "Loss histories"),
    ("configs", "Configs"),
    ("backup", "Backup"),
    ("documents", "Documents"),
)
LEGEND: Final = (
    "A file is verified when its contents were read and checked and it belongs to this run; readable is sound, but "
    "not read whole or of an unknown run, present is there, but not sound or not looked into, missing is not there.",
    "It does not say that the weights are good, and as nothing is signed, it does not exclude a file that somebody "
    "forged on purpose.",
)


def render_provenance(state: DashboardState, baseline_id: str | None) -> Html:
    """Return the section: facts of the run, then its files, then what their levels mean."""
    meta = state.meta
    facts: list[tuple[str, Child]] = [
        ("run", el("code", meta.run_id)),
        ("workspace", one_line(meta.workspace)),
        ("collected at", instant(meta.timestamp)),
        ("started", instant(meta.started_at)),
        ("last record", instant(meta.finished_at)),
        ("baseline", el("code", baseline_id) if baseline_id else "none pinned"),
        ("checklist", "built in" if meta.checklist_source == "builtin" else one_line(meta.checklist_source)),
        ("collector", f"training-dashboard {meta.collector_version}, state schema {state.schema_version}"),
    ]
    rows = [el("div", el("dt", name), el("dd", words)) for name, words in facts]
    groups = [_group(state, name, label) for name, label in GROUPS]
    legend = el("p", el("b", "What verified means. "), " ".join(LEGEND), class_="note legend")
    return el("section", el("h2", "Provenance"), el("dl", *rows, class_="facts-list"), *groups, legend,
              class_="panel", id="provenance")  # fmt: skip


def _group(state: DashboardState, name: str, label: str) -> Html | None:
    files: Sequence[Artifact] = getattr(state.artifacts, name)
    more = state.artifacts.not_listed.get(name, 0)
    if not files and not more:
        return None
    left = el("p", f"and {more:,} more that are not listed", class_="note") if more else None
    return el("section", el("h3", label), el("ul", *map(_file, files), class_="files"), left, class_="file-group")


def _file(file: Artifact) -> Html:
    level = marked(file.level.value, LEVEL_STATUS[file.level], "done" if file.level is Level.VERIFIED else None)
    written = joined("written ", instant(file.modified_at)) if file.modified_at else None
    foreign = el("span", "not from this run", class_="foreign") if file.belongs_to_run is False else None
    sha = joined("sha256 ", el("code", file.sha256)) if file.sha256 else None
    head = el("p", el("code", one_line(shown_path(file.path)), class_="path"), level, class_="file-head")
    facts = [el("span", fact) for fact in (_size(file.size_bytes), written, sha, foreign) if fact]
    return el("li", head, el("p", *facts, class_="file-facts"), class_="file")


def _size(size_bytes: int | None) -> str | None:
    if size_bytes is None or size_bytes < 1000:
        return None if size_bytes is None else plural(size_bytes, "byte")
    return f"{size_words(size_bytes)} ({size_bytes:,} bytes)"
