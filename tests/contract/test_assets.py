"""What stands once in styles and scripts: layers, break points, the ticker, the server's address."""

from __future__ import annotations

import re
from pathlib import Path

from collectors.presentation.style import STYLE
from dash_app.web.bundle import LAYER_OF, UNSENT

ASSETS = Path(__file__).resolve().parents[2] / "assets"
STYLES = {path.relative_to(ASSETS).as_posix(): path.read_text(encoding="utf-8") for path in ASSETS.rglob("*.css")}
SCRIPTS = {path.relative_to(ASSETS).as_posix(): path.read_text(encoding="utf-8") for path in ASSETS.rglob("*.js")}
BREAK_POINT = re.compile(r"^ +(\d+px)  ", re.MULTILINE)
ASKED = re.compile(r"@media \(([^)]*\b(?:width|height)\b[^)]*)\)")


def test_every_sheet_with_a_layer_of_its_own_is_there() -> None:
    assert LAYER_OF.keys() <= STYLES.keys()
    assert not any("@layer" in text for text in STYLES.values())  # its place gives it


def test_break_points_are_those_of_the_table_and_each_is_used() -> None:
    table = set(BREAK_POINT.findall(STYLES["tokens.css"]))
    asked = {name: set(re.findall(r"\d+\w*", " ".join(ASKED.findall(text)))) for name, text in STYLES.items()}

    assert set().union(*asked.values()) == table
    assert len(table) == 6


def test_a_break_point_is_asked_for_in_one_way() -> None:
    """`width <= 760px` and `width > 760px` leave no width between them."""
    ways = {way for text in STYLES.values() for way in ASKED.findall(text)}

    assert not {way for way in ways if re.search(r"(min|max)-|width (<|>=) ", way)}


def test_one_script_ticks_and_one_knows_the_prefix() -> None:
    """The flow of the graph's edges is a picture's clock, not a second's."""
    assert {name for name, text in SCRIPTS.items() if "setInterval" in text} == {"core.js", "graph/motion.js"}
    assert {name for name, text in SCRIPTS.items() if "requests_pathname_prefix" in text} == {"core.js"}


def test_no_text_of_a_script_goes_over_several_lines() -> None:
    """What lines are indented by is not sent."""
    codes = {name: UNSENT.sub("", text) for name, text in SCRIPTS.items()}
    assert not [(name, line) for name, code in codes.items() for line in code.split("\n") if line.count("`") % 2]


def test_no_script_has_an_address_without_the_prefix() -> None:
    """Behind a proxy the page's folder is not the server's first."""
    bare = re.compile(r"""(?:fetch|EventSource)\(\s*(?!window\.dashboard\.address\(|address\()""")

    assert {name: found for name, text in SCRIPTS.items() if (found := bare.findall(text))} == {}


SIZES = {"12px", "13px", "15px", "22px"}
TYPE = re.compile(r"\bfont(?:-size)?:\s*([^;}]+)")


def test_type_has_four_sizes_and_the_page_names_them_by_their_tokens() -> None:
    """Of what is hidden beside its icon the size is 0; pictures are drawn in the report's sizes too."""
    tokens = dict(re.findall(r"(--size-\w+): (\w+);", STYLES["tokens.css"]))
    asked = {name: {size for rule in TYPE.findall(text) for size in _sizes(rule)} for name, text in STYLES.items()}
    report = {size for rule in TYPE.findall(STYLE) for size in _sizes(rule)}
    drawn = {
        f"{size}px" for text in SCRIPTS.values() for size in re.findall(r'(?<!-)\bfont[^;}]*?\bsize"?: (\d+)', text)
    }

    assert set(tokens.values()) == SIZES
    assert set().union(*asked.values()) == {f"var({name})" for name in tokens} | {"0"}
    assert report <= SIZES and drawn <= SIZES
    assert drawn


def _sizes(rule: str) -> list[str]:
    """Sizes in the value of a rule for a font, whatever else it says."""
    before_the_height = rule.partition("/")[0]
    return re.findall(r"var\(--size-\w+\)|\b[\d.]+(?:px|em|rem|%)|\b0$", before_the_height)
