"""A safetensors file -> `CheckpointEvidence`.

Input: an open file and a byte budget. Output: evidence. It demands a bounded JSON header without
repeated keys, known types, sizes that follow from shape and type, and offsets that cover the data
without gaps or overlaps up to the end of the file. The format has no checksum, and it says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO, Final, TypeGuard

from collectors.evidence.checkpoint import CheckpointEvidence, TensorFacts
from collectors.numbers import size_words
from collectors.readers.checkpoint.contents import MOST_NAME
from collectors.readers.checkpoint.draft import Block, Draft, number_tests
from collectors.readers.checkpoint.roles import role_in_flat_file
from collectors.readers.checkpoint.tensor_layout import Extent
from collectors.readers.common.dtypes import ITEM_BYTES, SAFETENSORS_DTYPES, SAFETENSORS_PACKED
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.common.single_pass import Region, read_once
from collectors.readers.text.json_core import MOST_BYTES, JsonProblem, parse_json

MOST_HEADER_BYTES: Final = 100_000_000
"""The format's own limit."""
READ_HEADER_BYTES: Final = MOST_BYTES
"""A header of this size describes hundreds of thousands of tensors; larger ones are not read."""
_LARGEST: Final = 1 << 63


class HeaderProblem(Exception):
    """The header cannot be believed; the message says why."""


@dataclass(frozen=True, slots=True)
class _Stored:
    name: str
    dtype: str
    """As this project names it; the file's own name where it is unknown."""
    shape: tuple[int, ...]
    start: int
    """In the data, behind the header."""
    end: int


def is_safetensors(start: bytes) -> bool:
    """The file begins with a plausible header length and an opening brace."""
    return len(start) >= 9 and 2 <= int.from_bytes(start[:8], "little") <= MOST_HEADER_BYTES and start[8:9] == b"{"


def read_safetensors(handle: BinaryIO, size: int, budget: int) -> CheckpointEvidence:
    """Return what the checkpoint holds. Raises FileShrank, OSError."""
    draft = Draft("safetensors", size)
    try:
        data_start, header = _read_header(handle, size)
    except HeaderProblem as problem:
        draft.findings.error(str(problem), "header")
        return draft.evidence()
    draft.scalars = _metadata(header, draft.findings)
    stored = [one for name, value in header.items() if (one := _stored(name, value, draft.findings)) is not None]
    stored.sort(key=lambda one: (one.start, one.end))
    complete = _check_layout(stored, size - data_start, draft.findings)
    draft.tensors = [_facts(one) for one in stored]
    draft.parameters = sum(prod(one.shape) for one in stored)
    draft.report_emptiness()
    if size > budget:
        draft.note_budget(budget)
    elif complete:
        _read_data(handle, data_start, stored, draft)
    return draft.evidence()


def _read_header(handle: BinaryIO, size: int) -> tuple[int, dict[str, Any]]:
    handle.seek(0)
    length = int.from_bytes(handle.read(8), "little")
    if length > size - 8:
        raise HeaderProblem(f"the header claims {length:,} bytes, but the file has {size:,}: it is cut short")
    if length > READ_HEADER_BYTES:
        raise HeaderProblem(f"the header claims {size_words(length)}; at most {size_words(READ_HEADER_BYTES)} are read")
    raw = handle.read(length)
    if len(raw) != length:
        raise HeaderProblem("the header could not be read whole: the file is being written")
    return 8 + length, _parsed(raw)


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        header = parse_json(raw)
    except JsonProblem as problem:
        raise HeaderProblem(f"the header {problem}") from None
    if not isinstance(header, dict):
        raise HeaderProblem("expected the header to be a JSON object")
    return header


def _metadata(header: dict[str, Any], findings: FindingList) -> dict[str, Any]:
    metadata = header.pop("__metadata__", None)
    if metadata is None:
        return {}
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        findings.error("expected `__metadata__` to map text to text", "header")
        return {}
    return {shorten(key): shorten(value, 200) for key, value in list(metadata.items())[:1000] if len(value) <= 200}


def _stored(name: str, value: Any, findings: FindingList) -> _Stored | None:
    fields = value if isinstance(value, dict) else {}
    dtype, shape, offsets = fields.get("dtype"), fields.get("shape"), fields.get("data_offsets")
    if not isinstance(dtype, str) or not _are_counts(shape) or not _are_counts(offsets) or len(offsets) != 2:
        findings.error("expected `dtype`, `shape` and two `data_offsets` in the header", name)
        return None
    known = SAFETENSORS_DTYPES.get(dtype)
    bits = 8 * ITEM_BYTES[known] if known else SAFETENSORS_PACKED.get(dtype)
    if bits is None:
        findings.warning(f"is of type {shorten(dtype, 20)}, which is not known here: its numbers were not tested", name)
    expected = -(-prod(shape) * bits // 8) if bits is not None else None
    if expected is not None and offsets[1] - offsets[0] != expected:
        needed = f"{expected:,}" if expected < _LARGEST else "more than 2^63"
        text = f"its shape {list(shape)[:8]} of {dtype} needs {needed} bytes, but its offsets span"
        findings.error(f"{text} {offsets[1] - offsets[0]:,}", name)
        return None
    return _Stored(shorten(name, MOST_NAME), known or shorten(dtype, 20), tuple(shape), offsets[0], offsets[1])


def _are_counts(value: Any) -> TypeGuard[list[int]]:
    return (
        isinstance(value, list)
        and len(value) <= 64
        and all(isinstance(one, int) and not isinstance(one, bool) and 0 <= one < _LARGEST for one in value)
    )


def _check_layout(stored: list[_Stored], length: int, findings: FindingList) -> bool:
    """Say where the data do not follow each other without gaps. True when each tensor can be read."""
    at = 0
    for one in stored:
        if one.end > length or one.end < one.start:
            findings.error(f"ends at byte {one.end:,} of the data, but there are {length:,}: cut short", one.name)
            return False
        if one.start < at:
            findings.error(f"begins at byte {one.start:,} of the data, inside the tensor before it", one.name)
            return False
        if one.start > at:
            findings.error(f"{one.start - at:,} bytes of the data before it belong to no tensor", one.name)
        at = one.end
    if at != length:
        findings.error(f"{length - at:,} bytes follow the last tensor: expected the file to end there")
    return True


def _facts(one: _Stored) -> TensorFacts:
    return TensorFacts(one.name, one.dtype, one.shape, one.end - one.start, role_in_flat_file(one.name))


def _read_data(handle: BinaryIO, data_start: int, stored: list[_Stored], draft: Draft) -> None:
    blocks = [
        Block(str(number), one.dtype, [Extent(one.name, 0, one.shape, _strides(one.shape), facts.role)])
        for number, (one, facts) in enumerate(zip(stored, draft.tensors, strict=True))
    ]
    tests = number_tests(blocks, big_endian=False)
    regions = [
        Region(data_start + one.start, data_start + one.end, tests.get(block.key))
        for one, block in zip(stored, blocks, strict=True)
    ]
    draft.digest = read_once(handle, draft.size, regions)
    draft.checksum = "not recorded"
    draft.findings.note("no checksum recorded: the format has none, so a changed byte goes unnoticed")
    draft.report_numbers(blocks, tests)


def _strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    steps = [1]
    for size in reversed(shape):
        steps.append(steps[-1] * size)
    return tuple(reversed(steps[: len(shape)]))
