"""A baseline's stream and the policy -> how far each compared metric may go. Pure.

It judges nothing: a chart shades what is allowed by it. A metric whose better way nobody tells has no limit, and a mean
of several last values has none where only a spark of the baseline's curve is known.
"""

from __future__ import annotations

from dataclasses import dataclass

from collectors.compare.regression import allowance, mean_of_last, quantity, way_of
from collectors.contract.metric_rules import Better
from collectors.contract.metrics import StreamMetrics
from collectors.contract.policy import Policy
from collectors.numbers import number_words


@dataclass(frozen=True, slots=True)
class Limit:
    """What the policy allows of one series."""

    series: str
    value: float
    """The last allowed value, in the metric's unit."""
    better: Better

    @property
    def words(self) -> str:
        """`allowed to 0.499`, whichever way is worse."""
        return f"allowed to {number_words(self.value)}"


def limits_of(baseline: StreamMetrics, policy: Policy) -> list[Limit]:
    """Return the limit of every metric that is compared and that the baseline has."""
    found = []
    for rules in map(policy.of, dict.fromkeys([policy.metric, *policy.metrics])):
        value = mean_of_last(baseline, rules)
        better = way_of(rules.metric, rules, baseline)
        if value is not None and better is not None:
            room = allowance(quantity(None, value), rules)
            found.append(Limit(rules.metric, value + room if better == "lower" else value - room, better))
    return found
