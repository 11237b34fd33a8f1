"""Check 14: every window of every stream is judged, and windows that are judged together belong together in time.

Refuses to call pairs aligned that were made by counting.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.decisions.alignment import Alignment
from collectors.decisions.analysis import Analysis
from collectors.decisions.series import FUSED
from collectors.decisions.words import State
from collectors.judge.checks.decision_parts import LENGTHS, WHEN, on_scores, series_words, stream_of
from collectors.judge.checks.part import Judgement, Part, failing, passing, skipping
from collectors.judge.checks.score_times import told_without
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning
from collectors.numbers import duration_words, listed, number_words, plural
from collectors.training.evidence import WorkspaceEvidence

PAIR = "Pair windows by time, and judge what has no partner by its own thresholds."
TIMES = "Record the time of each stream's window, on one clock: `decisions: {columns: {times: ...}}`."


def check_alignment(seen: WorkspaceEvidence) -> Judgement:
    """Nothing is left unjudged, pairs lie within half a window, and times are of one clock."""
    return on_scores(seen, lambda found: _parts(found, seen))


def _parts(found: Analysis, seen: WorkspaceEvidence) -> Iterator[Part]:
    told = found.alignment
    for name, missing in told.missing.items():
        by = " (windows were paired by position)" if told.method == "position" else ""
        text = f"{missing.count:,} windows of {name} were never judged: {missing.windows}{by}"
        yield failing(found.series[name].path, stream_of(name), text, PAIR)
    yield from _blank_parts(found)
    absent = told_without(found, seen)
    if absent:
        yield failing(
            found.files.scores[0].path, None, absent, "Score every stream, or name those that are not scored."
        )
    yield from _clock_parts(found)
    yield from _pair_parts(found, told)


def _blank_parts(found: Analysis) -> Iterator[Part]:
    for name in found.deciding:
        beyond = found.alignment.missing.get(name)
        count = found.counts[name][State.NOT_JUDGED] - (beyond.count if beyond else 0)
        if count:
            text = f"{series_words(name)}: {plural(count, 'row')} without a score or a word"
            yield failing(found.series[name].path, stream_of(name), text, "Judge every window, or leave out its row.")


def _clock_parts(found: Analysis) -> Iterator[Part]:
    path, unread = found.files.scores[0].path, sum(t.unreadable_times for t in found.files.scores)
    kinds = dict.fromkeys(kind for table in found.files.scores for kind in table.clocks)
    if unread:
        yield failing(path, None, f"{plural(unread, 'time')} cannot be read", "Write ISO 8601 times, or seconds.")
    if len(kinds) > 1:
        text = f"times are of several clocks: {listed(WORDS[kind] for kind in kinds)}"
        yield failing(path, None, text, "Write all times on one clock, with its zone.")
    if not kinds and not unread:
        yield skipping(path, None, "no window has a time", TIMES)
    backwards = [name for name in found.deciding if _goes_back(found, name)]
    if backwards:
        text = f"times of {listed(map(series_words, backwards))} go back"
        yield failing(path, None, text, "Write windows in the order of their times.")


WORDS = {
    "utc": "dates with a zone or seconds since 1970",
    "naive": "dates without a zone",
    "relative": "seconds from a start",
}


def _goes_back(found: Analysis, name: str) -> bool:
    time = found.series[name].time
    return time is not None and bool((time[1:] < time[:-1]).any())


def _pair_parts(found: Analysis, told: Alignment) -> Iterator[Part]:
    path = found.files.scores[0].path
    if FUSED not in found.series:
        if not told.missing and found.clock != "none":
            windows = sum(len(found.series[name]) for name in found.deciding)
            yield passing(path, None, f"all {plural(windows, 'window')} judged, each by itself")
        return
    gap, allowed = told.largest_gap_seconds, told.allowed_gap_seconds
    if told.method == "position" or gap is None:
        text = f"{plural(told.pairs, 'pair')} made by position: nothing says that they belong together in time"
        yield skipping(path, None, text, TIMES)
    elif allowed is None:
        text = f"pairs lie up to {duration_words(gap)} apart; nothing says how long windows are"
        yield skipping(path, None, text, LENGTHS)
    elif gap > allowed + 1e-6:
        row = number_words(told.farthest_row)
        text = f"the pair of row {row} lies {duration_words(gap)} apart; half a window is {duration_words(allowed)}"
        yield failing(path, None, text, PAIR)
    else:
        text = f"{plural(told.pairs, 'pair')}, at most {duration_words(gap)} apart"
        yield passing(path, None, text)


SPEC = CheckSpec(
    number=14,
    id="alignment",
    title="Windows aligned",
    judge=check_alignment,
    gate=GatePlace("alignment-check", "judgement"),
    meaning=Meaning(
        passes_when="every window of every stream is judged, pairs lie within half a window, on one clock",
        proves="no scored window is without a word, and windows that were judged together are of the same moment",
        cannot_prove="that the clock is right",
    ),
    when=WHEN,
    follows_external=True,
)
