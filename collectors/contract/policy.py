"""When a run is worse than the baseline: which metrics are compared, and how much worse each may be."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, NonNegativeInt, PositiveInt

from collectors.contract.metric_rules import Better
from collectors.contract.values import Contract, Text

Allowance = Annotated[float, Field(ge=0)]


class MetricPolicy(Contract):
    """How one more metric is compared."""

    direction: Better | None = None
    """Which way is better; null: as the metric itself says."""
    allowed_relative: Allowance = 0.05
    """Allowed change for the worse as a share of the baseline's value; the larger allowance counts."""
    allowed_absolute: Allowance = 0.0
    """Allowed change for the worse in the metric's own unit; the larger allowance counts."""
    window: PositiveInt = 1
    """Mean of the last k values that is compared."""


class Policy(Contract):
    """When a run counts as a regression against the baseline."""

    metric: Text = "val_loss"
    """Series that is compared."""
    direction: Better | None = None
    """Which way is better; null: as the stream's `metrics` say, else its name (a loss falls, an accuracy rises)."""
    allowed_relative: Allowance = 0.05
    """Allowed change for the worse as a share of the baseline's value; the larger allowance counts."""
    allowed_absolute: Allowance = 0.0
    """Allowed change for the worse in the metric's own unit; the larger allowance counts."""
    minimum_epochs: NonNegativeInt = 1
    """Fewer epochs are not judged."""
    window: PositiveInt = 1
    """Mean of the last k values that is compared."""
    must_match: tuple[Text, ...] = ("source", "window", "mask_ratio", "fs")
    """Config highlights that must be equal on both sides for losses to be comparable at all."""
    metrics: dict[Text, MetricPolicy] = {}  # noqa: RUF012 -- pydantic copies it
    """Further series that are compared where a stream has them -> how; each can make a run a regression."""

    def of(self, series: str) -> Policy:
        """The policy as it is for one series: what is said of another one's direction is not said of this one."""
        if series == self.metric:
            return self
        own = self.metrics.get(series)
        said = own.model_dump() if own else {"direction": None}
        return self.model_copy(update={"metric": series, **said})
