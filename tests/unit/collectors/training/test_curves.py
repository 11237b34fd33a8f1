"""Loss history and events -> the losses of one run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.curves import T0, loss_table, one_run

from collectors.evidence.files import FileFacts
from collectors.evidence.table_rows import LossRows
from collectors.evidence.tables import LossRow, LossTableEvidence
from collectors.training.axes import Declared
from collectors.training.curves import Losses, merge_losses
from collectors.training.stream_runs import Curve, StreamRun

VALUES = (0.9, 0.8, 0.7)
NAN = math.nan


def curve(epochs: Sequence[float], values: Sequence[float] | None = None, **more: Any) -> Curve:
    """Steps and times are unknown where a test does not say them."""
    count = len(epochs)
    value = np.ones(count) if values is None else np.array(values, float)
    unknown = Curve(np.full(count, -1), np.full(count, NAN), value, np.array(epochs, float))
    return replace(unknown, **more)


def merged(
    run: StreamRun | None, table: LossTableEvidence | None, *, at: float | None = T0, trusted: bool = True
) -> Any:
    return merge_losses(run, table, FileFacts("t.csv", True, 1, at), times_trusted=trusted)


def rows(*given: LossRow) -> LossTableEvidence:
    return LossTableEvidence("csv", (), given)


def test_the_first_epoch_is_that_of_the_series_that_begins_first_and_the_last_of_the_one_that_ends_last() -> None:
    losses = Losses("events", {"train": curve([0, 1, 2]), "val": curve([1, 2, 3]), "lr": curve([NAN, NAN])})

    assert (losses.first_epoch, losses.last_epoch) == (0.0, 3.0)


def test_epochs_that_are_unknown_do_not_count() -> None:
    assert Losses("events", {"val": curve([NAN, 4, 2])}).first_epoch == 2.0
    assert Losses("events", {"val": curve([NAN, 4, 2])}).last_epoch == 4.0
    assert Losses("events", {"val": curve([NAN, NAN])}).first_epoch is None
    assert Losses(None).last_epoch is None


@pytest.mark.parametrize(("before", "belongs"), [(1.01, False), (1.0, True), (0.0, True), (-500.0, True)])
def test_a_table_written_a_second_before_the_run_began_is_still_of_it(before: float, belongs: bool) -> None:
    """File systems round times; record times are exact."""
    assert merged(one_run(val=VALUES), loss_table(VALUES), at=T0 - before).table_belongs is belongs


def test_contents_that_differ_tell_more_than_a_time() -> None:
    found = merged(one_run(val=VALUES), loss_table((5.0, 6.0, 7.0)), at=T0 + 50)

    assert (found.table_belongs, found.table_disagrees, found.source) == (False, True, "events")
    assert found.others == {}


def test_where_times_were_lost_a_table_that_agrees_is_of_the_run_and_one_without_events_is_unknown() -> None:
    assert merged(one_run(val=VALUES), loss_table(VALUES), at=T0 - 999, trusted=False).table_belongs is True
    assert merged(one_run(val=VALUES), loss_table(VALUES), at=None).table_belongs is True
    assert merged(one_run(val=()), loss_table(VALUES), trusted=False).table_belongs is None
    assert merged(None, loss_table(VALUES)).table_belongs is None


def test_a_table_without_losses_is_as_good_as_none() -> None:
    found = merged(one_run(val=VALUES), rows(LossRow(1.0, None, None, {})), at=T0 - 999)

    assert (found.source, found.table_belongs, found.table_disagrees) == ("events", None, False)
    assert set(found.curves) == {"train_loss", "val_loss"}
    assert merged(None, None).curves == {}


def test_the_source_that_reaches_further_is_shown_and_the_other_is_kept() -> None:
    equal = merged(one_run(val=VALUES), loss_table(VALUES))
    longer_table = merged(one_run(val=VALUES[:2]), loss_table(VALUES))
    longer_events = merged(one_run(val=(*VALUES, 0.6)), loss_table(VALUES))

    assert [found.source for found in (equal, longer_table, longer_events)] == [
        "loss_history",
        "loss_history",
        "events",
    ]
    assert len(longer_table.others["val_loss"]) == 2
    assert len(longer_events.others["val_loss"]) == 3
    assert longer_events.table_belongs is True
    assert merged(None, loss_table(VALUES)).others == {}


def test_an_older_table_is_not_shown_though_it_reaches_further() -> None:
    found = merged(one_run(val=(0.9,)), loss_table(VALUES), at=T0 - 9)

    assert (found.source, found.table_belongs, len(found.curves["val_loss"])) == ("events", False, 1)
    nothing = merged(one_run(val=()), loss_table(VALUES), at=T0 - 9)
    assert (nothing.source, nothing.curves, nothing.table_belongs) == (None, {}, False)


def test_a_table_gets_steps_and_times_of_the_events_where_it_has_none() -> None:
    run = one_run(val=VALUES, first_step=1)
    known = LossRow(1.0, 700, T0 + 1, {"val_loss": 0.9})

    found = merged(run, rows(known, *(LossRow(n, None, None, {"val_loss": v}) for n, v in ((2.0, 0.8), (3.0, 0.7)))))

    assert list(found.curves["val_loss"].step) == [700, 2, 3]
    assert list(found.curves["val_loss"].time) == [T0 + 1, T0 + 20.01, T0 + 30.01]


def test_an_epoch_that_the_events_lack_stays_unknown() -> None:
    found = merged(one_run(val=VALUES[:2]), loss_table(VALUES)).curves["val_loss"]

    assert list(found.step) == [1, 2, -1]
    assert [math.isnan(t) for t in found.time] == [False, False, True]
    assert list(found.value) == list(VALUES)


def test_filling_a_table_leaves_what_was_read_as_it_was() -> None:
    table = LossTableEvidence(
        "csv", (), LossRows.from_columns([1.0, 2.0], [None, None], [None, None], {"val_loss": [0.9, 0.8]})
    )

    merged(one_run(val=VALUES[:2]), table)

    assert merged(None, table).curves["val_loss"].step.tolist() == [-1, -1]


def test_a_series_that_only_the_table_has_is_shown_as_it_is() -> None:
    found = merged(one_run(val=VALUES), rows(*(LossRow(float(n), None, None, {"acc": 0.5}) for n in (1, 2, 3))))

    assert found.source == "loss_history"
    assert list(found.curves) == ["acc"]
    assert list(found.curves["acc"].step) == [-1, -1, -1]
    assert set(found.others) == {"train_loss", "val_loss"}


def shown(*given: LossRow) -> Curve:
    found: Mapping[str, Curve] = merged(None, rows(*given)).curves
    return found["loss"]


def test_a_table_is_ordered_by_epoch() -> None:
    found = shown(*(LossRow(e, int(e * 10), T0 + e, {"loss": e / 10}) for e in (3.0, 1.0, 2.0)))

    assert [list(a) for a in (found.epoch, found.step, found.value)] == [[1, 2, 3], [10, 20, 30], [0.1, 0.2, 0.3]]
    assert list(found.time - T0) == [1, 2, 3]


def test_a_table_of_steps_stays_one_of_steps_and_without_them_a_row_is_no_epoch() -> None:
    by_step = shown(LossRow(None, 500, None, {"loss": 0.2}), LossRow(None, 0, None, {"loss": 0.1}))
    by_row = shown(*(LossRow(None, step, None, {"loss": 0.5}) for step in (9, None, 3)))

    assert (list(by_step.step), list(by_step.value)) == ([0, 500], [0.1, 0.2])
    assert np.isnan(by_step.epoch).all()
    assert np.isnan(by_row.epoch).all()
    assert list(by_row.step) == [9, -1, 3]


@pytest.mark.parametrize(
    ("count", "names", "is_told"),
    [(3, ("train_loss", "val_loss"), True), (3, ("train_loss",), False), (2, ("train_loss", "val_loss"), False)],
)
def test_rows_without_a_place_are_epochs_only_where_they_are_as_many_with_a_validation_each(
    count: int, names: tuple[str, ...], is_told: bool
) -> None:
    table = rows(*(LossRow(None, None, None, dict.fromkeys(names, 0.5)) for _ in range(count)))

    found = merge_losses(None, table, FileFacts("log.csv", True), times_trusted=False, declared=Declared(epochs=3))

    assert found.last_epoch == (3.0 if is_told else None)
    assert found.told_by == ("the number of rows: exactly 3, each with a validation" if is_told else None)


def test_one_known_epoch_is_enough_to_order_by_epochs() -> None:
    found = shown(LossRow(None, 5, None, {"loss": 0.5}), LossRow(2.0, 7, None, {"loss": 0.4}))

    assert found.epoch[0] == 2.0
    assert math.isnan(found.epoch[1])


def test_a_row_without_a_value_of_a_series_is_no_point_of_it() -> None:
    found = merged(None, rows(LossRow(1.0, None, None, {"a": 0.1, "b": 0.2}), LossRow(2.0, None, None, {"b": 0.3})))

    assert {name: list(c.epoch) for name, c in found.curves.items()} == {"a": [1.0], "b": [1.0, 2.0]}


@pytest.mark.parametrize(("step", "kept"), [(2**53 - 1, 2**53 - 1), (2**53, -1), (-(2**60), -1), (0, 0)])
def test_a_step_that_no_number_holds_exactly_is_unknown(step: int, kept: int) -> None:
    assert list(shown(LossRow(1.0, step, None, {"loss": 0.5})).step) == [kept]


def test_points_are_placed_by_steps_only_where_no_epoch_is_known() -> None:
    by_step = {"val": curve([NAN, NAN], step=np.array([3, 7]))}

    assert (Losses("events", by_step).unit, Losses("events", by_step).last_step) == ("step", 7.0)
    assert (Losses("events", {"val": curve([1, 2])}).unit, Losses("events", {"val": curve([1, 2])}).last_step) == (
        "epoch", None
    )  # fmt: skip
    assert (Losses(None).unit, Losses(None).last_step) == ("epoch", None)
    first = {"a": curve([]), "val": curve([1], step=np.array([0]))}
    assert Losses("events", first).last_step == 0.0


def test_what_a_second_writer_recorded_otherwise_must_be_finite_too() -> None:
    run = replace(one_run(val=VALUES), at_odds={"val_loss (b)": curve([1, 2, 3])})

    assert list(merged(run, None).others) == ["val_loss (b)"]
    assert list(merged(run, loss_table(VALUES)).others) == ["train_loss", "val_loss", "val_loss (b)"]
    assert list(merged(run, loss_table(VALUES[:2])).others) == ["train_loss", "val_loss", "val_loss (b)"]


def placed(epochs: Sequence[float], steps: Sequence[int], values: Sequence[float]) -> dict[str, Curve]:
    return {"val_loss": curve(epochs, values, step=np.array(steps, np.int64))}


def source_of(events: dict[str, Curve], *table: LossRow) -> Any:
    return merged(replace(one_run(val=VALUES), curves=events), rows(*table)).source


def test_events_that_go_on_behind_the_table_are_the_losses() -> None:
    """By steps where both know them, else by epochs; where they share no unit the table counts."""
    by_step = placed([NAN] * 3, [1, 2, 3], VALUES)
    by_epoch = placed([1, 2, 3], [-1] * 3, VALUES)

    def row(at: int, *, step: bool) -> LossRow:
        return LossRow(None if step else float(at), float(at) if step else None, None, {"val_loss": VALUES[at - 1]})

    assert source_of(by_step, row(1, step=True), row(2, step=True)) == "events"
    assert source_of(by_step, row(1, step=True), row(2, step=True), row(3, step=True)) == "loss_history"
    assert source_of(by_epoch, row(1, step=False), row(2, step=False)) == "events"
    assert source_of(by_epoch, row(1, step=False), row(2, step=False), row(3, step=False)) == "loss_history"
    assert source_of(by_epoch, row(1, step=True)) == "loss_history"


def test_the_series_that_reaches_farthest_says_how_far_a_source_goes() -> None:
    first = {"val_loss": 0.9, "train_loss": 1.0}
    events = {
        "train_loss": curve([0, 1, 2], [1.0, 0.9, 0.8]),
        "val_loss": curve([0], [0.9]),
        "empty": curve([]),
    }

    assert source_of(events, LossRow(0.0, None, None, first)) == "events"
    assert source_of({"val_loss": curve([0], [0.9])}, LossRow(0.0, None, None, first)) == "loss_history"


@pytest.mark.parametrize(
    ("after", "dropped", "lag", "is_shown"),
    [(1.0, 1, 0.0, False), (1.01, 1, 0.0, True), (1.01, 0, 0.0, False), (0.5, 1, 0.6, True)],
)
def test_a_table_that_began_again_after_the_last_record_is_of_a_run_that_has_no_events_yet(
    after: float, dropped: int, lag: float, is_shown: bool
) -> None:
    """It lost rows when it began again, and was written more than a second after the last event."""
    run = lagging(one_run(val=(*VALUES, 0.6)), lag)
    table = replace(loss_table((5.0, 6.0)), dropped_rows=dropped)

    found = merged(run, table, at=run.last_at + after)

    assert (found.source == "loss_history", found.table_belongs) == (is_shown, is_shown)
    assert merged(run, table, at=None).source == "events"


def lagging(run: StreamRun, seconds: float) -> StreamRun:
    """The same run on a file server whose clock is so far behind."""
    files = [replace(f, facts=replace(f.facts, modified_at=run.last_at - seconds)) for f in run.files]
    return replace(run, files=tuple(files))


def test_a_clock_that_lags_is_counted_in_when_a_table_was_written() -> None:
    late = lagging(one_run(val=VALUES), 9.5)

    assert [merged(late, loss_table(VALUES), at=T0 - before).table_belongs for before in (10, 11)] == [True, False]


def test_rows_whose_steps_rise_while_their_epochs_fall_stay_as_they_are() -> None:
    """A training went on with another batch size; where steps do not tell, rows are ordered by epoch."""

    def epochs(*steps: int | None) -> list[float]:
        at = zip((1.0, 2.0, 1.0), steps, strict=True)
        return list(shown(*(LossRow(epoch, step, None, {"loss": 0.5}) for epoch, step in at)).epoch)

    assert epochs(10, 20, 30) == epochs(0, 20, 30) == [1, 2, 1]
    assert epochs(10, 20, 20) == epochs(10, 30, 20) == epochs(None, 20, 30) == [1, 1, 2]


def test_an_epoch_that_is_no_number_is_unknown() -> None:
    assert [math.isnan(epoch) for epoch in shown(LossRow(math.inf, 5, None, {"loss": 0.5})).epoch] == [True]


def test_a_table_without_epochs_gets_the_times_of_the_events_of_the_same_step() -> None:
    run = replace(one_run(val=VALUES), curves=placed([NAN] * 3, [1, 2, 3], VALUES))
    times = replace(run, curves={"val_loss": replace(run.curves["val_loss"], time=np.array([T0, T0 + 1, T0 + 2]))})

    table = rows(*(LossRow(None, step, None, {"val_loss": value}) for step, value in ((2, 0.8), (3, 0.7), (4, 0.6))))
    found = merged(times, table).curves["val_loss"]

    assert (list(found.step), list(found.time[:2])) == ([2, 3, 4], [T0 + 1, T0 + 2])
    assert math.isnan(found.time[2])
