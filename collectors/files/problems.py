"""What the operating system says of files -> words for people.

Input: errors, modes, names. Output: short texts without a path. Opens nothing.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from typing import Final

_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO (named pipe)"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a character device"),
    (stat.S_ISBLK, "a block device"),
)


def shown(path: str) -> str:
    r"""Return `path` as valid text: a byte that is not UTF-8 becomes `\xNN`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace") if is_path(path) else repr(path)


def unshown(path: str) -> str:
    """Return the path that `shown` made this of; one that never needed it stays as it is."""
    raw = re.sub(rb"\\x([89a-f][0-9a-f])", lambda found: bytes([int(found[1], 16)]), os.fsencode(path))
    return os.fsdecode(raw)


def is_path(path: str) -> bool:
    """Say whether the system could have a file of that name."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def kind_problem(status: os.stat_result) -> str | None:
    """Return what else it is, if it is not a regular file."""
    if stat.S_ISREG(status.st_mode):
        return None
    kind = next((words for is_kind, words in _KINDS if is_kind(status.st_mode)), "a special file")
    return f"is {kind}; a regular file was expected"


def describe_error(error: OSError) -> str:
    """Return the operating system's reason in words, without a path."""
    words = {
        errno.EACCES: "no permission",
        errno.EPERM: "no permission",
        errno.ENAMETOOLONG: "a name in its path is too long",
        errno.EIO: "the disk reported an input/output error",
        errno.ESTALE: "the network file system lost it",
        errno.EMFILE: "too many files are open in this process",
    }
    return words.get(error.errno or 0, (os.strerror(error.errno) if error.errno else str(error)).lower())
