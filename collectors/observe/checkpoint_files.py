"""The path of a checkpoint -> which files are the whole checkpoint: a part is not the whole.

Input: a workspace, and a path that names a file, a shard, an index, a folder, or what would stand there if
it were one file. Output: `Whole`. It looks at names only, reads nothing, and takes what it does not know
for one file.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from collectors.evidence.files import FileFacts
from collectors.files.workspace import Workspace
from collectors.readers.checkpoint.shard_index import is_index_name, numbered_shards

METADATA: Final = ".metadata"
SINGLE: Final = (
    "model.safetensors", "pytorch_model.bin", "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin",
    "adapter_model.safetensors", "adapter_model.bin",
)  # fmt: skip
"""What a folder's model is called when it is one file, in order of preference."""
INSIDE: Final = ("pytorch_model_fsdp_0", "pytorch_model_fsdp")
"""Sub-folders in which accelerate keeps a distributed model."""
MOST_FILES: Final = 1_000
"""Files of a folder of which no reader proves the format that are named."""
_OPAQUE: Final = (
    ("saved_model.pb", "a TensorFlow SavedModel"),
    ("_CHECKPOINT_METADATA", "an orbax checkpoint"),
    ("manifest.ocdbt", "an orbax checkpoint"),
    ("_METADATA", "an orbax checkpoint"),
    ("default/manifest.ocdbt", "an orbax checkpoint"),
    ("default/_METADATA", "an orbax checkpoint"),
    ("zero_to_fp32.py", "a DeepSpeed checkpoint folder"),
    (".zgroup", "a zarr store"),
    ("zarr.json", "a zarr store"),
)
"""A file in a folder -> what the folder is."""
_TENSORFLOW: Final = re.compile(r"(?P<prefix>.+)\.(index|data-\d{5}-of-(?P<count>\d{5}))")


@dataclass(frozen=True, slots=True)
class Whole:
    """One checkpoint and how it is stored."""

    kind: Literal["file", "index", "numbered", "dcp", "opaque"]
    path: str
    """The file that stands for it."""
    format: str = ""
    """Of an opaque one, in words."""
    needs: tuple[str, ...] = ()
    """Further files of an opaque one, by path, without which it cannot be loaded."""
    holds: tuple[str, ...] = ()
    """Every file of an opaque one, by path."""


class CheckpointFiles:
    """Finds whole checkpoints in one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def exists(self, path: str) -> bool:
        """Something is there, readable or not: the file itself, or the parts of it."""
        facts = self._facts(path)
        return bool(facts.exists or facts.problem) or self._in_parts(path) is not None

    def whole(self, path: str) -> Whole:
        """Return the checkpoint that the path speaks of."""
        facts = self._facts(path)
        if facts.exists and (facts.problem or "").startswith("is a folder"):
            return self._in_folder(path) or Whole("file", path)
        found = self._by_name(path)
        if found is None and not facts.exists and facts.problem is None:
            found = self._in_parts(path)
        return found or Whole("file", path)

    def indexes_beside(self, path: str) -> list[str]:
        """Indexes in the same folder: one of them may name the file."""
        return [p for p in self._search(path.rpartition("/")[0], "*.index*.json") if is_index_name(p)]

    def _facts(self, path: str) -> FileFacts:
        return self._workspace.facts(path)

    def _search(self, folder: str, pattern: str) -> list[str]:
        return self._workspace.glob([_join(glob.escape(folder), pattern)])

    def _by_name(self, path: str) -> Whole | None:
        """What the name of a part says."""
        folder, _, name = path.rpartition("/")
        if name == METADATA or name.endswith(".distcp"):
            return Whole("dcp", _join(folder, METADATA))
        if is_index_name(name):
            return Whole("index", path)
        if name == "saved_model.pb":
            return self._opaque_folder(folder)
        found = _TENSORFLOW.fullmatch(path)
        if found is not None and (
            found["count"] or self._search(folder, f"{glob.escape(_name(found['prefix']))}.data-*")
        ):
            return self._tensorflow(found["prefix"])
        return Whole("numbered", path) if numbered_shards(name) is not None else None

    def _in_parts(self, path: str) -> Whole | None:
        """The parts of a file that is not there: its index, its numbered shards, or a TensorFlow prefix."""
        folder, _, name = path.rpartition("/")
        stem, dot, ending = name.rpartition(".")
        if dot and not any(sign in path for sign in "*?["):
            indexes = self._search(folder, f"{glob.escape(name)}.index*.json")
            if indexes:
                return Whole("index", indexes[0])
            shards = self._search(folder, f"{glob.escape(stem)}-*-of-*.{glob.escape(ending)}")
            numbered = next((shard for shard in shards if numbered_shards(_name(shard))), None)
            if numbered is not None:
                return Whole("numbered", numbered)
        return self._tensorflow(path) if self._facts(f"{path}.index").exists else None

    def _in_folder(self, folder: str) -> Whole | None:
        indexes = [_join(folder, f"{name}.index.json") for name in SINGLE]
        others = [path for path in self._search(folder, "*.index*.json") if is_index_name(path)]
        index = self._first([*indexes, *others])
        if index is not None:
            return Whole("index", index)
        single = self._first([_join(folder, name) for name in SINGLE])
        if single is not None:
            return Whole("file", single)
        shards = [p for p in self._search(folder, "*-of-*") if numbered_shards(_name(p)) and ".data-" not in _name(p)]
        if shards:
            return Whole("numbered", shards[0])
        return self._distributed(folder) or self._opaque_folder(folder) or self._newest_tensorflow(folder)

    def _distributed(self, folder: str) -> Whole | None:
        for place in (folder, *(_join(folder, name) for name in INSIDE)):
            if self._facts(_join(place, METADATA)).exists or self._search(place, "*.distcp"):
                return Whole("dcp", _join(place, METADATA))
        return None

    def _opaque_folder(self, folder: str) -> Whole | None:
        for name, words in _OPAQUE:
            path = _join(folder, name)
            if self._facts(path).exists:
                needs = [_join(folder, "variables/variables.index")] if name == "saved_model.pb" else []
                has_variables = self._facts(_join(folder, "variables")).exists
                return Whole("opaque", path, words, tuple(needs if has_variables else ()), self._below(folder))
        steps = self._search(folder, "*/_CHECKPOINT_METADATA")
        newest = max(steps, key=lambda path: (self._facts(path).modified_at or 0.0, path), default=None)
        if newest is None:
            return None
        return Whole("opaque", newest, "an orbax checkpoint", holds=self._below(newest.rpartition("/")[0]))

    def _newest_tensorflow(self, folder: str) -> Whole | None:
        """The checkpoint of the newest step: `ckpt-5.index` beside `ckpt-5.data-00000-of-00001`."""
        indexes = [path for path in self._search(folder, "*.index") if self._search(folder, f"{_data_of(path)}-*")]
        newest = max(indexes, key=lambda path: (self._facts(path).modified_at or 0.0, path), default=None)
        return self._tensorflow(newest.removesuffix(".index")) if newest else None

    def _tensorflow(self, prefix: str) -> Whole:
        folder = prefix.rpartition("/")[0]
        data = self._search(folder, f"{glob.escape(_name(prefix))}.data-*-of-*")
        counts = {found["count"] for path in data if (found := _TENSORFLOW.fullmatch(path)) and found["count"]}
        count = min(int(max(counts, default="1")), 1_000)
        needs = tuple(f"{prefix}.data-{n:05}-of-{count:05}" for n in range(count))
        return Whole("opaque", f"{prefix}.index", "a TensorFlow checkpoint", needs, needs)

    def _below(self, folder: str) -> tuple[str, ...]:
        """The files of a folder and of those in it, hidden ones too: a zarr store has such."""
        place = glob.escape(folder)
        found = self._workspace.glob([_join(place, "**/*"), _join(place, "**/.*")], limit=MOST_FILES)
        return tuple(path for path in found if self._facts(path).problem is None)

    def _first(self, paths: Sequence[str]) -> str | None:
        return next((path for path in paths if self._facts(path).exists), None)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _data_of(index: str) -> str:
    return glob.escape(_name(index).removesuffix(".index")) + ".data"
