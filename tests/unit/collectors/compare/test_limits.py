"""How far the policy lets a metric go: what a chart shades is where the judge begins to say worse."""

from __future__ import annotations

import pytest
from support.metric_states import ACC, FEW, with_metrics

from collectors.compare.limits import limits_of
from collectors.compare.regression import judge_regression
from collectors.contract.metrics import StreamMetrics
from collectors.contract.policy import MetricPolicy, Policy
from collectors.contract.values import Regression

BASELINE = with_metrics({"val/acc": ACC}).metrics["patchtst"]
POLICY = Policy(metrics={"val/acc": MetricPolicy(allowed_absolute=0.1)})


def ending_at(name: str, value: float) -> StreamMetrics:
    """The baseline's stream, of which one series ends elsewhere."""
    series = BASELINE.series[name]
    changed = series.model_copy(update={"value": (*series.value[:-1], value)})
    return BASELINE.model_copy(update={"series": BASELINE.series | {name: changed}})


@pytest.mark.parametrize(("name", "way"), [("val_loss", 1), ("val/acc", -1)])
def test_a_run_within_the_limit_is_no_regression_and_one_beyond_it_is(name: str, way: int) -> None:
    (limit,) = (one for one in limits_of(BASELINE, POLICY) if one.series == name)

    judged = [
        judge_regression({"a": ending_at(name, limit.value + way * beyond)}, {"a": BASELINE}, POLICY).value
        for beyond in (-1e-6, 1e-3)
    ]

    assert judged == [Regression.NONE, Regression.REGRESSION]
    assert limit.better == ("lower" if way > 0 else "higher")


def test_a_metric_without_a_better_way_or_without_values_has_no_limit() -> None:
    policy = Policy(metrics=POLICY.metrics | {"grad_norm": MetricPolicy(window=2)})

    baseline = with_metrics(FEW).metrics["patchtst"]
    assert [limit.series for limit in limits_of(baseline, policy)] == ["val_loss", "val/acc"]
    assert limits_of(baseline, Policy(metric="gone")) == []
