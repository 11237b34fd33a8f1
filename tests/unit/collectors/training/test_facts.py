"""What was read of one stream -> plain facts of its latest run."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from support.curves import T0, one_run
from support.evidence_parts import BROKEN, END, absent, checkpoint, default_config, progress, stream, training_config
from support.progress_parts import beat, instant
from support.workspaces import GONE_PID

from collectors.contract.streams import CompletionRule, StallLimits
from collectors.contract.table import Column, LossHistory
from collectors.contract.values import Status
from collectors.observe.loss_tables import columns_of
from collectors.observe.processes import writer_of
from collectors.readers.tables.columns import LossColumns
from collectors.training.completion import Target
from collectors.training.evidence import ReadFile
from collectors.training.facts import (
    SETTLE_SECONDS,
    are_times_trusted,
    limits_of,
    not_judged_yet,
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
