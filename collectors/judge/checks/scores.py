"""Check 12: what was decided follows from the numbers that are recorded with it, and from today's files.

Every word, every fused score and every count is made again from the rows.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from collectors.decisions.analysis import Analysis
from collectors.decisions.series import FUSED, Series, Word
from collectors.decisions.words import EXACT, Judged, State, fused_by, recomputed, wrong_words
from collectors.evidence.scores import WRITTEN_NAN
from collectors.judge.checks.decision_parts import WHEN, on_scores, series_words, stream_of
from collectors.judge.checks.part import Judgement, Part, failing, passing, skipping
from collectors.judge.checks.score_counts import count_parts
from collectors.judge.checks.score_times import time_parts
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning
from collectors.numbers import listed, number_words, plural
from collectors.training.evidence import WorkspaceEvidence

AGAIN = "Score again; do not edit what was written."
LINES = "Record thresholds in the rows, or name their file: `decisions: {thresholds: {path: ...}}`."
RULE = "Record each stream's own score in the row, and say the rule: `decisions: {fused: {rule: ...}}`."
STATES = {State.NORMAL: "normal", State.WARN: "warn", State.ANOMALY: "anomaly"}


def check_scores(seen: WorkspaceEvidence) -> Judgement:
    """Scores are finite, words and fused scores follow from them, counts agree, and nothing used is newer."""
    return on_scores(seen, lambda found: _parts(found, seen), failing)


def _parts(found: Analysis, seen: WorkspaceEvidence) -> Iterator[Part]:
    yield from _name_parts(found)
    for name, one in found.judged.items():
        yield from _finite_parts(one)
        if name in found.deciding:
            yield from _word_parts(one)
            yield from _line_parts(found, one)
    yield from count_parts(found)
    yield from _fusion_parts(found)
    yield from time_parts(found, seen)


def _name_parts(found: Analysis) -> Iterator[Part]:
    """Rows of streams and words that nobody described."""
    known = {*found.streams, *found.rules.columns.series, *(found.rules.thresholds or _NOTHING).sections, FUSED}
    for name in (n for n in found.series if n not in known and n not in found.thresholds.lines and n != "scores"):
        text = f"rows judge `{name[:40]}`, which is no stream of this pipeline; there are {listed(found.streams)}"
        yield failing(found.series[name].path, None, text, "Name the stream in dashboard.yaml, or `decisions.fused`.")
    for name, one in found.series.items():
        foreign = np.flatnonzero(one.word == Word.FOREIGN)
        if len(foreign):
            text = f"{series_words(name)}: {plural(len(foreign), 'window')} with a word that is none of `words`"
            yield failing(one.path, stream_of(name), text, "Name it under `decisions: {words: ...}`.")


class _NOTHING:
    sections: tuple[str, ...] = ()


def _finite_parts(one: Judged) -> Iterator[Part]:
    series = one.series
    odd = np.flatnonzero(np.isinf(series.score))
    if len(odd):
        called = [STATES[State(int(series.word[n]))] for n in odd if series.word[n] >= 0]
        as_what = f", called {listed(dict.fromkeys(called))}" if called else ""
        kind = "NaN" if series.score[odd[0]] == WRITTEN_NAN else "infinite"
        text = f"{series_words(series.id)}: the score of {_windows(series, odd)} is not finite ({kind}){as_what}"
        yield failing(series.path, stream_of(series.id), text, "Find why the model gives no number there; score again.")


def _windows(series: Series, rows: NDArray[np.int64]) -> str:
    """Windows in words: the first, and how many more."""
    numbers = series.index[rows] if series.index is not None else rows
    more = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
    return f"window {number_words(float(numbers[0]))}{more}"


def _word_parts(one: Judged) -> Iterator[Part]:
    series, name = one.series, series_words(one.series.id)
    judged = (series.word >= 0) | (not series.decides)
    unknown = int(np.count_nonzero(judged & (one.made == State.NO_LINE)))
    if unknown:
        text = f"{name}: no threshold is known of {plural(unknown, 'window')}: no word follows from their scores"
        yield skipping(series.path, stream_of(series.id), text, LINES)
    wrong, made = wrong_words(one), int(np.count_nonzero(judged & (one.made <= State.ANOMALY)))
    if len(wrong):
        yield failing(series.path, stream_of(series.id), f"{name}: {_wrong_word(one, wrong)}", AGAIN)
    elif made and series.decides:
        yield passing(series.path, stream_of(series.id), f"{name}: {plural(made, 'word')} made again, all agree")
    elif made:
        text = f"{name}: {plural(made, 'window')}, no word recorded; made from scores and thresholds"
        yield passing(series.path, stream_of(series.id), text)


def _wrong_word(one: Judged, wrong: NDArray[np.int64]) -> str:
    series, row = one.series, wrong[:1]
    right = recomputed(series.score[row], one.warn[row], one.anomaly[row], one.sign)[0]
    said, follows = STATES[State(int(series.word[row[0]]))], STATES[State(int(right))]
    numbers = f"score {number_words(float(series.score[row[0]]))}, {_lines_words(one, int(row[0]))}"
    return f"{_windows(series, wrong)} is called {said}, its own numbers say {follows} ({numbers})"


def _lines_words(one: Judged, row: int) -> str:
    warn = one.warn[row]
    low = "" if np.isnan(warn) else f"warn {number_words(float(warn))}, "
    return f"{low}anomaly {number_words(float(one.anomaly[row]))}"


def _line_parts(found: Analysis, one: Judged) -> Iterator[Part]:
    """Thresholds in the rows against those of the file."""
    series, lines = one.series, found.thresholds.lines.get(one.series.id)
    if lines is None:
        return
    for word, told, line in (("warn", series.warn, lines.warn), ("anomaly", series.anomaly, lines.anomaly)):
        if line is None:
            continue
        other = np.flatnonzero(np.abs(told - line) > EXACT * max(1.0, abs(line)))
        if len(other):
            row, file = float(told[other[0]]), found.files.thresholds
            text = (
                f"{series_words(series.id)}: {_windows(series, other)} was judged by {word} {number_words(row)},"
                f" {file.path if file else 'the file'} says {number_words(line)}"
            )
            yield failing(series.path, stream_of(series.id), text, "Score again with today's thresholds.")


def _fusion_parts(found: Analysis) -> Iterator[Part]:
    fused = found.series.get(FUSED)
    if fused is None or not len(fused):
        return
    made = fused_by(found.rule, fused.parts, found.calibrated_scales) if found.rule else None
    if made is None:
        yield skipping(fused.path, None, _cannot_fuse(found, fused), RULE)
        return
    reach = EXACT * np.maximum(1.0, np.abs(made)) * (1e3 if found.rule == "severity" else 1)
    is_score = np.isfinite(fused.score)
    lone = np.flatnonzero(is_score & np.isnan(made))
    if len(lone):
        text = f"the fused score of {_windows(fused, lone)} cannot be made again: a stream's own score is missing"
        yield skipping(fused.path, None, text, RULE)
    other = np.flatnonzero((np.abs(made - fused.score) > reach) & np.isfinite(made) & is_score)
    if not len(other):
        if (np.isfinite(made) & is_score).any():
            yield passing(fused.path, None, f"fused scores are the {found.rule} of {listed(fused.parts)}")
        return
    row = int(other[0])
    text = (
        f"the fused score of {_windows(fused, other)} is {number_words(float(fused.score[row]))},"
        f" the {found.rule} of {listed(fused.parts)} is {number_words(float(made[row]))}"
    )
    yield failing(fused.path, None, text, AGAIN)


def _cannot_fuse(found: Analysis, fused: Series) -> str:
    """Why fused scores cannot be made again, in words."""
    if not fused.parts:
        return "fused scores cannot be made again: no row holds the scores of its streams"
    if found.rule is None:
        return "nothing says by which rule scores were fused"
    unknown = [name for name in fused.parts if name not in found.calibrated_scales]
    absent = f"no calibrated median and two rising thresholds are known of {listed(unknown)}"
    return f"fused scores cannot be made again: {absent}"


SPEC = CheckSpec(
    number=12,
    id="scores",
    title="Scores and words",
    judge=check_scores,
    gate=GatePlace("scores-check", "judgement"),
    meaning=Meaning(
        passes_when="every score is finite, words, fused scores, counts follow from them, and nothing used is newer",
        proves="words follow from their own numbers, and the scores are newer than checkpoint, scaler and thresholds",
        cannot_prove="that the model gave these scores: they are not computed again from the data",
    ),
    when=WHEN,
    follows_external=True,
)
