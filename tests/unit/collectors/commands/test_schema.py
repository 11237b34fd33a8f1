"""The schema of `dashboard.yaml` says what the loader says, to an editor that knows nothing else."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from collectors.__main__ import main
from collectors.judge.checklist import specs_by_id
from collectors.observe.load_pipeline import ConfigProblem, default_config_bytes, parse_config

ROOT = Path(__file__).resolve().parents[4]
STREAM: dict[str, Any] = {
    "id": "resnet",
    "label": "ResNet",
    "checkpoint": "out/best.pth",
    "config": {"candidates": "config.yaml"},
    "events": {"folder": "tensorboard", "tags": {"train_loss": "loss/train"}},
}


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert main(["schema", "--config"]) == 0
    return jsonschema.Draft202012Validator(json.loads(printed.getvalue()))


def both_take(schema: jsonschema.Draft202012Validator, described: dict[str, Any]) -> bool:
    """Whether schema and loader take it; they have to agree."""
    try:
        parse_config(yaml.safe_dump(described).encode(), "dashboard.yaml")
        loaded = True
    except ConfigProblem:
        loaded = False
    assert schema.is_valid(described) is loaded
    return loaded


def test_what_is_shipped_and_what_is_drawn_by_hand_satisfies_it(schema: jsonschema.Draft202012Validator) -> None:
    drawn = (ROOT / "tests/support/drawn_pipeline.yaml").read_bytes()

    schema.validate(yaml.safe_load(default_config_bytes()))
    schema.validate(yaml.safe_load(drawn))


def test_one_name_may_stand_for_a_list_of_one(schema: jsonschema.Draft202012Validator) -> None:
    several = {**STREAM, "checkpoint": ["out/best.pth", "out/last.pth"]}

    assert both_take(schema, {"streams": [STREAM]})
    assert both_take(schema, {"streams": [several]})


@pytest.mark.parametrize(
    "wrong",
    [
        {"streams": []},
        {"streams": [STREAM], "stream": "resnet"},
        {"streams": [{**STREAM, "chekpoint": "out/best.pth"}]},
        {"streams": [{**STREAM, "checkpoint": []}]},
        {"streams": [{**STREAM, "completion": {"by": "hours"}}]},
        {"streams": [STREAM], "checks": {"scalar": {"enabled": True}}},
        {"streams": [STREAM], "stages": [{"id": "a", "label": "A", "status_from": "check:scalar"}]},
        {"streams": [STREAM], "stages": [{"id": "a", "label": "A", "status_from": "verdicts"}]},
        {"streams": [STREAM], "stages": [{"id": "a", "label": "A", "status_from": "verdict", "checks": ["scalar"]}]},
        {"streams": [STREAM], "limits": {"seconds": 0}},
    ],
    ids=str,
)
def test_what_the_loader_refuses_the_schema_refuses(
    schema: jsonschema.Draft202012Validator, wrong: dict[str, Any]
) -> None:
    assert not both_take(schema, wrong)


IN_PART: list[dict[str, Any]] = [
    {"trainer": "keras"},
    {"trainer": "lightning", "streams": [{"completion": {"total": 8}}]},
    {"trainer": "huggingface", "streams": [{"targets": [{"metric": "eval_f1", "at_least": 0.9}]}]},
    {"trainer": "ultralytics", "streams": [{"table": {"columns": {"mine": "metrics/mAP50(B)"}}}]},
    {"trainer": "plain", "streams": [{"events": {"tags": {"val_loss": "Loss/dev"}}, "config": None}]},
    {"trainer": "keras", "streams": [{"checkpoint": {"says": {"epoch": "epoch"}}, "label": "Net"}]},
    {"trainer": "reference", "streams": [{"id": "patchtst", "checkpoint": "a.pt"}, {"id": "swinmae", "config": None}]},
    {"trainer": "keras", "streams": [STREAM, {**STREAM, "id": "other"}]},
]
NOT_IN_PART: list[dict[str, Any]] = [
    {},
    {"streams": [{"completion": {"total": 8}}]},
    {"streams": [{**STREAM, "events": {"folder": "tensorboard"}}]},
    {"trainer": "kears"},
    {"trainer": None},
    {"trainer": "keras", "streams": []},
    {"trainer": "keras", "streams": [{"completion": {"totl": 8}}]},
    {"trainer": "keras", "streams": [{"completion": {"total": 0}}]},
    {"trainer": "keras", "streams": [{"targets": [{"at_least": 0.9}]}]},
    {"trainer": "reference", "streams": [{"checkpoint": "a.pt"}, {"config": None}]},
]


@pytest.mark.parametrize("described", IN_PART, ids=str)
def test_below_a_trainer_only_what_is_said_otherwise_has_to_stand(
    schema: jsonschema.Draft202012Validator, described: dict[str, Any]
) -> None:
    assert both_take(schema, described)


@pytest.mark.parametrize("described", NOT_IN_PART, ids=str)
def test_what_is_wrong_below_a_trainer_or_misses_without_one_is_refused(
    schema: jsonschema.Draft202012Validator, described: dict[str, Any]
) -> None:
    assert not both_take(schema, described)


def test_every_check_may_be_named_where_checks_are_named(schema: jsonschema.Draft202012Validator) -> None:
    ids = list(specs_by_id())
    stages = [{"id": i, "label": i, "status_from": f"check:{i}", "checks": [i]} for i in ids]

    assert both_take(schema, {"streams": [STREAM], "checks": {i: {"enabled": True} for i in ids}, "stages": stages})


def test_every_key_is_described(schema: jsonschema.Draft202012Validator) -> None:
    sections = [schema.schema, *schema.schema["$defs"].values()]
    untold = [(s["title"], key) for s in sections for key, said in s["properties"].items() if "description" not in said]

    assert not untold
    assert all(section["description"] for section in sections)


def test_a_variable_that_names_a_file_for_other_commands_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """TRAINING_DASHBOARD_CONFIG is a path; the switch of the same name reads no variable."""
    monkeypatch.setenv("TRAINING_DASHBOARD_CONFIG", "/etc/dashboard.yaml")

    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "DashboardState"
