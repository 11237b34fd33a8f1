"""Which records belong to one execution of training."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.curves import T0, TAGS, event_file

from collectors.training.run_groups import RunGroup, group_runs, is_event_file, run_id_at
from collectors.training.series import EventFile
from collectors.training.stream_runs import Curve, StreamRun, stream_runs

SUB = "runs/patchtst_ssl/loss_val"


def runs_of(*files: EventFile) -> list[StreamRun]:
    return stream_runs("patchtst", files, TAGS)


def starts_of(*files: EventFile) -> list[float]:
    """First record of each run, in seconds after `T0`."""
    return [run.started_at - T0 for run in runs_of(*files)]


def changed(file: EventFile, **evidence: Any) -> EventFile:
    return replace(file, evidence=replace(file.evidence, **evidence))


def header(start: float, **more: Any) -> EventFile:
    """A file that holds nothing but its first record."""
    return event_file(start, val=(), **more)


def test_a_run_begins_with_its_first_record_and_ends_with_its_last() -> None:
    late_header = header(T0 + 200)
    (run,) = runs_of(event_file(T0), late_header)

    assert (run.stream, run.started_at, run.last_at) == ("patchtst", T0, T0 + 200)
    assert [f.facts.path for f in run.files] == [event_file(T0).facts.path, late_header.facts.path]
    assert run.last_step == 3


def test_the_latest_file_is_the_one_with_the_last_record() -> None:
    early_header, losses, late_header = header(T0 - 5), event_file(T0), header(T0 + 9)
    (run,) = runs_of(early_header, losses, late_header)

    assert run.latest_file is losses
    (odd,) = runs_of(event_file(T0), changed(event_file(T0 + 500, first_step=4), last_time=math.inf))
    assert odd.latest_file.facts.path == event_file(T0).facts.path


def test_a_run_without_a_scalar_has_no_last_step() -> None:
    assert runs_of(header(T0))[0].last_step is None
    assert runs_of(header(T0))[0].curves == {}
    empty = Curve(np.array([], int), np.array([]), np.array([]), np.array([]))
    assert replace(runs_of(header(T0))[0], curves={"loss": empty}).last_step is None


def test_the_last_step_is_the_largest_of_any_series() -> None:
    short = event_file(T0)
    series = dict(short.evidence.series)
    series["loss/val"] = replace(series["loss/val"], step=series["loss/val"].step + 7)

    assert runs_of(changed(short, series=series))[0].last_step == 10


def test_files_are_taken_in_the_order_of_their_first_records() -> None:
    late, early = event_file(T0 + 50, first_step=4, folder="a"), event_file(T0, folder="b")

    assert [f.facts.path[0] for f in runs_of(late, early)[0].files] == ["b", "a"]


def test_two_trainings_at_one_time_in_two_folders_are_two_runs_and_the_last_to_begin_names_the_other() -> None:
    first, second = event_file(T0, folder="logs/version_0"), event_file(T0 + 1, folder="logs/version_1", first_step=2)

    assert starts_of(first, second) == [0, 1]
    assert runs_of(first, second)[-1].rivals == ("logs/version_0",)


def test_a_second_writer_of_other_values_at_the_same_steps_is_told() -> None:
    first, second = event_file(T0), event_file(T0 + 1, val=(0.9, math.nan, 0.7), pid=99)
    (run,) = runs_of(first, second)

    assert list(run.curves["val_loss"].value) == [0.9, 0.8, 0.7]
    assert {name.split(" in ")[0] for name in run.at_odds} == {"train_loss", "val_loss"}
    assert any(np.isnan(curve.value).any() for curve in run.at_odds.values())


@pytest.mark.parametrize(
    ("first_step", "starts"), [(1, [0, 500]), (2, [0]), (3, [0]), (4, [0]), (9, [0]), (0, [0, 500])]
)
def test_a_later_file_goes_on_with_a_run_when_its_steps_begin_later(first_step: int, starts: list[float]) -> None:
    assert starts_of(event_file(T0), event_file(T0 + 500, first_step=first_step, pid=9)) == starts


def test_a_rerun_in_the_same_folder_by_the_same_process_is_a_run_of_its_own() -> None:
    assert starts_of(event_file(T0), event_file(T0 + 500)) == [0, 500]
    assert starts_of(event_file(T0), event_file(T0 + 500, val=(0.9,))) == [0, 500]


def test_a_validation_folder_starts_nothing_whoever_writes_it() -> None:
    parent = event_file(T0)

    assert starts_of(parent, event_file(T0 + 500, folder=SUB)) == [0]
    assert starts_of(parent, event_file(T0 + 20, folder=SUB, pid=99)) == [0]
    assert starts_of(parent, event_file(T0 + 500, folder=SUB, pid=99)) == [0]


@pytest.mark.parametrize("pid", [17, 99, None])
def test_a_training_that_begins_again_later_in_another_folder_is_a_run_of_its_own(pid: int | None) -> None:
    assert starts_of(event_file(T0, pid=pid), event_file(T0 + 500, folder="runs/patchtst_ssl/v1", pid=pid)) == [0, 500]


def test_a_resume_in_another_folder_is_the_same_run() -> None:
    resumed = event_file(T0 + 500, folder="runs/patchtst_ssl/version_1", first_step=4, pid=99)

    assert starts_of(event_file(T0), resumed) == [0]


def test_losses_behind_a_header_of_nobody_begin_by_themselves() -> None:
    assert starts_of(header(T0, pid=None), event_file(T0 + 500, pid=None)) == [500]


def test_a_header_belongs_to_the_run_before_it_unless_its_writer_lives() -> None:
    late = header(T0 + 31, pid=9)

    assert starts_of(event_file(T0), header(T0 + 500)) == [0]
    assert starts_of(event_file(T0), header(T0 + 30.01, pid=9)) == [0]
    assert starts_of(event_file(T0), late) == [0]
    assert runs_of(event_file(T0), late)[0].left_out == (late.facts.path,)
    runs = stream_runs("patchtst", [event_file(T0), late], TAGS, begun=[late.facts.path])
    assert [run.started_at - T0 for run in runs] == [0, 31]


def test_a_header_within_any_file_of_a_run_belongs_to_it() -> None:
    long, short = event_file(T0, gap=100.0), event_file(T0 + 1, folder=SUB, gap=1.0)

    assert starts_of(long, short, header(T0 + 200, pid=9)) == [0]


def test_losses_behind_a_header_are_its_run_only_by_the_same_writer() -> None:
    assert starts_of(header(T0), event_file(T0 + 500)) == [0]
    assert starts_of(header(T0), event_file(T0 + 500, pid=9)) == [500]


def test_a_beginning_without_a_step_is_forgotten_once_a_run_follows() -> None:
    assert starts_of(event_file(T0), header(T0 + 500, pid=9), event_file(T0 + 900, pid=8)) == [0, 900]


def test_a_run_with_one_header_beside_its_losses_is_not_forgotten() -> None:
    """A rank that only opened its file does not make a previous run none."""
    previous = event_file(T0), header(T0 + 5, pid=71)

    assert starts_of(*previous, event_file(T0 + 900, pid=8)) == [0, 900]


def run_at(stream: str, start: float) -> StreamRun:
    return StreamRun(stream, (), start, start + 1)


def test_runs_fall_into_groups_in_time_order() -> None:
    first, second, third = run_at("a", 5), run_at("b", 2), run_at("b", 9)

    assert group_runs([]) == []
    assert group_runs([third, first, second]) == [RunGroup({"b": second, "a": first}), RunGroup({"b": third})]
    assert group_runs([first, second])[0].started_at == 2


def test_a_run_is_called_after_its_start_in_utc() -> None:
    assert run_id_at(T0 + 0.9) == "run-20260921-141320"


def test_event_files_are_told_by_their_own_name() -> None:
    assert is_event_file("runs/a/events.out.tfevents.1.h")
    assert not is_event_file("runs/tfevents/plot.png")
    assert is_event_file("tfevents")


def test_a_clock_lags_by_what_a_file_is_older_than_its_last_record() -> None:
    """Unknown times say nothing of it."""
    file = event_file(T0)
    last = file.evidence.last_time
    assert last is not None
    for modified, told, lag in (
        (last - 30, last, 30),
        (last, last, 0),
        (last + 30, last, 0),
        (None, last, 0),
        (last - 30, None, 0),
        (last - 30, math.inf, 0),
        (None, None, 0),
    ):
        found = replace(file, facts=replace(file.facts, modified_at=modified))
        run = StreamRun("patchtst", (changed(found, last_time=told),), T0, last)
        assert run.clock_lag == lag, (modified, told)
