"""What is wrong with the bytes of a state: which file, where, and in how many words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.states import good_state

from collectors.contract.state import state_to_json
from dash_app.reading.problems import Problem, not_saved, state_or_problem


def told(**changes: Any) -> Problem:
    """What is said of a good state with these values."""
    found = state_or_problem(json.dumps(json.loads(state_to_json(good_state())) | changes).encode(), "state.json")
    assert isinstance(found, Problem)
    return found


@pytest.mark.parametrize(
    ("version", "condition"),
    [
        ("3", "newer_schema"),
        (3, "newer_schema"),
        ("3.1.4", "newer_schema"),
        ("123456789", "newer_schema"),
        ("1234567890", "unreadable"),
        ("3.", "unreadable"),
        ("x3", "unreadable"),
        (None, "unreadable"),
        ("0", "unreadable"),
    ],
)
def test_only_a_version_above_ours_is_a_newer_one(version: Any, condition: str) -> None:
    assert told(schema_version=version, meta=None).condition == condition


def test_our_own_version_with_an_error_in_it_is_broken_and_not_newer() -> None:
    assert told(schema_version="2", meta=None).condition == "unreadable"


@pytest.mark.parametrize(("length", "shown"), [(78, "'" + "x" * 78 + "'"), (79, "'" + "x" * 78 + "…")])
def test_what_was_found_is_told_in_at_most_eighty_characters(length: int, shown: str) -> None:
    sentence = told(verdict="x" * length).sentence

    assert sentence.startswith("state.json breaks schema version 2 at verdict: input should be ")
    assert sentence.endswith(f", found {shown}. `python -m collectors export` writes it anew.")


def test_what_is_missing_was_not_found_and_a_reason_ends_once() -> None:
    raw = json.loads(state_to_json(good_state()))
    del raw["meta"]

    found = state_or_problem(json.dumps(raw).encode(), "state.json")

    assert isinstance(found, Problem) and "at meta: field required. `python" in found.sentence
    assert not_saved("No space left.") == not_saved("No space left") == Problem(
        "not_saved", "State not saved: No space left."
    )  # fmt: skip
