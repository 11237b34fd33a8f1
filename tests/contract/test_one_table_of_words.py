"""The table of words: what stands in it is said, on the faces that it names, and nothing else for the same thing."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from support.faces_told import FACES
from support.states import diverged_state, empty_state, failing_state, good_state, ready_state, running_state
from support.two_runs import changed, completion, config, losses

from collectors.contract.state import DashboardState
from collectors.judge.checks.baseline import SPEC as BASELINE_CHECK
from collectors.presentation.vocabulary import EVERYWHERE, TABLE

ONE_OF = re.compile(r"\b1 (?:epoch|step|file|run|check|stream|point|value|window|record)s\b")


def with_everything_else(raw: dict[str, Any]) -> None:
    """A check that only waits, one that is not asked, one that the baseline has not; levels, steps, one epoch."""
    raw["checklist"][5] |= {"outcome": "skip", "passed": False, "detail": "say `direction: lower`", "not_yet": True}
    raw["not_asked"] = [{"index": 11, "id": "targets", "title": "Targets reached", "reason": "`targets: off`"}]
    raw["verdict"] |= {"value": "incomplete", "skipped": 1, "passed": 8, "not_yet": 1, "total": 10}
    raw["checklist"].append(raw["checklist"][0] | {"index": 10, "id": "baseline", "title": BASELINE_CHECK.title})
    raw["steps"] = [{"action": "Run `make it`.", "command": "make it", "clears": ["smoke"], "needed_for": []}]
    for level, group in (("missing", "checkpoints"), ("present", "scaler"), ("readable", "logs")):
        raw["artifacts"][group][0]["level"] = level
    raw["metrics"]["swinmae"]["completion"] |= {"early_stop": True}


def scenes() -> list[tuple[DashboardState, DashboardState]]:
    """States, each beside what it is compared with; between them they have a case for every word."""
    alone = [ready_state(), good_state(), failing_state(), running_state(), diverged_state(), empty_state()]
    others = [
        changed(with_everything_else, losses([0.1])),
        changed(completion(status="running")),
        changed(config(mask_ratio=0.75)),
        changed(losses([1.0]), completion(epoch=1, epochs=1)),
        changed(losses([2.0])),
        changed(losses([0.9]), losses([0.4], series="train_loss")),
    ]
    return [(state, ready_state()) for state in [*alone, *others]]


@cache
def said() -> dict[str, str]:
    """Face -> all that it says of all scenes."""
    return {face: "\n".join(FACES[face](*scene) for scene in scenes()) for face in EVERYWHERE}


def test_every_word_of_the_table_is_said_where_it_says_so() -> None:
    missing = {(term.word, face) for term in TABLE for face in term.said_on if term.word not in said()[face]}

    assert missing == set()
    assert len({term.word for term in TABLE}) == len(TABLE) >= 40


def test_no_face_says_what_a_word_has_replaced() -> None:
    replaced = [word for term in TABLE for word in term.instead_of]

    assert {(word, face) for word in replaced for face in EVERYWHERE if word in said()[face]} == set()
    assert len(replaced) > 5


def test_one_is_one_and_nobody_sees_a_backtick() -> None:
    """A state marks what is to be typed by backticks; each face sets it in its own way."""
    everything = "\n".join(said().values())

    assert [*map(re.Match.group, ONE_OF.finditer(everything))] == []
    assert [line for line in everything.splitlines() if "`" in line] == []
    assert "make it" in everything and "direction: lower" in everything
