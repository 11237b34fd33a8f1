"""The line above the table of runs: what fits it, dates as they are shown, and that nothing typed is an error."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.states import diverged_state, failing_state, ready_state

from collectors.contract.run_row import RunRow
from collectors.contract.state import DashboardState
from collectors.store.rows import damaged_row, row_of
from dash_app.reading.run_filter import FIELDS, OPERATORS, row_filter


def a_row(run_id: str, started: str, state: DashboardState, config: dict[str, Any], **changes: Any) -> RunRow:
    """A row of a run that began then, with this config in both of its streams."""
    raw = state.model_dump(mode="json")
    raw["meta"] |= {"run_id": run_id, "started_at": started, "workspace": "pump-house"}
    row = row_of(DashboardState.model_validate(raw), (1, 1))
    for stream in row["streams"].values():
        stream.update(config=json.dumps(config), values="{}")
    return {**row, **changes}  # type: ignore[typeddict-item] # parts of a row


STALLED = {"failing": "5:backup 8:training", "why": "8 Stopped at epoch 3 of 30"}
ROWS = (
    damaged_row("run-d", "line 1: not JSON", (1, 0)),
    a_row("run-c", "2026-11-13T23:30:00Z", diverged_state(), {"optim.lr": 0.01, "amp": True}),
    a_row("run-b", "2026-11-12T09:22:53Z", failing_state(), {"optim.lr": 0.0005, "opt": "AdamW"}, **STALLED),
    a_row("run-a", "2026-10-14T12:00:00Z", ready_state(), {"optim.lr": 0.001, "opt": "SGD", "huge": 10**400}),
)
ROWS[3]["streams"]["patchtst"]["final_val_loss"] = 0.125


def found(text: str, zone: str = "UTC") -> str:
    """The last letters of the runs that fit."""
    fits = row_filter(text, ZoneInfo(zone))
    return "".join(row["run_id"][-1] for row in ROWS if fits is None or fits(row))


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ('failed:backup lr<0.001 nov 12 "stopped"', "b"),
        ("failed:backup or lr = 0.01", "cb"),
        ("failed:8", "cb"),
        ("failed: backup", "b"),
        ("lr<=0.001", "ba"),
        ("lr < 1e-3", "b"),
        ("optim.lr>=0,001", "ca"),
        ("patchtst:lr>0.005", "c"),
        ("nobody:lr>0.005", ""),
        ("opt=adamw", "b"),
        ("opt!=adamw", "a"),
        ("opt:sg", "a"),
        ("amp=true", "c"),
        ("val=0.125", "a"),
        ("huge!=1", "a"),
        ("passed>8", "a"),
        ("duration<1h lr=0.001", "a"),
        ("not ready", "cb"),
        ("ready", "a"),
        ("is:ready", "a"),
        ('verdict:"not ready"', "cb"),
        ("damaged", "d"),
        ("not json", "d"),
        ("RUN-A", "a"),
        ("id=run-b", "b"),
        ("-run-a -damaged", "cb"),
        ("PUMP of 30", "b"),
        ("12 Nov", "b"),
        ("november 12th, 2026", "b"),
        ("nov", "cb"),
        ("2026-11", "cb"),
        ("2026-11-13", "c"),
        ("09:22", "b"),
        ("9:22:53", "b"),
        ("since:2026-11-13 -damaged", "c"),
        ("until:2026-10 -damaged", "a"),
        ("on:2026-10-14", "a"),
        ("", "dcba"),
        ("lr<", "dcba"),
        ("failed:", "dcba"),
        ("or", "dcba"),
    ],
)
def test_a_line_finds_the_runs_that_it_means(text: str, runs: str) -> None:
    assert found(text) == runs


def test_a_date_is_the_one_that_the_reader_sees() -> None:
    assert found("nov 14", "UTC") == "" and found("nov 14", "Europe/Berlin") == "c"
    assert found("00:30", "Europe/Berlin") == "c"


WORDS = st.sampled_from(
    ["or", "-", '"', "not", "nov", "12", "lr", ":", "patchtst:", "1e999", "nan", "9" * 400, *FIELDS, *OPERATORS]
)


@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join), st.lists(WORDS).map("".join)))
def test_nothing_that_can_be_typed_is_an_error(text: str) -> None:
    fits = row_filter(text)

    assert all(isinstance(fits(row), bool) for row in ROWS) if fits else True


def test_what_a_run_calls_otherwise_is_looked_for_as_text() -> None:
    """A typing error in a name must not hide that the text itself stands in a run."""
    assert found("1: not") == "d"
