"""Torch files at their edges: what begins one, what a damaged part still tells, and what a budget leaves out."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from support.build_checkpoints import MAGIC_NUMBER, Numbers, keras, safetensors, torch_legacy, torch_zip
from support.build_pickles import Call, Name, pickled
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
