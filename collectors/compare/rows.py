"""Rows of one stream in two runs -> how far its final validation loss went. Pure.

Input: two rows of the index and the policy. Output: the change that the comparison of the whole
snapshots tells for the same value: what cannot be compared cannot be here either, for its reasons.
"""

from __future__ import annotations

from collectors.compare.comparability import Standing, reasons_against
from collectors.compare.regression import loss_change, quantity, way_of
from collectors.contract.delta import LossChange
from collectors.contract.policy import Policy
from collectors.contract.run_row import StreamRow, config_of

SERIES = "val_loss"


def final_val_change(run: StreamRow | None, baseline: StreamRow | None, policy: Policy) -> LossChange:
    """The change of the final validation loss; unknown values where a side has none."""
    value = quantity(_final(run), _final(baseline))
    against = reasons_against(_standing(run), _standing(baseline), policy.must_match)
    return loss_change((SERIES, "final"), value, against, (policy, way_of(SERIES, policy)))


def _final(row: StreamRow | None) -> float | None:
    return row["final_val_loss"] if row else None


def _standing(row: StreamRow | None) -> Standing | None:
    return standing_in(row) if row else None


def standing_in(stream: StreamRow) -> Standing:
    """How a stream stands by its row: the same as by its whole metrics."""
    return Standing(
        was_trained=stream["trained"],
        config=config_of(stream),
        has_diverged=stream["diverged"],
        diverged_epoch=stream["diverged_epoch"],
        unfinished=stream["unfinished"],
    )
