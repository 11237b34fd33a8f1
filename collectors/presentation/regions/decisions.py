"""State -> what was decided, in words and one table: for the page, above its charts, and for the report. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from collectors.contract.artifacts import Artifact
from collectors.contract.decisions import Alarm, DecisionSummary, WindowCounts
from collectors.contract.state import DashboardState
from collectors.contract.values import Level
from collectors.numbers import UNKNOWN, duration_words, listed, moment_words, number_words, plural
from collectors.presentation.markup import Child, Element, el
from collectors.presentation.pieces import clock, table
from collectors.presentation.words import one_line

FUSED: Final = "fused"
COUNTED: Final = {
    "normal": "normal",
    "warn": "warn",
    "anomaly": "anomaly",
    "not_judged": "not judged",
    "not_finite": "not finite",
    "no_line": "no threshold",
}
"""Count of the contract -> its word."""
LINES: Final = ("warn", "anomaly")
CLOCKS: Final = {
    "utc": "times in UTC",
    "naive": "times as they are written, without a zone",
    "relative": "times in seconds from the start of the data",
    "none": "no times: windows stand in the order of their rows",
    "mixed": "times of several clocks",
}


def labels_of(state: DashboardState) -> dict[str, str]:
    """Series -> its name on screen."""
    return {**{stream.id: stream.label for stream in state.pipeline.streams}, FUSED: "Fused"}


def decision_sentence(told: DecisionSummary, labels: Mapping[str, str]) -> str:
    """What was decided, the worst first: `2 alarms, the longest 9.9 s; 25 PatchTST windows not judged`."""
    return "; ".join(_said(told, labels))


def _said(told: DecisionSummary, labels: Mapping[str, str]) -> Iterator[str]:
    if not told.counts:
        yield "no score could be read" if _broken(told) else "no window has been scored yet"
        return
    alarms = told.alarms
    longest = f", the longest {duration_words(alarms.longest_seconds)}" if alarms.longest_seconds is not None else ""
    yield f"{plural(alarms.total, 'alarm')}{longest}" if alarms.total else f"no alarm in {_windows(told)}"
    if alarms.pending:
        yield f"{listed(_within(labels, name) for name in alarms.pending)} pending at the end"
    for name, counts in told.counts.items():
        if counts.not_judged:
            yield f"{plural(counts.not_judged, f'{_within(labels, name)} window')} not judged"
    for name, counts in told.counts.items():
        if counts.not_finite:
            yield f"{plural(counts.not_finite, f'{_within(labels, name)} score')} not finite"


def _broken(told: DecisionSummary) -> list[Artifact]:
    """Files with which something is wrong."""
    return [file for file in told.files if file.level in (Level.MISSING, Level.PRESENT)]


def _troubles(told: DecisionSummary) -> Element | None:
    """What is wrong with the files, whether or not a check asks for it."""
    broken = _broken(told)
    items = (el("li", el("code", one_line(file.path)), f": {one_line(file.detail)}") for file in broken)
    return el("ul", items, class_="decision-troubles") if broken else None


def _windows(told: DecisionSummary) -> str:
    return plural(sum(sum(_numbers(told.counts[name])) for name in told.deciding if name in told.counts), "window")


def _numbers(counts: WindowCounts) -> list[int]:
    return [getattr(counts, name) for name in COUNTED]


def _label(labels: Mapping[str, str], name: str) -> str:
    return one_line(labels.get(name, name))


def _within(labels: Mapping[str, str], name: str) -> str:
    """A series' name inside a sentence."""
    return "fused" if name == FUSED else _label(labels, name)


def decisions(state: DashboardState | None) -> Child:
    """Return the sentence, what it rests on, and the counts; nothing where nothing was scored."""
    told = state.decisions if state else None
    if state is None or told is None:
        return None
    labels = labels_of(state)
    return (
        el("h3", _capital(decision_sentence(told, labels)) + ".", class_="decision-sentence"),
        el("p", _about(told, labels), class_="dotted decision-about"),
        _troubles(told),
        _counts(told, labels) if told.counts else None,
        el("p", rules_words(told), class_="decision-rules"),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _about(told: DecisionSummary, labels: Mapping[str, str]) -> Iterator[Element]:
    if told.scored_at is not None:
        old = " (before this run)" if told.belongs_to_run is False else ""
        yield el("span", "scored ", clock(told.scored_at), old)
    if told.run_id:
        yield el("span", "as ", el("code", one_line(told.run_id)))
    yield el("span", CLOCKS[told.clock])
    if told.mode == "fused":
        by = {"position": "paired by position, not by time", "time": "paired in time", "unknown": "not paired"}
        gap = told.alignment.largest_gap_seconds
        near = f", at most {duration_words(gap)} apart" if gap is not None else ""
        yield el("span", f"windows {by[told.alignment.method]}{near}")
    uncalibrated = [name for name, lines in told.thresholds.items() if lines.origin == "unknown"]
    if uncalibrated:
        names = (
            ""
            if len(uncalibrated) == len(told.thresholds)
            else f" of {listed(_label(labels, n) for n in uncalibrated)}"
        )
        yield el("span", f"nothing says what the thresholds{names} were calibrated on")


DECIDES_NOT: Final = f" ({'does not decide'.replace(' ', chr(0xA0))})"
"""One word for whoever breaks lines."""


def rules_words(told: DecisionSummary) -> str:
    """When windows are an alarm, in two sentences."""
    alarms = told.alarms
    row = (
        f"after {plural(alarms.least_windows, 'window')} in a row over anomaly"
        if alarms.least_windows > 1
        else "at anomaly"
    )
    bridged = f", bridges {plural(alarms.gap_windows, 'window')} below it" if alarms.gap_windows else ""
    return (
        f"An alarm fires {row}, goes on while the score stays over warn{bridged}, and is pending before it fires. "
        "It begins up to one window early: it spans its windows whole."
    )


def _counts(told: DecisionSummary, labels: Mapping[str, str]) -> Element:
    shown = [name for name in COUNTED if name != "no_line" or any(c.no_line for c in told.counts.values())]
    rows = (
        el(
            "tr",
            el("th", _label(labels, series), None if series in told.deciding else DECIDES_NOT, scope="row"),
            (
                el("td", number_words(getattr(counts, name)), class_=f"count-{name}", data_head=COUNTED[name])
                for name in shown
            ),
            (el("td", _line(told, series, which), data_head=f"{which} at") for which in LINES),
        )
        for series, counts in told.counts.items()
    )
    heads = ("Series", *(COUNTED[name] for name in shown), *(f"{which} at" for which in LINES))
    return table(heads, rows, "delta-table decision-counts")


def _line(told: DecisionSummary, series: str, which: str) -> str:
    lines = told.thresholds.get(series)
    return number_words(getattr(lines, which)) if lines else UNKNOWN


def worst_alarms(state: DashboardState) -> Child:
    """Return a table of the worst alarms, for the report."""
    told = state.decisions
    if told is None or not told.alarms.listed:
        return None
    labels = labels_of(state)
    rows = (
        el("tr", (el("td", cell) for cell in alarm_cells(alarm, told.clock, labels))) for alarm in told.alarms.listed
    )
    more = told.alarms.total - len(told.alarms.listed)
    rest = el("p", f"and {plural(more, 'more alarm')}, less bad", class_="same") if more else None
    return (table(("Series", "start", "length", "windows", "peak", "worst stream"), rows, "delta-table"), rest)


def alarm_cells(alarm: Alarm, kind: str, labels: Mapping[str, str]) -> tuple[str, ...]:
    """One alarm in words."""
    timed = kind in ("utc", "naive", "relative")
    return (
        _label(labels, alarm.series),
        moment_words(alarm.start, kind),
        duration_words(alarm.end - alarm.start) if timed else UNKNOWN,
        number_words(alarm.windows),
        number_words(alarm.peak),
        _label(labels, alarm.dominant) if alarm.dominant else UNKNOWN,
    )
