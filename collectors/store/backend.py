"""What a store can do: the one door to state, runs, index, points, pins and memory of one workspace.

Input: keys of documents, and bytes. Output: the same bytes, and versions that tell whether a document became
another one. `folder` keeps them as files; whatever else keeps them does it behind these few calls, and nobody
above knows which. It knows no document's meaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from enum import Enum, auto
from typing import Any, BinaryIO, Final, NamedTuple, Protocol

from collectors.contract.run_row import FileFacts

MAX_BYTES: Final = 64 << 20
"""Most bytes of a document that a person may have written or a run may have grown."""


class StoreProblem(OSError):
    """It could not be saved; what was there stays. The message says why, and names no folder."""


class StateKept(StoreProblem):
    """Another collector keeps this state up to date; the message says which one."""


class Kind(Enum):
    """What a document is."""

    STATE = auto()
    HEARTBEAT = auto()
    SMOKE = auto()
    AFTER_END = auto()
    """What files of ended runs were when they were seen."""
    BASELINE = auto()
    POLICY = auto()
    DIGEST_KEY = auto()
    """Makes digests that nobody can try guesses against."""
    ACCESS = auto()
    """Tokens, sessions and links. This kind and the two below are for nobody but their owner."""
    SECRETS = auto()
    """What sessions are signed with."""
    AUDIT = auto()
    """One line for everything that somebody did or was refused, appended."""
    INDEX = auto()
    """One line a run, appended."""
    RUN = auto()
    """A snapshot, by run id."""
    CURVES = auto()
    """The longer curves of a stream, by `RUN_ID/STREAM.DIGEST`."""
    DECISIONS = auto()
    """What the page draws of a scoring, by run id; this kind and those below can be made again."""
    FILES = auto()
    """Evidence of whole files."""
    EVENTS = auto()
    """Evidence of an event file, by a digest of its path."""
    POINTS_INDEX = auto()
    POINTS = auto()
    """Rows of a long curve, by the name of its side file."""


class Key(NamedTuple):
    """Which document; without its name, a kind that has names stands for all of them, and has a version only."""

    kind: Kind
    name: str = ""


STATE: Final = Key(Kind.STATE)
HEARTBEAT: Final = Key(Kind.HEARTBEAT)
SMOKE: Final = Key(Kind.SMOKE)
AFTER_END: Final = Key(Kind.AFTER_END)
BASELINE: Final = Key(Kind.BASELINE)
DIGEST_KEY: Final = Key(Kind.DIGEST_KEY)
POLICY: Final = Key(Kind.POLICY)
ACCESS: Final = Key(Kind.ACCESS)
SECRETS: Final = Key(Kind.SECRETS)
AUDIT: Final = Key(Kind.AUDIT)
INDEX: Final = Key(Kind.INDEX)
RUNS: Final = Key(Kind.RUN)
FILES: Final = Key(Kind.FILES)
POINTS_INDEX: Final = Key(Kind.POINTS_INDEX)

Version = tuple[int, ...]
"""Equal means that nobody has written it since; a single number says why there is none."""


def is_there(version: Version) -> bool:
    """Whether this is the version of a document, and not the reason why there is none."""
    return len(version) > 1


class Backend(Protocol):
    """The documents of one workspace; may be asked from several threads and processes.

    Reading raises OSError, FileNotFoundError where there is nothing; writing raises StoreProblem. A reader meets
    the old or the new document, never a half, and never waits for a writer.
    """

    @property
    def where(self) -> str:
        """The place, for the operator's terminal."""

    def make(self) -> None:
        """Make the place where it is not there yet."""

    def called(self, key: Key) -> str:
        """A document as a person knows it, without its place."""

    def versions(self, *keys: Key) -> tuple[Version, ...]:
        """What tells that documents changed, at one cheap look that opens none."""

    def facts(self, key: Key) -> FileFacts | None:
        """Size in bytes and time in nanoseconds of a document; None where there is none."""

    def list(self, kind: Kind, run_id: str = "") -> Iterator[tuple[str, FileFacts]]:
        """Names of a kind with the same facts, in no order; of curves those of one run, where it is named."""

    def read(self, key: Key) -> bytes:
        """A document, whole; one that is too large is refused."""

    def open(self, key: Key) -> BinaryIO:
        """Rows of a curve, to seek in and to close."""

    def write(self, key: Key, data: bytes, *, durable: bool = True) -> FileFacts:
        """Put a document in the place of the old one; what is not durable may be lost with the machine."""

    def append(self, key: Key, line: bytes) -> None:
        """Add a line durably; one that cannot be written whole is taken back."""

    def extend(self, key: Key, at: int, data: bytes) -> bool:
        """Put rows behind the first `at` bytes instead of what follows; False where there are fewer."""

    def delete(self, key: Key) -> None:
        """Remove a document; one that is not there is as good as removed."""

    def writing(self) -> AbstractContextManager[None]:
        """Hold the write lock for one change. Raises StoreProblem, naming who holds it."""

    def keeping(self, wait_seconds: float) -> AbstractContextManager[None]:
        """Be the one that keeps the state up to date. Raises StateKept, naming who does it already."""


def mapping_in(backend: Backend, key: Key) -> dict[str, Any]:
    """A JSON object; empty where there is none, or something else."""
    try:
        found = json.loads(backend.read(key))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
