"""How fresh the page is before its script hears a pulse: the words of the feed, from the same facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from support.states import ready_state

from collectors.contract.state import ObserverHeartbeat
from dash_app.reading.freshness import freshness_of
from dash_app.reading.observation import Observation
from dash_app.reading.pulse import pulse_of, seconds_between_pulses, sign_of

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def seen(age_seconds: float | None, condition: str = "ok", *, has_state: bool = True) -> Observation:
    observed_at = None if age_seconds is None else NOW - timedelta(seconds=age_seconds)
    beat = ObserverHeartbeat(observed_at=observed_at, interval_seconds=2, pid=1) if observed_at else None
    sentence = None if condition == "ok" else "It is broken. Mend it."
    return Observation(ready_state() if has_state else None, "e", condition, sentence, beat)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("observation", "word", "sentence"),
    [
        (seen(3), "live", ""),
        (seen(3, "absent", has_state=False), "live", ""),
        (seen(3, "unreadable"), "stale", "It is broken. Mend it. The last good state is shown."),
        (seen(60), "stale", "The observer has stopped: it last looked on 2026-11-27 08:59:00 UTC, and what you see is"),
        (seen(None), "stale", "Nobody is observing this workspace; what you see was true on "),
    ],
)
def test_what_nobody_looks_at_is_stale_and_said(observation: Observation, word: str, sentence: str) -> None:
    fresh = freshness_of(observation, NOW, 15, is_stored=False)

    assert fresh.word == word
    assert fresh.sentence.startswith(sentence) and bool(fresh.sentence) == bool(sentence)


def test_a_stored_run_never_becomes_stale_and_what_is_said_is_not_of_it() -> None:
    fresh = freshness_of(seen(60), NOW, 15, is_stored=True)

    assert fresh.word == "stored"
    assert fresh.sentence.startswith("The observer has stopped") and "what you see" not in fresh.sentence


def test_how_old_a_look_may_be_is_at_least_what_is_set_and_three_of_its_intervals() -> None:
    """At the border it still counts; a clock that is ahead makes no age below 0."""

    def is_stale(age: float, after: float) -> bool:
        return seen(age).is_stale(NOW, after)

    assert [is_stale(15, 15), is_stale(15.5, 15), is_stale(6, 1), is_stale(6.5, 1)] == [False, True, False, True]
    assert seen(None).is_stale(NOW, 1e9)
    assert (seen(-5).heartbeat_age_seconds(NOW), seen(7).heartbeat_age_seconds(NOW)) == (0, 7)
    assert seen(None).heartbeat_age_seconds(NOW) is None


def test_what_is_said_of_a_page_without_a_state_names_no_moment() -> None:
    def said(observation: Observation) -> str:
        return freshness_of(observation, NOW, 15, is_stored=False).sentence

    assert said(seen(None, has_state=False)) == (
        "Nobody is observing this workspace. `python -m collectors watch` keeps it up to date."
    )
    assert said(seen(None)).endswith(" UTC. `python -m collectors watch` keeps it up to date.")
    assert said(seen(60)).endswith("is from then. `python -m collectors watch` keeps it up to date.")


def test_a_pulse_says_which_state_is_true_and_is_told_as_often_as_the_observer_looks() -> None:
    observed = seen(3)
    assert observed.heartbeat is not None

    def every(seconds: float) -> float:
        beat = ObserverHeartbeat(observed_at=NOW, interval_seconds=seconds, pid=None)
        return seconds_between_pulses(Observation(None, "e", "ok", None, beat))

    assert [every(seconds) for seconds in (0.5, 1, 2.5, 15, 16)] == [1, 1, 2.5, 15, 15]
    assert seconds_between_pulses(seen(None)) == 5
    assert pulse_of(observed, 15, NOW) == {
        "etag": "e", "runs": "", "condition": "ok", "sentence": None, "observed_at": "2026-11-27T08:59:57+00:00",
        "interval_seconds": 2, "stale_after_seconds": 15, "now": "2026-11-27T09:00:00+00:00",
    }  # fmt: skip
    nobody = pulse_of(seen(None), 15, NOW)
    assert (nobody["observed_at"], nobody["interval_seconds"]) == (None, None)
    assert (sign_of(observed), sign_of(seen(None))) == (("e", "", "2026-11-27T08:59:57+00:00"), ("e", "", None))
