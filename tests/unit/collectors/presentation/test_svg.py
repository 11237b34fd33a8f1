"""Words and shapes in pictures: measured, cut, wrapped, escaped."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pictures import parsed

from collectors.presentation.icons import ICONS
from collectors.presentation.svg import ELLIPSIS, Pen, cut, text_width, wrapped, xml_text

ASSETS = Path(__file__).resolve().parents[4] / "assets"
CIRCLES = {"idle": "r='4.8'", "info": "r='6'"}
"""A path here, a circle in the style sheet."""


def test_a_wide_sign_takes_more_room_than_a_narrow_one_and_an_accent_none() -> None:
    assert text_width("WWW", 11) > text_width("iii", 11)
    assert text_width("e\u0301", 11) == text_width("e", 11)
    assert text_width("漢", 11) == 11


def test_a_line_that_fits_is_left_alone_and_a_longer_one_is_cut_to_fit() -> None:
    long = "a checkpoint that was written before the run began"

    assert cut("scaler", 200, 12) == "scaler"
    assert cut(long, 100, 12).endswith(ELLIPSIS)
    assert text_width(cut(long, 100, 12), 12) <= 100


@given(st.text(max_size=60), st.integers(20, 200), st.integers(1, 3))
def test_wrapped_lines_fit_and_lose_nothing_but_the_end(text: str, width: int, most: int) -> None:
    lines = wrapped(text, width, 11, most)

    assert len(lines) <= most
    assert all(text_width(line, 11) <= width for line in lines)
    assert " ".join(text.split()).startswith(lines[0].removesuffix(ELLIPSIS) if lines else "")


@given(st.text(st.characters()))
def test_any_text_at_all_can_stand_in_a_picture(text: str) -> None:
    """Control characters, lone surrogates and non-characters too: XML forbids them even escaped."""
    picture = f'<p title="{xml_text(text)}">{xml_text(text)}</p>'.encode()

    assert parsed(picture.decode()).tag == "p"


def test_what_xml_can_hold_comes_back_as_it_was() -> None:
    told = '<b onclick="x">\'&amp;'

    assert parsed(f"<p>{xml_text(told)}</p>").text == told
    assert parsed(f'<p title="{xml_text(told)}"/>').get("title") == told


@pytest.mark.parametrize("name", ICONS)
def test_icons_are_those_of_the_page(name: str) -> None:
    """One shape a word, in the style sheets and in pictures."""
    styles = "".join(path.read_text(encoding="utf-8") for path in sorted(ASSETS.glob("**/*.css")))
    rule = re.search(rf"\.icon-{name} {{([^}}]*--shape[^}}]*)}}", styles)
    shown = unquote(rule.group(1)) if rule else ""

    assert f"stroke-width='{ICONS[name].width:g}'" in shown
    assert (f"d='{ICONS[name].path}'" in shown) or CIRCLES.get(name, "none") in shown


def test_an_auto_picture_has_a_dark_shade_for_each_colour_it_uses() -> None:
    pen = Pen("auto")

    rect = pen.tag("rect", fill="panel", stroke="done-text")

    assert 'class="f-panel s-done-text"' in rect and 'fill="#ffffff"' in rect
    assert pen.style() == (
        "<style>@media (prefers-color-scheme:dark)"
        "{.f-panel{fill:#161b22}.s-done-text{stroke:#35c79c}}</style>"
    )  # fmt: skip
    assert Pen("dark").style() == ""


def test_a_dull_pen_draws_every_status_in_grey() -> None:
    statuses = [Pen(is_dull=True).tag("rect", fill=f"{status}-text") for status in ("done", "fail", "running")]

    assert set(statuses) == {Pen().tag("rect", fill="idle-text")}
