"""How far a stream is, in words. Pure."""

from __future__ import annotations

from difflib import get_close_matches

from collectors.numbers import listed, place_words, plural, reached_words
from collectors.training.completion import count_of, from_zero, has_no_place, leading, places_of
from collectors.training.evidence import StreamEvidence
from collectors.training.series import choose_tags


def epoch_words(s: StreamEvidence) -> str:
    """How far a stream is: `epoch 3 of 30`, `step 500 of 1,000`, `8 rows` without a place, `no epoch recorded yet`."""
    p = s.progress
    unit = p.target.unit
    reached = p.step if unit == "step" else p.epoch
    if reached is None and has_no_place(s.losses.curves):
        return plural(max(len(curve) for curve in s.losses.curves.values()), "row")
    if reached is None:
        return place_words(None, p.step) or reached_words(unit, None, p.target.total)
    return reached_words(unit, reached + 1 if _is_behind(s, reached) else reached, p.target.total)


def is_short(s: StreamEvidence) -> bool:
    """Whether the last recorded loss stands before the total."""
    target = s.progress.target
    reached = s.progress.step if target.unit == "step" else s.progress.epoch
    return reached is not None and bool(target.total) and reached + _is_behind(s, reached) < (target.total or 0)


def _is_behind(s: StreamEvidence, reached: float) -> bool:
    """Whether the number is one less than the count: epochs from 0, and the last step of a run that counts from 0.

    Whether step 700 is the 700th or the 701st matters at the end only.
    """
    unit, total = s.progress.target.unit, s.progress.target.total
    if unit == "step":
        return reached + 1 == total and count_of(leading(s.losses.curves), unit) == total
    places = places_of(leading(s.losses.curves).values(), unit)
    return any(from_zero(of, s.stream.completion.epochs_from) and not bool((of % 1 != 0).any()) for of in places)


def no_events(s: StreamEvidence) -> str:
    """That no event file is where the description says, and what lies there instead."""
    folder = s.stream.events.folder if s.stream.events else ""
    place = "in this folder" if folder == "." else f"below {folder}"
    return f"no event file {place}" + (f": {s.instead_of_events}" if s.instead_of_events else "")


def absent_tags(s: StreamEvidence) -> str | None:
    """Which tags were looked for and what the event files hold instead; None where one of them is there."""
    held = sorted({tag for f in s.events for tag, series in f.evidence.series.items() if series.points})
    if not held or any(choose_tags(s.events, s.stream.tags).tags):
        return None
    wanted = [tag for accepted in s.stream.tags.values() for tag in accepted]
    near = [match for tag in wanted for match in get_close_matches(tag, held, 1, 0.5)]
    nearest = f"; nearest is `{near[0]}`" if near else ""
    looked_for = listed(f"`{tag}`" for tag in wanted)
    return (
        f"{looked_for} not found in the event files, which hold {listed((f'`{tag}`' for tag in held), most=8)}{nearest}"
    )
