"""Torch files at their edges: what begins one, what a damaged part still tells, and what a budget leaves out."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from support.build_checkpoints import MAGIC_NUMBER, Numbers, keras, safetensors, torch_legacy, torch_zip
from support.build_pickles import Call, Name, Raw, opcodes, pickled
from support.build_zips import Entry

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.readers.checkpoint.read import read_checkpoint
from collectors.readers.checkpoint.torch_legacy import MAGIC, is_torch_legacy


def read(data: bytes, **options: int) -> CheckpointEvidence:
    """What the reader finds in these bytes."""
    return read_checkpoint(io.BytesIO(data), len(data), **options)


def told(evidence: CheckpointEvidence, severity: str) -> list[str]:
    """What is said with one severity."""
    return [str(finding) for finding in evidence.findings if finding.severity == severity]


@pytest.mark.parametrize(
    ("start", "is_one"),
    [
        (pickled(MAGIC_NUMBER), True),
        (torch_legacy()[:64], True),
        (b"x" + pickled(MAGIC_NUMBER)[1:], False),
        (pickled("a text before it, quite long") + MAGIC, False),
        (b"\x80\x02" + bytes(20), False),
        (b"\x80" + bytes(31 - len(MAGIC)) + MAGIC, True),
        (b"\x80" + bytes(32 - len(MAGIC)) + MAGIC, False),
        (b"", False),
    ],
)
def test_the_old_format_begins_with_a_pickle_of_its_magic_number(start: bytes, is_one: bool) -> None:
    assert is_torch_legacy(start) is is_one


@pytest.mark.parametrize("build", [torch_zip, torch_legacy, safetensors])
def test_above_its_budget_a_file_says_that_only_its_structure_was_read(build: Callable[[], bytes]) -> None:
    data = build()

    within, above = read(data, budget=len(data)), read(data, budget=len(data) - 1)

    assert not [text for text in told(within, "note") if text.startswith("structure only")]
    assert [text for text in told(above, "note") if text.startswith("structure only: ")] != []
    assert (within.data_read, above.data_read) == ("all", "none")
    assert (within.sha256 is None, above.sha256 is None) == (False, True)
    assert above.tensors == within.tensors


def test_what_was_found_before_a_pickle_breaks_off_is_kept() -> None:
    """The call that it names is the news; that it is cut short is the smaller part."""
    whole = torch_legacy({"hook": Call(Name("os", "system"), ("true",))})
    end = whole.index(b"system") + 30

    errors = told(read(whole[:end]), "error")

    assert any("os.system" in text for text in errors)
    assert len(errors) >= 2


def with_entry(name: str, data: bytes | None) -> bytes:
    """A torch zip one of whose small entries is another one; None leaves it out."""

    def edit(entries: list[Entry]) -> list[Entry]:
        kept = [entry for entry in entries if entry.name != f"archive/{name}"]
        return kept if data is None else [*kept, Entry(f"archive/{name}", data)]

    return torch_zip(edit=edit)


@pytest.mark.parametrize(
    ("version", "errors", "warnings"),
    [
        (b"3\n", [], []),
        (b"10", [], []),
        (b"11", [], ["file version 11 is newer than 10, the newest that is known (version)"]),
        (b"three", ["expected a number as file version, found b'three' (version)"], []),
        (b"", ["expected a number as file version, found b'' (version)"], []),
        (None, ["the entry `version` is missing: torch.load refuses the file"], []),
    ],
)
def test_a_file_version_is_a_number_that_is_known(
    version: bytes | None, errors: list[str], warnings: list[str]
) -> None:
    evidence = read(with_entry("version", version))

    assert (told(evidence, "error"), told(evidence, "warning")) == (errors, warnings)


def test_a_version_that_is_too_long_is_said_and_not_called_missing() -> None:
    for name in ("version", "byteorder"):
        errors = told(read(with_entry(name, b"3" * 65)), "error")
        assert errors == [f"has 65 bytes; at most 64 are read (archive/{name})"]


@pytest.mark.parametrize(
    ("order", "errors"),
    [
        (b"little", []),
        (b"big", []),
        (None, []),
        (b"middle", ["expected `little` or `big` as byte order, found b'middle' (byteorder)"]),
    ],
)
def test_a_byte_order_is_one_of_two_or_left_out(order: bytes | None, errors: list[str]) -> None:
    assert told(read(with_entry("byteorder", order)), "error") == errors


@pytest.mark.parametrize("little", [True, False])
@pytest.mark.parametrize("order", ["<f4", ">f4"])
def test_the_old_format_says_in_which_order_its_bytes_stand(order: str, little: bool) -> None:
    """NaN in one order is a small number in the other."""
    numbers = Numbers(legacy=True)
    data = torch_legacy({"w": numbers.add(np.array([np.nan, 1.0], order))}, numbers, little_endian=little)

    assert read(data).finite is ((order == "<f4") is not little)


def test_a_keras_file_has_no_numbers_here_and_says_so() -> None:
    evidence = read(keras())

    assert (evidence.format, evidence.finite) == ("keras", None)


def test_blocks_of_the_old_format_are_read_up_to_where_the_file_breaks_off() -> None:
    numbers = Numbers(legacy=True)
    whole = torch_legacy({"a": numbers.add(np.ones(4, "<f4")), "b": numbers.add(np.ones(3, "<f4"))}, numbers)
    last = len(whole) - 12  # where the numbers of the second block begin

    assert (read(whole).data_read, told(read(whole), "error")) == ("all", [])
    for cut, text in (
        (1, "the file ends 1 bytes before the numbers do: it is cut short"),
        (12, "the file ends 12 bytes before the numbers do: it is cut short"),
        (13, "expected 3 numbers, found a block of 3"),
        (20, "expected 3 numbers, found a block of 0"),
    ):
        found = read(whole[: len(whole) - cut])
        assert told(found, "error") == [f"{text} (storage 1, offset {last - 8:,})"], cut
        assert (found.data_read, found.finite) == ("part", True)
    assert told(read(whole + b"x"), "error") == [
        f"1 bytes follow the numbers: expected the file to end there (offset {len(whole):,})"
    ]


def test_the_old_format_tells_the_first_twenty_signs_of_a_protocol() -> None:
    for protocol in (10**19, 10**29):
        (error,) = told(read(torch_legacy(protocol=protocol)), "error")
        assert error == f"expected format 1001, found {str(protocol)[:20]} (second pickle)"


def test_a_pickle_of_the_old_format_may_be_longer_than_the_first_look() -> None:
    """A cut within it is told with its place in the file."""
    numbers = Numbers(legacy=True)
    text = "x" * 1_200_000
    whole = torch_legacy({"w": numbers.add(np.ones(4, "<f4")), "note": {"long": text, "epoch": 3}}, numbers)

    assert (read(whole).sound, read(whole).scalars) == (True, {"note.epoch": 3})
    (error,) = told(read(whole[:1_100_000]), "error")
    place = int(error.rpartition("offset ")[2].rstrip(")").replace(",", ""))
    assert place == whole.index(b"X\x04\0\0\0long"), "what was read last"


def test_a_tensor_that_nothing_holds_is_tested_all_the_same() -> None:
    """It was made, and then thrown away."""
    numbers = Numbers()
    lost = numbers.add(np.full(3, np.nan, "<f4"))
    value = {"w": numbers.add(np.ones(4, "<f4")), "note": Raw(opcodes(lost) + b"0" + opcodes(1))}
    found = read(torch_zip(value, numbers))

    assert [one.name for one in found.tensors] == ["w", "(tensor 1 without a name)"]
    assert found.nonfinite_tensors == ("(tensor 1 without a name)",)


def test_entries_of_a_torch_zip_lie_in_one_folder_in_any_order() -> None:
    def moved(edit: Callable[[list[Entry]], list[Entry]]) -> CheckpointEvidence:
        return read(torch_zip(edit=edit))

    assert moved(lambda entries: entries[::-1]).sound
    beside = moved(lambda entries: [*entries, Entry("readme", b"x"), Entry("zz", b"y")])
    assert told(beside, "error") == ["expected every entry in one root folder, found one outside of any (readme)"]
    second = moved(lambda entries: [*entries, Entry("other/x", b"x")])
    assert told(second, "error") == ["expected one root folder, found 2: archive, other"]


def test_an_unreadable_version_and_byte_order_are_told_in_twenty_bytes() -> None:
    for name, start in (
        ("version", "expected a number as file version"),
        ("byteorder", "expected `little` or `big` as"),
    ):
        (error,) = told(read(with_entry(name, b"v" * 30)), "error")
        assert error.startswith(start)
        assert error.endswith(f"found {b'v' * 20!r} ({name})")


def test_without_its_version_a_torch_zip_is_refused() -> None:
    assert told(read(with_entry("version", None)), "error") == [
        "the entry `version` is missing: torch.load refuses the file"
    ]
    assert told(read(with_entry("version", b"11")), "warning") != []
    assert told(read(with_entry("version", b"10")), "warning") == []


def test_a_pickle_that_cannot_be_placed_is_told_once() -> None:
    def broken(entries: list[Entry]) -> list[Entry]:
        return [*entries[1:], replace(entries[0], magic=b"XXXX")]

    found = read(torch_zip(edit=broken))

    (error,) = told(found, "error")
    assert error.startswith("expected its header at offset")
    assert error.endswith("found other bytes (archive/data.pkl)")
    assert found.tensors == ()


def test_entries_that_share_bytes_are_not_read() -> None:
    def overlapping(entries: list[Entry]) -> list[Entry]:
        data = next(at for at, entry in enumerate(entries) if entry.name.endswith("data/0"))
        return [*entries[:data], replace(entries[data], size=200, packed_size=200), *entries[data + 1 :]]

    found = read(torch_zip(edit=overlapping))

    assert any("its contents overlap those of" in text for text in told(found, "error"))
    assert (found.data_read, found.sha256) == ("none", None)
