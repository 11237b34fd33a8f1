"""State -> four readiness cards: checkpoints, scaler, logs, backup.

Ready or not and the level were judged in `collectors/`; a card counts, adds up and shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from collectors.contract.artifacts import Artifact
from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import Check, DashboardState
from collectors.contract.values import Level, Outcome, Status
from collectors.numbers import number_words, plural, size_words
from collectors.presentation.words import OUTCOME_STATUS, status_class
from dash_app.views.markup import age, icon

LEVELS = tuple(Level)
"""Levels, lowest first."""


def render_cards(state: DashboardState | None) -> list[Component]:
    """Return the four cards; without a state there are none."""
    if state is None:
        return []
    files, ready = state.artifacts, state.artifacts.readiness
    return [
        _card(
            "Checkpoints",
            _status(state, "checkpoints", ready=ready.checkpoints_ready),
            files.checkpoints,
            _of_streams(files.checkpoints),
        ),
        _card(
            "Scaler",
            _status(state, "scaler", ready=ready.scaler_ready),
            files.scaler,
            _in_words(files.scaler),
        ),
        _card(
            "Logs",
            _status(state, "logs", ready=ready.logs_ready),
            files.logs,
            _epochs(state.metrics.values()),
        ),
        _card(
            "Backup",
            _status(state, "backup", ready=ready.backup_ready),
            files.backup[:1],
            _bundles(files.backup, files.not_listed.get("backup", 0)),
        ),
    ]


def _card(title: str, status: Status, files: Sequence[Artifact], facts: str) -> Component:
    verdict = "ready" if status is Status.DONE else "not ready"
    header = html.Header(
        [
            icon(status),
            html.H3(title),
            html.Span(verdict, className="card-ready"),
            html.Span(_lowest(files).value, className="card-level"),
        ]
    )
    line = html.Div([html.P(facts, className="card-facts", title=facts), *_age_line(files)], className="card-line")
    return html.Article([header, line], className=f"card {status_class(status)}")


def _status(state: DashboardState, check: str, *, ready: bool) -> Status:
    """The shade of a card: that of its check, or of the readiness where the check is not ours."""
    found: Check | None = next((c for c in state.checklist if c.id == check), None)
    if ready:
        return Status.DONE
    if found is not None and found.outcome is not Outcome.PASS:
        return OUTCOME_STATUS[found.outcome]
    return Status.FAIL


def _lowest(files: Iterable[Artifact]) -> Level:
    levels = [file.level for file in files]
    return min(levels, key=LEVELS.index) if levels else Level.MISSING


def _of_streams(files: Sequence[Artifact]) -> str:
    named = [f"{file.stream or file.path} {_size(file)}" for file in files]
    return " · ".join(named) or "none expected"


def _size(file: Artifact) -> str:
    return file.level.value if file.size_bytes is None else size_words(file.size_bytes)


def _in_words(files: Sequence[Artifact]) -> str:
    return " · ".join(file.detail for file in files) or "none expected"


def _epochs(streams: Iterable[StreamMetrics]) -> str:
    parts = [
        (stream.completion.epoch if stream.completion.unit == "epoch" else stream.completion.step) for stream in streams
    ]
    known = [number_words(part) for part in parts if part is not None]
    units = {stream.completion.unit for stream in streams}
    unit = "epochs" if units == {"epoch"} else "steps"
    return f"{' + '.join(known)} {unit}" if known else "no record yet"


def _bundles(files: Sequence[Artifact], not_listed: int) -> str:
    if not files:
        return "no bundle found"
    return f"{plural(len(files) + not_listed, 'bundle')} · {size_words(files[0].size_bytes)}"


def _age_line(files: Sequence[Artifact]) -> list[Component]:
    """When the newest was written, and what speaks against its being of this run; nothing where nothing is."""
    newest = _newest(files)
    parts = [*_doubts(files), *([html.Span(age(newest))] if newest else [])]
    return [html.P(parts, className="card-age dotted")] if parts else []


def _doubts(files: Sequence[Artifact]) -> list[Component]:
    """Files of another run, or of one that is not known. That they are of this run needs no word."""
    answers = [file.belongs_to_run for file in files if file.level is not Level.MISSING]
    if False in answers:
        count = answers.count(False)
        text = "not from this run" if count == len(answers) else f"{count} not from this run"
        return [html.Span(text, className="card-foreign")]
    return [html.Span("run unknown")] if None in answers else []


def _newest(files: Iterable[Artifact]) -> datetime | None:
    return max((file.modified_at for file in files if file.modified_at), default=None)
