"""One small change to one line of the product, as text, and where to look for the tests that run it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """Bytes `start` to `end` of the file become `new`."""

    path: str
    """From the root of the tree, with slashes."""
    line: int
    start: int
    end: int
    old: str
    new: str
    kind: str
    first: int
    """Tests that ran a line from here ..."""
    last: int
    """... to here can notice."""
    names: tuple[str, ...] = ()
    """What runs at import only is noticed where these names are used."""

    def applied(self, source: bytes) -> bytes:
        """Return the file's new contents."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def changed_line(self, source: bytes) -> tuple[str, str]:
        """Return the statement's line before and after, without what is around it."""
        begin = source.rfind(b"\n", 0, self.start) + 1
        end = source.find(b"\n", self.end)
        after = source[begin : self.start] + self.new.encode() + source[self.end : end if end >= 0 else None]
        before = source[begin : end if end >= 0 else None]
        return _one_line(before), _one_line(after)


def _one_line(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())
