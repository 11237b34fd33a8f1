"""What the state says of one stream's whole config, so that two runs can be compared. Closed and frozen."""

from __future__ import annotations

from typing import Literal

from pydantic import NonNegativeInt

from collectors.contract.values import Contract, Scalar, Text

Reason = Literal["path", "address", "secret", "long"]
"""Why a value of a config does not leave the workspace."""


class Withheld(Contract):
    """A value of a config that is compared and never shown."""

    withheld: Reason
    """What it looks like."""
    digest: Text | None
    """Tells two values of one state directory apart; null where none could be made."""


class ConfigValues(Contract):
    """One stream's final config."""

    values: dict[Text, Scalar | Withheld]
    """Every value by dotted key."""
    left_out: NonNegativeInt
    """How many more keys it has than are listed."""
    highlighted: dict[Text, Text]
    """Name of a highlight -> its dotted key."""
