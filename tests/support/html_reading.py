"""A report's HTML -> its elements, read with Python's own parser, and what they say.

It refuses a page whose elements are not closed in order: what a browser would forgive is a mistake here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from collectors.presentation.markup import VOID


@dataclass
class Element:
    """One element; text stands between its children as strings."""

    tag: str
    attributes: dict[str, str | None]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside, spaces and line ends made one space."""
        return " ".join("".join(self._words()).split())

    def _words(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._words()

    def all(self) -> Iterator[Element]:
        """This element and every one inside, in reading order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.all()

    def tagged(self, tag: str) -> list[Element]:
        """Every element with this tag."""
        return [one for one in self.all() if one.tag == tag]

    def of_class(self, name: str) -> list[Element]:
        """Every element that carries this class."""
        return [one for one in self.all() if name in (one.attributes.get("class") or "").split()]

    def by_id(self, name: str) -> Element:
        """The one element with this id. Raises ValueError for none and for several."""
        (found,) = [one for one in self.all() if one.attributes.get("id") == name]
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs), f"<{tag}> says an attribute twice"
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def read_page(page: str) -> Element:
    """Read a whole page. Raises AssertionError where it is not well-formed."""
    assert page.startswith("<!DOCTYPE html>\n")
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [reader.root], f"not closed: {[one.tag for one in reader.open[1:]]}"
    return reader.root


def checks_in(page: Element) -> list[dict[str, str]]:
    """The checklist as the page tells it: id, mark, title with its number, outcome, detail, hint."""
    return [_check(row) for row in page.of_class("check")]


def _check(row: Element) -> dict[str, str]:
    def words(name: str) -> str:
        found = row.of_class(f"check-{name}")
        return found[0].text if found else ""

    return {
        "id": str(row.attributes["data-check"]),
        "mark": words("mark"),
        "title": words("title"),
        "outcome": words("outcome"),
        "detail": words("detail"),
        "hint": words("hint").removeprefix("hint: "),
    }
