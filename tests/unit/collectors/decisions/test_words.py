"""Numbers and lines -> states; printed precision is forgiven, everything else is told."""

from __future__ import annotations

import numpy as np
import pytest
from support.scorings import rules, scoring, table

from collectors.contract.decision_rules import Rule
from collectors.decisions.series import Word
from collectors.decisions.thresholds import Lines
from collectors.decisions.words import EXACT, Scale, State, fused_by, recomputed, scale_of, wrong_words

NAN, INF = np.nan, np.inf
ALONE = rules(fused=None, columns={})


@pytest.mark.parametrize(
    ("score", "warn", "anomaly", "state"),
    [
        (0.1, 0.5, 0.8, State.NORMAL),
        (0.5, 0.5, 0.8, State.WARN),
        (0.8, 0.5, 0.8, State.ANOMALY),
        (0.7, NAN, 0.8, State.NORMAL),
        (0.7, 0.5, NAN, State.NO_LINE),
        (INF, 0.5, 0.8, State.NOT_FINITE),
        (-INF, 0.5, NAN, State.NOT_FINITE),
        (NAN, 0.5, 0.8, State.NOT_JUDGED),
        (NAN, NAN, NAN, State.NOT_JUDGED),
    ],
)
def test_the_state_follows_from_the_numbers(score: float, warn: float, anomaly: float, state: State) -> None:
    numbers = [np.array([number]) for number in (score, warn, anomaly)]

    assert recomputed(*numbers, 1).tolist() == [state]
    assert recomputed(*(-number for number in numbers), -1).tolist() == [state], "where lower is worse"


@pytest.mark.parametrize(("beyond", "wrong"), [(0.0, 0), (0.9 * EXACT, 0), (1.2 * EXACT, 1), (1e-6, 1)])
def test_a_word_is_wrong_beyond_printed_precision_alone(beyond: float, wrong: int) -> None:
    rows = table("swinmae.csv", score=[0.8 - beyond, 0.1], word=[Word.ANOMALY, Word.NORMAL])

    assert len(wrong_words(scoring(rows, its=ALONE).judged["swinmae"])) == wrong
    rows = table("swinmae.csv", score=[0.8 + beyond, 0.1], word=[Word.WARN, Word.NORMAL])
    assert len(wrong_words(scoring(rows, its=ALONE).judged["swinmae"])) == (1 if beyond > EXACT else 0)


def test_of_large_scores_precision_grows_with_them() -> None:
    lines = {"swinmae": {"warn": 500.0, "anomaly": 1000.0}}
    rows = table("swinmae.csv", score=[1000 - 5e-7, 1000 - 5e-6], word=[Word.ANOMALY] * 2)

    assert wrong_words(scoring(rows, lines=lines, its=ALONE).judged["swinmae"]).tolist() == [1]


def test_a_word_counts_before_the_numbers_and_a_row_without_one_among_others_was_not_judged() -> None:
    word = [Word.WARN, Word.NONE, Word.NORMAL, Word.FOREIGN, Word.NORMAL, Word.NORMAL]
    rows = table("swinmae.csv", score=[0.1, 0.9, INF, 0.9, NAN, 0.9], word=word)

    one = scoring(rows, its=ALONE).judged["swinmae"]
    assert [State(state).name for state in one.states] == [
        "WARN", "NOT_JUDGED", "NOT_FINITE", "ANOMALY", "NOT_JUDGED", "NORMAL",
    ]  # fmt: skip
    assert [State(state).name for state in one.made] == [
        "NORMAL", "ANOMALY", "NOT_FINITE", "ANOMALY", "NOT_JUDGED", "ANOMALY",
    ]  # fmt: skip


def test_words_of_rows_without_a_line_are_their_states_and_the_rest_has_none() -> None:
    rows = table("swinmae.csv", score=[0.1, 0.9, INF], word=[Word.ANOMALY, Word.NONE, Word.WARN])

    one = scoring(rows, its=ALONE, lines={}).judged["swinmae"]
    assert one.states.tolist() == [State.ANOMALY, State.NO_LINE, State.NOT_FINITE]


def test_lines_of_a_row_come_before_those_of_the_file() -> None:
    rows = table("swinmae.csv", score=[0.6, 0.6, 0.6], warn=[0.7, NAN, NAN], anomaly=[0.9, NAN, 0.55])

    one = scoring(rows, its=ALONE).judged["swinmae"]
    assert one.made.tolist() == [State.NORMAL, State.WARN, State.ANOMALY]
    assert (one.warn.tolist(), one.anomaly.tolist()) == ([0.7, 0.5, 0.5], [0.9, 0.8, 0.55])


@pytest.mark.parametrize(
    ("rule", "expected"), [("max", [0.9, NAN, 0.4]), ("min", [0.2, NAN, 0.3]), ("mean", [0.55, NAN, 0.35])]
)
def test_scores_are_fused_by_the_rule_and_not_at_all_where_one_is_missing(rule: Rule, expected: list[float]) -> None:
    parts = {"a": np.array([0.2, NAN, 0.3]), "b": np.array([0.9, 0.9, 0.4])}

    np.testing.assert_allclose(fused_by(rule, parts, {}), expected)  # type: ignore[arg-type]
    assert fused_by(rule, {}, {}) is None
    assert fused_by("severity", parts, {"a": Scale(0, 1, 2)}) is None


def test_severities_are_fused_each_on_its_own_scale() -> None:
    parts = {"a": np.array([0.5, 0.3]), "b": np.array([3.0, 7.0])}
    scales = {"a": Scale(0.3, 0.5, 0.8), "b": Scale(1, 3, 5)}

    np.testing.assert_allclose(fused_by("severity", parts, scales), [1, 3])  # type: ignore[arg-type]


def test_the_common_scale_is_0_at_the_median_1_at_warn_2_at_the_upper_line() -> None:
    for scale in (Scale(0.3, 0.5, 0.8), Scale(0.9, 0.5, 0.2)):
        at = np.array([scale.median, scale.warn, scale.anomaly, 2 * scale.anomaly - scale.warn, NAN, INF])
        np.testing.assert_allclose(scale.severity(at), [0, 1, 2, 3, NAN, INF])


def test_there_is_no_scale_where_lines_do_not_rise_or_fall_from_the_median() -> None:
    assert scale_of(0.3, Lines(0.5, 0.8)) == Scale(0.3, 0.5, 0.8)
    assert scale_of(0.9, Lines(0.5, 0.2)) == Scale(0.9, 0.5, 0.2)
    for median, lines in (
        (None, Lines(0.5, 0.8)),
        (0.5, Lines(0.5, 0.8)),
        (0.6, Lines(0.5, 0.8)),
        (0.3, Lines(None, 1)),
        (0.3, None),
    ):
        assert scale_of(median, lines) is None
