"""The verdict of a soak: what grows is found in noise and over restarts, and what was too short is never good."""

from __future__ import annotations

import random

import pytest
from soak.figures import MEMORY, MIB, Sample, growth_an_hour, table_of

HOUR = 3600


def sampled(growth_mib: float, *, lives: int = 1, seconds: int = 2 * HOUR, noise: float = 0.2) -> list[Sample]:
    """A figure that grows by so much an hour, and begins anew with each life."""
    chance, each = random.Random(1), seconds // lives
    return [
        Sample(
            at,
            MIB * (200 + 30 * (at // each % 3) + growth_mib * (at % each) / HOUR + chance.gauss(0, noise)),
            at // each,
        )
        for at in range(0, seconds, 10)
    ]


@pytest.mark.parametrize("lives", [1, 4])
@pytest.mark.parametrize("growth", [0.0, 2.0, -3.0])
def test_growth_is_found_within_the_lives_of_a_part(growth: float, lives: int) -> None:
    found = growth_an_hour(sampled(growth, lives=lives), warm_up_seconds=600)

    assert found is not None
    assert found / MIB == pytest.approx(growth, abs=0.3)


def test_what_grows_before_the_warm_up_is_over_counts_not() -> None:
    samples = [Sample(at, MIB * min(at, 1800) / 10) for at in range(0, 2 * HOUR, 10)]

    assert growth_an_hour(samples, warm_up_seconds=1800) == pytest.approx(0.0, abs=1.0)


def test_too_short_a_time_cannot_be_told_and_is_said() -> None:
    figures = {"memory": (MEMORY, sampled(0.0, seconds=900)), "nothing": (MEMORY, [])}

    lines, wrong = table_of(figures, warm_up_seconds=600)

    assert wrong == ["memory: too short to tell", "nothing: too short to tell"]
    assert all("cannot" in line for line in lines[1:])


def test_a_leak_is_named_with_its_pace() -> None:
    _, wrong = table_of({"page memory": (MEMORY, sampled(2.5))}, warm_up_seconds=600)

    assert len(wrong) == 1 and wrong[0].startswith("page memory: grows by 2.")
