"""What is found in the place of what was looked for is said by name, in headline and hint and in every state."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.foreign import Foreign, both, judged, table_text

from collectors.contract.state import Check, DashboardState
from collectors.contract.values import Status
from collectors.presentation.checklist import as_text


@pytest.fixture
def foreign(tmp_path: Path) -> Foreign:
    """A finished training of ten epochs."""
    made = Foreign(tmp_path)
    made.total(10)
    made.events(steps_are="epochs")
    return made


def state_of(foreign: Foreign) -> DashboardState:
    foreign.finish()
    return judged(foreign.root)


def check_of(state: DashboardState, name: str) -> Check:
    return next(one for one in state.checklist if one.id == name)


def test_of_a_missing_file_those_beside_it_are_named(foreign: Foreign) -> None:
    foreign.log(both(range(1, 11)))
    foreign.said["checkpoint"] = "out/model.pt"
    foreign.put("out/model_final.pt", "x")

    state = state_of(foreign)

    assert check_of(state, "checkpoints").detail == "net: out/model.pt is missing; beside it: out/model_final.pt"
    assert state.verdict.reason == "Net's checkpoint is missing."
    assert state.verdict.evidence == "1. Trained checkpoints: net: out/model.pt is missing."


@pytest.mark.parametrize("section", ["checkpoint", "config", "table"])
def test_a_pattern_that_matches_nothing_is_named_with_the_files_beside_it(foreign: Foreign, section: str) -> None:
    foreign.log(both(range(1, 11)))
    foreign.put("logs/version_0/hparams.yaml", "a: 1\n")
    pattern = "logs/version_*/best.*"
    foreign.said[section] = {"checkpoint": pattern, "config": {"candidates": pattern}, "table": {"path": pattern}}[
        section
    ]
    if section == "table":
        del foreign.said["events"]

    state = state_of(foreign)

    name = {"checkpoint": "checkpoints", "config": "configs", "table": "logs"}[section]
    assert f"nothing matches `{pattern}`; beside it: logs/version_0" in check_of(state, name).detail


def test_a_link_that_leads_nowhere_is_called_that_in_headline_and_hint(foreign: Foreign) -> None:
    foreign.log(both(range(1, 11)))
    (foreign.root / "best.pt").symlink_to("gone.pt")

    state = state_of(foreign)

    assert state.verdict.reason == "Net's checkpoint cannot be read."
    assert "the link `best.pt` leads to nothing" in (state.verdict.evidence or "")
    assert check_of(state, "checkpoints").hint == "Mend the link, or put the file itself in its place."


def test_a_link_to_nothing_alone_is_not_an_empty_workspace(foreign: Foreign) -> None:
    (foreign.root / "best.pt").symlink_to("gone.pt")

    assert "Nothing has been trained here yet" not in state_of(foreign).verdict.reason


def test_an_event_folder_that_leads_nowhere_is_told(foreign: Foreign) -> None:
    (foreign.root / "tb").symlink_to("elsewhere")

    found = check_of(state_of(foreign), "logs")

    assert found.detail == "net: no event file below tb: tb: the link `tb` leads to nothing"
    assert found.hint == "Mend the link, or put the file itself in its place."


@pytest.mark.parametrize(
    ("put", "said"),
    [
        ("tb/progress.csv", "it holds tb/progress.csv"),
        ("tensorboard/events.out.tfevents.1.h", "no such folder; beside it: "),
    ],
)
def test_what_lies_in_the_place_of_event_files_is_named(foreign: Foreign, put: str, said: str) -> None:
    foreign.put(put, "x")

    detail = check_of(state_of(foreign), "logs").detail

    assert f"no event file below tb: {said}" in detail
    assert put.partition("/")[0] in detail


def test_outputs_that_lie_elsewhere_are_named_before_anybody_is_told_to_train(foreign: Foreign) -> None:
    foreign.said["checkpoint"] = "out/model.pt"
    foreign.put("run/7/metrics.csv", "epoch,loss\n1,0.5\n")
    foreign.put("run/7/last.ckpt", "x")

    state = state_of(foreign)

    assert (
        state.verdict.reason == "No output lies where the description says; found: run/7/last.ckpt, run/7/metrics.csv."
    )
    assert state.nodes["release-ready"].message == "nothing where it is looked for"


def test_only_without_any_known_output_nothing_has_been_trained(foreign: Foreign) -> None:
    foreign.said["checkpoint"] = "out/model.pt"
    foreign.put("src/train.py", "pass\n")

    assert state_of(foreign).verdict.reason == "Nothing has been trained here yet."


def test_a_file_of_no_known_format_is_named_in_headline_and_hint(foreign: Foreign) -> None:
    foreign.log(both(range(1, 11)))
    foreign.put("best.pt", "just some words about a model\n" * 40)

    state = state_of(foreign)

    assert state.verdict.reason == "Net's checkpoint is of no known format."
    assert "best.pt" in (state.verdict.evidence or "")
    assert check_of(state, "checkpoints").hint == (
        "Name Net's model under `checkpoint:`; best.pt is of no format that holds one."
    )


def broken_table(foreign: Foreign) -> None:
    foreign.table(table_text([(1, 0.5)], "epoch", "accuracy"), columns={"train_loss": "loss"})


def test_the_readers_error_is_shown_while_the_stream_runs(foreign: Foreign) -> None:
    foreign.age = 2.0
    foreign.log(both(range(1, 6)), gap=1.0)
    broken_table(foreign)

    state = state_of(foreign)

    assert state.nodes["net"].status is Status.RUNNING, as_text(state)
    assert "still training" in check_of(state, "training").detail
    assert "log.csv" in check_of(state, "training").detail
    assert "accuracy" in check_of(state, "training").detail


def test_the_readers_error_is_shown_of_a_stream_that_did_not_begin(foreign: Foreign) -> None:
    broken_table(foreign)

    state = state_of(foreign)

    assert state.nodes["net"].status is Status.IDLE
    assert state.nodes["net"].message.startswith("log.csv: ")
    assert check_of(state, "training").hint == "Correct log.csv, or its section in dashboard.yaml."
    assert "accuracy" in check_of(state, "training").detail


def test_an_event_file_that_cannot_be_opened_is_told_beside_those_that_can(foreign: Foreign) -> None:
    foreign.log(both(range(1, 11)))
    (foreign.root / "tb/events.out.tfevents.9.gpu1.1.0").mkdir()

    found = check_of(state_of(foreign), "logs")

    assert "events.out.tfevents.9.gpu1.1.0: is a folder" in found.detail
