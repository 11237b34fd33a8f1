"""What `dashboard.yaml` says of the tensors in a stream's checkpoint: names, sizes, counts. Closed and frozen."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, model_validator

from collectors.contract.shapes import Section


def _checked_formula(text: str) -> str:
    factors = [factor.strip() for factor in re.split(r"[*/]", text)]
    if not all(re.fullmatch(r"[\w-]+(\.[\w-]+)*", factor) for factor in factors):
        raise ValueError("write a dotted key of the config, a number, or several of them with `*` and `/` between")
    return text


def _as_formula(value: Any) -> Any:
    """A number is a formula of one factor."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Formula = Annotated[
    str, BeforeValidator(_as_formula, json_schema_input_type=str | int), AfterValidator(_checked_formula)
]
"""A key, or a product or quotient of keys and whole numbers, worked out from the left."""


class Layer(Section):
    """A tensor that must be there, whose size the config or the scaler also tells, or layers that the config counts."""

    tensor: str
    """Name of the stored tensor, with `*` for any part; what a wrapper adds to it (`module.`, `_orig_mod.`, `model.`,
    `ema.`, ...) may be left out."""
    dimension: int = 0
    """Which of its dimensions."""
    equals: Formula | None = None
    """Its size: a dotted key of the stream's config, `scaler` for the scaler's channel count, or a product or quotient
    of keys and numbers, such as `data.window / model.patch`. Without it and `count` the name alone tells whose
    checkpoint it is, and must be there."""
    count: Formula | None = None
    """How many layers there are: as many as there are numbers in the place of the last `*`."""
    where: dict[str, Formula] = {}  # noqa: RUF012 -- pydantic copies it
    """Key -> what it must equal for this rule to hold; a key that is not there does not hinder."""

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if self.equals is not None and self.count is not None:
            raise ValueError("`equals` is the size of a tensor, `count` a number of layers: say them in two entries")
        if self.count is not None and "*" not in self.tensor:
            raise ValueError("`count` counts what stands in the place of `*` in the name of the tensor")
        return self
