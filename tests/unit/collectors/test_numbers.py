"""Numbers, sizes, times and counts as people read them: one form each."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from collectors import numbers as n


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (None, "–"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (9_949, "9.95 kB"),
        (514_764, "515 kB"),
        (999_600, "1.00 MB"),
        (1_038_336, "1.04 MB"),
        (27_300_000, "27.3 MB"),
        (2_500_000_000, "2.50 GB"),
        (4_000_000_000_000_000, "4,000 TB"),
    ],
)
def test_sizes_have_three_digits_and_never_lie_by_a_unit(size_bytes: int | None, words: str) -> None:
    assert n.size_words(size_bytes) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (24, "24"),
        (8.0, "8"),
        (-0.0, "0"),
        (2.5, "2.5"),
        (0.333, "0.333"),
        (1.0021, "1.002"),
        (0.004, "0.004"),
        (0.9929495, "0.9929"),
        (0.044123, "0.04412"),
        (12.3456, "12.35"),
        (999.96, "1,000"),
        (12345.678, "12,346"),
        (12000, "12,000"),
        (0.000012345, "1.234e-05"),
        (-0.5, "-0.5"),
        (1.5e9, "1,500,000,000"),
        (3.4e38, "3.4e+38"),
        (math.nan, "NaN"),
        (math.inf, "Inf"),
        (-math.inf, "-Inf"),
    ],
)
def test_a_number_keeps_four_telling_digits_and_no_needless_one(value: float | None, words: str) -> None:
    assert n.number_words(value) == words


@pytest.mark.parametrize(
    ("difference", "relative", "words"),
    [
        (None, None, "–"),
        (0.0, 0.0, "0"),
        (0.012, None, "+0.012"),
        (-0.1988, -0.41826, "-0.1988 (-41.8 %)"),
        (0.1, 0.2, "+0.1 (+20 %)"),
        (1e-5, 0.0004, "+1e-05 (+0.04 %)"),
    ],
)
def test_a_change_has_its_sign_and_its_share(difference: float | None, relative: float | None, words: str) -> None:
    assert n.change_words(difference, relative) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (None, "–"),
        (math.inf, "–"),
        (0.0, "0 %"),
        (0.05, "5 %"),
        (-0.418, "41.8 %"),
        (0.00096, "0.1 %"),
        (0.0004, "0.04 %"),
        (12.5, "1,250 %"),
    ],
)
def test_a_share_has_one_decimal_and_is_0_only_where_it_is(share: float | None, words: str) -> None:
    assert n.percent_words(share) == words


@pytest.mark.parametrize(
    ("relative", "words"), [(None, "–"), (math.nan, "–"), (0.0, "0 %"), (-0.418, "-41.8 %"), (0.2, "+20 %")]
)
def test_a_relative_change_has_its_sign(relative: float | None, words: str) -> None:
    assert n.share_words(relative) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (math.nan, "–"),
        (0.3615, "0.36 s"),
        (4.13, "4.1 s"),
        (52.0, "52 s"),
        (99.4, "99 s"),
        (99.5, "1 min 40 s"),
        (200.0, "3 min 20 s"),
        (240.0, "4 min"),
        (6000.0, "1 h 40 min"),
        (7200.0, "2 h"),
        (3_600_000.0, "41 d 16 h"),
        (8 * 86_400.0, "8 d"),
    ],
)
def test_a_duration_has_two_units_at_most(seconds: float | None, words: str) -> None:
    assert n.duration_words(seconds) == words


def test_instants_are_told_in_utc_whatever_form_they_come_in() -> None:
    east = datetime(2026, 2, 21, 16, 2, 11, tzinfo=timezone(timedelta(hours=2)))

    told = {n.instant_words(form) for form in (east, east.timestamp(), "2026-02-21T14:02:11+00:00")}
    assert told == {"2026-02-21 14:02:11 UTC"}
    assert n.instant_words(None) == "–"
    assert n.instant_words(1e18) == "–", "no calendar has this"
    assert n.silence_words(east) == f"nothing was written since {n.instant_words(east)}"
    assert n.silence_words(None) == n.silence_words(1e18) == "nothing tells when it last wrote"
    assert n.iso_text(east) == "2026-02-21T14:02:11.000Z"
    assert n.iso_text(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000Z"


def test_a_count_agrees_with_its_noun() -> None:
    assert n.plural(1, "bundle") == "1 bundle"
    assert n.plural(0, "bundle") == "0 bundles"
    assert n.plural(2000, "entry", "entries") == "2,000 entries"


def test_a_long_list_is_cut_and_says_by_how_much() -> None:
    assert n.listed("abc") == "a, b, c"
    assert n.listed("abcdef") == "a, b, c, d and 2 more"
    assert n.listed([], most=2) == ""


@pytest.mark.parametrize(
    ("epoch", "step", "words"),
    [(3, 300, "epoch 3"), (2.5, None, "epoch 2.5"), (0, 0, "epoch 0"), (None, 1200, "step 1,200"), (None, None, "")],
)
def test_a_place_is_an_epoch_else_a_step(epoch: float | None, step: int | None, words: str) -> None:
    assert n.place_words(epoch, step) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (True, "true"),
        (False, "false"),
        (8.0, "8"),
        (0.002, "0.002"),
        (1e-5, "1e-05"),
        (0.1 + 0.2, "0.3"),
        (12000, "12000"),
        ("csv", "csv"),
    ],
)
def test_a_config_value_is_told_as_a_person_writes_it(value: bool | float | str | None, words: str) -> None:
    assert n.value_words(value) == words
