"""Badges: what they say, and that they can be read without colour and with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from support.pictures import SVG, contrast, parsed, strange_parts, title, words
from support.states import (
    diverged_state,
    empty_state,
    failing_state,
    good_state,
    ready_state,
    running_state,
    with_text,
)

from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.presentation.palette import colour
from dash_app.pictures.badge import (
    LABEL_GROUND,
    WHITE,
    check_badge,
    message_ground,
    missing_badge,
    render_badge,
    stale_badge,
    stream_badge,
    unknown_badge,
    verdict_badge,
)


@pytest.mark.parametrize(
    ("state", "said", "status"),
    [
        (ready_state(), "READY 9/9", Status.DONE),
        (failing_state(), "NOT READY 7/9", Status.FAIL),
        (good_state(), "INCOMPLETE 8/9", Status.STALLED),
        (running_state(), "TRAINING 6/9", Status.RUNNING),
    ],
)
def test_the_verdict_is_told_in_words_and_in_its_colour(state: DashboardState, said: str, status: Status) -> None:
    svg = render_badge(verdict_badge(state))

    assert words(svg) == ["training", said]
    assert parsed(svg).get("aria-label") == f"training: {said}"
    assert state.verdict.reason in title(svg) and "2026-11-23 12:00:52 UTC" in title(svg)
    assert f'fill="{message_ground(status)}"' in svg


@pytest.mark.parametrize(
    ("state", "stream", "said"),
    [
        (ready_state(), "patchtst", ["PatchTST", "done, epoch 8 of 8"]),
        (running_state(), "swinmae", ["SwinMAE", "running, epoch 3 of 30"]),
        (diverged_state(), "swinmae", ["SwinMAE", "diverged at epoch 4"]),
        (empty_state(), "swinmae", ["SwinMAE", "no loss read"]),
    ],
)
def test_a_stream_tells_how_far_it_is(state: DashboardState, stream: str, said: list[str]) -> None:
    assert words(render_badge(stream_badge(state, stream))) == said


def test_a_stream_of_an_earlier_run_is_never_green() -> None:
    """The complaint about older tools: stale green after a failed rerun."""
    raw = ready_state().model_dump(mode="json")
    raw["metrics"]["patchtst"]["completion"]["from_previous_run"] = True

    badge = stream_badge(DashboardState.model_validate(raw), "patchtst")

    assert (badge.message, badge.status) == ("done, epoch 8 of 8, from the previous run", Status.IDLE)


def test_a_check_is_named_by_its_id_or_number() -> None:
    by_id, by_number = check_badge(failing_state(), "provenance"), check_badge(failing_state(), "9")

    assert by_id == by_number
    assert words(render_badge(by_id)) == ["9. Same run", "FAIL"]
    assert "backup holds an older patchtst checkpoint" in by_id.title
    assert words(render_badge(check_badge(failing_state(), "smoke"))) == ["6. Scoring smoke test", "SKIP"]


@pytest.mark.parametrize("name", ["nowhere", "", "0", "09", "10", "²", "-1", "<svg>"])
def test_what_is_not_there_is_a_badge_that_says_so_and_repeats_nothing(name: str) -> None:
    check, stream = render_badge(check_badge(ready_state(), name)), render_badge(stream_badge(ready_state(), name))

    assert words(check) == ["training", "no such check"]
    assert words(stream) == ["training", "no such stream"]
    assert "nowhere" not in check + stream


def test_what_is_old_or_cannot_be_read_is_grey_and_says_so() -> None:
    at = datetime(2026, 11, 23, 12, 1, tzinfo=UTC)
    stale = render_badge(stale_badge(verdict_badge(ready_state()), at))
    unknown = render_badge(unknown_badge("dashboard-state.json is no JSON (line 1)"))

    assert [words(svg)[1] for svg in (stale, unknown)] == ["stale", "unknown"]
    assert title(stale).startswith("stale: last looked at 2026-11-23 12:01:00 UTC. Then: ")
    assert message_ground(Status.IDLE) in stale and message_ground(Status.DONE) not in stale
    assert "nobody observes it" in title(render_badge(stale_badge(verdict_badge(ready_state()), None)))


def test_a_stored_run_is_named() -> None:
    badge = verdict_badge(ready_state(), "run-20261123-120000")

    assert words(render_badge(badge)) == ["training run-20261123-120000", "READY 9/9"]


@pytest.mark.parametrize("status", Status)
def test_white_words_can_be_read_on_every_ground(status: Status) -> None:
    """And on the label; a mark's own colour, which is paler, would fail."""
    assert contrast(WHITE, message_ground(status)) >= 4.5
    assert contrast(WHITE, LABEL_GROUND) >= 4.5
    assert contrast(WHITE, colour("stalled", "light")) < 4.5


@pytest.mark.parametrize(
    "hostile", ['"/><script>alert(1)</script>', "</text></svg><svg onload='x'>", "a\uffff&b;", "🙂" * 400]
)
def test_hostile_words_stay_words_in_a_badge_of_bounded_size(hostile: str) -> None:
    state = with_text(ready_state(), hostile)

    for badge in (verdict_badge(state), stream_badge(state, "swinmae"), check_badge(state, "2")):
        svg = render_badge(badge)
        assert strange_parts(svg) == set()
        assert float(parsed(svg).get("width", "0")) <= 600


def test_words_have_exactly_the_room_that_was_measured() -> None:
    """Whatever font a reader has, nothing runs over the edge."""
    root = parsed(render_badge(verdict_badge(failing_state())))

    ends = [float(t.get("x", "0")) + float(t.get("textLength", "0")) for t in root.iter(f"{SVG}text")]
    assert ends[0] + 7 + 7 == float(list(root.iter(f"{SVG}text"))[1].get("x", "0"))
    assert ends[1] + 7 == float(root.get("width", "0"))
    assert missing_badge("x").status is Status.FAIL
