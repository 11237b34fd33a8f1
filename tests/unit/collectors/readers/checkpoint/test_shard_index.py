"""Numbered names: which files a name such as `model-00001-of-00002.bin` speaks of."""

from __future__ import annotations

import json

import pytest

from collectors.readers.checkpoint.shard_index import MOST_TENSORS, is_index_name, numbered_shards, read_shard_index


def test_a_number_speaks_of_all_the_others() -> None:
    found = numbered_shards("model-00002-of-00003.safetensors")

    assert found is not None
    assert (found.sound, found.weight_map) == (True, {})
    assert found.shards == tuple(f"model-0000{n}-of-00003.safetensors" for n in (1, 2, 3))


def test_some_count_from_zero() -> None:
    found = numbered_shards("w-0-of-2")

    assert found is not None
    assert (found.sound, found.shards) == (True, ("w-0-of-2", "w-1-of-2"))


@pytest.mark.parametrize("name", ["model.safetensors", "best-of-3.pt", "model-1-of-n.bin", "1-of-2.bin", "a-of-b"])
def test_any_other_name_speaks_of_itself_only(name: str) -> None:
    assert numbered_shards(name) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [("m-00005-of-00002.bin", "beyond the 2 shards"), ("m-1-of-0.bin", "beyond the 0 shards"),
     ("m-000001-of-999999.bin", "at most 1,000 are read")],
)  # fmt: skip
def test_numbers_that_cannot_be_are_named(name: str, text: str) -> None:
    found = numbered_shards(name)

    assert found is not None
    assert len(found.shards) <= 1_000
    assert any(text in str(finding) for finding in found.findings)


@pytest.mark.parametrize(
    ("name", "is_index"),
    [
        ("model.safetensors.index.json", True),
        ("pytorch_model.bin.index.json", True),
        ("diffusion_pytorch_model.safetensors.index.fp16.json", True),
        ("index.json", False),
        ("model.index", False),
        ("config.json", False),
    ],
)
def test_an_index_is_known_by_its_name(name: str, is_index: bool) -> None:
    assert is_index_name(name) is is_index


def test_more_tensors_than_any_model_has_are_counted_and_not_kept() -> None:
    names = {f"l.{n}": "model.safetensors" for n in range(MOST_TENSORS + 1)}
    [finding] = read_shard_index(json.dumps({"weight_map": names}).encode()).findings
    assert finding.text == "names 200,001 tensors; at most 200,000 are read"

    del names["l.0"]
    found = read_shard_index(json.dumps({"weight_map": names}).encode())
    assert (found.findings, len(found.weight_map)) == ((), MOST_TENSORS)
