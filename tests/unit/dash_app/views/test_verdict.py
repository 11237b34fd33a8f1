"""The verdict bar says the state's word, what stands in the way, which run and how many."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.components import of_class, parts, text_of
from support.states import empty_state, failing_state, good_state, ready_state, running_state, with_text

from collectors.contract.state import DashboardState
from dash_app.views.verdict import render_verdict, verdict_now


def test_what_follows_from_another_failure_is_counted_with_it() -> None:
    raw = failing_state().model_dump(mode="json")
    raw["checklist"][4] |= {"outcome": "fail", "passed": False, "hint": "Pack.", "follows_from": ["provenance"]}
    raw["verdict"] |= {"failed": 2, "passed": 6}

    bar = render_verdict(DashboardState.model_validate(raw), "")

    assert "2 failed, 1 of them follows" in text_of(of_class(bar, "tally-words"))
    assert "follow" not in text_of(of_class(render_verdict(failing_state(), ""), "tally-words"))


@pytest.mark.parametrize(
    ("build", "word", "look"),
    [
        (ready_state, "READY", "is-done"),
        (failing_state, "NOT READY", "is-fail"),
        (good_state, "INCOMPLETE", "is-stalled"),
        (running_state, "TRAINING", "is-running"),
        (empty_state, "NOT READY", "is-fail"),
    ],
)
def test_each_verdict_has_its_word_and_its_look(build: Callable[[], DashboardState], word: str, look: str) -> None:
    bar = render_verdict(build(), "")

    assert text_of(of_class(bar, "verdict-word")) == word
    assert look in bar.className


def test_the_reason_is_the_states_and_its_check_leads_to_the_row() -> None:
    state = failing_state()

    bar = render_verdict(state, "")

    assert "".join(text_of(of_class(bar, "verdict-reason")).split()) == "".join(state.verdict.reason.split())
    assert [link.href for link in of_class(bar, "verdict-check")] == ["#check-provenance"]


def test_a_reason_that_names_no_check_stands_as_it_is() -> None:
    bar = render_verdict(empty_state(), "")

    assert text_of(of_class(bar, "verdict-reason")) == "nothing has been trained here yet"
    assert not of_class(bar, "verdict-check")


def test_the_tally_adds_up_and_draws_a_part_for_each_check() -> None:
    bar = render_verdict(failing_state(), "")

    words = text_of(of_class(bar, "tally-words"))
    drawn = [part.className for part in parts(of_class(bar, "tally-bar")[0].children)]
    assert words == "7 passed 1 failed 1 skipped"
    assert drawn == ["is-done"] * 7 + ["is-fail", "is-idle"]
    whole = of_class(render_verdict(ready_state(), ""), "tally-bar")[0].children
    assert {part.className for part in whole} == {"is-done"}


def test_instants_are_sent_exactly_and_ages_are_left_to_the_browser() -> None:
    """`finished` for a run that ended, `started` for one that goes on; never `5 min ago` in the state."""
    ended, going = render_verdict(failing_state(), ""), render_verdict(running_state(), "")

    times = [part for part in parts(ended) if type(part).__name__ == "Time"]
    assert times[0].dateTime == "2026-11-23T12:00:52.000Z"
    assert times[0].children == "2026-11-23 12:00:52 UTC"
    assert "finished" in text_of(ended) and "started" in text_of(going)
    assert "ago" not in text_of(ended)


def test_a_run_that_broke_off_is_not_called_finished() -> None:
    raw = running_state().model_dump(mode="json")
    raw["meta"]["finished_at"] = raw["meta"]["timestamp"]
    raw["verdict"]["value"] = "not_ready"
    raw["metrics"]["swinmae"]["completion"]["status"] = "stalled"
    words = text_of(render_verdict(DashboardState.model_validate(raw), ""))

    assert "last record" in words and "finished" not in words


def test_without_a_state_the_sentence_stands_there_and_nothing_is_claimed() -> None:
    bar = render_verdict(None, "There is no state yet.")

    assert text_of(bar) == "NO STATE There is no state yet."
    assert "is-idle" in bar.className
    assert verdict_now(None)["value"] == "none"


def test_hostile_text_stays_text() -> None:
    bar = render_verdict(with_text(failing_state(), "<script>alert(1)</script>"), "")

    assert "<script>alert(1)</script>" in text_of(bar)
    assert not [part for part in parts(bar) if "dangerously" in str(part.to_plotly_json()["props"])]


def test_a_running_stream_that_can_be_foreseen_tells_when_it_should_end() -> None:
    """The instant is sent, the page counts; a silent stream and a snapshot promise nothing."""
    raw = running_state().model_dump(mode="json")
    raw["metrics"]["swinmae"]["completion"] |= {"status": "running", "expected_end_at": "2026-11-23T12:05:00Z"}
    state = DashboardState.model_validate(raw)

    (told,) = of_class(render_verdict(state, ""), "verdict-left")
    assert text_of(told) == "SwinMAE 2026-11-23 12:05:00 UTC"
    assert of_class(render_verdict(state, "", is_snapshot=True), "verdict-left") == []
    assert of_class(render_verdict(ready_state(), ""), "verdict-left") == []


def test_a_command_in_a_sentence_is_something_to_type() -> None:
    bar = render_verdict(None, "Start one with `python -m collectors watch`.")

    assert [part.children for part in parts(bar) if type(part).__name__ == "Code"] == ["python -m collectors watch"]
    assert text_of(of_class(bar, "verdict-reason")) == "Start one with python -m collectors watch ."


def told_of_run(verdict: str, finished: str | None, started: str | None) -> str:
    """What the bar says of a run with this verdict, both of whose streams are done."""
    raw = ready_state().model_dump(mode="json")
    raw["verdict"]["value"] = verdict
    raw["meta"] |= {"finished_at": finished, "started_at": started}
    words = text_of(of_class(render_verdict(DashboardState.model_validate(raw), ""), "verdict-run"))
    return words.removeprefix(f"{raw['meta']['run_id']} ").removesuffix(" observed").replace(" UTC", "")


def test_the_bar_says_when_a_run_ended_or_while_it_goes_on_when_it_began() -> None:
    began, ended = "2026-11-23T12:00:00Z", "2026-11-23T12:01:00Z"

    for verdict in ("ready", "not_ready", "incomplete"):
        assert told_of_run(verdict, ended, began) == "finished 2026-11-23 12:01:00"
    assert told_of_run("training", ended, began) == told_of_run("ready", None, began) == "started 2026-11-23 12:00:00"
    assert told_of_run("training", ended, None) == told_of_run("ready", None, None) == "observed"


@pytest.mark.parametrize(
    ("verdict", "status", "told"),
    [
        ("training", "running", ["SwinMAE 2026-11-23 12:09:00 UTC"]),
        ("training", "stalled", ["PatchTST 2026-11-23 12:05:00 UTC"]),
        ("training", "idle", ["PatchTST 2026-11-23 12:05:00 UTC"]),
        ("not_ready", "running", []),
    ],
)
def test_of_several_running_streams_the_one_that_ends_last_is_told(verdict: str, status: str, told: list[str]) -> None:
    raw = running_state().model_dump(mode="json")
    raw["verdict"]["value"] = verdict
    for stream, at, now in (("patchtst", 5, "running"), ("swinmae", 9, status)):
        raw["metrics"][stream]["completion"] |= {"status": now, "expected_end_at": f"2026-11-23T12:0{at}:00Z"}

    left = of_class(render_verdict(DashboardState.model_validate(raw), ""), "verdict-left")
    assert [text_of(one) for one in left] == told


def test_what_the_tab_is_made_of_tells_a_snapshot_from_what_is_now() -> None:
    told = {"value": "ready", "word": "READY", "title": ready_state().meta.title, "reason": "All 9 checks passed."}

    assert verdict_now(ready_state()) == {**told, "snapshot": None}
    assert verdict_now(ready_state(), is_snapshot=True) == {**told, "snapshot": ready_state().meta.run_id}
    assert verdict_now(None, is_snapshot=True) == {
        "value": "none",
        "word": "NO STATE",
        "title": "",
        "reason": "",
        "snapshot": None,
    }
    assert "not live" in text_of(render_verdict(ready_state(), "", is_snapshot=True))
    assert "not live" not in text_of(render_verdict(ready_state(), ""))
