"""Check 13: of normal windows, few enough are called an anomaly, with an exact bound.

Refuses to call a window normal that nothing names so, and to count windows that overlap more than once.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.decisions.analysis import Analysis, Rate
from collectors.decisions.bounds import needed, upper_bound
from collectors.decisions.words import State
from collectors.judge.checks.decision_parts import LENGTHS, WHEN, on_scores, series_words, stream_of
from collectors.judge.checks.part import Judgement, Part, failing, passing, skipping
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning
from collectors.numbers import listed, percent_words, plural
from collectors.training.evidence import WorkspaceEvidence

NAME_THEM = "Score windows that are known to be normal, and name the table: `decisions: {alarm_rate: {normal: ...}}`."
TIMES = "Record when each of the normal windows ended: `decisions: {columns: {time: ...}}`."
DIVIDE = "Name fewer normal windows: these are more than enough."
RAISE = (
    "Calibrate on more normal windows, or raise `anomaly`; `decisions: {alarm_rate: {target: ...}}` is what is asked."
)


def check_alarm_rate(seen: WorkspaceEvidence) -> Judgement:
    """The upper 95 % bound of the share of normal windows over `anomaly` lies within the target."""
    return on_scores(seen, _parts)


def _parts(found: Analysis) -> Iterator[Part]:
    target, table = found.rules.alarm_rate.target, found.files.normal
    if table is not None and table.errors():
        yield failing(table.path, None, f"{table.path}: {table.errors()[0]}", NAME_THEM)
    elif not found.rates:
        yield skipping(table.path if table else None, None, _unnamed(found, target), NAME_THEM)
    if table is not None and table.is_cut and not table.errors():
        yield skipping(table.path, None, f"{table.path}: only its first {table.rows:,} rows were read", DIVIDE)
    for rate in found.rates:
        yield _judged(rate, found, table.path if table else None)


def _unnamed(found: Analysis, target: float) -> str:
    """What could be said of the scored windows, were they normal."""
    windows = sum(len(found.series[name]) for name in found.deciding)
    over = sum(found.counts[name][State.ANOMALY] for name in found.deciding)
    bound = percent_words(upper_bound(over, windows))
    wanted = f"{plural(needed(target), 'independent window')} without one prove {percent_words(target)}"
    return (
        f"{_untold(found)}; were all that were scored, "
        f"{over:,} of {plural(windows, 'window')} over `anomaly` would bound the share at {bound} only; {wanted}"
    )


def _untold(found: Analysis) -> str:
    """Why no window is known to be normal."""
    named, table = found.rules.alarm_rate.normal, found.files.normal
    if named is None:
        return "nothing says which windows are normal"
    if table is None:
        return f"{named}, which would say which windows are normal, is missing"
    return f"{named} holds no window of {listed(map(series_words, found.deciding))}"


def _judged(rate: Rate, found: Analysis, path: str | None) -> Part:
    name, stream, bound = series_words(rate.series), stream_of(rate.series), rate.bound
    counted = f"{name}: {rate.over:,} of {plural(rate.windows, 'normal window')} over `anomaly`"
    target = found.rules.alarm_rate.target
    if bound is None or rate.independent is None:
        hint = LENGTHS if found.window_seconds(rate.series) is None else TIMES
        return skipping(path, stream, f"{counted}; nothing says how far windows overlap", hint)
    apart = f"{rate.over_apart:,} of {rate.independent:,} that do not overlap"
    told = f"{counted}, {apart}: at most {percent_words(bound)} at 95 %"
    if bound <= target:
        return passing(path, stream, f"{told}, {percent_words(target)} is allowed")
    least = needed(target)
    if rate.independent < least:
        text = f"{told}; too few: {least:,} without one are needed for {percent_words(target)}"
        return skipping(path, stream, text, "Score more normal windows, or ask for less: `alarm_rate: {target: ...}`.")
    return failing(path, stream, f"{told}, {percent_words(target)} is asked for", RAISE)


SPEC = CheckSpec(
    number=13,
    id="alarm_rate",
    title="False alarms",
    judge=check_alarm_rate,
    gate=GatePlace("alarm-rate-check", "judgement"),
    meaning=Meaning(
        passes_when="the upper 95 % bound of the share of normal windows over `anomaly` lies within the target",
        proves="so few of the windows that are named normal lie over the line, counted without overlap, with its bound",
        cannot_prove="that those windows are like the ones of operation, or that faults are found",
    ),
    when=WHEN,
    follows_external=True,
)
