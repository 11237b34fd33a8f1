"""Numbers, instants and words as people read them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from collectors.contract.values import Level, Outcome, Status, VerdictValue
from collectors.presentation import words as f


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (None, "–"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (514_764, "515 kB"),
        (999_600, "1.0 MB"),
        (1_038_336, "1.0 MB"),
        (2_500_000_000, "2.5 GB"),
        (4_000_000_000_000, "4,000 GB"),
    ],
)
def test_sizes_are_short_and_never_lie_by_a_unit(size_bytes: int | None, text: str) -> None:
    assert f.size_text(size_bytes) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
        (0.0, "0.0"),
        (0.9929495, "0.9929"),
        (0.044123, "0.04412"),
        (12.3456, "12.35"),
        (12345.678, "12346"),
        (0.000012345, "1.23e-05"),
        (-0.5, "-0.5000"),
        (1.5e9, "1.50e+09"),
    ],
)
def test_losses_have_four_telling_digits(value: float | None, text: str) -> None:
    assert f.loss_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (24, "24"), (2.5, "2.5"), (0.333, "0.33"), (12000, "12,000")])
def test_epochs_and_steps_show_fractions_only_where_there_are_any(value: float | None, text: str) -> None:
    assert f.number_text(value) == text


def test_instants_are_told_in_utc_whatever_zone_they_come_in() -> None:
    east = datetime(2026, 2, 21, 16, 2, 11, tzinfo=timezone(timedelta(hours=2)))

    assert f.instant_text(east) == "2026-02-21 14:02:11 UTC"
    assert f.iso_text(east) == "2026-02-21T14:02:11.000Z"
    assert f.instant_text(None) == "–"
    assert f.iso_text(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000Z"


def test_a_count_agrees_with_its_noun() -> None:
    assert f.count_text(1, "bundle") == "1 bundle"
    assert f.count_text(0, "bundle") == "0 bundles"
    assert f.count_text(2000, "entry", "entries") == "2,000 entries"


def test_text_for_a_chart_holds_no_markup() -> None:
    assert f.chart_text('<b onclick="x">&amp;') == '&lt;b onclick="x"&gt;&amp;amp;'


def test_every_word_of_the_contract_has_a_look() -> None:
    """No value of the contract falls through to a default."""
    assert set(f.VERDICT_WORDS) == set(f.VERDICT_STATUS) == set(VerdictValue)
    assert set(f.OUTCOME_STATUS) == set(f.OUTCOME_MARKS) == set(Outcome)
    assert set(f.LEVEL_STATUS) == set(Level)
    assert {f.status_class(status) for status in Status} == {
        "is-idle",
        "is-running",
        "is-stalled",
        "is-done",
        "is-fail",
    }


def test_only_what_is_good_looks_good() -> None:
    good = Status.DONE

    assert [v for v in VerdictValue if f.VERDICT_STATUS[v] is good] == [VerdictValue.READY]
    assert [o for o in Outcome if f.OUTCOME_STATUS[o] is good] == [Outcome.PASS]
    assert [level for level in Level if f.LEVEL_STATUS[level] is good] == [Level.VERIFIED]
