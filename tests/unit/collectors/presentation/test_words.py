"""The vocabulary: every value of the contract has its word, its shade and its icon, and one only."""

from __future__ import annotations

from typing import Any

import pytest
from support.states import ready_state

from collectors.contract.metrics import Point, StreamMetrics
from collectors.contract.values import Direction, Level, Outcome, Regression, Status, VerdictValue
from collectors.presentation import words as f
from collectors.presentation.icons import ICONS


def test_text_for_a_chart_holds_no_markup() -> None:
    assert f.chart_text('<b onclick="x">&amp;') == '&lt;b onclick="x"&gt;&amp;amp;'


def test_every_word_of_the_contract_has_a_look() -> None:
    """No value of the contract falls through to a default."""
    assert set(f.VERDICT_WORDS) == set(f.VERDICT_STATUS) == set(VerdictValue)
    assert set(f.OUTCOME_STATUS) == set(f.OUTCOME_MARKS) == set(Outcome)
    assert set(f.LEVEL_STATUS) == set(Level)
    assert set(f.STREAM_WORDS) == set(Status) <= {Status(name) for name in ICONS if name in list(Status)}
    assert set(f.DIRECTION_WORDS) == set(f.DIRECTION_LOOKS) == set(Direction)
    assert set(f.REGRESSION_WORDS) == set(f.REGRESSION_LOOKS) == set(Regression)
    looks = [*f.DIRECTION_LOOKS.values(), *f.REGRESSION_LOOKS.values()]
    assert {icon for _, icon in looks} | {f.verdict_icon(value) for value in VerdictValue} <= set(ICONS)
    assert {f.status_class(status) for status in Status} == {
        "is-idle",
        "is-running",
        "is-stalled",
        "is-done",
        "is-fail",
    }


def test_only_what_is_good_looks_good() -> None:
    good = Status.DONE

    assert [v for v in VerdictValue if f.VERDICT_STATUS[v] is good] == [VerdictValue.READY]
    assert [o for o in Outcome if f.OUTCOME_STATUS[o] is good] == [Outcome.PASS]
    assert [level for level in Level if f.LEVEL_STATUS[level] is good] == [Level.VERIFIED]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "epoch 8 of 8"),
        ({"epoch": 3, "epochs": 30}, "epoch 3 of 30"),
        ({"epoch": 2.5, "epochs": 30}, "epoch 2.5 of 30"),
        ({"epoch": 3, "epochs": None}, "epoch 3"),
        ({"epoch": None, "step": 9, "epochs": 30}, "step 9"),
        ({"epoch": None, "step": None, "epochs": 30}, "no epoch recorded yet"),
        ({"unit": "step", "step": None}, "no step recorded yet"),
        ({"epoch": None, "status": Status.IDLE}, "no loss read"),
        ({"unit": "step", "step": 1500, "steps": 6000}, "step 1,500 of 6,000"),
        ({"early_stop": True, "epochs": 30}, "epoch 8 of 30, stopped early"),
        ({"from_previous_run": True}, "epoch 8 of 8, from the previous run"),
    ],
)
def test_progress_is_told_in_what_the_stream_counts(fields: dict[str, Any], words: str) -> None:
    run = ready_state().metrics["patchtst"]

    assert f.progress_words(run.model_copy(update={"completion": run.completion.model_copy(update=fields)})) == words


def test_a_source_that_counts_from_0_has_done_one_more() -> None:
    """Eight epochs numbered 0 to 7: the page says what check 8 says."""
    raw = ready_state().metrics["patchtst"].model_dump(mode="json")
    for series in raw["series"].values():
        series["epoch"] = [epoch - 1 for epoch in series["epoch"]]
    raw["completion"]["epoch"] = 7

    assert f.progress_words(StreamMetrics.model_validate(raw)) == "epoch 8 of 8"


def test_steps_at_each_strides_last_place_are_counted_from_0() -> None:
    """Points at 19, 39 ... 119 of 120: the page says what check 8 says."""
    raw = ready_state().metrics["patchtst"].model_dump(mode="json")
    for series in raw["series"].values():
        series["step"] = [20 * n + 19 for n in range(len(series["epoch"]))]
    last = max(series["step"][-1] for series in raw["series"].values())
    raw["completion"] |= {"unit": "step", "step": last, "steps": last + 1}

    assert f.progress_words(StreamMetrics.model_validate(raw)) == f"step {last + 1} of {last + 1}"


def test_a_stream_that_was_not_heard_of_for_long_is_not_called_running() -> None:
    run = ready_state().metrics["patchtst"]
    done = run.completion.model_copy(update={"status": Status.RUNNING, "quiet": True})

    assert f.stream_word(run.model_copy(update={"completion": done})) == "quiet"
    assert f.stream_word(run) == "done"


@pytest.mark.parametrize(
    ("value", "epoch", "step", "words"),
    [
        (0.4412, 3, 300, "0.4412 at epoch 3"),
        (0.4412, None, 1200, "0.4412 at step 1,200"),
        (0.4412, None, None, "0.4412"),
        (None, 4, 4, "not finite at epoch 4"),
    ],
)
def test_a_loss_stands_at_its_epoch_else_at_its_step(
    value: float | None, epoch: float | None, step: int | None, words: str
) -> None:
    assert f.point_words(Point(value=value, epoch=epoch, step=step)) == words


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("logs/events.out.tfevents.1795435105.vm.17791.0", "logs/events.out.tfevents.1795435105.*.17791.0"),
        ("logs/events.out.tfevents.1795435105.vm.17791.0.v2", "logs/events.out.tfevents.1795435105.*.17791.0.v2"),
        ("checkpoints/a.vm.pt", "checkpoints/a.vm.pt"),
    ],
)
def test_a_report_carries_no_host_in_an_event_files_name(path: str, told: str) -> None:
    assert f.shown_path(path) == told
