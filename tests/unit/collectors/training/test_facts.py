"""What was read of one stream -> plain facts of its latest run."""

from __future__ import annotations

import math
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from support.curves import T0, loss_table, one_run
from support.evidence_parts import BROKEN, END, absent, checkpoint, default_config, progress, stream, training_config
from support.progress_parts import beat, curve, instant
from support.workspaces import GONE_PID

from collectors.contract.streams import CompletionRule, StallLimits
from collectors.contract.table import Column, LossHistory
from collectors.contract.values import Status
from collectors.evidence.files import FileFacts
from collectors.observe.loss_tables import columns_of
from collectors.observe.processes import writer_of
from collectors.readers.tables.columns import LossColumns
from collectors.training.completion import Target
from collectors.training.curves import Losses
from collectors.training.evidence import ReadFile
from collectors.training.facts import (
    SETTLE_SECONDS,
    are_times_trusted,
    declared_of,
    limits_of,
    not_judged_yet,
    recorded_of,
    started_at_of,
    target_of,
)
from collectors.training.progress import WriterFacts
from collectors.training.run_groups import RunGroup

HERE = socket.gethostname()


def test_columns_that_are_not_named_are_the_usual_ones() -> None:
    usual = LossColumns()

    assert columns_of({}) is None
    assert columns_of(columns(epoch="ep")) == replace(usual, epoch=("ep",))
    assert columns_of(columns(step="it", time="at")) == replace(usual, step=("it",), time=("at",))
    assert columns_of(columns(val_loss=["v", "w"], epoch="ep")) == replace(
        usual, epoch=("ep",), series={"val_loss": ("v", "w")}
    )
    assert columns_of(columns(val_loss={"column": "loss", "where": {"mode": "val"}})) == replace(
        usual, series={"val_loss": ("loss",)}, where={"val_loss": {"mode": ("val",)}}
    )


def columns(**said: Any) -> Mapping[str, Column]:
    """Columns as a description says them."""
    return LossHistory.model_validate({"path": "t.csv", "columns": said}).columns


def target(total: Any, data: Any = None, by: Any = "epochs", config: ReadFile[Any] | None = None) -> Target:
    rule = CompletionRule.model_construct(by=by, total=total)
    one = default_config().streams[0].model_copy(update={"completion": rule})
    return target_of(one, config or training_config(data=data))


def test_the_target_is_the_pipelines_or_what_the_config_says() -> None:
    assert target(12) == Target("epoch", 12)
    assert target(500, by="steps") == Target("step", 500)
    assert target("training.epochs", {"training": {"epochs": 8}}) == Target("epoch", 8)
    assert target("training.epochs", {"training": {"epochs": 8.0}}) == Target("epoch", 8)


@pytest.mark.parametrize("said", [0, -1, 8.5, True, "eight", "8.5", "", None, 2**53, float("nan"), float("inf"), [8]])
def test_a_total_that_is_no_count_is_unknown(said: object) -> None:
    assert target("epochs", {"epochs": said}) == Target("epoch", None)
    assert target("epochs", {"epochs": 1}).total == 1
    assert target("epochs", {"epochs": "8"}).total == 8  # as some trainers write every number
    assert target("epochs", {"epochs": 2**53 - 1}).total == 2**53 - 1


def test_without_a_config_or_its_key_the_total_is_unknown() -> None:
    assert target("training.epochs", {"training": {}}).total is None
    assert target("training.epochs", config=absent("c.yaml")).total is None


def test_a_streams_own_limits_go_before_the_pipelines() -> None:
    own, pipeline = StallLimits(quiet_seconds=1), StallLimits(quiet_seconds=5, stalled_seconds=9)

    assert limits_of(own, pipeline) == StallLimits(quiet_seconds=1, stalled_seconds=9)
    assert limits_of(StallLimits(stalled_seconds=2), pipeline) == StallLimits(quiet_seconds=5, stalled_seconds=2)
    assert limits_of(StallLimits(), StallLimits()) == StallLimits()


def written_by(host: str | None, pid: int | None, started_at: float | None) -> Any:
    run = one_run()
    files = tuple(replace(f, name=replace(f.name, host=host, pid=pid, started_at=started_at)) for f in run.files)
    return replace(run, files=files)


def test_the_writer_is_named_by_the_event_file() -> None:
    """This very process began before the file did; no process has the other number."""
    now, me = time.time(), os.getpid()

    assert writer_of(written_by(HERE, me, now), None) == WriterFacts(HERE, me, True)
    assert writer_of(written_by(HERE, me, T0 - 1e9), None) == WriterFacts(HERE, me, False)
    assert writer_of(written_by(HERE, GONE_PID, now), None) == WriterFacts(HERE, GONE_PID, False)
    assert writer_of(written_by("elsewhere", me, now), None) == WriterFacts("elsewhere", me, None)


def test_the_heartbeat_names_the_writer_where_the_event_file_does_not() -> None:
    me = os.getpid()
    alive = beat(host=HERE, pid=me, started_at=instant(time.time()))

    assert writer_of(written_by(HERE, GONE_PID, T0), alive) == WriterFacts(HERE, GONE_PID, False)
    assert writer_of(written_by(HERE, None, T0), alive) == WriterFacts(HERE, me, True)
    assert writer_of(None, alive) == WriterFacts(HERE, me, True)
    assert writer_of(None, beat(host=HERE, pid=me, started_at=instant(1e9))) == WriterFacts(HERE, me, False)
    assert writer_of(None, beat(host=HERE, pid=me)) == WriterFacts(HERE, me, True)
    assert writer_of(None, beat(pid=None)) is None
    assert writer_of(None, None) is None


@pytest.mark.parametrize(
    ("apart", "trusted"), [(0.0, True), (600.0, True), (601.0, False), (-26 * 3600.0, True), (-26 * 3600.0 - 1, False)]
)
def test_file_times_are_trusted_near_the_last_records_own_or_of_another_clock(apart: float, trusted: bool) -> None:
    """A copy is never older than what it holds."""
    run = one_run()
    file = run.files[0]
    last = 1_000_000.0
    moved = replace(
        file,
        facts=replace(file.facts, modified_at=last + apart),
        evidence=replace(file.evidence, last_time=last),
    )

    assert are_times_trusted(replace(run, files=(moved,)), 600.0) is trusted


def test_without_a_time_to_compare_with_none_is_trusted() -> None:
    run = one_run()
    no_time = replace(run.files[0], facts=replace(run.files[0].facts, modified_at=None))
    no_record = replace(run.files[0], evidence=replace(run.files[0].evidence, last_time=None))

    assert are_times_trusted(None, 600.0) is None
    assert are_times_trusted(replace(run, files=(no_time,)), 600.0) is False
    assert are_times_trusted(replace(run, files=(no_record,)), 600.0) is False


RUNNING = progress(Status.RUNNING)


@pytest.mark.parametrize(("age", "being_written"), [(0.0, True), (2.9, True), (3.0, False), (99.0, False)])
def test_a_broken_checkpoint_of_a_running_stream_is_being_written_while_it_is_young(
    age: float, being_written: bool
) -> None:
    assert SETTLE_SECONDS == 3
    assert not_judged_yet(checkpoint(at=END, findings=BROKEN), RUNNING, END + age).being_written is being_written


@pytest.mark.parametrize(
    ("file", "state"),
    [
        (checkpoint(at=END), RUNNING),
        (checkpoint(at=None, findings=BROKEN), RUNNING),
        (absent("c.pt"), RUNNING),
        (checkpoint(at=END, findings=BROKEN), progress(Status.STALLED)),
        (checkpoint(at=END, findings=BROKEN), progress(Status.DONE)),
    ],
)
def test_any_other_checkpoint_is_judged_as_it_is(file: ReadFile[Any], state: Any) -> None:
    assert not_judged_yet(file, state, END) is file


def test_a_run_began_with_its_first_record_or_as_the_heartbeat_says() -> None:
    group = RunGroup({"patchtst": one_run()})
    said = beat(started_at=instant(T0 + 5))

    assert started_at_of(group, said, (stream(),)) == T0
    assert started_at_of(None, said, (stream(),)) == T0 + 5


def test_without_either_it_began_with_the_earliest_output() -> None:
    one = stream(checkpoint=checkpoint(at=END + 9))
    no_table = stream(checkpoint=checkpoint(at=END), loss_table=None)
    nothing = stream(checkpoint=absent("c.pt"), loss_table=None)

    assert started_at_of(None, beat(), (one,)) == END + 1  # its loss history
    assert started_at_of(None, None, (one, no_table)) == END
    assert started_at_of(None, None, (nothing, one)) == END + 1
    assert started_at_of(None, None, (stream(checkpoint=checkpoint(at=None), loss_table=None),)) is None
    assert started_at_of(None, None, (nothing,)) is None


def described(**update: Any) -> Any:
    return default_config().streams[0].model_copy(update=update)


def test_what_steps_are_is_said_by_the_description_of_events_or_of_the_table() -> None:
    plain, counting = Target("epoch", 8), Target("step", 8)
    one = described()
    events, history = one.events, one.loss_history
    assert events is not None
    assert history is not None
    as_epochs = {"steps_are": "epochs"}

    found = declared_of(described(events=events.model_copy(update=as_epochs)), None, plain)
    assert (found.steps_are_epochs, found.epochs) == (True, 8)
    assert declared_of(described(loss_history=history.model_copy(update=as_epochs)), None, plain).steps_are_epochs
    neither = {"events": events.model_copy(update={"steps_are": None}), "loss_history": None}
    assert not declared_of(described(**neither), None, plain).steps_are_epochs
    assert declared_of(one, None, counting).epochs is None
    per_epoch = described(events=events.model_copy(update={"steps_per_epoch": "data.steps"}))
    assert declared_of(per_epoch, training_config(data={"data": {"steps": 20}}), plain).steps_per_epoch == 20
    assert declared_of(described(events=None), None, plain).steps_per_epoch is None


def test_a_table_of_the_run_tells_its_steps_and_its_early_stop_and_an_old_one_nothing() -> None:
    losses = stream().losses
    told = replace(loss_table((0.9, 0.8)), counted_step=37, configured_steps=40, early_stop="at 37")

    found = recorded_of(described(), told, replace(losses, table_belongs=True))
    assert (found.step, found.of_steps, found.stopped) == (37, 40, True)
    unknown = recorded_of(described(), told, replace(losses, table_belongs=None))
    assert (unknown.step, unknown.stopped) == (37, True)
    for other in (
        recorded_of(described(), told, replace(losses, table_belongs=False)),
        recorded_of(described(), None, losses),
    ):
        assert (other.step, other.of_steps, other.stopped) == (None, None, False)
    assert not recorded_of(described(), replace(told, early_stop=None), losses).stopped


def stopped(scalars: dict[str, Any], key: str | None = "*.stopped_epoch", losses: Any = None) -> bool:
    """Whether a checkpoint with these numbers says that the training, which has three epochs, stopped early."""
    rule = CompletionRule.model_construct(stopped_key=key, by="epochs", total=None)
    file = checkpoint(scalars=scalars)
    return recorded_of(described(completion=rule), None, losses or stream().losses, file).stopped


def test_a_checkpoint_tells_an_early_stop_where_the_losses_end() -> None:
    for epoch, told in ((1, False), (2, True), (3, True), (4, True), (5, False), (0, False), (-3, False)):
        assert stopped({"callbacks.early.stopped_epoch": epoch}) is told, epoch
    for value in (True, 3.0, "3", None):
        assert not stopped({"a.stopped_epoch": value})
    assert not stopped({"a.other": 3})
    assert not stopped({"a.stopped_epoch": 3}, key=None)
    assert stopped({"a.other": 1, "a.stopped_epoch": 3})
    by_step = Losses("events", {"val": curve([math.nan], [3])})
    assert stopped({"a.stopped_epoch": 3}, losses=by_step)
    assert not stopped({"a.stopped_epoch": 5}, losses=by_step)
    assert not stopped({"a.stopped_epoch": 1}, losses=Losses(None))
    assert stopped({"a[x?]": 3}, key="a[x?]")
    assert not stopped({"axy": 3}, key="a[x?]")


def test_a_checkpoint_that_holds_what_is_written_at_the_end_tells_it_unless_it_is_older_than_the_losses() -> None:
    def ended(
        scalars: dict[str, Any], at: float | None = 100.0, logged_at: float | None = 100.0, says: Any = None
    ) -> bool:
        one = described(
            checkpoint=described().checkpoint.model_copy(update={"ended": says or {"epoch": -1, "best": None}})
        )
        file = checkpoint(at=at, scalars=scalars)
        return recorded_of(one, None, stream().losses, file, logged_at=logged_at).rewritten

    assert ended({"epoch": -1})
    assert not ended({"epoch": 3})
    assert not ended({"epoch": -1, "best": 0.5})
    for at, told in ((101.0, True), (99.0, True), (98.9, False), (None, True)):
        assert ended({"epoch": -1}, at=at) is told, at
    assert ended({"epoch": -1}, at=5.0, logged_at=None)
    one = described(checkpoint=described().checkpoint.model_copy(update={"ended": {"epoch": -1}}))
    for file in (None, absent("a.pt")):
        assert not recorded_of(one, None, stream().losses, file).rewritten
    assert not recorded_of(described(), None, stream().losses, checkpoint(scalars={})).rewritten


def test_an_output_that_is_gone_began_nothing() -> None:
    gone = ReadFile(FileFacts("a.pt", False, modified_at=T0 - 900))

    assert started_at_of(None, None, (stream(checkpoint=gone),)) == END + 1
    assert started_at_of(None, None, (stream(checkpoint=gone, loss_table=None),)) is None
