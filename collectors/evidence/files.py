"""What readers hand to checks: facts about one file, frozen, no verdict.

Input: nothing. Output: dataclasses. Every reader returns one of these whatever the bytes hold;
`findings` tells what is wrong in words, and the checks decide what that means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning", "note"]
NOT_READ_HERE: Final = "cannot be told on this machine"
"""How the error begins of a file that nothing could look at: whatever is in it, it is not to blame."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact: an error breaks the file, a warning does not, a note is for interest."""

    severity: Severity
    text: str
    """What was expected and what was found, without the file's name."""
    where: str | None = None
    """Line, key, member, tensor or byte offset, such as `line 3` or `offset 512`."""

    def __str__(self) -> str:
        return f"{self.text} ({self.where})" if self.where else self.text


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the file system says of one path inside the workspace."""

    path: str
    """Workspace-relative, with forward slashes."""
    exists: bool
    size_bytes: int | None = None
    modified_at: float | None = None
    """Seconds since the Unix epoch."""
    identity: tuple[int, int, int, int, int] | None = None
    """Device, inode, size in bytes, mtime and ctime in nanoseconds: equal means unchanged."""
    problem: str | None = None
    """Why it cannot be opened: no permission, a folder, a FIFO, a link out of the workspace."""
