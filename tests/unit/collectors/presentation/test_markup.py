"""Plain trees: what goes in as text comes out as text, whatever it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from collectors.presentation.markup import Element, el, mapped, nodes, to_html

HOSTILE = "</p><script>alert(1)</script>\"' onload=x & &amp; <!-- "


def test_text_is_escaped_among_children_and_in_attributes() -> None:
    written = to_html(el("p", HOSTILE, title=HOSTILE))

    assert written.count("<") == 2 and written.count('"') == 2
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written and "&amp;amp;" in written


def test_children_are_a_flat_row_without_what_is_nothing() -> None:
    assert nodes(("a", None, [el("b", 1), (None, "c")])) == ("a", el("b", "1"), "c")
    assert to_html(el("p", None, ["x", el("br")], 7)) == "<p>x<br>7</p>"


@pytest.mark.parametrize(
    ("attributes", "written"),
    [
        ({"class_": "x", "data_check": "a b"}, '<i class="x" data-check="a b"></i>'),
        ({"open": True, "hidden": False, "title": None}, "<i open></i>"),
        ({"data_relative": "", "width": 0}, '<i data-relative="" width="0"></i>'),
        ({"viewBox": "0 0 16 16"}, '<i viewBox="0 0 16 16"></i>'),
    ],
)
def test_attributes_have_their_html_names(attributes: dict[str, Any], written: str) -> None:
    assert to_html(el("i", **attributes)) == written


def test_a_style_sheet_is_written_as_it_stands_and_cannot_end_its_element() -> None:
    assert to_html(el("style", "a > b { }")) == "<style>a > b { }</style>"
    with pytest.raises(ValueError, match="holds a `<`"):
        to_html(el("style", "</style><script>"))


def test_every_element_can_be_changed_the_innermost_first() -> None:
    def counted(element: Element) -> Element:
        return replace(element, attributes={"n": len(element.children)})

    assert to_html(mapped(el("p", el("b", "x"), "y"), counted)) == '<p n="2"><b n="1">x</b>y</p>'
    assert mapped("text", counted) == "text"
