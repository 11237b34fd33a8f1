"""A torch file of the format before 1.6 (five pickles, then the numbers) -> `CheckpointEvidence`.

Input: an open file that begins with torch's magic number, and a byte budget. Output: evidence. It
demands that keys, lengths and types of the numbers agree with the pickle and end where the file ends.
The format records no checksum, so a changed byte in the numbers goes unnoticed, and it says so.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO, Final

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.readers.checkpoint.draft import Block, Draft, number_tests
from collectors.readers.checkpoint.tensor_layout import storage_bytes
from collectors.readers.checkpoint.torch_pickle import PickledCheckpoint, fill_draft, read_torch_pickle
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.common.single_pass import Region, read_once
from collectors.readers.packed.zip_directory import MOST_ENTRIES
from collectors.readers.pickle.opcodes import PickleMachine
from collectors.readers.pickle.stack import PickleProblem
from collectors.readers.pickle.torch_calls import TorchMeaning
from collectors.readers.pickle.values import PickledDict

MAGIC: Final = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""The opcodes of torch's magic number and the end of its pickle."""
_PROTOCOL: Final = 1001
_FIRST_LOOK: Final = 1 << 20
_MOST_PICKLE_BYTES: Final = 128 << 20


def is_torch_legacy(start: bytes) -> bool:
    """The file begins with a pickle of torch's magic number."""
    return start[:1] == b"\x80" and MAGIC in start[:32]


def read_torch_legacy(handle: BinaryIO, size: int, budget: int) -> CheckpointEvidence:
    """Return what the checkpoint holds. Raises FileShrank, OSError."""
    draft = Draft("torch-legacy", size)
    front = _Front(handle, size, draft.findings)
    try:
        big_endian = front.read_preamble()
        read = front.read_checkpoint()
        keys = front.read_keys()
    except PickleProblem as problem:
        draft.findings.error(problem.text, f"offset {problem.offset:,}")
        return draft.evidence()
    fill_draft(draft, read)
    _report_keys(set(read.storages), keys, draft.findings)
    placed = _place_blocks(handle, size, _Described(read, keys, front.at, big_endian), draft.findings)
    if size > budget:
        draft.note_budget(budget)
        return draft.evidence()
    blocks = [block for block, _ in placed]
    tests = number_tests(blocks, big_endian=big_endian)
    for block, region in placed:
        region.sink = tests.get(block.key)
    draft.digest = read_once(handle, size, [region for _, region in placed])
    draft.checksum = "not recorded"
    draft.findings.note("no checksum recorded: this format has none, so a changed byte goes unnoticed")
    draft.report_numbers(blocks, tests)
    if len(placed) < len(read.storages):
        draft.data_read = "part"
    return draft.evidence()


class _Front:
    """The pickles at the front of the file, read one after the other; `at` is the next byte."""

    def __init__(self, handle: BinaryIO, size: int, findings: FindingList) -> None:
        self._handle, self._size, self._findings = handle, size, findings
        self._data = b""
        self.at = 0
        self._grow(_FIRST_LOOK)

    def read_preamble(self) -> bool:
        """Read magic number, protocol and machine; return whether numbers are big-endian."""
        self._plain()
        protocol = self._plain()
        if protocol != _PROTOCOL:
            self._findings.error(f"expected format {_PROTOCOL}, found {shorten(str(protocol)[:20])}", "second pickle")
        machine = self._plain()
        pairs = machine.pairs if isinstance(machine, PickledDict) else []
        return any(key == "little_endian" and value is False for key, value in pairs)

    def read_checkpoint(self) -> PickledCheckpoint:
        """Read the pickle that describes the tensors."""
        start = self.at
        while True:
            attempt = FindingList()
            try:
                read = read_torch_pickle(self._data[start:], attempt, "pickle")
                self.at = start + read.end
            except PickleProblem as problem:
                if self._grow(4 * len(self._data)):
                    continue
                self._keep(attempt)
                raise PickleProblem(problem.text, start + problem.offset) from None
            self._keep(attempt)
            return read

    def read_keys(self) -> list[str]:
        """Read the list of storage keys, in the order of the numbers."""
        keys = self._plain()
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise PickleProblem("expected a list of storage keys", self.at)
        return [str(key) for key in keys]

    def _plain(self) -> object:
        """One pickle of plain values."""
        while True:
            stream = io.BytesIO(self._data)
            stream.seek(self.at)
            attempt = FindingList()
            try:
                value = PickleMachine(TorchMeaning(attempt, "pickle")).run(stream)
            except PickleProblem as problem:
                if self._grow(4 * len(self._data)):
                    continue
                raise PickleProblem(problem.text, problem.offset) from None
            self._keep(attempt)
            self.at = stream.tell()
            return value

    def _keep(self, findings: FindingList) -> None:
        for finding in findings.all():
            self._findings.add(finding)

    def _grow(self, wanted: int) -> bool:
        """Read more of the front of the file; False when there is no more, or too much already."""
        wanted = min(wanted, self._size, _MOST_PICKLE_BYTES)
        if wanted <= len(self._data):
            return False
        self._handle.seek(0)
        before = len(self._data)
        self._data = self._handle.read(wanted)
        return len(self._data) > before


@dataclass(frozen=True, slots=True)
class _Described:
    """What the pickles say about the numbers that follow."""

    read: PickledCheckpoint
    keys: list[str]
    at: int
    """Byte behind the pickles."""
    big_endian: bool


def _place_blocks(
    handle: BinaryIO, size: int, described: _Described, findings: FindingList
) -> list[tuple[Block, Region]]:
    """Where the numbers of each storage lie: each has its length in front."""
    blocks = {block.key: block for block in described.read.blocks()}
    at = described.at
    placed: list[tuple[Block, Region]] = []
    for key in described.keys[:MOST_ENTRIES]:
        handle.seek(at)
        raw = handle.read(8)
        storage = described.read.storages.get(key)
        if storage is None:
            return placed
        count = int.from_bytes(raw, "big" if described.big_endian else "little")
        where = f"storage {shorten(key)}, offset {at:,}"
        if len(raw) < 8 or count != storage.count:
            findings.error(f"expected {storage.count:,} numbers, found a block of {count:,}", where)
            return placed
        end = at + 8 + storage_bytes(storage)
        if end > size:
            findings.error(f"the file ends {end - size:,} bytes before the numbers do: it is cut short", where)
            return placed
        placed.append((blocks[key], Region(at + 8, end)))
        at = end
    if at != size:
        findings.error(f"{size - at:,} bytes follow the numbers: expected the file to end there", f"offset {at:,}")
    return placed


def _report_keys(described: set[str], stored: list[str], findings: FindingList) -> None:
    missing = described - set(stored)
    extra = set(stored) - described
    if missing or len(stored) != len(set(stored)):
        findings.error(f"the numbers of {len(missing):,} storages are missing", "list of keys")
    if extra:
        findings.error(
            f"{len(extra):,} stored blocks belong to no tensor: what follows cannot be placed", "list of keys"
        )
