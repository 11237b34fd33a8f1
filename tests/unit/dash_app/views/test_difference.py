"""Two drawings -> only what became another; what differs in kind is sent whole."""

from __future__ import annotations

from typing import Any

import pytest
from dash import html

from dash_app.views.difference import difference, props_of


def operations(before: Any, now: Any) -> list[tuple[list[str | int], Any]]:
    """Where something is put, and what."""
    told = difference(before, now).to_plotly_json()
    return [(one["location"], one["params"]["value"]) for one in told["operations"]]


def test_what_is_the_same_is_not_sent() -> None:
    drawing = html.P(["a", {"b": (1, None)}], title="t")

    assert operations(drawing, drawing) == []
    assert operations(drawing, html.P(["a", {"b": (1, None)}], title="t")) == []
    assert props_of(drawing) == {"children": ["a", {"b": (1, None)}], "title": "t"}


def test_a_part_that_became_another_is_put_in_its_place() -> None:
    before = [html.P(["a", html.B("b")], title="t"), {"x": [1, 2]}]

    assert operations(before, [html.P(["a", html.B("c")], title="t"), {"x": [1, 3]}]) == [
        ([0, "props", "children", 1, "props", "children"], "c"),
        ([1, "x", 1], 3),
    ]
    assert operations(before, [html.P(["a", html.B("b")], title="u"), {"x": [1, 2]}]) == [([0, "props", "title"], "u")]


@pytest.mark.parametrize(
    ("held", "new"),
    [
        ([1, 2], [1, 2, 3]),
        ([1], (1,)),
        (html.P("a"), html.B("a")),
        (html.P("a"), html.P("a", title="t")),
        ("a", [1]),
        ([1], "a"),
        ({"x": 1}, None),
        (None, {"x": 1}),
    ],
)
def test_a_part_of_another_kind_or_length_is_sent_whole(held: Any, new: Any) -> None:
    assert operations({"part": held}, {"part": new}) == [(["part"], new)]
    assert difference(held, new) is new
