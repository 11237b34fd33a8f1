"""Bytes of records that were skipped -> what may be the tags in them: whose values were lost.

Anything that is spelled as a tag is: a length and so much text. Whether it is one, the configured tags tell. Bounded
in the bytes of a record that are looked at, and in tags. Refuses to take values from what is damaged.
"""

from __future__ import annotations

import re
from typing import Final

MOST_BYTES: Final = 16 << 10
"""Of each skipped stretch: a tag stands at the beginning of its record."""
MOST_TAGS: Final = 200
_TAG: Final = re.compile(rb"(?=\n([\x01-\x7f]))")


def tags_in(stretch: bytes) -> set[str]:
    """Everything in a skipped stretch that is spelled as a tag of up to 127 bytes."""
    found = set()
    for match in _TAG.finditer(stretch[:MOST_BYTES]):
        start = match.start() + 2
        tag = stretch[start : start + match[1][0]]
        text = tag.decode("utf-8", "replace")
        if len(tag) == match[1][0] and text.isprintable() and "\N{REPLACEMENT CHARACTER}" not in text:
            found.add(text)
    return found


def most_tags(*parts: set[str] | tuple[str, ...]) -> tuple[str, ...]:
    """The tags of all parts, sorted, and so many of them as are kept."""
    return tuple(sorted(set().union(*parts))[:MOST_TAGS])
