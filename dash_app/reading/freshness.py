"""What was observed, and now -> how fresh the page is, in a word and a sentence. Pure.

The page's own script (`assets/live/feed.js`) has the same rule from its first pulse on; this is what stands there
before, and where no script runs. It refuses to call anything live that nobody looks at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from collectors.numbers import instant_words
from dash_app.reading.observation import Observation

ADVICE = "`python -m collectors watch` keeps it up to date."


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh a page is."""

    word: Literal["live", "stale", "stored"]
    """A stored run is as old as it says, whoever looks at the workspace: it never becomes stale."""
    sentence: str
    """Why the current state may not be what is true now; empty while all is well."""


def freshness_of(current: Observation, now: datetime, stale_after_seconds: float, *, is_stored: bool) -> Freshness:
    """Return how fresh a page is that shows what is current, or a stored run beside it."""
    known, of_view, advice = _stale_words(current, now, stale_after_seconds)
    sentence = " ".join(filter(None, [known + ("" if is_stored else of_view) + ".", advice])) if known else ""
    return Freshness("stored" if is_stored else "stale" if known else "live", sentence)


def _stale_words(seen: Observation, now: datetime, stale_after_seconds: float) -> tuple[str, str, str]:
    """What is wrong, what that means for what is on screen, and what to do; the first is empty while all is well."""
    if seen.condition != "ok":
        # Without a state the verdict bar says why by itself, and there is nothing to grey.
        is_kept = seen.state is not None
        return ((seen.sentence or "").rstrip("."), ". The last good state is shown", "") if is_kept else ("", "", "")
    if seen.heartbeat is None:
        moment = instant_words(seen.state.meta.timestamp) if seen.state else ""
        return "Nobody is observing this workspace", moment and f"; what you see was true on {moment}", ADVICE
    if not seen.is_stale(now, stale_after_seconds):
        return "", "", ""
    last = instant_words(seen.heartbeat.observed_at)
    return f"The observer has stopped: it last looked on {last}", ", and what you see is from then", ADVICE
