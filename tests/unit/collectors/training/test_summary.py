"""Which curves are kept beside the state, and how many points each of them had."""

from __future__ import annotations

from dataclasses import replace

from support.odd_losses import curve

from collectors.training.summary import course_from, longer_curves

LONG = curve([0.5] * 61)


def test_only_curves_that_do_not_fit_into_the_state_are_kept_beside_it() -> None:
    assert list(longer_curves({"short": curve([0.5] * 60), "long": LONG}, 60)) == ["long"]


def test_a_curve_says_how_many_points_it_stands_for_or_that_nobody_can_tell() -> None:
    last = (LONG.step[-1:], LONG.time[-1:])

    assert [course_from(one).count for one in (LONG, replace(LONG, count=900), replace(LONG, recent=last))] == [
        61, 900, None,
    ]  # fmt: skip
