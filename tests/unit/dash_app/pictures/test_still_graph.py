"""The still picture of the pipeline: the page's graph for wikis that take no frames."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from support.graph_cases import pipelines
from support.pictures import SVG, parsed, strange_parts, title, words
from support.states import empty_state, failing_state, ready_state, running_state, with_text

from collectors.contract.graph import Pipeline
from collectors.contract.state import DashboardState
from collectors.presentation.palette import TOKENS
from collectors.presentation.svg import Choice
from dash_app.pictures.still_graph import Occasion, render_still_graph, render_still_notice

SEEN = datetime(2026, 11, 23, 12, 34, 56, tzinfo=UTC)


def drawn(state: DashboardState, view: str = "flow", theme: Choice = "light") -> str:
    return render_still_graph(state, Occasion(view, theme, SEEN))


def labels(state: DashboardState, view: str) -> set[str]:
    return {stage.label for stage in state.pipeline.stages if stage.view == view}


@pytest.mark.parametrize("view", ["flow", "gate"])
def test_every_stage_of_the_view_stands_there_with_its_state_and_no_other(view: str) -> None:
    state = failing_state()
    svg = drawn(state, view)

    cards = [one.findtext(f"{SVG}title") for one in parsed(svg).iter(f"{SVG}g") if one.find(f"{SVG}title") is not None]
    stages = [stage for stage in state.pipeline.stages if stage.view == view]
    told = {f"{s.label}: {state.nodes[s.id].status}. {state.nodes[s.id].message}" for s in stages}
    assert set(cards) == told
    assert labels(state, view) <= set(words(svg))


def test_an_unknown_view_is_the_first_one() -> None:
    assert drawn(ready_state(), "nowhere") == drawn(ready_state(), "flow")
    assert drawn(ready_state(), "gate") != drawn(ready_state(), "flow")


def test_verdict_reason_and_exact_instants_are_told() -> None:
    svg = drawn(failing_state())

    assert words(svg)[:3] == [
        "NOT READY",
        "7 passed · 1 failed · 1 skipped",
        "9. Same run: the backup holds an older patchtst checkpoint.",
    ]
    assert "true since 2026-11-23 12:00:52 UTC · observed 2026-11-23 12:34 UTC" in words(svg)[3]
    assert title(svg).startswith("anomaly-detection: NOT READY, 7 of 9 passed.")


def test_instants_are_utc_whatever_clock_observed() -> None:
    elsewhere = SEEN.astimezone(timezone(timedelta(hours=9)))

    assert render_still_graph(ready_state(), Occasion(observed_at=elsewhere)) == render_still_graph(
        ready_state(), Occasion(observed_at=SEEN)
    )


def test_the_picture_is_the_same_for_a_minute_while_nothing_changes() -> None:
    """Observed again a second later, a proxy keeps what it has."""
    later = Occasion("flow", "light", SEEN + timedelta(seconds=3))

    assert render_still_graph(ready_state(), later) == drawn(ready_state())


def test_what_is_old_is_grey_and_says_so() -> None:
    svg = render_still_graph(failing_state(), Occasion("flow", "light", SEEN, is_stale=True))

    colours = set(re.findall(r'(?:fill|stroke)="(#\w+)"', svg))
    lively = {
        TOKENS[f"{status}{shade}"].light for status in ("done", "fail", "running") for shade in ("", "-text", "-tint")
    }
    assert words(svg)[0] == "NOT READY (old)"
    assert "last observed 2026-11-23 12:34 UTC" in words(svg)[3]
    assert colours & lively == set()
    assert set(re.findall(r'(?:fill|stroke)="(#\w+)"', drawn(failing_state()))) & lively


def test_a_stored_run_is_no_live_one() -> None:
    svg = render_still_graph(ready_state(), Occasion(run_id="run-20261123-120000"))

    assert words(svg)[3].endswith("snapshot, not live")


@pytest.mark.parametrize(("theme", "index"), [("light", 0), ("dark", 1)])
def test_a_theme_uses_its_own_colours_only(theme: Choice, index: int) -> None:
    svg = drawn(running_state(), theme=theme)

    assert set(re.findall(r"#[0-9a-f]{6}", svg)) <= {shade[index] for shade in TOKENS.values()}
    assert "<style>" not in svg


def test_without_a_theme_it_follows_the_device_where_pictures_can() -> None:
    """Each coloured part has a class, and each class its dark shade."""
    svg = drawn(running_state(), theme="auto")

    classes = set(" ".join(re.findall(r'class="([^"]+)"', svg)).split())
    assert classes == set(re.findall(r"\.([\w-]+)\{", svg))
    assert len(classes) > 10


@pytest.mark.parametrize("state", [ready_state(), running_state(), empty_state()])
def test_it_holds_nothing_that_a_wiki_would_strip(state: DashboardState) -> None:
    assert strange_parts(drawn(state, theme="auto")) == set()


@pytest.mark.parametrize(
    "hostile", ["</text></svg><script>alert(1)</script>", '" onload="x', "\uffff" * 5000, "]]>&lt;"]
)
def test_hostile_words_stay_words(hostile: str) -> None:
    for view in ("flow", "gate"):
        svg = drawn(with_text(failing_state(), hostile), view, "auto")
        assert strange_parts(svg) == set()
        assert len(svg) < 100_000


@settings(max_examples=25)
@given(pipelines())
def test_any_pipeline_is_drawn_inside_the_picture(pipeline: Pipeline) -> None:
    """Also stages that nobody reported on."""
    state = ready_state().model_copy(update={"pipeline": pipeline, "nodes": {}})

    root = parsed(drawn(state))

    graph = next(one for one in root.iter(f"{SVG}g") if "translate" in one.get("transform", ""))
    dx, dy = map(float, re.findall(r"-?[\d.]+", graph.get("transform", "")))
    for rect in graph.iter(f"{SVG}rect"):
        x, y, width, height = (float(rect.get(name, "0")) for name in ("x", "y", "width", "height"))
        assert x + dx >= 0 and x + dx + width <= float(root.get("width", "0"))
        assert y + dy >= 0 and y + dy + height <= float(root.get("height", "0"))


def test_without_a_state_it_says_why() -> None:
    svg = render_still_notice("NO STATE", "There is no dashboard-state.json yet. " * 9, "dark")

    assert words(svg)[0] == "NO STATE"
    assert words(svg)[1].startswith("There is no dashboard-state.json yet.")
    assert strange_parts(svg) == set()
