"""Curves -> one SVG picture that keeps its type size at any size. Pure.

All places are percents of the plot, which is as large as its sheet says; what stands around it hangs out of it. Only
the lines themselves are stretched, with strokes that are not. Nothing in it needs a script, and every word of it is
also in the text beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from collectors.numbers import number_words
from collectors.presentation.charts.axes import Axis, place_axis, tick_text, value_axis
from collectors.presentation.charts.curves import Curves, Line
from collectors.presentation.charts.scale import Look, Range, drawn_range
from collectors.presentation.markup import Child, Element, el

SIDE: Final = 1000
"""Width and height of the stretched drawing, in its own units."""
MOST_MARKS: Final = 200
"""One for every half percent of the width; more would lie upon each other."""
FAR: Final = 1e4
"""Heights of the plot: a line to what is farther off looks the same."""
NAME_ROOM: Final = 0.16
"""Share of the width that a name beside a point may need."""


def draw_chart(curves: Curves, look: Look, name: str, sentence: str) -> Element:
    """Return the picture; `name` becomes its title, `sentence` its description. `name` is told of one chart only."""
    every = [*curves.ghosts, *curves.lines]
    along = _along(curves, every)
    ends = value_range(curves, look)
    within = [v for line in every for v in line.value if v is not None and ends[0] <= v <= ends[1]]
    up = value_axis([*within, *(value for value, _ in curves.targets)], look.kind)
    title, words = f"{name}-title", f"{name}-words"
    return el(
        "svg",
        el("title", sentence.partition(":")[0], id=title),
        el("desc", sentence, id=words),
        _value_grid(up),
        el("text", curves.measure, x="-8", y="-4", text_anchor="end", class_="axis-name"),
        _place_ticks(along, curves.unit),
        _targets(curves, up),
        _lines(every, along, up, is_cut=bool(off_scale(curves, look))),
        _beyond(curves, along, ends),
        _divergence(curves, along),
        _crosses(curves, along),
        _ends(curves, along, up),
        _best(curves, along, up),
        class_="chart",
        role="img",
        aria_labelledby=f"{title} {words}",
        width="100%",
        height="100%",
    )


def _along(curves: Curves, every: list[Line]) -> Axis:
    """The horizontal axis: all points, and the configured end, so that progress can be seen."""
    known = [at for line in every for at in line.at] + [mark.at for mark in curves.marks]
    if curves.end is not None:
        known.append(curves.end)
    return place_axis(min(known, default=0.0), max(known, default=1.0))


def value_range(curves: Curves, look: Look) -> Range:
    """Return the lowest and the highest value that must be on the scale."""
    every = [*curves.ghosts, *curves.lines]
    values = [value for line in every for value in line.value if value is not None]
    is_whole = look.is_whole or look.kind == "log"
    return drawn_range(values, () if is_whole else (line.usual for line in every))


def off_scale(curves: Curves, look: Look) -> list[float]:
    """Return the run's values that the chart has no room for."""
    low, high = value_range(curves, look)
    return [v for line in curves.lines for v in line.value if v is not None and not low <= v <= high]


def _percent(share: float) -> str:
    return f"{share * 100:.2f}%"


def _height(share: float) -> str:
    return _percent(1 - share)


def _value_grid(up: Axis) -> Child:
    parts = []
    for value in up.ticks(4):
        share = up.place(value)
        if share is not None and 0 <= share <= 1:
            y = _height(share)
            parts += [el("line", x1="0", x2="100%", y1=y, y2=y, class_="grid"),
                      el("text", tick_text(value), x="-8", y=y, dy="0.35em", text_anchor="end")]  # fmt: skip
    return parts


def _targets(curves: Curves, up: Axis) -> Child:
    """A line over the whole width for each value that is to be reached, named at its end."""
    parts = []
    for value, words in curves.targets:
        share = up.place(value)
        if share is not None:
            y = _height(share)
            parts += [el("line", x1="0", x2="100%", y1=y, y2=y, class_="target"),
                      el("text", words, x="100%", y=y, dy="-4", text_anchor="end", class_="target-name")]  # fmt: skip
    return parts


def _place_ticks(along: Axis, unit: str) -> Child:
    least = 1.0 if unit in ("epoch", "step", "point") else 0.0
    parts = [el("line", x1="0", x2="100%", y1="100%", y2="100%", class_="base")]
    for value in along.ticks(6, least):
        share = along.place(value)
        if share is not None and 0 <= share <= 1:
            x = _percent(share)
            parts += [_stroke(x, "100%", "M0 0v4", "base"),
                      el("text", tick_text(value), x=x, y="100%", dy="16", text_anchor="middle")]  # fmt: skip
    name = el("text", unit, x="100%", y="100%", dy="31", text_anchor="end", class_="axis-name")
    return (*parts, name)


def _lines(every: Iterable[Line], along: Axis, up: Axis, *, is_cut: bool) -> Child:
    """All lines in one drawing that is stretched to the plot's width; of a smoothed one what was measured is faint."""
    drawn = []
    for line in every:
        look = f"line line-{line.role}"
        if line.smooth:
            drawn.append(el("path", d=_path(line.at, line.value, along, up), class_=f"{look} line-faint"))
        drawn.append(el("path", d=_path(line.at, line.smooth or line.value, along, up), class_=look))
    box, name = f"0 0 {SIDE} {SIDE}", "lines is-cut" if is_cut else "lines"
    return el("svg", *drawn, viewBox=box, preserveAspectRatio="none", width="100%", height="100%", class_=name)


def _beyond(curves: Curves, along: Axis, ends: Range) -> Child:
    """A small arrow at the edge for each place where a value of the run is off the scale."""
    low, high = ends
    found = [(at, v) for line in curves.lines for at, v in zip(line.at, line.value, strict=True) if v is not None]
    shares = ((along.place(at), value > high) for at, value in found if not low <= value <= high)
    kept = sorted({(round(share * MOST_MARKS), is_above) for share, is_above in shares if share is not None})
    return [_arrow(place / MOST_MARKS, is_above=is_above) for place, is_above in kept]


def _arrow(share: float, *, is_above: bool) -> Element:
    shape = el("path", d="M-4 7L0 1L4 7Z" if is_above else "M-4 -7L0 -1L4 -7Z", class_="beyond")
    return el("svg", shape, x=_percent(share), y="0" if is_above else "100%", overflow="visible", width="1", height="1")


def _path(places: Iterable[float], values: Iterable[float | None], along: Axis, up: Axis) -> str:
    """A stroke through the points; a value that cannot stand here is a gap, a lone point is a dot."""
    strokes: list[list[str]] = [[]]
    for at, value in zip(places, values, strict=True):
        x, y = along.place(at), None if value is None else up.place(value)
        if x is None or y is None:
            strokes.append([])
        else:
            strokes[-1].append(f"{x * SIDE:.1f} {(1 - max(-FAR, min(y, FAR))) * SIDE:.1f}")
    return "".join("M" + "L".join(points) + ("h0" if len(points) == 1 else "") for points in strokes if points)


def _divergence(curves: Curves, along: Axis) -> Child:
    """An upright line where the first loss was not finite, with its words at the top."""
    at, words = curves.diverged or (None, "")
    share = along.place(at) if at is not None else None
    if share is None:
        return None
    x = _percent(share)
    anchor, shift = ("end", "-6") if share > 1 - 2 * NAME_ROOM else ("start", "6")
    line = el("line", x1=x, x2=x, y1="0", y2="100%", class_="divergence")
    return (line, el("text", words, x=x, dx=shift, y="26", text_anchor=anchor, class_="divergence-name"))


def _crosses(curves: Curves, along: Axis) -> Child:
    """A cross at the upper edge for every loss that was not finite, one for those that would lie upon each other."""
    shares = (along.place(mark.at) for mark in curves.marks)
    kept = sorted({round(share * MOST_MARKS) for share in shares if share is not None})
    return [_stroke(_percent(place / MOST_MARKS), "8", "M-4 -4L4 4M4 -4L-4 4", "cross") for place in kept]


def _stroke(x: str, y: str, path: str, look: str) -> Element:
    """A mark of its own size at a place."""
    return el("svg", el("path", d=path, class_=look), x=x, y=y, overflow="visible", width="1", height="1")


def _ends(curves: Curves, along: Axis, up: Axis) -> Child:
    """A dot at the last finite value of each line of the run: where it is now."""
    dots = []
    for line in curves.lines:
        known = [(at, value) for at, value in zip(line.at, line.value, strict=True) if value is not None]
        x, y = (along.place(known[-1][0]), up.place(known[-1][1])) if known else (None, None)
        if x is not None and y is not None:
            dots.append(el("circle", cx=_percent(x), cy=_height(y), r="3", class_=f"dot dot-{line.role}"))
    return dots


def _best(curves: Curves, along: Axis, up: Axis) -> Child:
    """A ring around the best point, named below it."""
    if curves.best is None:
        return None
    at, value, extreme = curves.best
    x, y = along.place(at), up.place(value)
    if x is None or y is None or not 0 <= y <= 1:
        return None
    words = f"{extreme} {number_words(value)}" + (
        f" at {curves.axis} {number_words(at)}" if curves.axis in ("epoch", "step") else ""
    )
    anchor, shift = ("start", "-5") if x < NAME_ROOM else ("end", "5") if x > 1 - NAME_ROOM else ("middle", "0")
    name = el("text", words, x=_percent(x), dx=shift, y=_height(y), dy="18", text_anchor=anchor, class_="lowest-name")
    return (el("circle", cx=_percent(x), cy=_height(y), r="5", class_="lowest"), name)
