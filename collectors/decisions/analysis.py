"""Everything that was read of one scoring -> what it says, recomputed once for checks, state and document. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from collectors.contract.decision_rules import Decisions as Rules
from collectors.contract.decision_rules import Rule
from collectors.decisions.alarms import Alarms, alarms_of, stride_of
from collectors.decisions.alignment import Alignment, align
from collectors.decisions.bounds import independent, upper_bound
from collectors.decisions.series import FUSED, LONE, Series, series_of
from collectors.decisions.thresholds import Lines, Thresholds, thresholds_in
from collectors.decisions.windows import worked_out
from collectors.decisions.words import Judged, Scale, State, judged, scale_of
from collectors.evidence.documents import value_at
from collectors.evidence.order import distinct, median
from collectors.evidence.scores import Clock, DecisionFiles, Floats, ScoreTable

CLOCKS: tuple[Clock, ...] = ("utc", "naive", "relative")
RULES: tuple[Rule, ...] = ("max", "min", "mean", "severity")


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of the normal windows lie over `anomaly`."""

    series: str
    windows: int
    independent: int | None
    """Windows of it that do not overlap; None where nothing says how far they do."""
    over: int
    """Windows over the line."""
    over_apart: int
    """Stretches of one window's length with a window over the line."""

    @property
    def bound(self) -> float | None:
        """Upper 95 % bound of the share."""
        return None if self.independent is None else upper_bound(self.over_apart, self.independent)


@dataclass(frozen=True)
class Analysis:
    """One scoring, recomputed."""

    rules: Rules
    streams: tuple[str, ...]
    """Ids of the pipeline's streams."""
    files: DecisionFiles

    @cached_property
    def series(self) -> Mapping[str, Series]:
        """Series by id, the fused one last."""
        return {one.id: one for one in series_of(self.rules, self.streams, self.files.scores)}

    @property
    def sign(self) -> int:
        """1 where higher is worse."""
        return 1 if self.rules.worse == "higher" else -1

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every series that is or could be there."""
        named = (*self.series, *self.streams, *self.rules.columns.series)
        lone = (LONE,) if self.rules.thresholds and LONE in self.rules.thresholds.sections else ()
        return tuple(dict.fromkeys((*named, *lone, *((FUSED,) if self.rules.fused else ()))))

    @cached_property
    def thresholds(self) -> Thresholds:
        """What the file of thresholds holds."""
        return thresholds_in(self.rules, self.names, self.files.thresholds_data)

    @cached_property
    def judged(self) -> Mapping[str, Judged]:
        """Every series with its lines and states."""
        return {name: judged(one, self.thresholds.lines.get(name), self.sign) for name, one in self.series.items()}

    @cached_property
    def deciding(self) -> tuple[str, ...]:
        """The series that alarms come from: the fused one, or those that record words, or all."""
        if FUSED in self.series:
            return (FUSED,)
        return tuple(name for name, one in self.series.items() if one.decides) or tuple(self.series)

    @property
    def mode(self) -> Literal["single", "fused"]:
        """Whether several streams are judged together."""
        return "fused" if FUSED in self.series else "single"

    @property
    def report(self) -> Any:
        """The report's document; None where there is none."""
        found = self.files.report_evidence
        return found.data if found else None

    @property
    def is_cut(self) -> bool:
        """Whether a table has more rows than were read."""
        return any(table.is_cut for table in self.files.scores)

    @cached_property
    def rule(self) -> Rule | None:
        """How scores were fused: as the report records it, else as the description says."""
        told = value_at(self.report, f"{self.rules.report.fusion}.fusion_rule") if self.rules.report else None
        recorded = next((rule for rule in RULES if rule == told), None)
        return recorded or (self.rules.fused.rule if self.rules.fused else None)

    @cached_property
    def alignment(self) -> Alignment:
        """Pairs, and windows that nobody judged; of a table that is read in part its report cannot tell."""
        return align(self.rules, self.series, None if self.is_cut else self.report)

    @cached_property
    def alarms(self) -> Mapping[str, Alarms]:
        """Alarms of each deciding series."""
        return {name: alarms_of(self.judged[name], self.rules.alarms) for name in self.deciding}

    @cached_property
    def counts(self) -> Mapping[str, Mapping[State, int]]:
        """Series -> windows in each state, those that stand in no row among the not judged."""
        found = {}
        for name, one in self.judged.items():
            held = {state: int(np.count_nonzero(one.states == state)) for state in State}
            missing = self.alignment.missing.get(name)
            held[State.NOT_JUDGED] += missing.count if missing else 0
            found[name] = held
        return found

    def lines_of(self, name: str) -> Lines | None:
        """The lines of a series: the file's, else those of its rows."""
        found = self.thresholds.lines.get(name)
        one = self.series.get(name)
        if found is not None or one is None:
            return found
        told = np.flatnonzero(np.isfinite(one.anomaly))
        if not len(told):
            return None
        warn = float(one.warn[told[0]])
        return Lines(warn if np.isfinite(warn) else None, float(one.anomaly[told[0]]))

    @cached_property
    def reference(self) -> Mapping[str, Series]:
        """Scores of windows that set the thresholds, else of windows that are known to be normal."""
        return self._of(self.files.calibration) or self._of(self.files.normal)

    @cached_property
    def normal(self) -> Mapping[str, Series]:
        """Scores of windows that are known to be normal and set no threshold."""
        return self._of(self.files.normal)

    def _of(self, table: ScoreTable | None) -> Mapping[str, Series]:
        return {one.id: one for one in series_of(self.rules, self.streams, (table,))} if table else {}

    @cached_property
    def scales(self) -> Mapping[str, Scale]:
        """Stream -> its common scale, where median and lines are known; it need not be that of the scoring."""
        return self._scales(self._median)

    @cached_property
    def calibrated_scales(self) -> Mapping[str, Scale]:
        """Stream -> the scale that scores were fused on, where the calibration says its median."""
        return self._scales(self._calibrated_median)

    def _scales(self, median_of: Callable[[str], float | None]) -> Mapping[str, Scale]:
        found = {name: scale_of(median_of(name), self.lines_of(name)) for name in self.names if name != FUSED}
        return {name: scale for name, scale in found.items() if scale is not None}

    def _calibrated_median(self, name: str) -> float | None:
        block = self.thresholds.calibration
        if block and name in block.medians:
            return block.medians[name]
        return _median_of(self._of(self.files.calibration).get(name))

    def _median(self, name: str) -> float | None:
        every = (self._calibrated_median(name), _median_of(self.normal.get(name)), _median_of(self.series.get(name)))
        return next((found for found in every if found is not None), None)

    def window_seconds(self, name: str) -> float | None:
        """Length of a window; of a fused series that of its longest stream, by the rows or by the description."""
        if name != FUSED:
            return self._length(name)
        parts = (self.series[FUSED].parts if FUSED in self.series else ()) or self.rules.windows
        lengths = [length for stream in parts if (length := self._length(stream)) is not None]
        return max(lengths, default=None)

    def _length(self, stream: str) -> float | None:
        window = self.rules.windows.get(stream)
        return worked_out(window.seconds, None) if window else None

    def stride_seconds(self, name: str) -> float | None:
        """From one window to the next: as described, else measured."""
        told = self.rules.windows.get(name)
        one = self.series.get(name)
        stride = worked_out(told.stride_seconds, None) if told and told.stride_seconds is not None else None
        return stride if stride is not None else stride_of(one.time if one else None)

    @cached_property
    def rates(self) -> tuple[Rate, ...]:
        """What the normal windows say of each deciding series that they have."""
        return tuple(self._rate(name, self.normal[name]) for name in self.deciding if name in self.normal)

    def _rate(self, name: str, one: Series) -> Rate:
        over = judged(one, self.lines_of(name), self.sign)
        marked = over.over(over.anomaly) | ~np.isfinite(one.score)
        apart = independent(one.time, self.window_seconds(name))
        if apart is None:
            return Rate(name, len(one), None, int(marked.sum()), int(marked.sum()))
        return Rate(name, len(one), len(distinct(apart)), int(marked.sum()), len(distinct(apart[marked])))

    @property
    def scored_at(self) -> float | None:
        """When the newest table was last written, seconds since 1970."""
        return max((t.facts.modified_at for t in self.files.scores if t.facts.modified_at is not None), default=None)

    @property
    def clock(self) -> Clock:
        """The kind of clock that all times are of; `mixed` where they are of several, `none` without times."""
        kinds = {kind for table in self.files.scores for kind in table.clocks}
        if not kinds:
            return "none"
        return next(kind for kind in CLOCKS if kind in kinds) if len(kinds) == 1 else "mixed"


def _median_of(one: Series | None) -> float | None:
    values: Floats = one.score[np.isfinite(one.score)] if one is not None else np.empty(0)
    return median(values) if len(values) else None


def analysed(rules: Rules, streams: Sequence[str], files: DecisionFiles) -> Analysis | None:
    """What was read, ready to be judged; None where there is nothing."""
    return Analysis(rules, tuple(streams), files) if files.anything else None
