"""What a safetensors header must be, to the byte."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from support.build_checkpoints import safetensors

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.readers.checkpoint.read import read_checkpoint
from collectors.readers.checkpoint.safetensors import (
    MOST_HEADER_BYTES,
    READ_HEADER_BYTES,
    is_safetensors,
    read_safetensors,
)


def read(data: bytes) -> CheckpointEvidence:
    """What the reader finds in these bytes."""
    return read_checkpoint(io.BytesIO(data), len(data))


def errors(evidence: CheckpointEvidence) -> list[str]:
    """Errors, with their place."""
    return [str(finding) for finding in evidence.findings if finding.severity == "error"]


def entry(start: int, end: int, dtype: str = "F32", shape: list[int] | None = None) -> dict[str, Any]:
    """One tensor's row of the header."""
    return {"dtype": dtype, "shape": [(end - start) // 4] if shape is None else shape, "data_offsets": [start, end]}


def of(header: Any, data: int) -> CheckpointEvidence:
    """A file of this header and so many zero bytes."""
    return read(safetensors({}, header=header, tail=bytes(data)))


@pytest.mark.parametrize(
    "metadata",
    [
        {"format": "pt", "epoch": 3},
        {"epoch": 3, "format": "pt"},
        {"a": None},
        {"a": ["pt"]},
        ["pt"],
        "pt",
        7,
    ],
)
def test_metadata_are_text_and_nothing_else(metadata: Any) -> None:
    """One value that is no text is enough."""
    evidence = of({"__metadata__": metadata, "a": entry(0, 8)}, 8)

    assert errors(evidence) == ["expected `__metadata__` to map text to text (header)"]
    assert evidence.scalars == {}
    assert [tensor.name for tensor in evidence.tensors] == ["a"]


def test_metadata_of_texts_are_kept_unless_they_are_long() -> None:
    evidence = of({"__metadata__": {"format": "pt", "just": "x" * 200, "long": "x" * 201}, "a": entry(0, 8)}, 8)

    assert evidence.scalars == {"format": "pt", "just": "x" * 200}
    assert errors(evidence) == []


@pytest.mark.parametrize(
    "row",
    [
        {"shape": [2], "data_offsets": [0, 8]},
        {"dtype": 3, "shape": [2], "data_offsets": [0, 8]},
        {"dtype": "F32", "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": 2, "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2.0], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [True, 2], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2], "data_offsets": [0]},
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 8, 9]},
        {"dtype": "F32", "shape": [2], "data_offsets": [0, "8"]},
        {"dtype": "F32", "shape": [1] * 65, "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1 << 63], "data_offsets": [0, 8]},
        "F32",
        None,
    ],
)
def test_a_row_that_lacks_anything_is_named(row: Any) -> None:
    evidence = of({"a": entry(0, 8), "b": row}, 8)

    assert "expected `dtype`, `shape` and two `data_offsets` in the header (b)" in errors(evidence)
    assert [tensor.name for tensor in evidence.tensors] == ["a"]


def test_a_shape_of_64_sizes_is_the_longest() -> None:
    assert errors(of({"a": entry(0, 4, shape=[1] * 64)}, 4)) == []


@pytest.mark.parametrize(
    ("header", "size", "said"),
    [
        ({"a": entry(0, 8), "b": entry(8, 16)}, 16, []),
        ({"b": entry(8, 16), "a": entry(0, 8)}, 16, []),
        ({"a": entry(0, 8)}, 9, ["1 bytes follow the last tensor: expected the file to end there"]),
        ({"a": entry(4, 8)}, 8, ["4 bytes of the data before it belong to no tensor (a)"]),
        ({"a": entry(0, 8)}, 7, ["ends at byte 8 of the data, but there are 7: cut short (a)"]),
        (
            {"a": entry(0, 8), "b": entry(4, 12)},
            12,
            ["begins at byte 4 of the data, inside the tensor before it (b)"],
        ),
        (
            {"a": entry(0, 8, shape=[3])},
            8,
            ["its shape [3] of F32 needs 12 bytes, but its offsets span 8 (a)"],
        ),
        (
            {"a": entry(0, 8, shape=[1 << 40, 1 << 40])},
            8,
            ["its shape [1099511627776, 1099511627776] of F32 needs more than 2^63 bytes, but its offsets span 8 (a)"],
        ),
    ],
)
def test_tensors_cover_the_data_without_gap_or_overlap(header: Any, size: int, said: list[str]) -> None:
    assert errors(of(header, size))[: len(said) or None] == said


def test_an_unknown_type_is_a_warning_and_its_numbers_are_not_guessed_at() -> None:
    evidence = of({"a": entry(0, 8, "F5_E2M2", [3])}, 8)

    assert errors(evidence) == []
    assert (evidence.tensors[0].dtype, evidence.tensors[0].size_bytes) == ("F5_E2M2", 8)
    assert "which is not known here" in evidence.findings[0].text


@pytest.mark.parametrize(("dtype", "size"), [("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6)])
def test_numbers_of_less_than_a_byte_have_the_size_that_their_shape_needs(dtype: str, size: int) -> None:
    """Safetensors writes them from version 0.6 on; they can hold no NaN."""
    whole, short = of({"a": entry(0, size, dtype, [2, 4])}, size), of({"a": entry(0, 3, dtype, [2, 4])}, 3)

    assert [one.severity for one in whole.findings] == ["note"]
    assert errors(short)[0] == f"its shape [2, 4] of {dtype} needs {size} bytes, but its offsets span 3 (a)"


@pytest.mark.parametrize(
    ("start", "is_one"),
    [
        ((2).to_bytes(8, "little") + b"{", True),
        ((1).to_bytes(8, "little") + b"{", False),
        ((2).to_bytes(8, "little") + b"[", False),
        ((2).to_bytes(8, "little"), False),
        (MOST_HEADER_BYTES.to_bytes(8, "little") + b"{", True),
        ((MOST_HEADER_BYTES + 1).to_bytes(8, "little") + b"{", False),
        (b"", False),
    ],
)
def test_a_plausible_length_and_a_brace_make_a_safetensors_file(start: bytes, is_one: bool) -> None:
    assert is_safetensors(start) is is_one


def test_a_header_of_exactly_the_file_is_whole_and_one_byte_more_is_cut() -> None:
    raw = json.dumps({"a": entry(0, 0, shape=[0])}).encode()

    whole = read(len(raw).to_bytes(8, "little") + raw)
    cut = read((len(raw) + 1).to_bytes(8, "little") + raw)

    assert errors(whole) == [] or "cut short" not in errors(whole)[0]
    assert errors(cut) == [
        f"the header claims {len(raw) + 1} bytes, but the file has {len(raw) + 8}: it is cut short (header)"
    ]


def test_optimizer_state_is_told_by_the_first_part_of_its_name() -> None:
    header = {"optimizer.state.0.exp_avg": entry(0, 8), "encoder.optimizer": entry(8, 16), "a": entry(16, 24)}

    tensors = {tensor.name: tensor.optimizer for tensor in of(header, 24).tensors}

    assert tensors == {"optimizer.state.0.exp_avg": True, "encoder.optimizer": False, "a": False}


def test_a_header_longer_than_is_read_is_refused_before_it_is_read() -> None:
    """The size is what the file had when it was opened."""
    for length, words in (
        (READ_HEADER_BYTES, "the header could not be read whole: the file is being written"),
        (READ_HEADER_BYTES + 1, "the header claims 33.6 MB; at most 33.6 MB are read"),
    ):
        start = length.to_bytes(8, "little") + b"{"
        (problem,) = read_safetensors(io.BytesIO(start), length + 8, 1 << 40).findings
        assert problem.text == words


def test_a_header_up_to_the_last_byte_is_whole_and_a_byte_more_is_cut_short() -> None:
    whole = safetensors({}, header={"a": entry(0, 0)})

    assert "cut short" not in str(read(whole).findings)
    assert read(whole[:-1]).findings[0].text == (
        f"the header claims {len(whole) - 8:,} bytes, but the file has {len(whole) - 1:,}: it is cut short"
    )


def test_a_tensor_has_the_bytes_between_its_offsets_and_numbers_are_read_unless_they_cannot_be_placed() -> None:
    whole = of({"a": entry(0, 8), "b": entry(8, 24)}, 24)
    gap = of({"a": entry(0, 8), "b": entry(12, 24)}, 24)
    inside = of({"a": entry(0, 8), "b": entry(4, 24)}, 24)
    beyond = of({"a": entry(0, 8), "b": entry(8, 24)}, 23)

    assert [one.size_bytes for one in whole.tensors] == [8, 16]
    assert [one.data_read for one in (whole, gap, inside, beyond)] == ["all", "all", "none", "none"]
    assert errors(gap) == ["4 bytes of the data before it belong to no tensor (b)"]
    assert errors(inside) == ["begins at byte 4 of the data, inside the tensor before it (b)"]
    assert errors(beyond) == ["ends at byte 24 of the data, but there are 23: cut short (b)"]
    assert errors(of({"a": entry(0, 8)}, 12)) == ["4 bytes follow the last tensor: expected the file to end there"]


def test_an_unknown_type_is_told_in_at_most_twenty_signs() -> None:
    for dtype, shown in (("X" * 20, "X" * 20), ("X" * 21, "X" * 19 + "…")):
        found = of({"a": entry(0, 4, dtype)}, 4)
        assert [one.text for one in found.findings if one.severity == "warning"] == [
            f"is of type {shown}, which is not known here: its numbers were not tested"
        ]
        assert found.tensors[0].dtype == shown


def test_the_first_eight_sizes_of_a_shape_are_told() -> None:
    (problem,) = errors(of({"a": entry(0, 4, shape=[1, 1, 1, 1, 1, 1, 1, 3, 7])}, 4))[:1]

    assert problem.startswith("its shape [1, 1, 1, 1, 1, 1, 1, 3] of F32 needs 84 bytes, but its offsets span 4")


def test_a_shape_has_at_most_64_sizes() -> None:
    for sizes, is_read in ((64, True), (65, False)):
        found = of({"a": entry(0, 4, shape=[1] * sizes)}, 4)
        assert (errors(found) == []) is is_read


@pytest.mark.parametrize("header", [[], [1], 3, "x", None])
def test_a_header_that_is_no_object_is_told(header: Any) -> None:
    raw = json.dumps(header).encode()
    data = len(raw).to_bytes(8, "little") + raw

    assert errors(read_safetensors(io.BytesIO(data), len(data), 1000)) == [
        "expected the header to be a JSON object (header)"
    ]
