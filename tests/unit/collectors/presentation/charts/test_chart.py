"""A drawn chart: what a target asks is a line in it, within its axis, named in words."""

from __future__ import annotations

import re

from support.metric_states import FEW, with_metrics

from collectors.presentation.charts.chart import draw_chart
from collectors.presentation.charts.curves import curves_of
from collectors.presentation.charts.scale import Look
from collectors.presentation.markup import to_html
from collectors.presentation.metric_groups import only


def drawn(at_least: float | None) -> str:
    run = with_metrics(FEW, **{"val/acc": {"at_least": at_least}}).metrics["patchtst"]
    return to_html(draw_chart(curves_of(only(run, "val/acc"), None), Look(), "chart", "Accuracy: it rises"))


def test_a_value_that_is_to_be_reached_is_a_line_inside_the_chart_though_no_point_comes_near_it() -> None:
    found = re.search(r'<line [^>]*y1="([\d.]+)%"[^>]*class="target">', drawn(0.99))

    assert found is not None
    assert 0 <= float(found[1]) <= 100
    assert "at least 0.99<" in drawn(0.99)


def test_without_a_target_there_is_no_line() -> None:
    assert "target" not in drawn(None)
