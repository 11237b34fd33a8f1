"""Text of a table -> its lines, numbered, in batches of bounded size.

Line ends may be LF, CRLF or CR. Says whether the last line is finished. Looks at no content.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

BATCH: Final = 1 << 20
"""Characters at a time."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A text with line feeds only."""

    text: str
    is_finished: bool
    """The last line ends with a line end."""
    last: int
    """Number of the last line that holds anything, from 1."""

    def batches(self, start: int = 0, number: int = 1) -> Iterator[tuple[int, str]]:
        """Number of the first line and text of each batch of whole lines, from the position `start` on."""
        text = self.text
        while start < len(text):
            stop = text.rfind("\n", start, start + BATCH)
            if stop < 0 or len(text) - start <= BATCH:
                stop = text.find("\n", start + BATCH) if len(text) - start > BATCH else len(text)
            stop = len(text) if stop < 0 else stop
            yield number, text[start:stop]
            number += text.count("\n", start, stop) + 1
            start = stop + 1

    def each(self) -> Iterator[tuple[int, str]]:
        """Number and text of each line."""
        for first, batch in self.batches():
            yield from enumerate(batch.split("\n"), first)


def lines_of(text: str) -> Lines:
    """Split nothing yet: make all line ends alike."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    held = text.rstrip()
    return Lines(text, text.endswith("\n") or not text, text.count("\n", 0, len(held)) + 1)
