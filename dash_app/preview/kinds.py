"""A file's name -> what its preview would be. Pure: the contents have the last word.

The names of pictures and texts of a training; anything else is tried as text when it is asked for.
"""

from __future__ import annotations

from typing import Final

PICTURES: Final = frozenset({"png", "jpg", "jpeg", "webp"})
TABLES: Final = frozenset({"csv", "tsv"})
LOGS: Final = frozenset({"log", "out", "err", "jsonl", "ndjson"})
"""Files that only grow: of these the last part is shown."""
TEXTS: Final = TABLES | LOGS | {"yaml", "yml", "json", "toml", "ini", "cfg", "conf", "md", "rst", "txt"}


class NoPreview(Exception):
    """Why nothing can be shown: an HTTP status, one word for programs, one sentence for people."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status, self.error, self.message = status, error, message


def suffix_of(path: str) -> str:
    """Return what follows the last dot of the name, in small letters; empty without one."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def has_preview(path: str) -> bool:
    """Whether its name promises a text or a picture."""
    return suffix_of(path) in PICTURES | TEXTS


def no_preview(message: str) -> NoPreview:
    """Return the refusal of a kind of file that is never shown."""
    return NoPreview(415, "no_preview", message)
