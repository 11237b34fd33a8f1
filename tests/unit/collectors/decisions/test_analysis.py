"""Lines, strides and counts of a scoring: what is described comes before what is measured."""

from __future__ import annotations

import math

import pytest
from support.scorings import rules, scoring, table

from collectors.decisions.summary import notices_of
from collectors.decisions.thresholds import Lines
from collectors.decisions.what_if import what_if

ALONE = rules(fused=None, columns={})


@pytest.mark.parametrize(("warn", "known"), [(0.5, 0.5), (math.nan, None)])
def test_without_a_file_the_lines_are_those_of_the_first_row_that_has_them(warn: float, known: float | None) -> None:
    rows = table("swinmae.csv", score=[0.1, 0.2], warn=[math.nan, warn], anomaly=[math.nan, 0.8])

    assert scoring(rows, lines={}, its=ALONE).lines_of("swinmae") == Lines(known, 0.8)


def test_a_described_stride_comes_before_the_measured_one() -> None:
    rows = table("swinmae.csv", score=[0.1, 0.2, 0.3], time=[0.0, 5.0, 10.0])
    untold = rules(fused=None, columns={}, windows={})

    assert scoring(rows, its=ALONE).stride_seconds("swinmae") == 1.0
    assert scoring(rows, its=untold).stride_seconds("swinmae") == 5.0


def test_without_normal_windows_none_are_counted() -> None:
    told = what_if(scoring(table("swinmae.csv", score=[0.1, 0.2]), its=ALONE), "swinmae")

    assert told is not None
    assert (told.windows, told.normal_windows, told.calibration_windows, told.normal_over) == (2, 0, 0, None)


def test_a_stream_over_its_upper_line_that_is_fused_to_normal_is_told() -> None:
    columns = {"score": [0.65, 0.3], "series__patchtst": [0.2, 0.3], "series__swinmae": [0.95, 0.1]}

    (text,) = notices_of(scoring(table(stream="dual", **columns)))
    assert "swinmae is over its own line in 1 window that the fused series calls normal" in text
