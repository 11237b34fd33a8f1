"""The four cards: ready or not, level, sizes, age, each from the state alone."""

from __future__ import annotations

from support.components import look_of, of_class, parts, tag_of, text_of
from support.states import empty_state, failing_state, ready_state, running_state

from collectors.contract.state import DashboardState
from collectors.presentation.regions.cards import cards


def changed(state: DashboardState, group: str, **fields: object) -> DashboardState:
    """The state with fields of the first artifact of a group replaced."""
    raw = state.model_dump(mode="json")
    raw["artifacts"][group][0] |= fields
    return DashboardState.model_validate(raw)


def test_a_ready_run_shows_four_ready_cards_in_order() -> None:
    found = cards(ready_state())

    titles = [text_of([part for part in parts(card) if tag_of(part) == "h3"]) for card in found]
    assert titles == ["Trained checkpoints", "Scaler", "Training logs", "Backup bundle"]  # as their checks are
    assert all("is-done" in look_of(card) and "ready verified" in text_of(card) for card in found)


def test_facts_are_counted_and_added_from_the_files() -> None:
    found = cards(ready_state())

    facts = [text_of(of_class(card, "card-facts")) for card in found]
    assert facts == ["patchtst 515 kB · swinmae 678 kB", "sound", "8 + 5 epochs", "1 bundle · 1.04 MB"]


def test_of_many_streams_a_card_tells_how_many_and_not_each() -> None:
    raw = ready_state().model_dump(mode="json")
    (stream, _), (file, _) = raw["metrics"].values(), raw["artifacts"]["checkpoints"]
    raw["metrics"] = {f"s{n}": stream | {"completion": stream["completion"] | {"epoch": 8.0}} for n in range(40)}
    raw["artifacts"]["checkpoints"] = [file | {"size_bytes": 1000} for _ in range(38)]
    raw["artifacts"]["checkpoints"] += [file | {"size_bytes": None, "level": "missing"}] * 2

    def facts() -> list[str]:
        return [text_of(of_class(card, "card-facts")) for card in cards(DashboardState.model_validate(raw))]

    assert facts()[::2] == ["38 of 40 checkpoints, 38.0 kB", "40 × 8 epochs"]
    raw["metrics"]["s3"] = stream | {"completion": stream["completion"] | {"epoch": 2.0}}
    assert facts()[2] == "40 × 2 to 8 epochs"


def test_bundles_beyond_the_listed_ones_are_counted_too() -> None:
    raw = ready_state().model_dump(mode="json")
    raw["artifacts"]["not_listed"] = {"backup": 2950}

    card = cards(DashboardState.model_validate(raw))[3]

    assert text_of(of_class(card, "card-facts")) == "2,951 bundles · 1.04 MB"


def test_a_card_that_is_not_ready_says_so_with_its_level_and_why() -> None:
    backup = cards(failing_state())[3]

    assert "is-fail" in look_of(backup)
    assert "not ready readable" in text_of(backup)
    assert "not from this run" in text_of(backup)


def test_the_lowest_level_speaks_for_several_files() -> None:
    card = cards(changed(ready_state(), "checkpoints", level="present"))[0]

    assert text_of(of_class(card, "card-level")) == "present"


def test_a_sound_file_of_another_run_is_counted_and_no_card_calls_it_ready_too() -> None:
    """Red only where the check of one run says so as well."""
    card = cards(changed(ready_state(), "checkpoints", belongs_to_run=False))[0]

    assert text_of(of_class(card, "card-ready")) == "1 not from this run"
    assert "is-idle" in look_of(card) and "ready" not in text_of(card).split()
    condemned = cards(changed(failing_state(), "scaler", belongs_to_run=False))[1]
    assert "is-fail" in look_of(condemned)
    assert (text_of(condemned).count("not from this run"), "card-foreign" in look_of(condemned)) == (1, False)


def test_an_older_log_beside_the_runs_own_is_no_doubt() -> None:
    raw = ready_state().model_dump(mode="json")
    raw["artifacts"]["logs"].append(raw["artifacts"]["logs"][0] | {"path": "runs/old", "belongs_to_run": False})

    card = cards(DashboardState.model_validate(raw))[2]

    assert "is-done" in look_of(card) and "not from this run" not in text_of(card)


def test_what_cannot_be_told_is_not_claimed() -> None:
    card = cards(changed(ready_state(), "scaler", belongs_to_run=None))[1]

    assert "run unknown" in text_of(card)
    assert "from this run" not in text_of(card)


def test_a_missing_backup_is_missing_and_has_no_age() -> None:
    backup = cards(running_state())[3]

    assert text_of(of_class(backup, "card-level")) == "missing"
    assert text_of(of_class(backup, "card-facts")) == "no bundle found"
    assert not [part for part in parts(backup) if tag_of(part) == "time"]


def test_an_empty_workspace_has_four_cards_that_claim_nothing() -> None:
    found = cards(empty_state())

    assert ["not ready missing" in text_of(card) for card in found] == [True] * 4
    assert "no record yet" in text_of(found[2])


def test_a_skipped_check_is_neither_good_nor_bad() -> None:
    raw = running_state().model_dump(mode="json")
    raw["checklist"][0] |= {"outcome": "skip", "passed": False, "hint": "wait"}
    raw["artifacts"]["readiness"]["checkpoints_ready"] = False
    card = cards(DashboardState.model_validate(raw))[0]

    assert "is-idle" in look_of(card)
    assert "not ready" in text_of(card)


def test_without_a_state_there_are_no_cards() -> None:
    assert cards(None) == []
