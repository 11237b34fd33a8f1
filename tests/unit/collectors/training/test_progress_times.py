"""When a stream was last heard of, how far it is, since when, and when its end is expected."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.curves import T0, event_file, loss_table
from support.progress_parts import END, NO_LOSSES, beat, curve, found, seen

from collectors.contract.values import Status
from collectors.evidence.files import FileFacts
from collectors.training.completion import Target
from collectors.training.curves import Losses, merge_losses
from collectors.training.progress import CLOCK_SLACK_SECONDS
from collectors.training.stream_runs import stream_runs

RUNNING, IDLE = Status.RUNNING, Status.IDLE


def test_the_last_sign_is_the_latest_of_record_and_heartbeat() -> None:
    assert found(heartbeat=beat(END + 100), after=101).last_at == pytest.approx(END + 100, abs=1e-3)
    assert found(heartbeat=beat(T0)).last_at == END
    assert found(heartbeat=beat(END + 100, outcome="completed"), after=101).last_at == END


def test_a_tables_time_is_a_sign_only_where_there_are_no_events() -> None:
    losses = merge_losses(None, loss_table((0.9, 0.8)), FileFacts("x", True), times_trusted=False)

    assert found(table_modified_at=END + 5).last_at == END
    alone = found(run=None, losses=losses, table_modified_at=END + 0.5)
    assert (alone.status, alone.last_at, alone.since, alone.started_at) == (RUNNING, END + 0.5, None, None)
    with_outcome = found(run=None, losses=losses, table_modified_at=END, heartbeat=beat(END + 9, outcome="completed"))
    assert with_outcome.last_at == END


@pytest.mark.parametrize(("ahead", "last_at"), [(CLOCK_SLACK_SECONDS, END), (CLOCK_SLACK_SECONDS + 0.1, None)])
def test_a_minute_is_the_most_that_two_clocks_may_differ(ahead: float, last_at: float | None) -> None:
    assert CLOCK_SLACK_SECONDS == 60
    run = seen().run
    assert run is not None
    late = replace(run, files=tuple(replace(f, facts=replace(f.facts, modified_at=None)) for f in run.files))

    assert found(-ahead, run=late).last_at == last_at
    assert found(-ahead, run=None, heartbeat=beat(END)).last_at == (last_at and pytest.approx(END, abs=1e-3))


def test_the_files_own_time_stands_in_for_records_from_the_future() -> None:
    run = seen().run
    assert run is not None
    files = tuple(replace(f, facts=replace(f.facts, modified_at=T0 - 500)) for f in run.files)

    assert found(-490, run=replace(run, files=files)).last_at == T0 - 500
    assert found(1, run=replace(run, files=files)).last_at == END


def test_the_epoch_is_the_larger_of_losses_and_heartbeat() -> None:
    assert found(heartbeat=beat(epoch=7.0)).epoch == 7.0
    assert found(heartbeat=beat(epoch=2.0)).epoch == 3.0
    assert found(run=None, losses=NO_LOSSES, heartbeat=beat(epoch=0.0)).epoch == 0.0


def test_a_step_that_is_unknown_is_none_and_step_0_is_one() -> None:
    assert found(losses=Losses("loss_history", {"val": curve([1, 2])})).step is None
    assert found(losses=Losses("loss_history", {"val": curve([1], [0]), "none": curve([])})).step == 0


def test_a_run_by_steps_expects_its_end_at_the_pace_of_its_records() -> None:
    (run,) = stream_runs("a", [event_file(T0, val=(0.9, 0.8, 0.7, 0.6))], {"val": ("loss/val",)})
    by_fifty = {"val": replace(run.curves["val"], step=run.curves["val"].step * 50)}
    losses = Losses("events", by_fifty)
    told = found(11.0, run=replace(run, curves=by_fifty), losses=losses, target=Target("step", 500))

    assert (told.status, told.step) == (RUNNING, 200)
    assert told.expected_end_at == pytest.approx(T0 + 40.01 + 300 / 50 * 10, abs=1e-3)


def test_epochs_from_0_are_one_further_than_their_number_says() -> None:
    told = found(11.0, run_={"val": (0.9, 0.8, 0.7, 0.6), "first_step": 0})

    assert told.expected_end_at == pytest.approx(T0 + 40.01 + 26 * 10, abs=1e-3)


def test_with_several_records_an_epoch_the_end_is_as_far_as_the_records_that_are_to_come() -> None:
    """Two an epoch, ten seconds apart, of ten epochs: five are there, fifteen are to come."""
    (run,) = stream_runs("a", [event_file(T0, val=(0.9, 0.8, 0.7, 0.6, 0.5))], {"val": ("loss/val",)})
    placed = {"val": replace(run.curves["val"], epoch=np.array([0.0, 0.0, 1.0, 1.0, 2.0]))}
    told = found(21.0, run=run, losses=Losses("events", placed, events=placed), target=Target("epoch", 10))

    assert told.expected_end_at == pytest.approx(T0 + 50.01 + 15 * 10, abs=1e-3)


@pytest.mark.parametrize(
    "more",
    [
        {"target": Target("epoch", None)},
        {"losses": NO_LOSSES},
        {"run_": {"val": (0.9, 0.8, 0.7)}},
        {"losses": Losses("events", {"val": curve([1, 2, 3, 4])}), "target": Target("step", 500)},
    ],
)
def test_without_a_total_a_place_or_three_gaps_no_end_is_expected(more: dict[str, Any]) -> None:
    assert found(11.0, **({"run_": {"val": (0.9, 0.8, 0.7, 0.6)}} | more)).expected_end_at is None


def test_a_heartbeat_alone_promises_no_end() -> None:
    losses = merge_losses(None, loss_table((0.9, 0.8, 0.7, 0.6)), FileFacts("x", True), times_trusted=False)

    assert found(run=None, losses=losses, heartbeat=beat(END)).expected_end_at is None


def test_a_failure_is_since_its_first_value_that_is_not_finite() -> None:
    assert found(run_={"val": (0.9, math.nan, math.inf)}).since == T0 + 20
    assert found(heartbeat=beat(END + 0.5, outcome="failed")).since == END
    unknown = Losses("loss_history", {"val": replace(curve([1]), value=np.array([math.nan]))})
    assert found(losses=unknown).since == END


def test_what_ended_is_since_its_last_sign_and_what_has_not_begun_since_never() -> None:
    assert found(target=Target("epoch", 3)).since == END
    assert found(999.0).since == END
    idle = found(run=None, losses=NO_LOSSES)
    assert (idle.status, idle.since, idle.last_at, idle.epoch, idle.step) == (IDLE, None, None, None, None)
