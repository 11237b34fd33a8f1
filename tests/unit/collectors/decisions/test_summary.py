"""What the state says of a scoring: which way is worse, what is pending, and what a person should know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.scorings import rules, scoring, table

from collectors.decisions.summary import digest_of, notices_of, summary_of
from collectors.evidence.scores import DecisionReportEvidence

ALONE = rules(fused=None, columns={})


@pytest.mark.parametrize("worse", ["higher", "lower"])
def test_the_unit_says_which_way_is_worse(worse: str) -> None:
    its = rules(fused=None, columns={}, worse=worse)

    assert summary_of(scoring(table("swinmae.csv", score=[0.1]), its=its), None).unit == f"no unit; {worse} is worse"


def test_an_alarm_at_the_end_that_has_not_fired_is_pending_in_its_series_alone() -> None:
    calm, late = table("patchtst.csv", score=[0.1, 0.1]), table("swinmae.csv", score=[0.1, 0.9])

    told = summary_of(scoring(calm, late, its=ALONE), None).alarms
    assert (told.pending, told.total, told.longest_seconds) == (("swinmae",), 0, None)


def test_the_name_of_the_scoring_is_the_reports_where_it_is_a_text() -> None:
    for name, expected in (("watch", "watch"), (7, None)):
        told = DecisionReportEvidence((), data={"run_id": name})
        found = scoring(table(score=[0.1]), its=rules(report={"path": "r.json"}), report_evidence=told)
        assert summary_of(found, None).run_id == expected
    assert summary_of(scoring(table(score=[0.1])), None).run_id is None


@pytest.mark.parametrize(("ratios", "told"), [(0, False), (1, False), (2, True)])
def test_masks_that_differ_between_windows_are_told(ratios: int, told: bool) -> None:
    rows = replace(table("swinmae.csv", score=[0.1]), mask_ratios=ratios)

    notices = notices_of(scoring(rows, its=ALONE))
    assert [text.split(":")[1].strip() for text in notices] == (
        ["windows were scored with a random mask (`mask_ratio_effective` differs between them)"] if told else []
    )


def test_a_stream_with_windows_of_its_own_is_not_held_against_the_fused_ones() -> None:
    fused = table(stream="dual", score=[0.1, 0.1], series__patchtst=[0.2, 0.2], series__swinmae=[0.2, 0.2])
    own = table("swinmae.csv", score=[0.6, 0.9, 0.1], time=[0, 1, 2])

    assert notices_of(scoring(own, fused)) == ()
    twice = table("swinmae.csv", score=[0.6, 0.9])
    assert notices_of(scoring(twice, fused)) == (
        "Decisions: swinmae is over its own line in 2 windows that the fused series calls normal.",
    )


def test_of_many_series_the_last_are_told_for_the_fused_one_is_among_them() -> None:
    many = [table(f"{n}.csv", stream=f"s{n:02}", score=[0.1]) for n in range(30)]

    told = summary_of(scoring(*many, its=ALONE), None)
    assert list(told.counts) == [f"s{n:02}" for n in range(6, 30)] == list(told.deciding)
    assert len(told.files) == 24 + 1


def test_another_time_of_a_file_or_another_rule_is_another_document() -> None:
    rows = table("swinmae.csv", score=[0.1])
    later = replace(rows, facts=replace(rows.facts, modified_at=1001.0))
    digests = {
        digest_of(scoring(rows, its=ALONE)),
        digest_of(scoring(later, its=ALONE)),
        digest_of(scoring(rows, its=rules(fused=None, columns={}, worse="lower"))),
        digest_of(scoring(rows, its=ALONE, normal=rows)),
        digest_of(scoring(rows, its=ALONE, report=rows.facts)),
    }

    assert len(digests) == 5
    assert {len(one) for one in digests} == {24}
    assert digest_of(scoring(rows, its=ALONE)) in digests


def test_the_longest_alarm_lasts_from_the_begin_of_its_first_window_to_the_end_of_its_last() -> None:
    scores, at = [0.9, 0.1, 0.9, 0.9, 0.1], [0.0, 10, 20, 30, 40]

    def longest(**its: object) -> float | None:
        one = {"fused": None, "columns": {}, "alarms": {"least_windows": 1, "gap_windows": 0}, **its}
        rows = table("swinmae.csv", score=scores, time=at)
        return summary_of(scoring(rows, its=rules(**one)), None).alarms.longest_seconds

    assert longest(windows={"swinmae": {"seconds": 2}}) == 12.0
    assert longest(windows={}) == 20.0
    one = rules(fused=None, columns={}, alarms={"least_windows": 1}, windows={})
    alone = summary_of(scoring(table("swinmae.csv", score=[0.9], time=[5.0]), its=one), None).alarms
    assert (alone.longest_seconds, alone.listed[0].start, alone.listed[0].end) == (0.0, 5.0, 5.0)


def test_places_of_an_alarm_are_told_to_a_millionth_of_a_second() -> None:
    at = [0.0000004, 1.1234564, 2.1234566, 3.5]
    one = rules(fused=None, columns={}, windows={"swinmae": {"seconds": 1}})
    (alarm,) = summary_of(
        scoring(table("swinmae.csv", score=[0.1, 0.8, 0.9, 0.1], time=at), its=one), None
    ).alarms.listed

    assert (alarm.start, alarm.end, alarm.peak_at) == (0.123456, 2.123457, 2.123457)
    assert np.isclose(alarm.peak, 0.9)
