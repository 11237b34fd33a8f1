"""State -> up to four readiness cards: checkpoints, scaler, logs, backup. Pure.

Ready or not and the level were judged before; a card counts, adds up and shows. What the pipeline does not
have gets no card, and what is not asked is grey.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from collectors.contract.artifacts import Artifact
from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import DashboardState, NotAsked
from collectors.contract.values import Level, Outcome, Status
from collectors.numbers import number_words, plural, size_words
from collectors.presentation.markup import Element, el
from collectors.presentation.pieces import age, coded, icon
from collectors.presentation.words import (
    GROUP_WORDS,
    NOT_ASKED,
    NOT_YET,
    OUTCOME_STATUS,
    quoted,
    reached_count,
    status_class,
)

MOST_NAMED = 4
"""Streams of which a card tells each."""
LEVELS = tuple(Level)
"""Levels, lowest first."""


def cards(state: DashboardState | None) -> list[Element]:
    """Return the cards of what the pipeline has; without a state there are none."""
    if state is None:
        return []
    files = state.artifacts
    bundles = _bundles(files.backup, files.not_listed.get("backup", 0))
    every = (
        ("checkpoints", files.checkpoints, _of_streams(files.checkpoints)),
        ("scaler", files.scaler, _in_words(files.scaler)),
        ("logs", files.logs or files.loss_files, _epochs(state.metrics.values())),
        ("backup", files.backup[:1], bundles),
    )
    off = {one.id: one for one in state.not_asked}
    return [
        _off(off[group]) if group in off else _card(state, group, of_group, facts)
        for group, of_group, facts in every
        if group in off or _has(state, group)
    ]


def _has(state: DashboardState, group: str) -> bool:
    """Whether the pipeline asks for such files; of a checklist that is not ours nobody knows."""
    return state.meta.checklist_source != "builtin" or any(check.id == group for check in state.checklist)


def _off(check: NotAsked) -> Element:
    head = el("header", icon(Status.IDLE), el("h3", check.title), el("span", NOT_ASKED, class_="card-ready"))
    line = el("div", el("p", coded(check.reason), class_="card-facts", title=quoted(check.reason)), class_="card-line")
    return el("article", head, line, class_=f"card {status_class(Status.IDLE)}")


def _card(state: DashboardState, group: str, files: Sequence[Artifact], facts: str) -> Element:
    status, foreign = _status(state, group), _foreign(files)
    if foreign and status is Status.DONE:  # sound, and yet not what this run needs: that is what the card says
        status, ready, doubt = _shade_of_foreign(state), foreign, None
    else:
        ready = _ready_words(state, group, status)
        doubt = el("span", foreign, class_="card-foreign") if foreign else _unknown(files)
    header = el(
        "header",
        icon(status),
        el("h3", _title(state, group)),
        el("span", ready, class_="card-ready"),
        el("span", _lowest(files).value, class_="card-level"),
    )
    line = el("div", el("p", facts, class_="card-facts", title=facts), _age_line(files, doubt), class_="card-line")
    return el("article", header, line, class_=f"card {status_class(status)}")


def _title(state: DashboardState, group: str) -> str:
    """A card is called as its check is; where the check is not ours, as its files are."""
    return next((check.title for check in state.checklist if check.id == group), GROUP_WORDS[group])


def _ready_words(state: DashboardState, group: str, status: Status) -> str:
    is_waiting = any(check.not_yet for check in state.checklist if check.id == group)
    return "ready" if status is Status.DONE else NOT_YET if is_waiting else "not ready"


def _status(state: DashboardState, group: str) -> Status:
    """The shade of a card: that of its check, or of the readiness where the check is not ours."""
    if getattr(state.artifacts.readiness, f"{group}_ready"):
        return Status.DONE
    check = next((c for c in state.checklist if c.id == group), None)
    return OUTCOME_STATUS[check.outcome] if check and check.outcome is not Outcome.PASS else Status.FAIL


def _lowest(files: Iterable[Artifact]) -> Level:
    levels = [file.level for file in files]
    return min(levels, key=LEVELS.index) if levels else Level.MISSING


def _of_streams(files: Sequence[Artifact]) -> str:
    """Each with its size; of many how many are there, and how large they are together."""
    if len(files) <= MOST_NAMED:
        return " · ".join(f"{file.stream or file.path} {_size(file)}" for file in files) or "none expected"
    sizes = [file.size_bytes for file in files if file.size_bytes is not None]
    told = f"{len(sizes):,} of {plural(len(files), 'checkpoint')}"
    return f"{told}, {size_words(sum(sizes))}" if sizes else told


def _size(file: Artifact) -> str:
    return file.level.value if file.size_bytes is None else size_words(file.size_bytes)


def _in_words(files: Sequence[Artifact]) -> str:
    return " · ".join(file.detail for file in files) or "none expected"


def _epochs(streams: Iterable[StreamMetrics]) -> str:
    counted: dict[str, list[float]] = {}
    for stream in streams:
        reached = reached_count(stream)
        unit, part = (stream.completion.unit, reached) if reached is not None else ("step", stream.completion.step)
        if part is not None:
            counted.setdefault(f"{unit}s", []).append(part)
    return " + ".join(f"{_together(parts)} {unit}" for unit, parts in counted.items()) or "no record yet"


def _together(parts: Sequence[float]) -> str:
    """A number a stream; of many that are alike how often it stands there, of others from where to where."""
    if len(parts) <= MOST_NAMED:
        return " + ".join(map(number_words, parts))
    least, most = number_words(min(parts)), number_words(max(parts))
    return f"{len(parts):,} × {least}" if least == most else f"{len(parts):,} × {least} to {most}"


def _bundles(files: Sequence[Artifact], not_listed: int) -> str:
    if not files:
        return "no bundle found"
    return f"{plural(len(files) + not_listed, 'bundle')} · {size_words(files[0].size_bytes)}"


def _age_line(files: Sequence[Artifact], doubt: Element | None) -> Element | None:
    """When the newest was written, and what speaks against its being of this run; nothing where nothing is."""
    newest = _newest(files)
    told = [doubt, el("span", age(newest)) if newest else None]
    return el("p", told, class_="card-age dotted") if newest or doubt else None


def _foreign(files: Sequence[Artifact]) -> str:
    """Streams whose every file is of another run; an older log beside the run's own needs no word."""
    own: dict[str | None, bool] = {}
    for file in files:
        if file.level is not Level.MISSING:
            own[file.stream] = own.get(file.stream, False) or file.belongs_to_run is not False
    count = sum(not is_own for is_own in own.values())
    return "" if not count else "not from this run" if count == len(own) else f"{count} not from this run"


def _unknown(files: Sequence[Artifact]) -> Element | None:
    is_unknown = any(file.belongs_to_run is None for file in files if file.level is not Level.MISSING)
    return el("span", "run unknown") if is_unknown else None


def _shade_of_foreign(state: DashboardState) -> Status:
    """Red where the check of one run fails too; a card alone condemns nothing."""
    outcomes = {check.id: check.outcome for check in state.checklist}
    return Status.FAIL if outcomes.get("provenance") is Outcome.FAIL else Status.IDLE


def _newest(files: Iterable[Artifact]) -> datetime | None:
    return max((file.modified_at for file in files if file.modified_at), default=None)
