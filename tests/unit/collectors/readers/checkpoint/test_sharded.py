"""A folder of shards: the index against what the shards hold."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np
import pytest
from support.build_checkpoints import Numbers, safetensors, torch_zip, weights

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.files.workspace import CannotRead
from collectors.judge.describe import describe_checkpoint
from collectors.readers.checkpoint.read import read_checkpoint
from collectors.readers.checkpoint.shard_index import read_shard_index
from collectors.readers.checkpoint.sharded import join_shards, read_sharded

A, B = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"


class Folder:
    """Shards in memory, and which of them were opened."""

    def __init__(self, **shards: bytes) -> None:
        self.shards = {A: safetensors({"a.weight": weights(1)}), B: safetensors({"b.weight": weights(2)})} | shards
        self.opened: list[str] = []

    @contextmanager
    def open(self, name: str) -> Iterator[tuple[BinaryIO, int]]:
        """A shard by its name."""
        self.opened.append(name)
        if name not in self.shards:
            raise CannotRead(name, "does not exist", missing=True)
        yield io.BytesIO(self.shards[name]), len(self.shards[name])

    def read(self, weight_map: Any = None, *, total: Any = 256, **options: Any) -> CheckpointEvidence:
        """Read with this index."""
        chosen = {"a.weight": A, "b.weight": B} if weight_map is None else weight_map
        index = json.dumps({"metadata": {"total_size": total}, "weight_map": chosen}).encode()
        return read_sharded(index, self.open, **options)


def errors(evidence: CheckpointEvidence) -> list[str]:
    """Findings that break the files."""
    return [str(finding) for finding in evidence.findings if finding.severity == "error"]


def test_sound_shards_are_one_checkpoint() -> None:
    """Tensors and numbers of all shards together, each shard opened once."""
    folder = Folder()

    evidence = folder.read()

    assert (evidence.format, evidence.sound, evidence.finite) == ("safetensors-sharded", True, True)
    assert [tensor.name for tensor in evidence.tensors] == ["a.weight", "b.weight"]
    assert (evidence.parameters, evidence.data_read, folder.opened) == (64, "all", [A, B])
    assert "2 tensors, 64 numbers, no checksum recorded, all finite" in describe_checkpoint(evidence)


def test_torch_shards_work_the_same() -> None:
    """`pytorch_model.bin.index.json` names torch zips."""
    numbers = Numbers()
    folder = Folder(x=torch_zip({"w": numbers.add(weights())}, numbers))

    evidence = folder.read({"w": "x"}, total=128)

    assert (evidence.format, evidence.checksum, evidence.sound) == ("torch-zip-sharded", "ok", True)


def test_a_missing_shard_is_named() -> None:
    """The shard and why it cannot be read."""
    assert errors(Folder().read({"a.weight": A, "b.weight": "gone"})) == [
        "this shard cannot be read: does not exist (gone)"
    ]


def test_a_tensor_in_no_shard_is_named() -> None:
    """Promised by the index, absent from the shard; and the other way round."""
    found = errors(Folder().read({"a.weight": A, "other": B}))

    assert found == [
        f"the index promises 1 tensor that the shard lacks: other ({B})",
        f"holds 1 tensor that the index does not name: b.weight ({B})",
    ]


def test_a_broken_shard_breaks_the_whole() -> None:
    """Findings carry the shard's name."""
    folder = Folder(**{B: safetensors({"b.weight": np.array([np.nan] * 32, "<f4").reshape(8, 4)})})

    evidence = folder.read()

    assert (evidence.finite, evidence.nonfinite_tensors) == (False, ("b.weight",))
    assert errors(evidence) == [f"holds 32 NaN of 32 numbers: expected finite weights ({B}: b.weight)"]


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a\\b", "..", "", "C:x", "a\0b"])
def test_shards_are_plain_names(name: str) -> None:
    """Anything that could lead elsewhere is never opened."""
    folder = Folder()

    evidence = folder.read({"a.weight": A, "b.weight": name})

    assert not evidence.sound
    assert folder.opened == [A]


def test_the_budget_is_shared() -> None:
    """Once it is used up, the next shards are read by structure only."""
    folder = Folder()
    evidence = folder.read(budget=len(folder.shards[A]) + 10)

    assert (evidence.sound, evidence.data_read, evidence.finite) == (True, "part", True)
    assert describe_checkpoint(evidence).endswith("CRC partly compared, finite where it was read")


def test_the_promised_size_is_compared() -> None:
    """A total that does not fit is a warning."""
    evidence = Folder().read(total=999_000)

    assert [f.text for f in evidence.findings if f.severity == "warning"] == [
        "the index promises 999 kB of numbers, the shards hold 256 B"
    ]


@pytest.mark.parametrize(
    ("index", "text"),
    [
        (b"", "not JSON"),
        (b"[1]", "expected `weight_map`"),
        (b"{}", "expected `weight_map`"),
        (b'{"weight_map": []}', "expected `weight_map`"),
        (b'{"weight_map": {}}', "expected `weight_map`"),
        (b"[" * 100_000, "not JSON"),
        (b" " * (33 << 20), "at most"),
        (json.dumps({"weight_map": {str(n): str(n) for n in range(1001)}}).encode(), "at most 1,000"),
    ],
    ids=["empty", "list", "nothing", "no map", "empty map", "deep", "33 MB", "1001 shards"],
)
def test_a_bad_index_is_named(index: bytes, text: str) -> None:
    """What is wrong with the index is an error."""
    evidence = read_sharded(index, Folder().open)

    assert any(text in message for message in errors(evidence))


def test_a_disk_error_is_told_of_the_shard() -> None:
    """An error of the disk does not end the reading of the others."""

    @contextmanager
    def broken(name: str) -> Iterator[tuple[BinaryIO, int]]:
        raise OSError(5, "Input/output error")
        yield io.BytesIO(), 0

    index = json.dumps({"weight_map": {"a": A}}).encode()

    assert errors(read_sharded(index, broken))[0] == f"this shard cannot be read: Input/output error ({A})"


def test_the_budget_left_is_what_the_shards_before_did_not_take_and_never_below_nothing() -> None:
    folder, budgets = Folder(), []

    def noting(handle: BinaryIO, size: int, *, name: str, budget: int) -> CheckpointEvidence:
        budgets.append(budget)
        return read_checkpoint(handle, size, name=name, budget=budget)

    first = len(folder.shards[A])
    for budget, left in ((first + 7, 7), (first, 0), (first - 1, 0)):
        budgets.clear()
        folder.read(budget=budget, read=noting)
        assert budgets == [budget, left]


def test_the_size_is_that_of_the_index_and_of_all_shards() -> None:
    folder = Folder()
    index = json.dumps({"metadata": {"total_size": 256}, "weight_map": {"a.weight": A, "b.weight": B}}).encode()

    assert folder.read().size_bytes == len(index) + sum(map(len, folder.shards.values()))


def test_a_shard_in_a_format_without_a_reader_names_it_and_nothing_is_compared() -> None:
    evidence = Folder(**{B: b"GGUF\x03\0\0\0" + bytes(40)}).read()

    assert evidence.opaque == "a GGUF model"
    assert errors(evidence) == []


def test_an_index_without_a_map_compares_nothing() -> None:
    evidence = join_shards(read_shard_index(b'{"weight_map": {}}'), {A: "this shard cannot be read: gone"})

    assert errors(evidence) == [
        "expected `weight_map` to name the shard of each tensor (index)", f"this shard cannot be read: gone ({A})"
    ]  # fmt: skip
