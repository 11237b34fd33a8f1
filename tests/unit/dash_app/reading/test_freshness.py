"""How fresh the page is before its script hears a pulse: the words of the feed, from the same facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from support.states import ready_state

from collectors.contract.state import ObserverHeartbeat
from dash_app.reading.freshness import freshness_of
from dash_app.reading.observation import Observation

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
