"""What `dashboard.yaml` says of a stream's metrics: which way each gets better, and what it must reach.

Closed and frozen. Refuses a target that asks for nothing, and one that no value can meet.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from collectors.contract.shapes import Section
from collectors.contract.values import Text

Better = Literal["lower", "higher"]
"""Which way a metric gets better."""


class Metric(Section):
    """What is known of one series beside its values."""

    better: Better | Literal["none"] | None = None
    """Which way it gets better, `none` where neither is; without a word its name tells, where it can."""
    unit: Annotated[Text, Field(min_length=1, max_length=12)] | None = None
    """What stands behind its values on screen; they stay as they were recorded."""
    label: Annotated[Text, Field(min_length=1, max_length=60)] | None = None
    """Its name on screen."""


class Target(Section):
    """A value that a metric must reach."""

    metric: Text
    """Name of the series."""
    at: Literal["best", "final"] = "final"
    """Which of its values: the best of all by its direction, or the last."""
    at_least: float | None = None
    """That value must be at least this."""
    at_most: float | None = None
    """That value must be at most this."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("say `at_least`, `at_most` or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("no value is at least `at_least` and at most `at_most` here")
        return self
