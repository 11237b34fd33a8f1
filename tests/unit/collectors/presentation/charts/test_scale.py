"""Drawn is measured, and one spike flattens no curve: from the numbers to the report's chart."""

from __future__ import annotations

import pytest
from support.html_reading import read_page
from support.states import ready_state

from collectors.contract.state import DashboardState
from collectors.presentation.charts.scale import Look, drawn_range, smoothed, usual_range
from collectors.presentation.page import as_html

FALLING = [2.0, 1.0, 0.7, 0.55, 0.5, 0.47, 0.45, 0.44, 0.43, 0.43, 0.42, 0.42]


def ends(*curves: list[float | None]) -> tuple[float, float]:
    known = [value for curve in curves for value in curve if value is not None]
    return drawn_range(known, map(usual_range, curves))


@pytest.mark.parametrize(
    ("curves", "expected"),
    [
        ([FALLING], (0.42, 2.0)),
        ([[*FALLING[:5], 1e6, *FALLING[5:]]], (0.42, 2.0)),
        ([[*FALLING[:5], -1e6, *FALLING[5:]]], (0.42, 2.0)),
        ([[*FALLING, 1e6]], (0.42, 1e6)),
        ([[*FALLING[:5], None, 1e6, *FALLING[5:]], [9.0, 8.0]], (0.42, 9.0)),
        ([[1.0, 1e6, 1.0]], (1.0, 1e6)),
        ([[0.0] * 20 + [1.0] + [0.0] * 20], (0.0, 1.0)),
        ([[1.0 + n % 2 for n in range(1000)] + [1e3] * 15 + [1.0]], (1.0, 2.0)),
        ([[1.0 + n % 100 / 100 for n in range(300)] + [1e3, 1.0]], (1.0, 1.99)),
        ([[1.0 + n % 2 for n in range(100)] + [1e3] * 15 + [1.0]], (1.0, 1e3)),
        ([[1e308, -1e308] * 10], (-1e308, 1e308)),
    ],
    ids=[
        "falls",
        "spike",
        "dip",
        "ends there",
        "two curves",
        "few points",
        "alone",
        "some of many",
        "near the others",
        "many",
        "huge",
    ],
)
def test_what_stands_far_off_alone_is_off_the_scale_and_nothing_else(
    curves: list[list[float | None]], expected: tuple[float, float]
) -> None:
    assert ends(*curves) == expected


def test_a_gap_is_smoothed_over_and_stays_one() -> None:
    assert smoothed([1.0, None, 3.0], 0.5) == (1.0, None, pytest.approx((1.0 * 0.25 + 3.0 * 0.5) / 0.75))


def state_of(values: list[float | None]) -> DashboardState:
    raw = ready_state().model_dump(mode="json")
    count = len(values)
    raw["metrics"]["patchtst"]["series"] = {
        "val_loss": {"epoch": [None] * count, "step": list(range(count)), "time": [None] * count, "value": values}
    }
    return DashboardState.model_validate(raw)


def test_a_report_draws_few_points_as_measured_many_smoothed_over_them_and_a_spike_in_a_chart_of_its_own() -> None:
    def figure(values: list[float | None], look: Look = Look()) -> tuple[str, int, int, str]:  # noqa: B008
        found = read_page(as_html(state_of(values), look=look)).of_class("loss")[0]
        note = found.of_class("loss-note")[0].text
        lines = len(found.of_class("line-faint"))
        return note, lines, len(found.of_class("beyond")), "".join(one.text for one in found.of_class("loss-whole"))

    many = [1.0 + n % 7 for n in range(200)]
    assert figure(many[:199])[1:3] == (0, 0) and "smoothed" not in figure(many[:199])[0]
    assert figure(many)[1] == 1 and "smoothed 0.60, measured faint" in figure(many)[0]
    assert figure(many, Look(smoothing=0))[1] == 0

    _, faint, beyond, whole = figure([*FALLING[:5], 1e6, *FALLING[5:]])
    assert (faint, beyond) == (0, 1)
    assert whole.startswith("1 value off the scale, to 1,000,000: show all")
    assert figure(FALLING)[2:] == (0, "")  # type: ignore[arg-type] # no gaps
