"""State -> a still picture of the pipeline: verdict, stages and edges, with exact UTC instants. SVG.

It is the page's graph for wikis that show pictures and no frames: the same places, the same words,
the same colours. It moves nothing, loads nothing, runs nothing and knows no clock; what is old is
drawn grey, and says since when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from collectors.contract.graph import Pipeline
from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.numbers import instant_words
from collectors.presentation.svg import BOLD, FONT, SVG, Choice, Pen, cut, numbers, text_width, wrapped, xml_text
from collectors.presentation.words import VERDICT_STATUS, VERDICT_WORDS, verdict_icon
from dash_app.pictures.still_edges import draw_edge
from dash_app.views.graph.elements import graph_elements
from dash_app.views.graph.layout import Arrangement, Box, arrange
from dash_app.views.graph.routes import Route, route_edges

MARGIN: Final = 20.0
HEAD: Final = 92.0
"""Height of the verdict above the graph."""
CAPTION: Final = 36.0
"""From the verdict to the graph, with the name of the view between them."""
LEAST_WIDTH: Final = 640.0
OVER: Final = ("idle", "done", "running", "fail")
"""Which edge lies over which, where two share a way."""
LINE: Final = 15.0
TIGHT_LINE: Final = 14.0
ABOVE, BELOW = 50.0, 6.0
"""From a card's top to the first line of its message, and from the last to its bottom."""


@dataclass(frozen=True)
class Occasion:
    """What the picture is told besides the state."""

    view: str = ""
    """Id of the view; the pipeline's first one where there is none of that name."""
    theme: Choice = "auto"
    observed_at: datetime | None = None
    """When somebody last looked; null for a stored run or when nobody ever did."""
    run_id: str | None = None
    """Id of the stored run; null for the current state."""
    is_stale: bool = False
    """Whether nobody has looked for too long."""


def render_still_graph(state: DashboardState, occasion: Occasion) -> str:
    """Return the picture as SVG."""
    pen = Pen(occasion.theme, is_dull=occasion.is_stale)
    view = view_of(state.pipeline, occasion.view)
    arrangement, routes = _geometry(state.pipeline, view)
    bounds = _bounds(arrangement, routes.values())
    width = max(bounds.right - bounds.left, LEAST_WIDTH) + 2 * MARGIN
    height = HEAD + CAPTION + (bounds.bottom - bounds.top) + 2 * MARGIN
    shift = numbers(MARGIN - bounds.left, MARGIN + HEAD + CAPTION - bounds.top)
    graph = pen.tag("g", *_graph(pen, state, view), transform=f"translate({' '.join(shift)})")
    parts = [*_verdict(pen, state, occasion, width), _caption(pen, state, view), graph]
    return _picture(pen, (width, height), _title(state), [_description(state, view), *parts])


def render_still_notice(word: str, sentence: str, theme: Choice) -> str:
    """Return a picture that says why there is no graph."""
    pen, width = Pen(theme), LEAST_WIDTH + 2 * MARGIN
    lines = wrapped(sentence, LEAST_WIDTH - 32, 13, 3)
    parts = [*_bar(pen, Status.IDLE, "idle", width), _word(pen, word, Status.IDLE)]
    parts += [pen.text(line, MARGIN + 18, MARGIN + 52 + LINE * n, fill="text") for n, line in enumerate(lines)]
    return _picture(pen, (width, HEAD + 2 * MARGIN), f"{word}: {sentence}", parts)


def view_of(pipeline: Pipeline, wished: str) -> str:
    """Return the wished view, or the first one there is."""
    views = [view.id for view in pipeline.views]
    return wished if wished in views else next(iter(views), "")


@lru_cache(maxsize=8)
def _geometry(pipeline: Pipeline, view: str) -> tuple[Arrangement, Mapping[tuple[str, str], Route]]:
    arrangement = arrange(pipeline, view)
    return arrangement, route_edges(arrangement, pipeline.edges)


def _picture(pen: Pen, size: tuple[float, float], title: str, parts: list[str]) -> str:
    width, height = numbers(*size)
    ground = pen.tag(
        "rect", x=0.5, y=0.5, width=size[0] - 1, height=size[1] - 1, rx=10, fill="panel", stroke="line-strong"
    )
    body = "".join([ground, *parts])
    return (
        f'<svg xmlns="{SVG}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="{FONT}" font-size="13" aria-label="{xml_text(title)}">'
        f"<title>{xml_text(title)}</title>{pen.style()}{body}</svg>"
    )


def _title(state: DashboardState) -> str:
    verdict = state.verdict
    word = VERDICT_WORDS[verdict.value]
    return f"{state.meta.title}: {word}, {verdict.passed} of {verdict.total} passed. {verdict.reason}"


def _description(state: DashboardState, view: str) -> str:
    """Every stage in words, for whoever cannot see the picture."""
    nodes = state.nodes
    told = [
        f"{stage.label}: {nodes[stage.id].status.value}"
        for stage in state.pipeline.stages
        if stage.view == view and stage.id in nodes
    ]
    return f"<desc>{xml_text('; '.join(told))}</desc>"


def _bar(pen: Pen, status: Status, icon: str, width: float) -> list[str]:
    """The ground of the verdict: a tinted bar with a thick edge and an icon."""
    box = {"x": MARGIN, "y": MARGIN, "height": HEAD - 12, "rx": 8}
    mark = status.value
    return [
        pen.tag("rect", **box, width=width - 2 * MARGIN, fill=f"{mark}-tint", stroke=mark),
        pen.tag("rect", **{**box, "rx": 3}, width=6, fill=mark),
        pen.icon(icon, MARGIN + 18, MARGIN + 12, 20),
    ]


def _word(pen: Pen, word: str, status: Status) -> str:
    shade = f"{status.value}-text"
    return pen.text(word, MARGIN + 46, MARGIN + 29, fill=shade, font_size=21, font_weight=700)


def _verdict(pen: Pen, state: DashboardState, occasion: Occasion, width: float) -> Iterator[str]:
    value = state.verdict.value
    status, word = VERDICT_STATUS[value], VERDICT_WORDS[value]
    word = f"{word} (old)" if occasion.is_stale else word
    yield from _bar(pen, status, verdict_icon(value), width)
    yield _word(pen, word, status)
    counts = f"{state.verdict.passed} passed · {state.verdict.failed} failed · {state.verdict.skipped} skipped"
    begin = MARGIN + 62 + BOLD * text_width(word, 21)
    yield pen.text(counts, begin, MARGIN + 29, fill="text-mute", font_size=12)
    room = width - 2 * MARGIN - 36
    yield pen.text(cut(state.verdict.reason, room, 13), MARGIN + 18, MARGIN + 51, fill="text")
    yield pen.text(cut(_when(state, occasion), room, 12), MARGIN + 18, MARGIN + 69, fill="text-mute", font_size=12)


def _when(state: DashboardState, occasion: Occasion) -> str:
    """Which run this is, and since when it has been so: exact instants, nothing that ages."""
    parts = [state.meta.title, state.meta.run_id, f"true since {instant_words(state.meta.timestamp)}"]
    if occasion.run_id:
        return " · ".join([*parts, "snapshot, not live"])
    if occasion.observed_at is None:
        return " · ".join([*parts, "nobody observes it"])
    verb = "last observed" if occasion.is_stale else "observed"
    # Minutes are enough here, and leave the picture the same for as long.
    return " · ".join([*parts, f"{verb} {occasion.observed_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"])


def _caption(pen: Pen, state: DashboardState, view: str) -> str:
    label = next((one.label for one in state.pipeline.views if one.id == view), "")
    place = (MARGIN, MARGIN + HEAD + 12)
    return pen.text(cut(label, LEAST_WIDTH, 13), *place, fill="text", font_weight=600) if label else ""


def _graph(pen: Pen, state: DashboardState, view: str) -> Iterator[str]:
    """Frames below, edges between, cards above."""
    arrangement, routes = _geometry(state.pipeline, view)
    data = {element["data"]["id"]: element["data"] for element in graph_elements(state)}
    for frame in arrangement.frames:
        yield _box(pen, frame.box, rx=8, fill="sunken", stroke="line-strong")
        room = frame.box.right - frame.box.left - 20
        yield pen.text(
            cut(frame.label, room, 11), frame.box.left + 10, frame.box.top + 17, fill="text-mute", font_size=11
        )
    flows = {ends: data[f"{ends[0]}>{ends[1]}"]["flow"] for ends in routes}
    for ends in sorted(routes, key=lambda ends: OVER.index(flows[ends])):
        yield from draw_edge(pen, routes[ends], flows[ends])
    for stage, card in arrangement.cards.items():
        yield pen.tag("g", *_card(pen, card, data[stage]))


def _box(pen: Pen, box: Box, **look: Any) -> str:
    x, y, width, height = numbers(box.left, box.top, box.right - box.left, box.bottom - box.top)
    return pen.tag("rect", x=x, y=y, width=width, height=height, **look)


def _card(pen: Pen, card: Box, stage: Mapping[str, Any]) -> Iterator[str]:
    """One stage: border, label, icon and word, message."""
    status, left, room = stage["status"], card.left + 14, card.right - card.left - 24
    told = f"{stage['label']}: {status}. {stage['message']}".rstrip()
    yield f"<title>{xml_text(told)}</title>"
    ground = "fail-tint" if status == "fail" else "panel"
    dashes = "4 3" if status == "idle" else None
    yield _box(pen, card, rx=6, fill=ground, stroke=status, stroke_width=1.4, stroke_dasharray=dashes)
    yield _box(pen, card._replace(right=card.left + 5), rx=2.5, fill=status)
    yield pen.text(
        cut(stage["label"], room / BOLD, 12), left, card.top + 20, font_weight=600, font_size=12, fill="text"
    )
    yield pen.icon(status, left - 1, card.top + 25, 12)
    shade = f"{status}-text"
    yield pen.text(status, left + 14, card.top + 35, fill=shade, font_size=11, font_weight=600)
    lines = min(3, 1 + int((card.bottom - card.top - ABOVE - BELOW) // TIGHT_LINE))
    for number, line in enumerate(wrapped(stage["message"], room, 11, lines)):
        yield pen.text(line, left, card.top + ABOVE + TIGHT_LINE * number, fill="text-mute", font_size=11)


def _bounds(arrangement: Arrangement, routes: Iterable[Route]) -> Box:
    """The rectangle around everything that is drawn."""
    boxes = [*arrangement.cards.values(), *(frame.box for frame in arrangement.frames)]
    points = [point for route in routes for point in (route.start, *route.controls, route.end)]
    if not boxes:
        return Box(0, 0, LEAST_WIDTH, 0)
    across = [side for box in boxes for side in (box.left, box.right)] + [point.x for point in points]
    down = [side for box in boxes for side in (box.top, box.bottom)] + [point.y for point in points]
    return Box(min(across), min(down), max(across), max(down))
