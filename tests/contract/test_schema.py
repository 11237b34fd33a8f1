"""The committed JSON Schema is the contract's, and an independent reader agrees with it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from support.states import empty_state, failing_state, good_state, ready_state, running_state

from collectors.__main__ import main
from collectors.contract.state import DashboardState, state_from_json, state_to_json

SCHEMA = Path(__file__).resolve().parents[2] / "collectors" / "contract" / "dashboard-state.schema.json"


def test_the_committed_schema_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["schema"])

    assert code == 0
    printed = capsys.readouterr().out
    assert printed == SCHEMA.read_text(encoding="utf-8"), "run: python -m collectors schema > " + SCHEMA.name


@pytest.mark.parametrize("make", [ready_state, good_state, failing_state, running_state, empty_state])
def test_states_satisfy_the_schema_and_read_back_equal(make: object) -> None:
    state: DashboardState = make()  # type: ignore[operator]

    raw = state_to_json(state)

    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(json.loads(raw))
    assert state_from_json(raw) == state


def test_an_unknown_field_is_refused_by_both_readers() -> None:
    raw = json.loads(state_to_json(ready_state()))
    raw["surprise"] = 1

    with pytest.raises(ValueError, match="surprise"):
        DashboardState.model_validate(raw)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(raw, json.loads(SCHEMA.read_text(encoding="utf-8")))
