"""What cannot be told of a stream's end, when silence is told, and how far two series say it is."""

from __future__ import annotations

from typing import Any

import pytest
from support.curves import T0
from support.progress_parts import END, NO_LOSSES, beat, curve, found, seen

from collectors.contract.streams import StallLimits
from collectors.contract.values import Status
from collectors.training.completion import SAY_END, Recorded, Target
from collectors.training.curves import Losses
from collectors.training.progress import SILENT_SECONDS, WriterFacts, progress_of

RUNNING, DONE, STALLED = Status.RUNNING, Status.DONE, Status.STALLED
FIRST = T0 + 10.01
"""The last record of a run of one epoch, whose pace is not known."""
DAY = 86_400.0


def at(after: float, **more: Any) -> Any:
    """A run of one epoch so many seconds after its record."""
    return progress_of(seen(run_={"val": (0.9,)}, **more), FIRST + after)


def test_a_day_of_silence_without_a_known_pace_proves_no_end_and_says_so() -> None:
    told = at(DAY + 1)

    assert told.status is STALLED
    assert told.cannot_tell is not None
    assert told.cannot_tell.startswith("nothing was written since 20")
    assert told.cannot_tell.endswith(", and its pace is not known")
    assert at(DAY - 1).cannot_tell is None
    for proof in (
        {"writer": WriterFacts("h", 1, alive=False)},
        {"limits": StallLimits(stalled_seconds=5)},
        {"table_gap": 60.0},
    ):
        assert (at(DAY + 1, **proof).status, at(DAY + 1, **proof).cannot_tell) == (STALLED, None), proof
    assert at(DAY + 1, limits=StallLimits(quiet_seconds=5)).cannot_tell is not None


def test_an_end_that_cannot_be_told_is_told_only_while_it_is_open() -> None:
    """The last stride is missing: 100 of 120 steps."""
    losses = Losses("events", {"loss": curve([float("nan")] * 4, [25, 50, 75, 100])})
    by_step = {"losses": losses, "target": Target("step", 120)}
    words = "logged to 100 of 120 steps, and nothing later says that it ended"

    for after, status in ((1.0, RUNNING), (DAY, STALLED)):
        told = found(after, **by_step)
        assert (told.status, told.cannot_tell, told.remedy) == (status, words, SAY_END)
    diverged = found(**by_step, heartbeat=beat(outcome="failed"))
    assert (diverged.status, diverged.cannot_tell, diverged.remedy) == (Status.FAIL, None, None)


def test_a_recorded_outcome_that_the_losses_contradict_is_doubted_in_words() -> None:
    doubted = found(heartbeat=beat(outcome="completed"))

    assert (doubted.status, doubted.doubted) == (RUNNING, "says `completed`, and the losses end at epoch 3 of 30")
    assert found(heartbeat=beat(outcome="early_stopped")).doubted is None
    assert found(target=Target("epoch", 3), heartbeat=beat(outcome="completed")).doubted is None
    assert found().doubted is None


def test_a_process_that_lives_and_writes_nothing_is_silent() -> None:
    """From its usual limit on, or after an hour where its pace is not known."""
    alive = {"writer": WriterFacts("h", 1, alive=True)}

    assert [found(after, **alive).silent for after in (179.0, 180.0, 180.1)] == [False, False, True]
    assert [found(after, **alive).status for after in (179.0, 999.0)] == [RUNNING, RUNNING]
    for after, silent in ((SILENT_SECONDS - 1, False), (SILENT_SECONDS, False), (SILENT_SECONDS + 1, True)):
        assert at(after, **alive).silent is silent, after
        assert at(after).silent is silent, after
    assert not at(DAY + 1).silent, "it is stalled"
    assert not found(999.0).silent


def test_a_table_alone_tells_its_pace_by_how_it_was_written() -> None:
    by_table = {"run": None, "losses": Losses("table", {"val_loss": curve([1])}), "table_modified_at": END}

    assert found(**by_table).gap is None
    assert found(**by_table, table_gap=40.0).gap == 40.0
    assert found(table_gap=40.0).gap == pytest.approx(10.0)


def test_the_series_that_is_farthest_says_how_far_it_is() -> None:
    losses = Losses("events", {"a_loss": curve([1, 2, 5], [10, 20, 50]), "b_loss": curve([1, 2], [10, 20])})

    assert (found(losses=losses).epoch, found(losses=losses).step) == (5.0, 50)


def test_the_step_that_the_trainer_recorded_as_its_last_is_the_last() -> None:
    losses = Losses("events", {"loss": curve([1, 2], [10, 30])})

    def step(recorded: int | None, target: Target) -> int | None:
        return found(losses=losses, target=target, recorded=Recorded(step=recorded, of_steps=37)).step

    assert step(37, Target("step", 37)) == 37
    assert step(36, Target("step", 37)) == 30
    assert step(37, Target("epoch", 37)) == 30
    assert step(None, Target("step", None)) == 30
    assert found(losses=NO_LOSSES).step is None


def test_the_end_is_expected_by_the_events_own_epochs_before_those_of_the_table() -> None:
    """Both have four records of ten seconds: in the events each is half an epoch, in the table a whole one."""
    whole, half = curve([1, 2, 3, 4], [1, 2, 3, 4]), curve([0.5, 1.0, 1.5, 2.0], [1, 2, 3, 4])
    told = {"run_": {"val": (0.9, 0.8, 0.7, 0.6)}, "after": 11.0}

    by_table = found(losses=Losses("loss_history", {"loss": whole}), **told).expected_end_at
    by_events = found(losses=Losses("loss_history", {"loss": whole}, events={"loss": half}), **told).expected_end_at

    assert by_table == pytest.approx(T0 + 40.01 + 26 * 10, abs=0.1)
    assert by_events == pytest.approx(T0 + 40.01 + 26 * 20, abs=0.1)
