"""What a checkpoint says of its epoch, step and values, against the losses of its run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.gathered import good, patchtst, reread, unread, with_progress, with_rules, with_stream

from collectors.contract.values import Outcome, Status
from collectors.judge.checklist import judge
from collectors.judge.findings.checkpoint_says import find_checkpoint_says
from collectors.judge.findings.spec import losses_path, was_resumed
from collectors.training.curves import Losses
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.stream_runs import Curve

CKPT, CSV = "checkpoints/patchtst_ssl.pt", "artifacts/loss/patchtst_loss_history.csv"
VAL = [1.0, 0.8, 0.5, 0.7]
"""Best at the third of four."""


def curve(values: list[float], places: list[float] | None = None, steps: list[int] | None = None) -> Curve:
    count = len(values)
    epoch = np.arange(1.0, count + 1) if places is None else np.array(places)
    step = np.full(count, -1) if steps is None else np.array(steps)
    return Curve(step, np.full(count, np.nan), np.array(values), epoch)


def seen_with(said: dict[str, Any], scalars: dict[str, Any], **curves: Curve) -> WorkspaceEvidence:
    """PatchTST's description maps these words, its checkpoint says those, its table holds these curves."""
    held = curves or {"train_loss": curve(VAL), "val_loss": curve(VAL)}
    seen = with_rules(good(), checkpoint={"path": CKPT, "says": said})
    losses = Losses("loss_history", held)
    return with_stream(seen, checkpoint=reread(patchtst().checkpoint, scalars=scalars), losses=losses)


def told(seen: WorkspaceEvidence) -> list[str]:
    return [found.text for found in find_checkpoint_says(seen)]


EPOCH = {"key": "epoch", "from": 1}
STEPS = {"train_loss": curve(VAL, [np.nan] * 4, [50, 100, 150, 200])}


@pytest.mark.parametrize(
    ("word", "number", "problem"),
    [
        (EPOCH, 3, None),
        (EPOCH, 4, None),
        (EPOCH, 5, "holds epochs 1 to 4"),
        (EPOCH, 0, "holds epochs 1 to 4"),
        (EPOCH | {"from": 0}, 0, None),
        (EPOCH | {"from": 0}, 4, "holds epochs 1 to 4"),
        (EPOCH | {"at": "last"}, 4, None),
        (EPOCH | {"at": "last"}, 3, "ends at epoch 4"),
        (EPOCH | {"at": "best"}, 3, None),
        (EPOCH | {"at": "best"}, 4, "has its best `val_loss` at epoch 3"),
        (EPOCH, "3", None),  # metadata of safetensors is text
        (EPOCH, "99", "holds epochs 1 to 4"),
        (EPOCH, "third", None),
        (EPOCH, True, None),
    ],
)
def test_an_epoch_is_one_of_those_that_were_trained(word: dict[str, Any], number: Any, problem: str | None) -> None:
    expected = [] if problem is None else [f"patchtst: {CKPT} says `epoch` {number}, but {CSV} {problem}"]

    assert told(seen_with({"epoch": word}, {"epoch": number})) == expected


def test_a_table_that_counts_from_0_is_compared_by_place() -> None:
    from_0 = {"train_loss": curve(VAL, [0, 1, 2, 3]), "val_loss": curve(VAL, [0, 1, 2, 3])}

    assert told(seen_with({"epoch": EPOCH | {"at": "best"}}, {"epoch": 3}, **from_0)) == []
    assert told(seen_with({"epoch": EPOCH | {"from": 0, "at": "best"}}, {"epoch": 2}, **from_0)) == []
    assert len(told(seen_with({"epoch": EPOCH | {"at": "best"}}, {"epoch": 2}, **from_0))) == 1


@pytest.mark.parametrize(
    ("step", "at", "problem"),
    [
        (200, "last", None),
        (249, "last", None),  # not every step is logged
        (100, "last", "ends at step 200"),
        (100, None, None),
        (900, None, "holds steps 50 to 200"),
    ],
)
def test_a_step_may_lie_a_logging_stride_beyond(step: int, at: str | None, problem: str | None) -> None:
    found = told(seen_with({"step": {"key": "global_step", "at": at}}, {"global_step": step}, **STEPS))

    assert [text.partition(f"{CSV} ")[2] for text in found] == ([problem] if problem else [])


@pytest.mark.parametrize(
    ("word", "value", "problem"),
    [
        ({"key": "loss", "at": "best"}, 0.5, None),
        ({"key": "loss", "at": "best"}, 0.7, "has 0.5 at its best epoch 3"),
        ({"key": "loss", "at": "last"}, 0.7, None),
        ({"key": "loss", "at": "last"}, 0.5, "has 0.7 at its end"),
        ({"key": "loss"}, 0.8, None),
        ({"key": "loss"}, 2.0, "has no such value"),
    ],
)
def test_a_value_is_that_of_the_best_the_last_or_any_epoch(
    word: dict[str, Any], value: float, problem: str | None
) -> None:
    found = told(seen_with({"val_loss": word}, {"loss": value}))

    assert [text.partition(f"{CSV} ")[2] for text in found] == ([problem] if problem else [])


def test_a_value_is_of_the_epoch_that_the_checkpoint_names() -> None:
    said = {"epoch": EPOCH, "val_loss": {"key": "loss"}}

    assert told(seen_with(said, {"epoch": 2, "loss": 0.8})) == []
    (text,) = told(seen_with(said, {"epoch": 2, "loss": 0.5}))
    assert text.endswith(f"says `loss` 0.5, but {CSV} has 0.8 at epoch 2")


def test_the_best_of_a_metric_that_rises_is_the_largest_and_equal_ones_are_equally_good() -> None:
    seen = seen_with({"epoch": EPOCH | {"at": "best"}}, {"epoch": 2}, val_acc=curve([0.1, 0.9, 0.9, 0.2]))
    seen = with_rules(seen, completion={"monitor": "val_acc"})

    assert told(seen) == []
    late = with_stream(seen, checkpoint=reread(patchtst().checkpoint, scalars={"epoch": 4}))
    assert told(late)[0].endswith("has its best `val_acc` at epoch 2, 3")


@pytest.mark.parametrize(("epoch", "count"), [(1, 0), (3, 1)])
def test_the_description_says_which_way_is_better_before_the_name_does(epoch: int, count: int) -> None:
    said = with_rules(seen_with({}, {"epoch": epoch}), metrics={"val_loss": {"better": "higher"}})
    seen = with_rules(said, checkpoint={"path": CKPT, "says": {"epoch": EPOCH | {"at": "best"}}})

    assert len(told(seen)) == count


def test_what_is_not_there_or_has_no_way_says_nothing() -> None:
    assert told(seen_with({"epoch": EPOCH}, {})) == []
    assert told(seen_with({"psnr": {"key": "loss"}}, {"loss": 9.0})) == []
    assert told(seen_with({"config": {"key": "config"}}, {"config": 9.0})) == []
    wayless = with_rules(seen_with({"epoch": EPOCH | {"at": "best"}}, {"epoch": 2}), completion={"monitor": "entropy"})
    assert told(wayless) == []
    assert told(with_stream(seen_with({"epoch": EPOCH}, {"epoch": 99}), checkpoint=unread(patchtst().checkpoint))) == []


def test_one_record_that_agrees_is_enough() -> None:
    """The table's last value is cut off; the events have it whole."""
    seen = seen_with({"val_loss": {"key": "loss", "at": "last"}}, {"loss": 0.7}, val_loss=curve([1.0, 0.0]))
    agreeing = replace(seen.of("patchtst").losses, others={"val_loss": curve(VAL)})

    assert len(told(seen)) == 1
    assert told(with_stream(seen, losses=agreeing)) == []


def test_a_stream_that_did_not_end_is_not_asked() -> None:
    seen = seen_with({"epoch": EPOCH}, {"epoch": 99})

    for status in (Status.RUNNING, Status.STALLED, Status.FAIL):
        assert told(with_progress(seen, status=status)) == []


def resumed(seen: WorkspaceEvidence) -> WorkspaceEvidence:
    run = seen.of("patchtst").run
    assert run is not None
    return with_stream(seen, run=replace(run, files=(*run.files, *run.files)))


def test_of_a_resumed_training_another_epoch_warns_and_one_that_never_was_fails() -> None:
    early = seen_with({"epoch": EPOCH | {"at": "best"}}, {"epoch": 1})
    never = seen_with({"epoch": EPOCH | {"at": "best"}}, {"epoch": 9})

    assert not was_resumed(early.of("patchtst"))
    assert [f.level for f in find_checkpoint_says(early)] == [None]
    assert [f.level for f in find_checkpoint_says(resumed(early))] == ["warn"]
    assert [f.level for f in find_checkpoint_says(resumed(never))] == [None]


def test_check_9_fails_and_names_the_events_where_they_are_the_source() -> None:
    seen = seen_with({"epoch": EPOCH}, {"epoch": 99})
    from_events = with_stream(seen, losses=replace(seen.of("patchtst").losses, source="events"))

    check = next(c for c in judge(from_events).checks if c.id == "provenance")

    path = losses_path(from_events.of("patchtst"))
    assert path is not None and path.startswith("runs/patchtst_ssl/events.out.tfevents.")
    assert check.outcome is Outcome.FAIL
    assert f"{CKPT} says `epoch` 99, but {path} holds epochs 1 to 4 (checkpoint_says)" in check.detail


def test_a_best_one_at_epoch_0_has_a_place_and_one_without_a_known_epoch_has_none() -> None:
    best = {"epoch": EPOCH | {"at": "best"}}

    def found(number: int, places: list[float]) -> list[str]:
        held = {"train_loss": curve(VAL, [0, 1, 2, 3]), "val_loss": curve([0.1, *VAL[1:]], places)}
        return [text.rpartition(f"{CSV} ")[2] for text in told(seen_with(best, {"epoch": number}, **held))]

    assert (found(1, [0, 1, 2, 3]), found(2, [0, 1, 2, 3])) == ([], ["has its best `val_loss` at epoch 0"])
    assert found(2, [np.nan, 1, 2, 3]) == found(2, [-1, 1, 2, 3]) == []
