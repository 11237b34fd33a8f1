"""Whose the rows of a table are, and what each of them says of its window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.scorings import rules, table

from collectors.decisions.series import Word, series_of

ALONE = rules(fused=None, columns={})


@pytest.mark.parametrize(
    ("streams", "file", "series"),
    [
        (("a", "b"), "scores_of_b.csv", "b"),
        (("long", "longer"), "longer.csv", "longer"),
        (("longer", "long"), "longer.csv", "longer"),
        (("a", "b"), "x.csv", "scores"),
        (("a",), "x.csv", "a"),
        (("a", "b"), "a/x.csv", "scores"),
    ],
)
def test_rows_that_name_nobody_are_of_the_stream_that_the_file_names(
    streams: tuple[str, ...], file: str, series: str
) -> None:
    for its in (ALONE, rules()):
        assert [one.id for one in series_of(its, streams, [table(file, score=[0.1])])] == [series]


def test_rows_with_a_score_of_each_stream_are_fused_where_a_fused_series_is_described() -> None:
    rows = table("b.csv", score=[0.1], series__a=[0.2], series__b=[0.3])

    assert [one.id for one in series_of(rules(), ("a", "b"), [rows])] == ["a", "b", "fused"]
    assert [(one.id, one.score.tolist()) for one in series_of(ALONE, ("a", "b"), [rows])] == [
        ("b", [0.1]), ("a", [0.2]),
    ]  # fmt: skip


def test_each_series_of_one_table_has_its_own_rows_and_what_stands_in_them() -> None:
    rows = table("s.csv", score=[1, 2, 3, 4], time=[5, 6, 7, 8], series__c=[np.nan, np.nan, 9, np.nan])
    rows = replace(rows, streams=("a", "dual"), columns={**rows.columns, "stream": np.array([0.0, 1, 1, 0])})

    found = {one.id: one for one in series_of(rules(), ("a", "b"), [rows])}
    assert list(found) == ["a", "c", "fused"]
    assert found["a"].score.tolist() == [1, 4]
    assert found["fused"].score.tolist() == [2, 3]
    np.testing.assert_array_equal(found["fused"].parts["c"], [np.nan, 9])
    assert found["c"].time is not None and found["c"].time.tolist() == [6, 7]


def test_rows_whose_stream_is_empty_are_of_whom_the_file_names() -> None:
    rows = table("b.csv", score=[1, 2], stream="a")
    rows = replace(rows, columns={**rows.columns, "stream": np.array([0.0, -1])})

    assert [(one.id, one.score.tolist()) for one in series_of(ALONE, ("a", "b"), [rows])] == [("b", [2]), ("a", [1])]


def test_of_a_series_in_two_tables_the_first_counts_and_an_empty_table_is_none() -> None:
    tables = [table("a.csv", score=[]), table("a.csv", score=[1.0]), table("a.csv", score=[2.0])]

    assert [(one.id, one.score.tolist()) for one in series_of(ALONE, ("a", "b"), tables)] == [("a", [1.0])]


def test_a_stream_without_any_score_in_a_table_is_no_series() -> None:
    assert [one.id for one in series_of(ALONE, ("a", "b"), [table("a.csv", score=[np.nan])])] == []
    rows = table("a.csv", series__a=[0.5], series__b=[np.nan])
    assert [(one.id, one.score.tolist()) for one in series_of(ALONE, ("a", "b"), [rows])] == [("a", [0.5])]


def test_a_word_is_known_whatever_its_case_and_another_is_foreign() -> None:
    rows = table("a.csv", score=[1, 2, 3, 4, 5], word=[0, 1, 2, 3, -1])
    rows = replace(rows, words=("OK", "Warning", "alarm", "maybe"))
    (one,) = series_of(ALONE, ("a", "b"), [rows])

    assert one.word.tolist() == [Word.NORMAL, Word.WARN, Word.ANOMALY, Word.FOREIGN, Word.NONE]
    assert one.decides
    (silent,) = series_of(ALONE, ("a", "b"), [table("a.csv", score=[1.0], word=[-1])])
    assert not silent.decides
