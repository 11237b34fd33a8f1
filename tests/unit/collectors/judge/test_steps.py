"""What many checks ask for is one step, in the order in which it is done, and it promises no more than it does."""

from __future__ import annotations

from support.states import ready_state

from collectors.contract.state import MOST_STEPS, Check
from collectors.contract.values import Outcome
from collectors.judge.remedy import Kind, Remedy, training, waiting
from collectors.judge.steps import Answer, Judged, judged

TRAIN = training("Train {names}.", "A")
PACK = Remedy("Pack it.", Kind.BACK_UP, is_after_training=True)
SCORE = Remedy("Score.", Kind.SCORE)


def answer(check: str, *remedies: Remedy, outcome: Outcome = Outcome.FAIL, **changes: object) -> Answer:
    known = next(c for c in ready_state().checklist if c.id == check)
    told = {"outcome": outcome, "passed": outcome is Outcome.PASS, "hint": None, **changes}
    return Answer(Check.model_validate(known.model_dump() | told), remedies)


def steps(found: Judged) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(s.action, s.clears, s.needed_for) for s in found.steps]


def follows(found: Judged) -> dict[str, tuple[str, ...]]:
    return {c.id: c.follows_from for c in found.checks if c.follows_from}


def test_what_several_checks_ask_for_is_one_step_and_the_training_is_its_cause() -> None:
    missing = training("Train {names}; it should save a.pt.", "A")

    found = judged([answer("checkpoints", missing), answer("training", TRAIN)])

    assert steps(found) == [("Train A.", ("checkpoints", "training"), ())]
    assert follows(found) == {"checkpoints": ("training",)}
    assert found.checks[0].detail.endswith("(follows from 8)")


def test_steps_stand_in_the_order_in_which_they_are_done() -> None:
    found = judged([answer("backup", PACK), answer("smoke", SCORE, outcome=Outcome.SKIP), answer("training", TRAIN)])

    assert [action for action, *_ in steps(found)] == ["Train A.", "Pack it.", "Score."]
    assert follows(found) == {"backup": ("training",)}


def test_a_backup_is_its_own_failure_where_the_training_ended_well() -> None:
    assert follows(judged([answer("backup", PACK)])) == {}


def test_a_check_is_cleared_by_the_last_step_that_it_needs() -> None:
    found = judged([answer("configs", Remedy("Restore it.", Kind.RESTORE), Remedy("Correct it."))])

    assert steps(found) == [("Restore it.", (), ("configs",)), ("Correct it.", ("configs",), ())]


def test_waiting_is_no_step_and_clears_nothing() -> None:
    found = judged([answer("checkpoints", Remedy("Restore it.", Kind.RESTORE), waiting("Wait."))])

    assert steps(found) == [("Restore it.", (), ("checkpoints",))]
    assert judged([answer("training", waiting("Wait."), outcome=Outcome.SKIP)]).steps == ()


def test_a_backup_that_differs_needs_no_other_once_its_file_is_brought_back() -> None:
    back = Remedy("Restore {names}.", Kind.RESTORE, ("a.pt",), paths=("a.pt",))
    pack = Remedy("Pack it.", Kind.BACK_UP, paths=("a.pt",))

    found = judged([answer("checkpoints", back), answer("provenance", pack, hint="Pack it.")])

    assert steps(found) == [("Restore a.pt.", ("checkpoints", "provenance"), ())]
    assert follows(found) == {"provenance": ("checkpoints",)}
    assert found.checks[1].hint == "Restore a.pt."


def test_one_action_for_several_streams_is_one_step() -> None:
    found = judged([answer("training", TRAIN, training("Train {names}.", "B"))])

    assert steps(found) == [("Train A and B.", ("training",), ())]


def test_what_stands_in_nobodys_way_is_no_step() -> None:
    warned = answer("logs", Remedy("Look."), blocking=False)
    passed = answer("scaler", Remedy("Look."), outcome=Outcome.PASS)

    assert judged([warned, passed]).steps == ()


def test_no_more_steps_are_told_than_a_person_takes_in() -> None:
    many = [Remedy(f"Correct {n}.") for n in range(MOST_STEPS + 2)]

    assert len(judged([answer("configs", *many)]).steps) == MOST_STEPS
