"""Scores and lines -> words and states, and scores of several streams -> one. Pure.

What is not finite is never normal; a window without a score, or without a word where words are recorded, was not
judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from collectors.contract.decision_rules import Rule
from collectors.decisions.series import Codes, Series, Word
from collectors.decisions.thresholds import Lines
from collectors.evidence.scores import Floats

EXACT: Final = 1e-9
"""Two records of one number differ by less: the table has ten decimals."""


class State(IntEnum):
    """What a window is."""

    NORMAL = 0
    WARN = 1
    ANOMALY = 2
    NOT_JUDGED = 3
    NOT_FINITE = 4
    NO_LINE = 5
    """It has a score, and nothing says what is normal."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A series with the lines that hold for each of its windows, and its states."""

    series: Series
    warn: Floats
    """NaN where there is none."""
    anomaly: Floats
    states: Codes
    made: Codes
    """States that follow from the numbers alone."""
    worse: Floats
    """Scores with their sign turned so that higher is worse; what is no score is NaN."""
    sign: int
    """1 where higher is worse, -1 where lower is."""

    def over(self, line: Floats) -> NDArray[np.bool_]:
        """Windows at a line or beyond it."""
        return np.asarray(self.worse >= self.sign * line)


def judged(series: Series, lines: Lines | None, sign: int) -> Judged:
    """Judge a series by the lines its rows name, and by the file's where they name none."""
    anomaly = np.where(np.isfinite(series.anomaly), series.anomaly, lines.anomaly if lines else np.nan)
    file_warn = np.nan if lines is None or lines.warn is None else lines.warn
    warn = np.where(np.isfinite(series.warn), series.warn, file_warn)
    made = recomputed(series.score, warn, anomaly, sign)
    states = made.copy()
    is_score = states <= State.ANOMALY
    has_word = (series.word >= 0) & (is_score | (states == State.NO_LINE))
    states[has_word] = series.word[has_word]
    if series.decides:
        states[(series.word == Word.NONE) & (states <= State.ANOMALY)] = State.NOT_JUDGED
    worse = np.where(np.isfinite(series.score), sign * series.score, np.nan)
    return Judged(series, warn, anomaly, states, made, worse, sign)


def recomputed(score: Floats, warn: Floats, anomaly: Floats, sign: int) -> Codes:
    """The state that follows from the numbers alone."""
    states = np.full(len(score), State.NORMAL, np.int8)
    states[sign * score >= sign * warn] = State.WARN
    states[sign * score >= sign * anomaly] = State.ANOMALY
    states[np.isnan(anomaly)] = State.NO_LINE
    states[np.isinf(score)] = State.NOT_FINITE
    states[np.isnan(score)] = State.NOT_JUDGED
    return states


def wrong_words(one: Judged) -> NDArray[np.int64]:
    """Rows whose word does not follow from their own numbers, beyond printed precision."""
    word = one.series.word
    other = np.flatnonzero((word >= 0) & (one.made <= State.ANOMALY) & (word != one.made))
    score, warn, anomaly = one.series.score[other], one.warn[other], one.anomaly[other]
    reach = one.sign * EXACT * np.maximum(1.0, np.abs(score))
    low, high = (recomputed(score + by, warn, anomaly, one.sign) for by in (-reach, reach))
    return np.asarray(other[(word[other] < low) | (word[other] > high)])


@dataclass(frozen=True, slots=True)
class Scale:
    """What puts scores of one stream on the common scale: 0 the usual, 1 warn, 2 anomaly."""

    median: float
    warn: float
    anomaly: float

    def severity(self, score: Floats) -> Floats:
        """Piecewise linear, going on beyond both ends; NaN and infinite stay what they are."""
        low, high = self.warn - self.median, self.anomaly - self.warn
        below = (score - self.median) / low if low else np.zeros_like(score)
        above = 1 + (score - self.warn) / high if high else np.full_like(score, 2.0)
        beyond = (score - self.warn) * (1 if self.anomaly >= self.median else -1) >= 0
        return np.where(np.isfinite(score), np.where(beyond, above, below), score)


def scale_of(median: float | None, lines: Lines | None) -> Scale | None:
    """The scale of a stream with a median and two lines; None where one is missing, or they do not rise (or fall)."""
    if median is None or lines is None or lines.warn is None:
        return None
    steps = (lines.warn - median, lines.anomaly - lines.warn)
    return Scale(median, lines.warn, lines.anomaly) if steps[0] * steps[1] > 0 else None


def fused_by(rule: Rule, parts: Mapping[str, Floats], scales: Mapping[str, Scale]) -> Floats | None:
    """The scores that the rule makes; NaN where a part is no finite score. None where it cannot be told."""
    if not parts or (rule == "severity" and not parts.keys() <= scales.keys()):
        return None
    every = [scales[s].severity(v) if rule == "severity" else v for s, v in parts.items()]
    stacked = np.vstack(every)
    stacked = np.where(np.isfinite(stacked).all(axis=0), stacked, np.nan)
    if rule == "mean":
        return np.asarray(stacked.mean(axis=0))
    return np.asarray(stacked.min(axis=0) if rule == "min" else stacked.max(axis=0))
