"""Words and shapes -> SVG text. Pure: it knows no state, loads no font, runs nothing.

What it writes can stand in any wiki: plain elements with plain attributes, no script, no foreign
content, nothing loaded. Every text is escaped, and characters that XML forbids are replaced.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal
from xml.sax.saxutils import escape

from collectors.presentation.icons import ICONS
from collectors.presentation.palette import TOKENS, colour

Choice = Literal["light", "dark", "auto"]
"""`auto` follows the reader's device where pictures can, and is light elsewhere."""

SVG: Final = "http://www.w3.org/2000/svg"
FONT: Final = "Inter,DejaVu Sans,Verdana,Geneva,sans-serif"
FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even escaped."""
ELLIPSIS: Final = "…"

NARROW: Final = {
    0.29: "Iijl'J|",
    0.33: " ,.:;/\\",
    0.39: "!()-[]`frt",
    0.53: '"*?_sz',
    0.60: "FLPTYacekovxy{}",
    0.66: "$0123456789ABEKRSVXZbdghnpqu",
    0.77: "&CDGHNOQU",
    0.84: "#+<=>^~Mw",
    0.99: "%@Wm",
}
"""Width of a character in a usual sans-serif, in parts of its size."""
WIDTHS: Final = {char: width for width, chars in NARROW.items() for char in chars}
USUAL_WIDTH: Final = 0.68
WIDE: Final = 1.0
BOLD: Final = 1.07


def xml_text(text: str) -> str:
    """Return a text that an element or a quoted attribute may hold."""
    return escape(FORBIDDEN.sub("\ufffd", text), {'"': "&quot;"})


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is, in pixels, whatever font draws it."""
    return size * sum(map(_width, text))


def _width(char: str) -> float:
    if char in WIDTHS:
        return WIDTHS[char]
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0.0
    return WIDE if unicodedata.east_asian_width(char) in "WF" else USUAL_WIDTH


def cut(text: str, width: float, size: float) -> str:
    """Return as much of one line as fits into `width` pixels, with an ellipsis where it was cut."""
    line = " ".join(text.split())
    if text_width(line, size) <= width:
        return line
    room, kept = width - text_width(ELLIPSIS, size), ""
    for char in line:
        room -= size * _width(char)
        if room < 0:
            break
        kept += char
    return kept.rstrip() + ELLIPSIS


def wrapped(text: str, width: float, size: float, most: int) -> list[str]:
    """Return at most `most` lines that fit into `width` pixels; the last one is cut."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        count = next(
            (n for n in range(1, len(words)) if text_width(" ".join(words[: n + 1]), size) > width), len(words)
        )
        lines.append(cut(" ".join(words[:count]), width, size))
        words = words[count:]
    return [*lines, cut(" ".join(words), width, size)] if words else lines


class Pen:
    """Writes elements in the colours of a theme; `fill` and `stroke` are names of tokens."""

    def __init__(self, choice: Choice = "light", *, is_dull: bool = False) -> None:
        """`is_dull` draws every status in the grey of idle: what is old never looks fresh."""
        self._choice = choice
        self._is_dull = is_dull
        self._used: set[tuple[str, str]] = set()

    def tag(self, name: str, *inside: str, **attributes: object) -> str:
        """Return one element; `_` in an attribute's name stands for `-`, children are SVG already."""
        told = " ".join(self._attribute(*one) for one in attributes.items() if one[1] is not None)
        classes = " ".join(
            self._class(kind, str(attributes[kind])) for kind in ("fill", "stroke") if kind in attributes
        )
        opening = " ".join(filter(None, [name, told, f'class="{classes}"' if classes.strip() else ""]))
        return f"<{opening}>{''.join(inside)}</{name}>" if inside else f"<{opening}/>"

    def text(self, words: str, x: float, y: float, **attributes: object) -> str:
        """Return one line of text, its baseline at `y`."""
        return self.tag("text", xml_text(words), x=_number(x), y=_number(y), **attributes)

    def icon(self, status: str, x: float, y: float, size: float = 12) -> str:
        """Return the small shape of a status, its top left corner at the place."""
        shape = ICONS[status]
        return self.tag(
            "path",
            d=shape.path,
            fill="none",
            stroke=status if status in TOKENS else "stalled",
            stroke_width=shape.width,
            stroke_linecap="round",
            stroke_linejoin="round",
            stroke_dasharray=shape.dashes,
            transform=f"translate({_number(x)} {_number(y)}) scale({size / 16:g})",
        )

    def style(self) -> str:
        """Return the rules that make an `auto` picture dark on a dark device; nothing otherwise."""
        if self._choice != "auto":
            return ""
        rules = "".join(f".{kind[0]}-{shade}{{{kind}:{colour(shade, 'dark')}}}" for kind, shade in sorted(self._used))
        return f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>"

    def _attribute(self, name: str, value: object) -> str:
        if name in ("fill", "stroke") and value != "none":
            value = colour(self._shade(str(value)), "dark" if self._choice == "dark" else "light")
        return f'{name.replace("_", "-")}="{xml_text(str(value))}"'

    def _class(self, kind: str, shade: str) -> str:
        if self._choice != "auto" or shade == "none":
            return ""
        self._used.add((kind, self._shade(shade)))
        return f"{kind[0]}-{self._shade(shade)}"

    def _shade(self, wished: str) -> str:
        status, dash, kind = wished.partition("-")
        is_status = status in {"running", "done", "fail", "stalled"}
        return f"idle{dash}{kind}" if self._is_dull and is_status else wished


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def numbers(*values: float) -> Iterator[str]:
    """Return coordinates as text, to a tenth of a pixel."""
    return map(_number, values)
