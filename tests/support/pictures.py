"""SVG text -> what a reader of it finds; and how well two colours can be told apart."""

from __future__ import annotations

from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
MAY_STAND = {"svg", "title", "desc", "style", "g", "rect", "path", "text"}
"""Elements that every wiki draws: no script, no foreign content, nothing that loads."""


def parsed(svg: str) -> ElementTree.Element:
    """Return the root of a picture. Raises ParseError for what is no XML."""
    return ElementTree.fromstring(svg)


def words(svg: str) -> list[str]:
    """Text that is drawn, in order."""
    return [one.text or "" for one in parsed(svg).iter(f"{SVG}text")]


def title(svg: str) -> str:
    """The picture's own title."""
    return parsed(svg).findtext(f"{SVG}title") or ""


def strange_parts(svg: str) -> set[str]:
    """Elements, attributes and addresses that a picture for wikis must not hold."""
    found: set[str] = set()
    for one in parsed(svg).iter():
        found |= {one.tag.removeprefix(SVG)} - MAY_STAND
        found |= {name for name in one.attrib if name.startswith("on") or "href" in name}
        found |= {value for value in one.attrib.values() if "url(" in value}
        if one.tag == f"{SVG}style" and ("url(" in (one.text or "") or "@import" in (one.text or "")):
            found.add(one.text or "")
    return found


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
