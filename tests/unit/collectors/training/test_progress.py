"""A stream's state rule by rule: what it needs to be running, stalled, done or failed."""

from __future__ import annotations

import math
from typing import Any

import pytest
from support.curves import T0
from support.progress_parts import END, NO_LOSSES, beat, curve, found, instant

from collectors.contract.streams import StallLimits
from collectors.contract.values import Status
from collectors.training.completion import Recorded, Target, end_of
from collectors.training.curves import Losses
from collectors.training.progress import WriterFacts

RUNNING, DONE, FAIL, STALLED = Status.RUNNING, Status.DONE, Status.FAIL, Status.STALLED


def test_a_running_stream_tells_all_that_its_durations_are_made_of() -> None:
    told = found(run_={"val": (0.9, 0.8, 0.7, 0.6)}, after=11.0)

    assert (told.status, told.since, told.started_at, told.last_at) == (
        RUNNING,
        T0,
        T0,
        pytest.approx(T0 + 40.01, abs=1e-3),
    )
    assert (told.epoch, told.step, told.target, told.gap) == (4.0, 4, Target("epoch", 30), pytest.approx(10.0))
    assert told.quiet_at == pytest.approx(T0 + 70.01, abs=1e-3)
    assert told.stalled_at == pytest.approx(T0 + 220.01, abs=1e-3)
    assert told.expected_end_at == pytest.approx(T0 + 40.01 + 26 * 10, abs=1e-3)
    assert (told.early_stop, told.quiet, told.writer, told.ended) == (False, False, None, False)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"target": Target("epoch", 3)}, DONE),
        ({"run_": {"val": (0.9, math.nan)}}, FAIL),
        ({"writer": WriterFacts("h", 1, alive=False)}, STALLED),
        ({"after": 999.0}, STALLED),
    ],
)
def test_limits_of_silence_are_told_only_while_a_stream_runs(more: dict[str, Any], status: Status) -> None:
    told = found(**more)

    assert told.status is status
    assert (told.quiet_at, told.stalled_at, told.expected_end_at, told.quiet) == (None, None, None, False)
    assert told.ended is (status in {DONE, FAIL})


@pytest.mark.parametrize(("alive", "status"), [(True, RUNNING), (None, RUNNING), (False, STALLED)])
def test_only_a_writer_that_is_known_to_be_gone_stalls_a_stream(alive: bool | None, status: Status) -> None:
    writer = WriterFacts("h", 1, alive)

    told = found(writer=writer)

    assert (told.status, told.writer) == (status, writer)


@pytest.mark.parametrize(
    ("alive", "after", "lingers"),
    [(True, 11.0, True), (True, 3700.0, False), (None, 11.0, False), (False, 11.0, False)],
)
def test_a_process_lingers_for_an_hour_after_its_stream_is_done(
    alive: bool | None, after: float, lingers: bool
) -> None:
    told = found(after, target=Target("epoch", 3), writer=WriterFacts("h", 1, alive))

    assert (told.status, told.lingers) == (DONE, lingers)
    assert not found(writer=WriterFacts("h", 1, alive=True)).lingers  # it still trains


def test_silence_counts_from_the_moment_after_its_limit() -> None:
    limits = StallLimits(quiet_seconds=5, stalled_seconds=9)

    assert [found(after, limits=limits).quiet for after in (4.9, 5.0, 5.1)] == [False, False, True]
    assert [found(after, limits=limits).status for after in (8.9, 9.0, 9.1)] == [RUNNING, RUNNING, STALLED]


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("completed", DONE),
        ("early_stopped", DONE),
        ("diverged", FAIL),
        ("failed", FAIL),
        ("other", RUNNING),
        (None, RUNNING),
    ],
)
def test_a_recorded_outcome_is_the_state(outcome: str | None, status: Status) -> None:
    told = found(heartbeat=beat(outcome=outcome), target=Target("epoch", 4))

    assert (told.status, told.early_stop) == (status, outcome == "early_stopped")


@pytest.mark.parametrize(("at", "status"), [(T0 - 1, RUNNING), (T0, DONE), (None, RUNNING)])
def test_an_outcome_is_believed_from_the_start_of_the_run_on(at: float | None, status: Status) -> None:
    assert found(heartbeat=beat(at, outcome="completed"), target=Target("epoch", 4)).status is status


def test_an_outcome_that_the_losses_contradict_is_not_believed() -> None:
    """`completed` at epoch 3 of 30 is no end."""
    assert found(heartbeat=beat(T0 + 60, outcome="completed"), target=Target("epoch", 30)).status is RUNNING
    assert found(heartbeat=beat(T0 + 60, outcome="early_stopped"), target=Target("epoch", 30)).status is DONE


def test_a_stream_without_events_believes_its_heartbeat() -> None:
    told = found(run=None, losses=NO_LOSSES, heartbeat=beat(T0, outcome="completed", started_at=instant(T0 - 50)))

    assert (told.status, told.since, told.started_at) == (DONE, T0, T0 - 50)
    assert found(run=None, losses=NO_LOSSES, heartbeat=beat(END)).status is RUNNING
    assert found(run=None, losses=NO_LOSSES, heartbeat=beat(END)).started_at is None
    assert found(run=None, losses=NO_LOSSES, heartbeat=beat(None)).status is STALLED


def test_a_stream_that_ended_without_losses_is_done_by_its_outcome_and_knows_no_epoch() -> None:
    told = found(run_={"val": ()}, heartbeat=beat(outcome="completed"))

    assert (told.status, told.epoch, told.step, told.gap) == (DONE, None, None, None)


def test_a_divergence_counts_more_than_a_good_end_and_a_good_end_more_than_a_dead_writer() -> None:
    diverged = {"run_": {"val": (0.9, math.nan, 0.7)}, "target": Target("epoch", 3)}

    assert found(**diverged).status is FAIL
    assert found(target=Target("epoch", 3), writer=WriterFacts("h", 1, alive=False)).status is DONE
    assert found(target=Target("epoch", 3), heartbeat=beat(outcome="failed")).status is FAIL


def reached_the_end(losses: Losses, target: Target) -> bool:
    return end_of(losses, target, Recorded()).kind == "completed"


@pytest.mark.parametrize(("total", "reached"), [(2, False), (3, True), (4, False), (None, False)])
def test_epochs_from_1_end_with_the_total_and_epochs_from_0_one_before_it(total: int | None, reached: bool) -> None:
    target = Target("epoch", total)

    assert reached_the_end(Losses("events", {"val": curve([1, 2, 3])}), target) is reached
    assert reached_the_end(Losses("events", {"val": curve([0, 1, 2])}), target) is reached


def test_the_training_counts_whatever_the_validation_counts_from() -> None:
    """Train loss from epoch 0, validation loss from epoch 1: the run counts from 0."""
    losses = Losses("events", {"train": curve([0, 1, 2]), "val": curve([1, 2])})

    assert reached_the_end(losses, Target("epoch", 3))
    assert not reached_the_end(losses, Target("epoch", 4))


def test_fractions_of_an_epoch_mean_epochs_that_are_over() -> None:
    half = Losses("events", {"a": curve([0, 0.5, 1.0, 1.5, 2]), "b": curve([0, 1])})

    assert not reached_the_end(half, Target("epoch", 3))
    assert reached_the_end(half, Target("epoch", 2))
    assert reached_the_end(Losses("events", {"a": curve([0, math.nan, 2])}), Target("epoch", 3))


def test_without_a_known_epoch_no_end_is_reached() -> None:
    assert not reached_the_end(Losses("events", {"val": curve([math.nan])}), Target("epoch", 1))
    assert not reached_the_end(NO_LOSSES, Target("epoch", 1))


def test_a_run_by_steps_ends_with_its_last_step_in_any_series() -> None:
    losses = Losses("events", {"a": curve([1, 2], [499, 500]), "b": curve([1], [250]), "none": curve([])})

    assert reached_the_end(losses, Target("step", 500))
    assert not reached_the_end(losses, Target("step", 501))
    assert not reached_the_end(NO_LOSSES, Target("step", 1))
