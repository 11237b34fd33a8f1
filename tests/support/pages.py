"""The pages for people -> their blocks of code, and the headings they stand under."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from support.server import ROOT

PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("examples/*/README.md"))]
_FENCE = re.compile(r"^( *)```([a-z]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    language: str
    text: str
    heading: str


def blocks(page: Path, language: str | None = None) -> Iterator[Block]:
    """Every block of a page, or those of one language."""
    whole = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(whole):
        if language in {None, found[2]}:
            yield Block(found[2], textwrap.dedent(found[3]), ["", *_HEADING.findall(whole[: found.start()])][-1])


def headings(page: Path) -> list[str]:
    """Every heading of a page, without what stands in its blocks."""
    return _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))


def links(page: Path) -> list[str]:
    """Where a page's links and pictures lead."""
    return re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", page.read_text(encoding="utf-8")))
