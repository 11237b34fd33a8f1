"""A table and event files that say different numbers of one loss at one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from support.gathered import patchtst, reread, with_progress, with_rules, with_stream
from support.odd_losses import CSV, Values, event_file, odd

from collectors.contract.values import Outcome, Status
from collectors.judge.checklist import judge
from collectors.judge.checks.provenance import AGAIN
from collectors.judge.findings.spec import Found
from collectors.judge.findings.table_and_events import SAY, find_table_and_events
from collectors.training.evidence import WorkspaceEvidence

VAL = [0.91234567, 0.81234567, 0.71234567, 0.61234567]
Series = Mapping[str, Values]


def declared(seen: WorkspaceEvidence, *, same: bool) -> WorkspaceEvidence:
    history = patchtst(seen).stream.loss_history
    assert history is not None
    return with_rules(seen, loss_history=history.model_dump() | {"same_as_events": same})


def found(table: Series, events: Series, *, same: bool = False) -> list[Found]:
    return list(find_table_and_events(declared(odd(table, events), same=same)))


def changed(at: int, value: float, values: list[float] = VAL) -> list[float]:
    return [value if n == at else v for n, v in enumerate(values)]


@pytest.mark.parametrize("same", [True, False])
def test_what_agrees_to_the_last_printed_digit_is_no_finding(same: bool) -> None:
    assert found({"val_loss": VAL}, {"val_loss": VAL}, same=same) == []
    assert found({"val_loss": [round(v, 4) for v in VAL]}, {"val_loss": VAL}, same=same) == []


@pytest.mark.parametrize("same", [True, False])
def test_a_value_that_differs_among_others_fails_and_both_files_and_values_are_named(same: bool) -> None:
    (one,) = found({"val_loss": changed(2, 0.5)}, {"val_loss": VAL}, same=same)

    assert (one.path, one.stream, one.level, one.remedy) == (CSV, "patchtst", "fail", AGAIN)
    assert one.text == (
        f"patchtst: {CSV} does not hold the losses of its event files: val_loss at epoch 3 is 0.5 there and "
        f"0.71234567 in {event_file()}; 1 of 4 values of val_loss differ"
    )


def test_where_none_agrees_the_description_says_whether_it_should() -> None:
    other: Series = {"val_loss": [3.1, 3.2, 3.3, 3.4]}

    (said,) = found(other, {"val_loss": VAL}, same=True)
    (untold,) = found(other, {"val_loss": VAL})
    assert (said.level, said.remedy, untold.level, untold.remedy) == ("fail", AGAIN, "skip", SAY)
    assert said.text.endswith("and no other of 4 agrees: it is of another run or stream")
    assert untold.text.endswith("and no other of 4 agrees; nothing says whether it should")


def test_of_a_single_value_in_both_no_other_is_spoken_of() -> None:
    (one,) = found({"val_loss": [0.91234567]}, {"val_loss": [3.1]}, same=True)

    assert f"3.1 in {event_file()}: it is of another run" in one.text


def test_a_difference_below_a_thousandth_counts_only_where_both_hold_the_same_numbers() -> None:
    near: Series = {"val_loss": changed(1, VAL[1] * 1.0005)}

    assert [f.level for f in found(near, {"val_loss": VAL}, same=True)] == ["fail"]
    assert found(near, {"val_loss": VAL}) == []


def test_a_series_of_another_kind_beside_one_that_agrees_is_a_warning() -> None:
    table: Series = {"val_loss": VAL, "train_loss": [2 * v for v in VAL]}

    assert [f.level for f in found(table, {"val_loss": VAL, "train_loss": VAL})] == ["warn"]


@pytest.mark.parametrize(
    ("table", "events"),
    [
        ([0.5, 0.25, 0.75, 0.95], [0.5, 3.1, 3.2, 3.3]),
        ([0.5, 0.5, 0.5, 0.95], [0.5, 0.5, 0.5, 3.3]),
        ([0.11, 0.12, 0.13, 0.14, 0.15, 0.16], [0.11, 0.12, 3.1, 3.2, 3.3, 3.4]),
    ],
    ids=["one value", "a constant", "two of six in two digits"],
)
def test_what_agrees_by_chance_proves_nothing(table: list[float], events: list[float]) -> None:
    assert [f.level for f in found({"val_loss": table}, {"val_loss": events})] == ["skip"]


def test_two_series_prove_each_other() -> None:
    table: Series = {"val_loss": [0.91234567, 0.5], "train_loss": [0.81234567, 0.4]}
    events: Series = {"val_loss": [0.91234567, 0.6], "train_loss": [0.81234567, 0.7]}

    (one,) = found(table, events)
    assert one.level == "fail" and one.text.endswith("2 of 4 values of val_loss, train_loss differ")


def test_what_is_not_finite_is_told_elsewhere() -> None:
    assert found({"val_loss": changed(3, float("nan"))}, {"val_loss": VAL}, same=True) == []
    assert found({"val_loss": VAL}, {"val_loss": changed(0, float("inf"))}, same=True) == []


def test_half_a_number_at_the_end_of_a_file_that_was_cut_contradicts_nothing() -> None:
    def cut(last: float, *, ends_open: bool) -> list[Any]:
        seen = declared(odd({"val_loss": changed(3, last)}, {"val_loss": VAL}), same=True)
        table = patchtst(seen).loss_table
        assert table is not None
        return list(find_table_and_events(with_stream(seen, loss_table=reread(table, ends_open=ends_open))))

    assert cut(0.61, ends_open=True) == cut(0.0, ends_open=True) == []
    assert len(cut(0.62, ends_open=True)) == len(cut(0.61, ends_open=False)) == 1


def test_steps_are_named_as_steps() -> None:
    (one,) = find_table_and_events(
        declared(odd({"val_loss": changed(0, 0.5)}, {"val_loss": VAL}, unit="step"), same=False)
    )
    assert "val_loss at step 1 is 0.5 there" in one.text


def test_check_9_tells_it_and_a_stream_that_trains_is_not_judged() -> None:
    seen = declared(odd({"val_loss": changed(2, 0.5)}, {"val_loss": VAL}), same=True)

    check = next(c for c in judge(seen).checks if c.id == "provenance")
    assert check.outcome is Outcome.FAIL and "(table_and_events)" in check.detail
    assert list(find_table_and_events(with_progress(seen, status=Status.RUNNING))) == []


def test_without_a_table_there_is_nothing_to_compare() -> None:
    seen = odd({"val_loss": changed(2, 0.5)}, {"val_loss": VAL})

    assert list(find_table_and_events(with_stream(seen, loss_table=None))) == []
    assert list(find_table_and_events(with_stream(seen, losses=replace(patchtst(seen).losses, pairs=())))) == []
