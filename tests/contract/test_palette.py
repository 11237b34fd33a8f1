"""The palette is one: Python and CSS hold the same colours, and text can be read on all of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.pictures import contrast

from collectors.contract.values import Status
from collectors.presentation.palette import MARKS, SURFACES, TEXTS, TOKENS, Shade
from collectors.presentation.words import status_class

ASSETS = Path(__file__).resolve().parents[2] / "assets"
TOKEN_RULE = re.compile(r"--([a-z-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")


def test_python_and_css_hold_the_same_colours() -> None:
    rules = TOKEN_RULE.findall((ASSETS / "tokens.css").read_text(encoding="utf-8"))

    assert {name: Shade(light, dark) for name, light, dark in rules} == dict(TOKENS)
    assert len(rules) == len(TOKENS)


def test_colours_stand_in_the_tokens_only() -> None:
    """No other style sheet and no script of the page writes a colour of its own."""
    own_icon = {"title.js"}  # the tab's icon has no style sheet; its colours are compared below
    files = [path for path in ASSETS.rglob("*.*") if path.name not in own_icon | {"tokens.css"}]

    strays = {path.name: re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8")) for path in files}
    assert {name: colours for name, colours in strays.items() if colours} == {}


def test_the_tabs_icon_uses_the_palette() -> None:
    script = (ASSETS / "bar" / "title.js").read_text(encoding="utf-8")

    assert set(re.findall(r'"(#[0-9a-f]{6})"', script)) <= {shade.light for shade in MARKS.values()}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("surface", SURFACES)
def test_text_can_be_read_on_every_surface(text: str, surface: str) -> None:
    for theme in ("light", "dark"):
        ratio = contrast(getattr(TEXTS[text], theme), getattr(SURFACES[surface], theme))

        assert ratio >= 4.5, f"{text} on {surface} in {theme}: {ratio:.2f}"


@pytest.mark.parametrize("mark", ["focus", "control", "running", "done", "fail", "idle"])
@pytest.mark.parametrize("surface", SURFACES)
def test_what_must_be_seen_stands_out_from_every_surface(mark: str, surface: str) -> None:
    """The focus, the borders of fields, and the states; a stalled one has its word and sign in a text's shade."""
    for theme in ("light", "dark"):
        ratio = contrast(getattr(MARKS[mark], theme), getattr(SURFACES[surface], theme))

        assert ratio >= 3, f"{mark} on {surface} in {theme}: {ratio:.2f}"


def test_the_contrast_of_black_on_white_is_what_the_standard_says() -> None:
    """The measure itself can fail."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#009e73", "#ffffff") < 4.5


def test_every_status_has_a_class_with_its_three_shades() -> None:
    css = (ASSETS / "tokens.css").read_text(encoding="utf-8")

    for status in Status:
        shades = f"--mark: var(--{status}); --word: var(--{status}-text); --tint: var(--{status}-tint);"
        assert f".{status_class(status)} {{ {shades} }}" in css
