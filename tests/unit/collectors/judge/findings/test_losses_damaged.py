"""Losses of this run that stood in damaged records of its event files, and stand nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from support.gathered import ERROR, with_stream
from support.odd_losses import CSV, Values, curve, event_file, odd, texts

from collectors.evidence.files import Finding
from collectors.judge.findings.losses_damaged import find_losses_damaged
from collectors.training.evidence import WorkspaceEvidence

WHOLE = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
HOLED = [0.9, 0.8, None, 0.6, 0.5, 0.4]
ENDS = WHOLE[:5]
TOOK = f"{event_file()}: damaged records took "


def damaged(seen: WorkspaceEvidence, *spelled: str, count: int = 1, found: tuple[Finding, ...] = ()) -> list[str]:
    """What is told when PatchTST's event file has so many damaged records, which spell these tags."""
    run = seen.of("patchtst").run
    assert run is not None
    (file,) = run.files
    evidence = replace(file.evidence, damaged=count, lost_tags=spelled, findings=found)
    files = (replace(file, evidence=evidence),)
    return texts(find_losses_damaged(with_stream(seen, run=replace(run, files=files))))


def events(**series: Values) -> WorkspaceEvidence:
    """PatchTST without a table, and with these losses in its event files."""
    return odd(None, series)


def test_a_hole_beside_a_damaged_record_is_lost_and_named() -> None:
    assert damaged(events(train_loss=WHOLE, val_loss=HOLED)) == [f"{TOOK}val_loss of epoch 3"]
    assert damaged(events(train_loss=HOLED, val_loss=[*WHOLE[:4], None, None, 0.3, 0.2]), count=3) == [
        f"{TOOK}train_loss of epoch 3, val_loss of epochs 5, 6"
    ]


def test_without_damage_a_hole_is_not_its_matter() -> None:
    assert damaged(events(train_loss=WHOLE, val_loss=HOLED), count=0) == []


def test_damage_that_took_something_else_costs_no_loss() -> None:
    assert damaged(events(train_loss=WHOLE, val_loss=WHOLE), "weights/histogram") == []
    assert damaged(events(train_loss=WHOLE, val_loss=ENDS), "weights/histogram") == []  # a validation that stops


def test_the_last_value_is_lost_where_the_damage_spells_its_tag() -> None:
    assert damaged(events(train_loss=WHOLE, val_loss=ENDS), "loss/val") == [f"{TOOK}val_loss of epoch 6"]


def test_what_the_table_holds_is_not_lost() -> None:
    assert damaged(odd({"val_loss": WHOLE}, {"val_loss": HOLED})) == []
    assert damaged(odd({"val_loss": ENDS}, {"val_loss": HOLED})) == [f"{TOOK}val_loss of epoch 3"]


@pytest.mark.parametrize(
    "series",
    [{"train_loss": {1: 0.9, 2: 0.8}}, {"train_loss": {1: 0.9, 2: 0.8, 5: 0.7, 10: 0.6, 20: 0.5}}],
    ids=["too few", "no grid"],
)
def test_without_a_stride_the_spelled_tag_tells(series: Mapping[str, Values]) -> None:
    assert damaged(events(**series), "loss/train") == [f"{TOOK}values of train_loss"]
    assert damaged(events(**series), "loss/val") == [f"{TOOK}every value of val_loss"]
    assert damaged(events(**series)) == []


def test_of_a_long_series_the_spelled_tag_tells() -> None:
    reduced = replace(curve(HOLED), nonfinite={"nan": 0})
    seen = odd(None, {"train_loss": reduced})  # type: ignore[dict-item]

    assert damaged(seen, "loss/train") == [f"{TOOK}values of train_loss"]
    assert damaged(seen) == []


def test_a_file_that_cannot_be_read_to_its_end_counts_as_damaged() -> None:
    assert damaged(events(val_loss=HOLED), count=0, found=(ERROR,)) == [f"{TOOK}val_loss of epoch 3"]


def test_the_table_is_not_blamed() -> None:
    assert damaged(odd({"val_loss": HOLED}, {"val_loss": WHOLE})) == []
    assert CSV not in "".join(damaged(odd({"val_loss": HOLED}, {"val_loss": HOLED})))
