"""Event files -> runs."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from support.curves import T0, TAGS, event_file

from collectors.training.run_groups import group_runs, is_deeper, run_id_at
from collectors.training.stream_runs import stream_runs


def test_a_file_that_continues_the_steps_is_the_same_run() -> None:
    first = event_file(T0, val=(0.9, 0.8, 0.7))
    resumed = event_file(T0 + 500, val=(0.6, 0.5), first_step=4, pid=18)

    runs = stream_runs("patchtst", [resumed, first], TAGS)

    assert [run.last_step for run in runs] == [5]
    assert runs[0].started_at == T0
    assert list(runs[0].curves["val_loss"].value) == [0.9, 0.8, 0.7, 0.6, 0.5]


def test_a_resume_that_repeats_steps_keeps_the_later_values() -> None:
    first = event_file(T0, val=(0.9, 0.8, 0.7))
    resumed = event_file(T0 + 500, val=(0.6, 0.5), first_step=3, pid=18)

    runs = stream_runs("patchtst", [first, resumed], TAGS)

    assert list(runs[0].curves["val_loss"].value) == [0.9, 0.8, 0.6, 0.5]
    assert list(runs[0].curves["val_loss"].step) == [1, 2, 3, 4]


def test_a_file_that_starts_the_steps_again_is_a_new_run() -> None:
    runs = stream_runs("patchtst", [event_file(T0), event_file(T0 + 500, val=(1.0,))], TAGS)

    assert [run.started_at for run in runs] == [T0, T0 + 500]
    assert [run.last_step for run in runs] == [3, 1]


def test_a_file_without_a_scalar_is_a_new_run_only_where_its_writer_lives() -> None:
    """A rerun that has written only its header must not hide behind the finished run; a header left behind must."""
    later = event_file(T0 + 500, val=(), pid=99)

    assert stream_runs("patchtst", [event_file(T0), later], TAGS)[-1].last_step == 3
    runs = stream_runs("patchtst", [event_file(T0), later], TAGS, begun=[later.facts.path])
    assert [run.last_step for run in runs] == [3, None]


def test_sub_runs_of_one_writer_belong_to_their_parent() -> None:
    """`add_scalars` writes each curve to a sub-folder by the same process."""
    parent = event_file(T0, val=())
    child = event_file(T0 + 1, folder="runs/patchtst_ssl/loss_val")

    runs = stream_runs("patchtst", [parent, child], TAGS)

    assert len(runs) == 1
    assert len(runs[0].curves["val_loss"]) == 3


def test_runs_of_streams_group_until_a_stream_runs_again() -> None:
    patchtst = stream_runs("patchtst", [event_file(T0), event_file(T0 + 900)], TAGS)
    swinmae = stream_runs("swinmae", [event_file(T0 + 400)], TAGS)

    groups = group_runs([*patchtst, *swinmae])

    assert [sorted(group.runs) for group in groups] == [["patchtst", "swinmae"], ["patchtst"]]
    assert groups[-1].started_at == T0 + 900


def test_the_run_id_comes_from_the_first_start() -> None:
    assert run_id_at(0.0) == "run-19700101-000000"


def test_headers_of_other_processes_of_one_training_are_no_rerun() -> None:
    """Each rank opens a file; only one of them writes losses."""
    ranks = [event_file(T0 + second, val=(), pid=70 + second) for second in (0, 5, 20)]

    runs = stream_runs("patchtst", [event_file(T0 + 1), *ranks], TAGS)

    assert [run.last_step for run in runs] == [3]


def test_a_beginning_without_a_step_is_forgotten_once_another_run_followed() -> None:
    """An attempt that was given up at once left a header; it was no run that anything could belong to."""
    runs = stream_runs("patchtst", [event_file(T0 - 900, val=(), pid=3), event_file(T0)], TAGS)

    assert [run.started_at for run in runs] == [T0]


@pytest.mark.parametrize("moment", [math.nan, math.inf, -1.0, -1e12, 1e300])
def test_a_file_without_a_possible_moment_has_no_place_among_the_runs(moment: float) -> None:
    file = event_file(T0)

    odd = replace(file, evidence=replace(file.evidence, first_time=moment))

    assert stream_runs("patchtst", [odd], TAGS) == []


def test_impossible_times_within_a_file_are_unknown() -> None:
    file = event_file(T0)
    file.evidence.series["loss/val"].time[1] = 1e300

    (run,) = stream_runs("patchtst", [file], TAGS)

    assert math.isnan(run.curves["val_loss"].time[1])
    assert run.curves["val_loss"].time[2] == T0 + 30.01


@pytest.mark.parametrize(
    ("path", "folder", "deeper"),
    [
        ("tb/aux/e", "tb", True),
        ("tb/e", "tb", False),
        ("tb/aux/e", "tb/aux", False),
        ("tb/auxiliary/e", "tb", False),
        ("tb/e", ".", True),
        ("e", ".", False),
    ],
)
def test_a_file_in_the_folder_of_a_stream_below_is_that_streams(path: str, folder: str, deeper: bool) -> None:
    assert is_deeper(path, folder, ["tb", "tb/aux", "."]) is deeper
