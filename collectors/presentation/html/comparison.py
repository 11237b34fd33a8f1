"""A delta -> what the policy says, and everything in which the run and its baseline differ. Pure.

It shows what `compare` judged; what cannot be compared is said to be so, never better or worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from collectors.compare.policy_words import policy_words
from collectors.contract.delta import (
    ArtifactChange,
    ArtifactSide,
    CheckChange,
    Delta,
    Direction,
    LossChange,
    Quantity,
    StreamDelta,
)
from collectors.numbers import UNKNOWN, change_words, duration_words, number_words, signed_words, size_words
from collectors.presentation.html.markup import Child, Html, el, joined
from collectors.presentation.html.shades import marked
from collectors.presentation.words import (
    DIRECTION_LOOKS,
    DIRECTION_WORDS,
    REGRESSION_LOOKS,
    REGRESSION_WORDS,
    VERDICT_WORDS,
    one_line,
    series_label,
    shown_path,
)

CELLS = ("run", "baseline", "", "")
"""What stands before a cell where the head of its column is not beside it: on a phone."""
SHORT_HASH = 12


def render_comparison(delta: Delta | None, baseline_id: str | None) -> Html | None:
    """Return the section; nothing without a baseline, a sentence where it cannot be read."""
    if baseline_id is None:
        return None
    if delta is None:
        words = f"Nothing is compared: the snapshot of the baseline {baseline_id} is not there or cannot be read."
        return _section(el("p", words, class_="note"), None)
    if delta.run.run_id == delta.baseline.run_id:
        return _section(el("p", "This run is the baseline itself.", class_="note"), None)
    judged = marked(
        REGRESSION_WORDS[delta.regression.value], *REGRESSION_LOOKS[delta.regression.value], class_="marked judged"
    )
    body = [
        el("p", one_line(delta.regression.sentence)),
        el("p", f"Policy: {policy_words(delta.policy)}", class_="note"),
        *(el("p", note, class_="note") for note in delta.notes),
        el("p", _verdicts(delta), class_="verdicts"),
        *map(_stream, delta.streams),
        _checks(delta.checks),
        _artifacts(delta.artifacts),
    ]
    return _section(joined(*body), judged, delta.baseline.run_id)


def _section(body: Html, judged: Html | None, baseline: str = "") -> Html:
    title = joined("Comparison with the baseline", f" {baseline}" if baseline else None)
    head = el("div", el("h2", title), judged, class_="panel-head")
    return el("section", head, body, class_="panel", id="comparison")


def _verdicts(delta: Delta) -> str:
    run, baseline = (f"{VERDICT_WORDS[s.verdict]} {s.passed}/{s.total} passed" for s in (delta.run, delta.baseline))
    return f"Verdict: {run}, the baseline's {baseline}"


def _stream(stream: StreamDelta) -> Html:
    reasons = el("p", f"Incomparable: {'; '.join(stream.reasons)}.", class_="incomparable") if stream.reasons else None
    rows = [
        *map(_loss_row, stream.losses),
        _plain_row("epochs", stream.epochs, number_words),
        _plain_row("duration", stream.duration_seconds, duration_words),
        _plain_row("time per epoch", stream.seconds_per_epoch, duration_words),
    ]
    notes = [el("p", note, class_="note") for note in stream.notes]
    table = _table(("measure", "run", "baseline", "difference", "change"), rows, "losses-delta")
    return el("section", el("h3", stream.label), reasons, *notes, table, class_="stream-delta", data_stream=stream.id)


def _loss_row(change: LossChange) -> Html:
    name = f"{change.which} {series_label(change.series)}"
    cells = (
        number_words(change.value.run),
        number_words(change.value.baseline),
        change_words(change.value.difference, change.value.relative),
    )
    return _row(name, *cells, _word(change.direction), data_loss=f"{change.series}:{change.which}")


def _word(direction: Direction) -> Html:
    return marked(DIRECTION_WORDS[direction], *DIRECTION_LOOKS[direction])


def _plain_row(name: str, value: Quantity, words: Callable[[float | None], str]) -> Html:
    """A quantity that is neither better nor worse."""
    return _row(name, words(value.run), words(value.baseline), signed_words(value.difference, words), None)


def _checks(changes: Sequence[CheckChange]) -> Html:
    """Checks with another outcome; what the run's check says stands in the checklist already."""
    rows = [
        _row(
            one_line(change.title),
            change.run.value.upper() if change.run else UNKNOWN,
            change.baseline.value.upper() if change.baseline else UNKNOWN,
            _word(change.direction),
        )
        for change in changes
    ]
    if not rows:
        return _titled("Checks", el("p", "Every check has the outcome that it had in the baseline.", class_="note"))
    return _titled("Checks that changed", _table(("check", "run", "baseline", "change"), rows, "checks-delta"))


def _artifacts(changes: Iterable[ArtifactChange]) -> Html:
    rows = [_artifact_row(change) for change in changes if change.differs or None in (change.run, change.baseline)]
    if not rows:
        return _titled("Files", el("p", "No difference that can be told.", class_="note"))
    return _titled("Files that differ", _table(("file", "run", "baseline"), rows, "files-delta"))


def _artifact_row(change: ArtifactChange) -> Html:
    known = change.run or change.baseline
    path = el("code", shown_path(known.path) if known else "", class_="path")
    return _row(path, _side(change.run), _side(change.baseline))


def _side(side: ArtifactSide | None) -> Html:
    if side is None:
        return joined(UNKNOWN)
    size = None if side.size_bytes is None else size_words(side.size_bytes)
    short = el("code", side.sha256[:SHORT_HASH]) if side.sha256 else None
    return el("span", *(el("span", fact) for fact in (side.level.value, size, short) if fact), class_="side")


def _titled(title: str, body: Html) -> Html:
    return el("section", el("h3", title), body)


def _table(head: Sequence[str], rows: Iterable[Html], look: str) -> Html:
    names = [el("th", name, scope="col") for name in head]
    return el("table", el("thead", el("tr", *names)), el("tbody", *rows), class_=f"delta stacked {look}")


def _row(name: Child, *cells: Child, **data: str) -> Html:
    return el("tr", el("th", name, scope="row"), *map(_cell, cells, CELLS), **data)


def _cell(words: Child, name: str) -> Html:
    return el("td", words, data_name=name or None)
