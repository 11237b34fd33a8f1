"""A part is not the whole: shards, indexes and folders, by whatever name they are found, are one checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.build_checkpoints import Numbers, safetensors, torch_zip, weights
from support.build_models import a_dcp_folder
from support.workspaces import write

from collectors.contract.sections import Limits
from collectors.files.workspace import Workspace
from collectors.judge.describe import describe_checkpoint
from collectors.observe.cache import ReadCache
from collectors.observe.memory import Learnt
from collectors.observe.whole_checkpoint import WholeCheckpoints
from collectors.readers.child.process import ReaderProcess
from collectors.training.evidence import ReadFile


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


Read = Callable[[str], ReadFile[Any]]


@pytest.fixture
def read(tmp_path: Path, child: ReaderProcess) -> Iterator[Read]:
    """Reads the checkpoint that a path below the temporary folder names."""
    with Workspace(tmp_path) as workspace:
        yield WholeCheckpoints(ReadCache(workspace, child, Limits())).read


def torch_shard(name: str, seed: int = 0) -> bytes:
    numbers = Numbers()
    return torch_zip({name: numbers.add(weights(seed))}, numbers)


def errors(read: ReadFile[Any]) -> list[str]:
    return [str(f) for f in read.evidence.findings if f.severity == "error"]


def two_shards(folder: Path, stem: str = "model", ending: str = "safetensors", *, index: bool = True) -> list[str]:
    """Two sound shards and their index; the names of the shards."""
    names = [f"{stem}-0000{n}-of-00002.{ending}" for n in (1, 2)]
    for name, tensor in zip(names, "ab", strict=True):
        data = (
            safetensors({f"{tensor}.weight": weights()}) if ending == "safetensors" else torch_shard(f"{tensor}.weight")
        )
        write(folder / name, data)
    if index:
        weight_map = {"a.weight": names[0], "b.weight": names[1]}
        write(folder / f"{stem}.{ending}.index.json", json.dumps({"metadata": {}, "weight_map": weight_map}))
    return names


KINDS = [("model", "safetensors"), ("pytorch_model", "bin"), ("diffusion_pytorch_model", "safetensors"), ("mine", "pt")]


@pytest.mark.parametrize("index", [True, False], ids=["with an index", "without"])
@pytest.mark.parametrize("kind", KINDS)
def test_shards_are_one_checkpoint_by_whatever_name(
    read: Read, tmp_path: Path, kind: tuple[str, str], index: bool
) -> None:
    """The file that would be there unsharded, one shard, the folder, the index: all of them mean all shards."""
    stem, ending = kind
    names = two_shards(tmp_path / "out", stem, ending, index=index)
    asked = [f"out/{stem}.{ending}", *(f"out/{name}" for name in names), "out"]

    for path in [*asked, f"out/{stem}.{ending}.index.json"] if index else asked:
        found = read(path).evidence
        assert ([t.name for t in found.tensors], found.sound, found.finite) == (["a.weight", "b.weight"], True, True), (
            path
        )
        assert found.format == ("safetensors-sharded" if ending == "safetensors" else "torch-zip-sharded")


@pytest.mark.parametrize("index", [True, False], ids=["with an index", "without"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_shard_fails_by_name(read: Read, tmp_path: Path, kind: tuple[str, str], index: bool) -> None:
    stem, ending = kind
    names = two_shards(tmp_path / "out", stem, ending, index=index)
    for missing in (0, 1):
        away = (tmp_path / "out" / names[missing]).rename(tmp_path / "away")

        for path in (f"out/{stem}.{ending}", *(f"out/{name}" for name in names), "out"):
            assert errors(read(path)) == [f"this shard is missing ({names[missing]})"], path

        away.rename(tmp_path / "out" / names[missing])


def test_the_top_folder_itself_may_be_the_checkpoint(read: Read, tmp_path: Path) -> None:
    """`runs import` opens the folder of the outputs as its workspace."""
    names = two_shards(tmp_path)
    (tmp_path / names[0]).unlink()

    for path in ("model.safetensors", names[1], "model.safetensors.index.json"):
        assert errors(read(path)) == [f"this shard is missing ({names[0]})"]


def test_shards_may_be_called_anything_when_an_index_names_them(read: Read, tmp_path: Path) -> None:
    write(tmp_path / "one.safetensors", safetensors({"a": weights()}))
    write(tmp_path / "model.safetensors.index.json", json.dumps({"weight_map": {"a": "one.safetensors", "b": "two"}}))

    assert errors(read("one.safetensors")) == ["this shard is missing (two)"]


def test_a_file_that_no_index_names_stands_for_itself(read: Read, tmp_path: Path) -> None:
    two_shards(tmp_path)
    write(tmp_path / "best.safetensors", safetensors({"w": weights()}))

    assert [t.name for t in read("best.safetensors").evidence.tensors] == ["w"]


def test_shards_may_count_from_zero(read: Read, tmp_path: Path) -> None:
    for n in (0, 1):
        write(tmp_path / f"w-{n}-of-2.pt", torch_shard(f"t{n}"))

    for name in ("w-0-of-2.pt", "w-1-of-2.pt", "w.pt"):
        assert [t.name for t in read(name).evidence.tensors] == ["t0", "t1"]


def test_a_nan_in_any_shard_fails(read: Read, tmp_path: Path) -> None:
    names = two_shards(tmp_path)
    write(tmp_path / names[1], safetensors({"b.weight": weights() * np.nan}))

    assert read(names[0]).evidence.nonfinite_tensors == ("b.weight",)


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin", "adapter_model.safetensors"])
def test_a_folder_means_the_model_in_it(read: Read, tmp_path: Path, name: str) -> None:
    write(tmp_path / "checkpoint-30" / name, torch_shard("w") if name.endswith("bin") else safetensors())
    write(tmp_path / "checkpoint-30/optimizer.pt", b"not asked")

    found = read("checkpoint-30")

    assert (found.path, found.evidence.sound) == (f"checkpoint-30/{name}", True)


def test_a_changed_shard_is_read_again_though_its_index_is_the_same(read: Read, tmp_path: Path) -> None:
    names = two_shards(tmp_path)
    assert read("model.safetensors").evidence.sound

    write(tmp_path / names[0], safetensors({"a.weight": weights()})[:-4], 1_790_000_100)

    assert not read("model.safetensors").evidence.sound


def test_a_changed_shard_is_read_again_after_a_restart(tmp_path: Path, child: ReaderProcess) -> None:
    """What was learnt of the other shards is kept."""
    names = two_shards(tmp_path / "ws")

    def start() -> ReadCache:
        return ReadCache(Workspace(tmp_path / "ws"), child, Limits(), Learnt(tmp_path / "state", "key"))

    first = start()
    assert WholeCheckpoints(first).read(names[0]).evidence.sound
    first.save()
    write(tmp_path / "ws" / names[0], safetensors({"a.weight": weights() * np.nan}), 1_790_000_100)

    again = start()

    assert not WholeCheckpoints(again).read(names[0]).evidence.sound
    assert again.readings == 2, "the changed shard, and what all are together"


def test_unchanged_shards_are_read_once(read: Read, tmp_path: Path) -> None:
    names = two_shards(tmp_path)
    (tmp_path / names[1]).unlink()

    first = read("model.safetensors")

    assert read("model.safetensors") is first


def test_a_checkpoint_is_as_new_as_its_newest_part(read: Read, tmp_path: Path) -> None:
    names = two_shards(tmp_path)
    write(tmp_path / names[1], (tmp_path / names[1]).read_bytes(), 2_000_000_000)

    assert read(names[0]).facts.modified_at == 2_000_000_000


def dcp(folder: Path) -> Path:
    for name, data in a_dcp_folder().items():
        write(folder / name, data)
    return folder


def test_a_distributed_checkpoint_is_one_checkpoint(read: Read, tmp_path: Path) -> None:
    """The folder, its metadata, one file of it, the folder of the step around it."""
    dcp(tmp_path / "checkpoint-9/pytorch_model_fsdp_0")
    inside = "checkpoint-9/pytorch_model_fsdp_0"

    for path in (inside, f"{inside}/.metadata", f"{inside}/__1_0.distcp", "checkpoint-9"):
        found = read(path)
        assert (found.path, found.evidence.sound, len(found.evidence.tensors)) == (f"{inside}/.metadata", True, 3)
        assert "72 numbers, sizes of its files agree, numbers not read" in describe_checkpoint(found.evidence)
        assert found.evidence.data_read == "none"


def test_a_file_of_another_rank_that_is_missing_or_short_is_named(read: Read, tmp_path: Path) -> None:
    folder = dcp(tmp_path / "step-9")
    write(folder / "__0_0.distcp", b"PK\x03\x04")
    (folder / "__1_0.distcp").unlink()

    assert errors(read("step-9")) == [
        "a part of it has 4 B (4 bytes), but must have 1,120: it is cut short (__0_0.distcp)",
        "a part of it is missing (__1_0.distcp)",
    ]


def test_a_distributed_save_that_was_interrupted_has_no_metadata(read: Read, tmp_path: Path) -> None:
    """It is written last."""
    (dcp(tmp_path / "step-9") / ".metadata").unlink()

    found = read("step-9")

    assert (found.path, found.missing) == ("step-9/.metadata", True)


TENSORFLOW = {"ckpt-5.index": b"x", "ckpt-5.data-00000-of-00002": b"x", "ckpt-5.data-00001-of-00002": b"x"}
OPAQUE: dict[str, tuple[dict[str, bytes], str]] = {
    "orbax": ({"_CHECKPOINT_METADATA": b"{}", "d/abc": b"x"}, "an orbax checkpoint"),
    "orbax step": ({"default/manifest.ocdbt": b"x", "default/d/abc": b"x"}, "an orbax checkpoint"),
    "orbax manager": ({"100/_CHECKPOINT_METADATA": b"{}", "90/_CHECKPOINT_METADATA": b"{}"}, "an orbax checkpoint"),
    "SavedModel": ({"saved_model.pb": b"x", "variables/variables.index": b"x",
                    "variables/variables.data-00000-of-00001": b"x"}, "a TensorFlow SavedModel"),
    "TensorFlow": ({"checkpoint": b"model_checkpoint_path", **TENSORFLOW}, "a TensorFlow checkpoint"),
    "DeepSpeed": ({"zero_to_fp32.py": b"x", "latest": b"global_step5"}, "a DeepSpeed checkpoint folder"),
}  # fmt: skip


@pytest.mark.parametrize("name", OPAQUE)
def test_a_folder_of_a_known_format_is_named(read: Read, tmp_path: Path, name: str) -> None:
    files, words = OPAQUE[name]
    for path, data in files.items():
        write(tmp_path / "saved" / path, data)

    found = read("saved")

    assert (found.evidence.opaque, errors(found)) == (words, [])
    assert found.facts.problem is None


@pytest.mark.parametrize("name", sorted(OPAQUE.keys() - {"orbax manager", "TensorFlow"}))
def test_every_file_of_a_folder_of_a_known_format_is_one_of_the_checkpoint(
    read: Read, tmp_path: Path, name: str
) -> None:
    for path, data in {**OPAQUE[name][0], "d/.zarray": b""}.items():
        write(tmp_path / "saved" / path, data)

    assert {one.path for one in read("saved").files} == {f"saved/{path}" for path in (*OPAQUE[name][0], "d/.zarray")}


def test_the_files_of_a_checkpoint_are_all_its_shards_and_its_index_or_itself(read: Read, tmp_path: Path) -> None:
    names = two_shards(tmp_path / "out")
    write(tmp_path / "best.safetensors", safetensors({"a.weight": weights()}))
    dcp(tmp_path / "step-9")
    for path, data in OPAQUE["orbax manager"][0].items():
        write(tmp_path / "manager" / path, data, 2_000_000_000 if path.startswith("90") else 1_900_000_000)

    def files(path: str) -> list[str]:
        return [one.path for one in read(path).files]

    assert files("out") == ["out/model.safetensors.index.json", *(f"out/{name}" for name in names)]
    assert files("best.safetensors") == ["best.safetensors"]
    assert sorted(files("step-9")) == ["step-9/.metadata", "step-9/__0_0.distcp", "step-9/__1_0.distcp"]
    assert files("manager") == ["manager/90/_CHECKPOINT_METADATA"]


@pytest.mark.parametrize("path", ["saved/ckpt-5", *(f"saved/{name}" for name in TENSORFLOW)])
def test_a_tensorflow_checkpoint_is_known_by_its_prefix_and_by_any_part(read: Read, tmp_path: Path, path: str) -> None:
    for name, data in TENSORFLOW.items():
        write(tmp_path / "saved" / name, data)
    assert read(path).evidence.opaque == "a TensorFlow checkpoint"

    (tmp_path / "saved/ckpt-5.data-00001-of-00002").unlink()

    assert errors(read(path)) == ["a part of it is missing (saved/ckpt-5.data-00001-of-00002)"]


def test_a_saved_model_without_its_variables_is_no_whole_one(read: Read, tmp_path: Path) -> None:
    write(tmp_path / "saved/saved_model.pb", b"x")
    write(tmp_path / "saved/variables/variables.data-00000-of-00001", b"x")

    assert errors(read("saved")) == ["a part of it is missing (saved/variables/variables.index)"]


def test_a_folder_of_anything_else_is_a_folder(read: Read, tmp_path: Path) -> None:
    write(tmp_path / "saved/notes.txt", b"x")

    assert read("saved").facts.problem == "is a folder; a regular file was expected"


@pytest.mark.parametrize(
    "path", ["nothing.pt", "nothing", "m-1-of-0.pt", "model-00001-of-00002.safetensors", "a/b/.metadata"]
)
def test_what_is_not_there_is_missing(read: Read, path: str) -> None:
    assert read(path).missing
