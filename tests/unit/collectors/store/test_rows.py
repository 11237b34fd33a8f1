"""What a row holds of a run's config, checks and targets: bounded, nothing withheld, and absent from older rows."""

from __future__ import annotations

import json
from typing import Any, cast

from pydantic import TypeAdapter
from support.metric_states import with_metrics
from support.state_parts import raw_state
from support.states import diverged_state, failing_state, ready_state

from collectors.contract.run_row import LONGEST_VALUES, MOST_VALUES, RunRow, StreamRow, targets_in, values_in
from collectors.contract.state import DashboardState
from collectors.store.rows import row_of


def configured(values: dict[str, Any], highlighted: dict[str, str] | None = None) -> StreamRow:
    """The row of a stream with this whole config."""
    raw = raw_state()
    raw["configs"] = {"patchtst": {"values": values, "left_out": 0, "highlighted": highlighted or {}}}
    return row_of(DashboardState.model_validate(raw), (1, 1))["streams"]["patchtst"]


def test_a_row_holds_the_config_beside_its_highlights_and_nothing_that_is_withheld() -> None:
    secret = {"withheld": "secret", "digest": None}
    row = configured({"optim.lr": 0.01, "seed": 3, "amp": True, "key": secret, "none": None}, {"lr": "optim.lr"})

    held = values_in(row)

    assert (held["seed"], held["amp"], held["lr"]) == (3, True, 0.002)
    assert not {"key", "none", "optim.lr"} & held.keys()


def test_a_row_is_bounded_however_long_the_config_is() -> None:
    many = configured({f"k{n}": n for n in range(500)})
    long = configured({f"key_number_{n:03}": "x" * 40 for n in range(500)} | {"y": "z" * 80})

    assert len(json.loads(many["values"])) == MOST_VALUES
    assert 600 < len(long["values"]) <= LONGEST_VALUES


def test_a_row_says_why_a_run_is_not_ready_and_which_checks_failed() -> None:
    failing, diverged, ready = (row_of(state, (1, 1)) for state in (failing_state(), diverged_state(), ready_state()))

    assert failing["failing"] == "9:provenance"
    assert failing["why"].startswith(failing_state().verdict.reason.rstrip("."))
    assert diverged["why"] and not {"why", "failing", "skipping"} & ready.keys()


def test_the_number_of_the_check_stands_before_what_the_verdict_says() -> None:
    raw = failing_state().model_dump(mode="json")
    raw["verdict"] |= {"reason": "No backup is there.", "evidence": "5. Backup bundle: nothing found"}

    assert row_of(DashboardState.model_validate(raw), (1, 1))["why"] == "5 No backup is there"


def test_targets_of_a_metric_are_held_and_nonsense_in_their_place_is_none() -> None:
    state = with_metrics({"val/acc": [0.5, 0.4]})
    facts = state.metrics["patchtst"].about["val/acc"].model_copy(update={"at_least": 0.9})
    stream = state.metrics["patchtst"].model_copy(update={"about": {"val/acc": facts}})
    row = row_of(state.model_copy(update={"metrics": {"patchtst": stream}}), (1, 1))["streams"]["patchtst"]

    assert targets_in(row) == {"val/acc": (0.9, None)}
    assert targets_in({**row, "targets": '{"a": ["x", 1]}'}) == targets_in({**row, "targets": "["}) == {}


def test_an_older_row_without_these_is_read() -> None:
    row = cast("dict[str, Any]", row_of(failing_state(), (1, 1)))
    older = {name: value for name, value in row.items() if name not in ("why", "failing", "skipping")}

    found = TypeAdapter(RunRow).validate_python(older)

    assert "why" not in found and values_in(found["streams"]["patchtst"])["lr"] == 0.002
