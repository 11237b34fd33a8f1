"""Which event files one execution of training wrote, and what its resumes threw away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.curves import T0, TAGS, event_file

from collectors.evidence.events import ScalarSeries
from collectors.training.run_files import (
    Cut,
    RunFiles,
    cuts_within,
    differ,
    same_writer,
    series_parts,
    split_runs,
    stride_of,
)
from collectors.training.series import EventFile, choose_tags

NAN = math.nan


def one(steps: Sequence[int], values: Sequence[float] | None = None, start: float = T0) -> ScalarSeries:
    """A series, a step a second."""
    value = np.ones(len(steps)) if values is None else np.array(values, float)
    return ScalarSeries("loss", np.array(steps), start + np.arange(len(steps), dtype=float), value)


def only(tag: str, file: EventFile) -> EventFile:
    """The same file with one of its series."""
    held = {name: series for name, series in file.evidence.series.items() if name == tag}
    return replace(file, evidence=replace(file.evidence, series=held))


def runs_of(*files: EventFile, begun: Sequence[EventFile] = ()) -> list[RunFiles]:
    return split_runs(files, choose_tags(files, TAGS), {f.facts.path for f in begun})


def file_starts(*files: EventFile, begun: Sequence[EventFile] = ()) -> list[list[float]]:
    """First record of each file of each run, in seconds after `T0`."""
    return [[(f.evidence.first_time or 0.0) - T0 for f in run.files] for run in runs_of(*files, begun=begun)]


def header(start: float, **more: Any) -> EventFile:
    return event_file(start, val=(), **more)


FIVE = (0.9, 0.8, 0.7, 0.6, 0.5)


def test_a_later_file_that_goes_on_is_the_same_run() -> None:
    assert file_starts(event_file(T0, val=FIVE), event_file(T0 + 100, first_step=6)) == [[0, 100]]


def test_a_later_file_that_begins_where_the_run_began_is_a_new_run() -> None:
    assert file_starts(event_file(T0, val=FIVE), event_file(T0 + 100)) == [[0], [100]]


def test_a_later_file_that_begins_in_between_is_a_resume_that_cuts() -> None:
    (run,) = runs_of(event_file(T0, val=FIVE), event_file(T0 + 100, first_step=3))

    assert run.cuts == [Cut(T0 + 100, 3)]
    assert run.repeats


def test_one_stride_back_voids_the_last_step_though_no_other_follows() -> None:
    first, again = event_file(T0, val=FIVE), event_file(T0 + 100, val=(0.55,), first_step=4, pid=18)

    assert runs_of(first, again)[0].cuts == [Cut(T0 + 100, 4)]
    assert runs_of(first, event_file(T0 + 100, val=(0.55, 0.45), first_step=4, pid=18))[0].cuts == [], "reached again"
    assert runs_of(first, event_file(T0 + 100, val=(0.55,), first_step=4))[0].cuts == [], "one process, out of order"


def test_the_last_step_again_repeats_it_and_cuts_nothing() -> None:
    (run,) = runs_of(event_file(T0, val=FIVE), event_file(T0 + 100, first_step=5))

    assert run.cuts == []
    assert run.repeats


def test_a_resume_in_another_folder_is_the_same_run() -> None:
    later = event_file(T0 + 100, first_step=6, folder="runs/version_1")

    assert file_starts(event_file(T0, val=FIVE, folder="runs/version_0"), later) == [[0, 100]]


def test_a_later_file_of_validation_that_goes_back_is_an_evaluation() -> None:
    evaluation = only("loss/val", event_file(T0 + 100, val=(0.1,)))
    (run,) = runs_of(event_file(T0, val=FIVE), evaluation)

    assert run.left_out == [evaluation]
    assert run.cuts == []


def test_a_later_file_of_validation_that_goes_on_is_the_runs_own() -> None:
    later = only("loss/val", event_file(T0 + 100, val=(0.1,), first_step=6))
    (run,) = runs_of(event_file(T0, val=FIVE), later)

    assert run.left_out == []
    assert len(run.files) == 2


def test_a_file_without_a_configured_series_starts_no_run() -> None:
    (run,) = runs_of(event_file(T0), header(T0 + 1000, pid=99))

    assert [f.facts.path for f in run.left_out] == [header(T0 + 1000, pid=99).facts.path]


def test_a_file_without_a_series_whose_process_lives_is_a_run_that_has_begun() -> None:
    begun = header(T0 + 1000, pid=99)

    assert file_starts(event_file(T0), begun, begun=[begun]) == [[0], [1000]]


def test_a_file_without_a_series_of_the_same_process_belongs_to_its_run() -> None:
    assert file_starts(event_file(T0), header(T0 + 1000)) == [[0, 1000]]


def test_a_first_file_without_a_series_is_all_there_is() -> None:
    assert file_starts(header(T0)) == [[0]]


def test_an_empty_file_before_another_process_training_is_no_run() -> None:
    assert file_starts(header(T0, pid=1), event_file(T0 + 100, pid=2)) == [[100]]


def test_a_file_without_a_moment_has_no_place() -> None:
    file = event_file(T0 + 5)
    lost = replace(file, evidence=replace(file.evidence, first_time=None))

    assert file_starts(event_file(T0), lost) == [[0]]


def test_two_writers_of_different_series_are_one_run() -> None:
    train, val = only("loss/train", event_file(T0, val=FIVE)), only("loss/val", event_file(T0 + 5, val=FIVE, pid=18))
    (run,) = runs_of(train, val)

    assert len(run.files) == 2
    assert run.conflicts == []


def test_two_writers_of_the_same_values_are_one_run() -> None:
    (run,) = runs_of(event_file(T0, val=FIVE), event_file(T0 + 5, val=FIVE, pid=18))

    assert run.conflicts == []


def test_two_writers_of_other_values_in_one_folder_are_at_odds() -> None:
    second = event_file(T0 + 5, val=(0.9, 0.8, NAN, 0.6, 0.5), pid=18)
    files = (event_file(T0, val=FIVE), second)
    (run,) = runs_of(*files)

    assert run.conflicts == [("train_loss", second), ("val_loss", second)]
    assert [len(parts) for parts in series_parts(run, choose_tags(files, TAGS)).values()] == [1, 1]


def test_two_trainings_of_other_values_in_two_folders_are_rivals() -> None:
    first = event_file(T0, val=FIVE, folder="runs/version_0")
    runs = runs_of(first, event_file(T0 + 5, val=(5.0, 4.0, 3.0), pid=18, folder="runs/version_1"))

    assert [run.rivals for run in runs] == [[], ["runs/version_0"]]
    assert runs[1].conflicts == []


@pytest.mark.parametrize("steps", [[1, 2, 3], [], [1], [1, 1, 2]])
def test_steps_that_never_go_back_hold_no_resume(steps: list[int]) -> None:
    assert cuts_within(one(steps)) == []


def test_a_series_that_goes_back_and_on_from_there_was_resumed() -> None:
    assert cuts_within(one([1, 2, 3, 4, 2, 3])) == [Cut(T0 + 4, 2)]


def test_a_single_point_that_goes_back_is_out_of_order() -> None:
    assert cuts_within(one([1, 2, 3, 4, 2, 5, 6])) == []


def test_one_stride_back_is_no_resume() -> None:
    assert cuts_within(one([10, 20, 30, 40, 30, 40, 50])) == []
    assert cuts_within(one([10, 20, 30, 40, 20, 30, 40])) == [Cut(T0 + 4, 20)]


def test_a_series_that_ends_where_it_goes_back_says_nothing() -> None:
    assert cuts_within(one([1, 2, 3, 4, 2])) == []


def test_what_was_written_earlier_is_no_resume() -> None:
    series = one([1, 2, 3, 4, 2, 3])

    assert cuts_within(replace(series, time=series.time[::-1].copy())) == []


@pytest.mark.parametrize(("steps", "stride"), [([1, 2, 3], 1), ([9, 19, 29], 10), ([5], 1), ([], 1), ([3, 3, 6], 3)])
def test_a_stride_is_the_usual_distance_between_records(steps: list[int], stride: float) -> None:
    assert stride_of(np.array(steps, np.int64)) == stride


@pytest.mark.parametrize(
    ("values", "other", "is_different"),
    [
        ([1.0, 2.0], [1.0, 2.0], False),
        ([1.0, 2.0], [1.0, 2.0 + 1e-6], False),
        ([1.0, 2.0], [1.0, 2.001], True),
        ([1.0, NAN], [1.0, NAN], False),
        ([1.0, NAN], [1.0, 2.0], True),
    ],
)
def test_writers_differ_where_one_step_has_two_values(
    values: list[float], other: list[float], is_different: bool
) -> None:
    assert differ(one([1, 2], values), one([1, 2], other)) is is_different
    assert differ(one([1, 2], values), one([3, 4], other)) is False


def test_a_writer_is_known_by_host_and_process() -> None:
    assert same_writer(event_file(T0), event_file(T0 + 1))
    assert not same_writer(event_file(T0), event_file(T0, pid=18))
    assert not same_writer(event_file(T0, pid=None), event_file(T0, pid=None))


def test_a_second_training_of_one_process_in_the_second_in_which_the_first_ended_is_another_run() -> None:
    first = event_file(T0, val=FIVE)
    header_before_the_last_value = event_file(T0 + 60, val=FIVE[::-1])
    evidence = replace(header_before_the_last_value.evidence, first_time=T0 + 49.5)
    second = replace(header_before_the_last_value, evidence=evidence)

    before, after = runs_of(first, second)

    assert after.files == [second]
    assert not before.conflicts
    assert not after.conflicts


def test_a_resume_within_a_file_is_told_by_what_was_reached_and_by_the_next_point() -> None:
    for steps, cut in (
        ([1, 2, 3, 4, 5, 2, 3], Cut(T0 + 5, 2)),
        ([1, 2, 3, 4, 5, 2, 5], Cut(T0 + 5, 2)),
        ([1, 2, 3, 4, 5, 2, 6], None),
        ([1, 2, 3, 4, 9, 8, 2, 3], Cut(T0 + 6, 2)),
        ([1, 2, 3, 4, 5, 4, 5], None),
        ([1, 2, 3, 4, 5, 3, 4], Cut(T0 + 5, 3)),
    ):
        assert cuts_within(one(steps)) == ([] if cut is None else [cut]), steps


def test_a_resume_in_the_same_moment_is_one_and_an_earlier_one_is_none() -> None:
    for lag, is_cut in ((0.0, True), (-0.5, False), (1.0, True)):
        series = one([1, 2, 3, 4, 5, 2, 3])
        series.time[5:] = series.time[4] + lag
        assert bool(cuts_within(series)) is is_cut, lag


TWO = {"train_loss": ("loss/train",), "aux_loss": ("loss/aux",), "val_loss": ("loss/val",)}


def training(start: float, **steps: Sequence[int]) -> EventFile:
    """A file of these series, a step a second from a second after its start on."""
    file = event_file(start, pid=int(start - T0) + 1)
    series = {f"loss/{name}": replace(one(of, start=start + 1), tag=f"loss/{name}") for name, of in steps.items()}
    last = start + max(map(len, steps.values()))
    return replace(file, evidence=replace(file.evidence, series=series, last_time=last))


def told(*files: EventFile) -> list[tuple[list[float], list[tuple[float, int]], bool, list[float]]]:
    """Starts of the files, cuts, whether steps repeat, and starts of what is left out, of each run."""
    return [
        (
            [(f.evidence.first_time or 0.0) - T0 for f in run.files],
            [(cut.time - T0, cut.step) for cut in run.cuts],
            run.repeats,
            [(f.evidence.first_time or 0.0) - T0 for f in run.left_out],
        )
        for run in split_runs(files, choose_tags(files, TWO))
    ]


def test_a_file_goes_on_with_the_latest_run_and_not_with_the_first() -> None:
    first, second = training(T0, train=[1, 2, 3, 4]), training(T0 + 100, train=[1, 2])
    more, again = training(T0 + 200, train=[3, 4]), training(T0 + 300, train=[3, 4, 5])

    assert [starts for starts, *_ in told(first, second, more)] == [[0], [100, 200]]
    assert told(first, second, more, again)[1] == ([100, 200, 300], [], True, [])
    beside = training(T0 + 101, val=[1, 2])
    assert [starts for starts, *_ in told(first, second, beside)] == [[0], [100, 101]]
    header_of_second = replace(header(T0 + 150), name=second.name)
    assert [starts for starts, *_ in told(first, second, header_of_second)] == [[0], [100, 150]]


def test_of_two_training_series_the_one_that_begins_first_and_the_one_that_reaches_farthest_count() -> None:
    before = training(T0, train=[1, 2, 3, 4, 5, 6], aux=[3, 6])

    assert told(before, training(T0 + 100, train=[4, 5], aux=[6])) == [([0, 100], [], True, [])], "reached again"
    assert told(before, training(T0 + 100, train=[2, 3], aux=[3])) == [([0, 100], [(100, 2)], True, [])]
    assert [starts for starts, *_ in told(before, training(T0 + 100, train=[1, 2], aux=[6]))] == [[0], [100]]
    assert told(before, training(T0 + 100, train=[7, 8], aux=[9])) == [([0, 100], [], False, [])]
    assert [starts for starts, *_ in told(before, training(T0 + 100, aux=[3, 6]))] == [[0], [100]], "where aux began"


def test_an_evaluation_goes_back_in_any_series_and_is_taken_along_by_the_training_it_belongs_to() -> None:
    first = training(T0, train=[1, 2, 3], val=[1, 2, 3])
    evaluation = training(T0 + 50, val=[2, 3])

    assert told(first, evaluation) == [([0], [], False, [50])]
    assert told(first, training(T0 + 50, val=[4])) == [([0, 50], [], False, [])]
    long_evaluation = training(T0 + 99, val=[1, 2, 3])
    assert [starts for starts, *_ in told(first, evaluation, long_evaluation, training(T0 + 100, train=[1, 2]))] == [
        [0], [99, 100]
    ]  # fmt: skip


def test_a_file_that_begins_in_the_moment_of_the_last_point_is_beside_it() -> None:
    first = training(T0, train=[1, 2, 3])

    assert [starts for starts, *_ in told(first, training(T0 + 2, train=[1, 2]))] == [[0, 2]]
    assert [starts for starts, *_ in told(first, training(T0 + 3, train=[1, 2]))] == [[0], [3]]
