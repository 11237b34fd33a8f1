"""State -> which groups of files are ready, and the figures of every stream. Pure.

Ready or not was judged where the checks are; here it is counted and shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from collectors.compare.compare import duration_of
from collectors.contract.artifacts import Artifact
from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import DashboardState
from collectors.contract.values import Level, Outcome, Status
from collectors.numbers import UNKNOWN, duration_words, number_words, place_words, size_words
from collectors.presentation.html.markup import Child, Html, dotted, el, joined
from collectors.presentation.html.shades import icon, marked
from collectors.presentation.words import LEVEL_STATUS, OUTCOME_STATUS, progress_words, series_label, status_class

GROUPS: Final = (
    ("checkpoints", "Checkpoints"),
    ("scaler", "Scaler"),
    ("logs", "Logs"),
    ("configs", "Configs"),
    ("backup", "Backup"),
    ("smoke", "Smoke test"),
    ("split_policy", "Split policy"),
)
"""What the state calls ready, each with its check's id."""
STATUS_WORDS: Final = {Status.FAIL: "failed", Status.IDLE: "not started"}


def render_readiness(state: DashboardState) -> Html:
    """Return the section: one tile a group, one card a stream."""
    tiles = el("ul", *(_tile(state, name, label) for name, label in GROUPS), class_="tiles")
    cards = el("div", *(_card(stream, run, state) for stream, run in state.metrics.items()), class_="cards")
    return el("section", el("h2", "Readiness"), tiles, cards, class_="panel", id="readiness")


def _tile(state: DashboardState, name: str, label: str) -> Html:
    ready = getattr(state.artifacts.readiness, f"{name}_ready")
    check = next((c for c in state.checklist if c.id == name), None)
    status = Status.DONE if ready else OUTCOME_STATUS[check.outcome if check else Outcome.SKIP]
    words = "ready" if ready else "not checked" if check and check.outcome is Outcome.SKIP else "not ready"
    status = Status.FAIL if words == "not ready" else status
    return el("li", icon(status.value), el("span", label, class_="tile-name"), el("span", words, class_="tile-word"),
              class_=f"tile {status_class(status)}")  # fmt: skip


def _card(stream: str, run: StreamMetrics, state: DashboardState) -> Html:
    done, files = run.completion, state.artifacts
    status = marked(STATUS_WORDS.get(done.status, done.status.value), done.status)
    rows = [
        _fact("progress", progress_words(run)),
        *(_fact(f"{series_label(name)} loss", _loss(run, name)) for name in reversed(run.final)),
        _fact("trained for", _time(run)),
        _fact("checkpoint", _files(files.checkpoints, stream)),
        _fact("event log", _files(files.logs, stream)),
        _fact("config", _files(files.configs, stream)),
    ]
    scaler = [file for file in files.scaler if file.stream == stream]
    rows += [_fact("scaler", _files(scaler, stream))] if scaler else []
    head = el("div", el("h3", run.label), status, class_="card-head")
    return el("article", head, el("dl", *rows), class_="card", data_stream=stream)


def _fact(name: str, words: Child) -> Html:
    return el("div", el("dt", name), el("dd", words))


def _loss(run: StreamMetrics, name: str) -> Html:
    final, best = run.final[name], run.best.get(name)
    last = el("b", "not finite" if final.value is None else number_words(final.value))
    if best is None or best.value is None:
        return last
    at = place_words(best.epoch, best.step)
    return dotted(last, f"best {number_words(best.value)}{f' at {at}' if at else ''}")


def _time(run: StreamMetrics) -> Html:
    gap = run.completion.gap_seconds
    return dotted(duration_words(duration_of(run)), None if gap is None else f"{duration_words(gap)} between records")


def _files(files: Sequence[Artifact], stream: str) -> Html:
    """The lowest level of a stream's files and what they weigh together."""
    own = [file for file in files if file.stream == stream]
    if not own:
        return joined(UNKNOWN)
    lowest = min((file.level for file in own), key=list(Level).index)
    level = marked(lowest.value, LEVEL_STATUS[lowest], "done" if lowest is Level.VERIFIED else None)
    foreign = el("span", "not from this run", class_="foreign") if _is_foreign(own) else None
    return dotted(level, _sizes(own), foreign)


def _is_foreign(files: Iterable[Artifact]) -> bool:
    return any(file.belongs_to_run is False for file in files)


def _sizes(files: Sequence[Artifact]) -> str | None:
    sizes = [file.size_bytes for file in files if file.size_bytes is not None]
    if not sizes:
        return None
    return size_words(sum(sizes)) if len(files) == 1 else f"{len(files)} files, {size_words(sum(sizes))}"
