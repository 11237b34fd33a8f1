"""What a pipeline does not have is not asked, and what its description switches off stands grey with its reason."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.build_checkpoints import torch_zip
from support.foreign import Foreign, both, judged, table_text

from collectors.contract.state import Check, DashboardState
from collectors.contract.values import Outcome, Status, VerdictValue
from collectors.observe.load_pipeline import ConfigProblem
from collectors.presentation.checklist import as_json, as_junit, as_markdown, as_text
from collectors.presentation.page import as_html
from collectors.presentation.regions.cards import cards
from dash_app.pictures.badge import check_badge

ROWS = [(n, 1 / n, 1.2 / n) for n in range(1, 11)]
CSV = table_text(ROWS, "epoch", "train_loss", "val_loss")
FOUR = ["checkpoints", "logs", "training", "provenance"]
SPARE = "weights are exported elsewhere"


@pytest.fixture
def foreign(tmp_path: Path) -> Foreign:
    """A finished training of ten epochs, of which only the model is described yet."""
    made = Foreign(tmp_path)
    del made.said["config"], made.said["events"]
    made.total(10)
    return made


def with_events(foreign: Foreign) -> None:
    foreign.events(steps_are="epochs")
    foreign.log(both(range(1, 11)))


def state_of(foreign: Foreign) -> DashboardState:
    foreign.finish()
    return judged(foreign.root)


def check_of(state: DashboardState, name: str) -> Check:
    return next(one for one in state.checklist if one.id == name)


def card_names(state: DashboardState) -> list[str]:
    return [str(card.children[0].children[1].children[0]) for card in cards(state)]  # type: ignore[union-attr]


def test_event_files_and_a_model_are_enough_to_be_ready(foreign: Foreign) -> None:
    with_events(foreign)

    state = state_of(foreign)

    assert [check.id for check in state.checklist] == FOUR, as_text(state)
    assert (state.verdict.value, state.verdict.passed, state.verdict.total) == (VerdictValue.READY, 4, 4)
    assert "4 of 4 asked" in state.verdict.reason
    assert state.not_asked == ()


def test_what_nobody_has_is_neither_a_stage_nor_a_card_nor_a_file(foreign: Foreign) -> None:
    with_events(foreign)

    state = state_of(foreign)

    stages = {stage.id for stage in state.pipeline.stages}
    assert stages.isdisjoint({"data-prep", "dqvl", "scaler-check", "backup-check", "config-check", "policy-check"})
    assert Status.FAIL not in {node.status for node in state.nodes.values()}
    assert card_names(state) == ["Trained checkpoints", "Training logs"]
    assert state.artifacts.configs == ()


@pytest.mark.parametrize("key", ["table", "loss_history"])
def test_a_table_alone_is_asked_in_the_place_of_event_files(foreign: Foreign, key: str) -> None:
    foreign.put("log.csv", CSV)
    foreign.said[key] = {"path": "log.csv"}

    state = state_of(foreign)

    assert [check.id for check in state.checklist] == FOUR
    assert state.verdict.value is VerdictValue.READY, as_text(state)
    assert check_of(state, "logs").detail == "net: log.csv, 10 rows"
    assert check_of(state, "provenance").detail == "net: checkpoint and table of one run"
    assert state.artifacts.logs == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "log.csv is missing"),
        ("epoch,train_loss\r\n", "log.csv"),
        ("epoch,accuracy\r\n1,0.5\r\n", "accuracy"),
    ],
)  # fmt: skip
def test_a_table_alone_that_tells_no_loss_fails_and_says_what_it_is(
    foreign: Foreign, text: str | None, said: str
) -> None:
    if text is not None:
        foreign.put("log.csv", text)
    foreign.said["table"] = {"path": "log.csv"}

    state = state_of(foreign)

    assert check_of(state, "logs").outcome is Outcome.FAIL
    assert said in check_of(state, "logs").detail
    assert state.verdict.value is VerdictValue.NOT_READY


def timed(foreign: Foreign, shift: float = 0.0) -> str:
    rows = [(*row, foreign.end + shift - 60.0 * (10 - row[0])) for row in ROWS]
    return table_text(rows, "epoch", "train_loss", "val_loss", "time")


def test_the_times_of_a_table_say_when_its_run_began(foreign: Foreign) -> None:
    foreign.table(timed(foreign), after=0.0)
    foreign.put("best.pt", torch_zip(), -300.0)

    assert check_of(state_of(foreign), "provenance").outcome is Outcome.PASS  # written in the middle of it

    foreign.put("best.pt", torch_zip(), -3600.0)

    found = check_of(state_of(foreign), "provenance")
    assert found.outcome is Outcome.FAIL
    assert "best.pt" in found.detail
    assert "was written before its run" in found.detail


def test_a_table_whose_file_time_was_lost_leaves_provenance_open(foreign: Foreign) -> None:
    foreign.table(timed(foreign, shift=-86_400.0), after=0.0)

    found = check_of(state_of(foreign), "provenance")

    assert (found.outcome, found.detail) == (Outcome.SKIP, "net: times were lost")


def test_of_a_model_older_than_a_table_without_times_nothing_is_claimed(foreign: Foreign) -> None:
    foreign.table(CSV, after=0.0)
    foreign.put("best.pt", torch_zip(), -300.0)

    found = check_of(state_of(foreign), "provenance")

    assert found.outcome is Outcome.SKIP
    assert "does not say when its run began" in found.detail
    assert "time" in (found.hint or "")


def test_seconds_since_its_start_say_how_long_a_run_lasted(foreign: Foreign) -> None:
    rows = [(*row, 60 * row[0]) for row in ROWS]
    columns = {"time": "seconds", "train_loss": "train_loss", "val_loss": "val_loss"}
    foreign.table(table_text(rows, "epoch", "train_loss", "val_loss", "seconds"), after=0.0, columns=columns)
    foreign.put("best.pt", torch_zip(), -300.0)

    assert check_of(state_of(foreign), "provenance").outcome is Outcome.PASS  # of the 600 s that it lasted

    foreign.put("best.pt", torch_zip(), -900.0)

    assert check_of(state_of(foreign), "provenance").outcome is Outcome.SKIP


def test_a_stream_of_which_nothing_tells_is_refused(foreign: Foreign) -> None:
    foreign.finish()

    with pytest.raises(ConfigProblem) as problem:
        judged(foreign.root)

    lines = str(problem.value).splitlines()
    assert len(lines) == 1, "an error inside a stream adds no line about the list"
    assert lines[0].startswith("dashboard.yaml, line ")
    assert "`streams.0`: name `events`, `table` or both" in lines[0]


def test_a_model_is_asked_where_none_is_found(foreign: Foreign) -> None:
    with_events(foreign)
    foreign.said["checkpoint"] = ["out/*.pt", "out/last.ckpt"]
    foreign.put("out/notes.txt", "no model")

    found = check_of(state_of(foreign), "checkpoints")

    assert found.outcome is Outcome.FAIL
    assert found.detail.startswith("net: no model file found: nothing matches `out/*.pt`, `out/last.ckpt`")
    assert "out/notes.txt" in found.detail


@pytest.mark.parametrize(("said", "words"), [("none", "say why there is none"), ({}, "name a `path`"), (
    {"none": ""}, "none"), ({"path": "a.pt", "none": "why"}, "name a `path`")])  # fmt: skip
def test_no_model_wants_a_reason(foreign: Foreign, said: object, words: str) -> None:
    with_events(foreign)
    foreign.said["checkpoint"] = said
    foreign.finish()

    with pytest.raises(ConfigProblem, match=re.escape(words)):
        judged(foreign.root)


def test_a_training_without_a_model_is_ready_by_what_was_asked_and_says_so(foreign: Foreign) -> None:
    with_events(foreign)
    foreign.said["checkpoint"] = {"none": SPARE}

    state = state_of(foreign)

    assert [check.id for check in state.checklist] == FOUR[1:]
    assert state.verdict.value is VerdictValue.READY, as_text(state)
    assert "3 of 3 asked" in state.verdict.reason
    assert SPARE in state.verdict.reason
    assert [(one.index, one.id, one.reason) for one in state.not_asked] == [(1, "checkpoints", SPARE)]
    assert state.artifacts.checkpoints == ()


def test_of_two_streams_only_those_are_asked_that_have_a_section(foreign: Foreign) -> None:
    with_events(foreign)
    foreign.put("head.csv", CSV)
    head = {"id": "head", "label": "Head", "checkpoint": {"none": SPARE}, "config": {"candidates": "head.json"},
            "table": {"path": "head.csv"}, "completion": {"total": 10}}  # fmt: skip
    foreign.whole["streams"] = [foreign.said, head]

    state = state_of(foreign)

    assert [e.stream for e in check_of(state, "checkpoints").evidence] == ["net"]
    assert [e.stream for e in check_of(state, "configs").evidence] == ["head"]
    assert check_of(state, "configs").outcome is Outcome.FAIL
    assert state.not_asked == ()


def test_scoring_is_asked_of_the_streams_that_have_what_it_names(foreign: Foreign) -> None:
    with_events(foreign)
    foreign.whole["smoke"] = {"command": ["score", "{checkpoint}"]}
    assert [e.stream for e in check_of(state_of(foreign), "smoke").evidence] == ["net"]

    foreign.whole["smoke"] = {"command": ["score", "{checkpoint}", "{config}"]}
    foreign.finish()

    with pytest.raises(ConfigProblem, match=r"`smoke.command`: names `\{checkpoint\}` or `\{config\}`"):
        judged(foreign.root)


def switched_off(foreign: Foreign) -> DashboardState:
    """Ready, with one check off and one card's check off."""
    with_events(foreign)
    foreign.whole["checks"] = {"checkpoints": {"enabled": False, "reason": SPARE}}
    return state_of(foreign)


def test_a_check_that_is_off_stands_beside_the_checklist_and_counts_for_nothing(foreign: Foreign) -> None:
    state = switched_off(foreign)

    assert (state.verdict.value, state.verdict.passed, state.verdict.total) == (VerdictValue.READY, 3, 3)
    assert [(one.id, one.title, one.reason) for one in state.not_asked] == [
        ("checkpoints", "Trained checkpoints", SPARE)
    ]


def test_every_face_shows_what_is_not_asked_with_its_reason(foreign: Foreign) -> None:
    state = switched_off(foreign)

    assert f"[-] not asked: 1. Trained checkpoints - {SPARE}" in as_text(state).splitlines()
    assert "Summary: 3/3 passed, 0 failed" in as_text(state)
    assert json.loads(as_json(state))["not_asked"][0]["reason"] == SPARE
    assert f"| 1 | `[-]` not asked | Trained checkpoints | {SPARE} | |" in as_markdown(state)
    suite = ElementTree.fromstring(as_junit(state)).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), len(suite.findall("testcase"))) == ("3", 3)
    assert [(p.get("name"), p.get("value")) for p in suite.iter("property")] == [
        ("not asked: 1. Trained checkpoints", SPARE)
    ]
    report = as_html(state)
    assert re.search(rf'class="check is-idle".*?NOT ASKED.*?{SPARE}', report, re.DOTALL)
    assert not re.search(rf'class="check is-(fail|done)"[^>]*>(?:(?!</li>).)*{SPARE}', report, re.DOTALL)
    badge = check_badge(state, "checkpoints")
    assert (badge.message, badge.status) == ("not asked", Status.IDLE)


def test_a_card_whose_check_is_off_is_grey_and_says_why(foreign: Foreign) -> None:
    state = switched_off(foreign)

    assert card_names(state) == ["Trained checkpoints", "Training logs"]
    assert cards(state)[0].attributes["class"] == "card is-idle"


def test_a_drawn_stage_whose_check_is_off_says_why(foreign: Foreign) -> None:
    foreign.whole["stages"] = [
        {"id": "model", "label": "Model", "status_from": "check:checkpoints"},
        {"id": "prep", "label": "Data prep", "status_from": "preparation"},
    ]

    state = switched_off(foreign)

    assert (state.nodes["model"].status, state.nodes["model"].message) == (Status.IDLE, f"not asked: {SPARE}")
    assert (state.nodes["prep"].status, state.nodes["prep"].message) == (
        Status.IDLE, "not asked for in this pipeline",
    )  # fmt: skip


def test_where_event_files_are_not_asked_the_table_tells_of_the_run(foreign: Foreign) -> None:
    foreign.events()
    foreign.table(CSV)
    foreign.put("best.pt", torch_zip(), 2.0)
    told = state_of(foreign)
    assert {c.outcome for c in told.checklist if c.id in ("logs", "provenance")} == {Outcome.PASS}
    assert "[warning: net: no event file below tb: no such folder" in check_of(told, "logs").detail

    foreign.whole["checks"] = {"logs": {"enabled": False, "reason": "CSV only"}}

    assert check_of(state_of(foreign), "provenance").outcome is Outcome.PASS


def test_a_table_that_copies_the_event_files_does_not_stand_for_them(foreign: Foreign) -> None:
    foreign.events()
    foreign.table(CSV, same_as_events=True)
    foreign.put("best.pt", torch_zip(), 2.0)

    told = state_of(foreign)

    assert (check_of(told, "logs").outcome, check_of(told, "provenance").outcome) == (Outcome.FAIL, Outcome.SKIP)
