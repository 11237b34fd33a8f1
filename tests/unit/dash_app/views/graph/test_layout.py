"""Nothing of the graph lies on top of anything else, in our two views and in anybody's."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from support.graph_cases import a_pipeline, pipelines
from support.states import ready_state

from collectors.contract.graph import Pipeline
from dash_app.views.graph.layout import (
    FRAME_HEAD,
    NOMINAL_HEIGHT,
    NOMINAL_WIDTH,
    Arrangement,
    Box,
    Point,
    arrange,
    reading_order,
)
from dash_app.views.graph.routes import Route, route_edges

DEFAULT = ready_state().pipeline
LABEL_WIDTH = 70.0
"""Room a frame's label takes, generously."""


def on_the_way(route: Route) -> Iterator[Point]:
    """Points of the curve as the canvas draws it: quadratic pieces that meet half-way."""
    meetings = [Point((a.x + b.x) / 2, (a.y + b.y) / 2) for a, b in pairwise(route.controls)]
    knots = [route.start, *meetings, route.end]
    controls = route.controls or (Point((route.start.x + route.end.x) / 2, (route.start.y + route.end.y) / 2),)
    for (a, b), c in zip(pairwise(knots), controls, strict=True):
        for step in range(41):
            t = step / 40
            yield Point(
                (1 - t) ** 2 * a.x + 2 * t * (1 - t) * c.x + t * t * b.x,
                (1 - t) ** 2 * a.y + 2 * t * (1 - t) * c.y + t * t * b.y,
            )


def runs_through(route: Route, box: Box) -> bool:
    inner = Box(box.left + 0.5, box.top + 0.5, box.right - 0.5, box.bottom - 0.5)
    return any(inner.left < p.x < inner.right and inner.top < p.y < inner.bottom for p in on_the_way(route))


def edges_through_cards(pipeline: Pipeline, view: str) -> list[tuple[tuple[str, str], str]]:
    arrangement = arrange(pipeline, view)
    routes = route_edges(arrangement, pipeline.edges)
    return [
        (ends, stage)
        for ends, route in routes.items()
        for stage, card in arrangement.cards.items()
        if runs_through(route, card)
    ]


def overlapping_cards(arrangement: Arrangement) -> list[tuple[str, str]]:
    pairs = combinations(arrangement.cards.items(), 2)
    return [(a, b) for (a, box), (b, other) in pairs if box.meets(other)]


def whole(arrangement: Arrangement) -> Box:
    boxes = [*arrangement.cards.values(), *(frame.box for frame in arrangement.frames)]
    return Box(
        min(b.left for b in boxes),
        min(b.top for b in boxes),
        max(b.right for b in boxes),
        max(b.bottom for b in boxes),
    )


@pytest.mark.parametrize("view", ["flow", "gate"])
def test_a_default_view_fits_its_panel_without_zooming(view: str) -> None:
    """At 1440x900 the drawing fills its panel at zoom 1 and goes nowhere beyond."""
    box = whole(arrange(DEFAULT, view))

    assert 0.85 * NOMINAL_WIDTH <= box.right - box.left <= NOMINAL_WIDTH
    assert box.bottom - box.top <= NOMINAL_HEIGHT


@pytest.mark.parametrize("view", ["flow", "gate"])
def test_no_edge_of_a_default_view_runs_through_a_card(view: str) -> None:
    """Every edge of the view is drawn, and none passes under a card."""
    arrangement = arrange(DEFAULT, view)
    routes = route_edges(arrangement, DEFAULT.edges)

    assert len(routes) == sum(edge.source in arrangement.cards for edge in DEFAULT.edges)
    assert edges_through_cards(DEFAULT, view) == []


def test_an_edge_drawn_straight_through_a_card_would_be_found() -> None:
    """The geometric test can fail: a straight line past two rows meets the card between."""
    arrangement = arrange(a_pipeline([(0, 0), (1, 0), (2, 0)], []), "flow")
    first, between, last = (arrangement.cards[name] for name in ("s0", "s1", "s2"))

    straight = Route(Point(first.right, first.middle.y), Point(last.left, last.middle.y), ())

    assert runs_through(straight, between)


@pytest.mark.parametrize("view", ["flow", "gate"])
def test_no_edge_of_a_default_view_crosses_a_frames_label(view: str) -> None:
    """A label stands at the left of the head of its frame; lines keep off it."""
    arrangement = arrange(DEFAULT, view)
    labels = [
        Box(f.box.left + 10, f.box.top + 4, f.box.left + 10 + LABEL_WIDTH, f.box.top + FRAME_HEAD)
        for f in arrangement.frames
    ]

    crossed = [
        (ends, label)
        for ends, route in route_edges(arrangement, DEFAULT.edges).items()
        for label in labels
        if runs_through(route, label)
    ]

    assert crossed == []


@settings(deadline=None, max_examples=150)
@given(pipelines())
def test_no_edge_of_any_pipeline_runs_through_a_card(pipeline: Pipeline) -> None:
    """Forward, backward, within a column and past many columns."""
    assert edges_through_cards(pipeline, "flow") == []


@settings(deadline=None, max_examples=150)
@given(pipelines())
def test_cards_never_overlap_whatever_positions_a_person_writes(pipeline: Pipeline) -> None:
    """Two stages in one cell are pushed apart, not drawn on top of each other."""
    assert overlapping_cards(arrange(pipeline, "flow")) == []


@settings(deadline=None, max_examples=150)
@given(pipelines())
def test_a_frame_holds_its_own_group_and_nobody_else(pipeline: Pipeline) -> None:
    """What stands inside a frame belongs to it, and every member stands inside one."""
    arrangement = arrange(pipeline, "flow")
    group_of = {stage.id: stage.group for stage in pipeline.stages}

    inside = {
        (frame.group, stage)
        for frame in arrangement.frames
        for stage, card in arrangement.cards.items()
        if frame.box.meets(card)
    }

    assert inside == {(group, stage) for stage, group in group_of.items() if group}


@settings(deadline=None, max_examples=150)
@given(pipelines())
def test_frames_never_overlap(pipeline: Pipeline) -> None:
    """So that their labels cannot either."""
    frames = arrange(pipeline, "flow").frames

    assert [(a, b) for a, b in combinations(frames, 2) if a.box.meets(b.box)] == []


@settings(deadline=None, max_examples=150)
@given(pipelines())
def test_reading_order_follows_the_edges_and_names_everybody_once(pipeline: Pipeline) -> None:
    """Tab goes from a stage to the stages it leads to; a cycle loses nobody."""
    order = reading_order(pipeline, "flow")

    assert sorted(order) == sorted(stage.id for stage in pipeline.stages)


def test_reading_order_of_the_training_flow_is_the_order_of_work() -> None:
    """From the orchestrator to the summary."""
    assert reading_order(DEFAULT, "flow") == (
        "orchestrator",
        "data-prep",
        "dqvl",
        "patchtst",
        "swinmae",
        "artifact-save",
        "validation-gate",
        "run-summary",
    )


def test_unrelated_edges_through_one_gap_keep_apart() -> None:
    """Two long edges with no common end do not lie on each other."""
    places = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]
    arrangement = arrange(a_pipeline(places, []), "flow")
    wanted = a_pipeline(places, [(0, 5), (1, 4)]).edges

    routes = route_edges(arrangement, wanted)
    middle = arrangement.cards["s2"].middle.x
    heights = [min(on_the_way(route), key=lambda p: abs(p.x - middle)).y for route in routes.values()]

    assert abs(heights[0] - heights[1]) > 2


def test_an_edge_to_a_stage_that_is_not_drawn_is_left_out() -> None:
    """An edge between two views, or onto itself, has no way to show."""
    arrangement = arrange(DEFAULT, "gate")

    routes = route_edges(arrangement, a_pipeline([(0, 0)], [(0, 0)]).edges + DEFAULT.edges[:1])

    assert routes == {}


def test_three_hundred_stages_are_placed_and_routed_in_seconds() -> None:
    """A wide pipeline of 20 columns and 15 rows, with long edges among the short ones."""
    places = [(float(n // 15), float(n % 15)) for n in range(300)]
    edges = [(n, n + 15 + n % 4) for n in range(280)] + [(n, n + 90) for n in range(0, 200, 2)]
    pipeline = a_pipeline(places, [(a, b) for a, b in edges if b < 300])

    arrangement = arrange(pipeline, "flow")
    routes = route_edges(arrangement, pipeline.edges)

    assert len(arrangement.cards) == 300
    assert len(routes) == len(pipeline.edges)
    assert overlapping_cards(arrangement) == []


def test_reading_order_follows_edges_before_places_and_a_cycle_begins_at_the_left() -> None:
    row = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (2.0, 1.0)]

    assert reading_order(a_pipeline(row, [(2, 0), (0, 0), (3, 2)]), "flow") == ("s1", "s3", "s2", "s0")
    assert reading_order(a_pipeline(row, [(0, 1), (1, 0), (3, 0)]), "flow") == ("s2", "s3", "s0", "s1")
    assert reading_order(a_pipeline(row, [(0, 1), (1, 0)]), "flow") == ("s2", "s3", "s0", "s1")
    assert reading_order(a_pipeline(row, []), "gate") == ()
