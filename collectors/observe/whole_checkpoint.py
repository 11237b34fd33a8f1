"""The path of a checkpoint -> what the whole of it holds, every part read through the cache.

Input: the path that was chosen. Output: a `ReadFile` of one `CheckpointEvidence` for all files together,
made anew only when a part changed. A part that is missing or too short is an error that names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from collectors.evidence.checkpoint import CheckpointEvidence, ShardIndexEvidence
from collectors.evidence.files import FileFacts, Finding
from collectors.numbers import size_words
from collectors.observe.cache import ReadCache
from collectors.observe.checkpoint_files import CheckpointFiles, Whole
from collectors.readers.checkpoint.shard_index import numbered_shards
from collectors.training.evidence import ReadFile

if TYPE_CHECKING:
    from collectors.readers.checkpoint.sharded import Shard


class WholeCheckpoints:
    """Reads the checkpoints of one workspace, whole."""

    def __init__(self, cache: ReadCache) -> None:
        self._cache = cache
        self.files = CheckpointFiles(cache.workspace)

    def read(self, path: str) -> ReadFile[Any]:
        """Return what the checkpoint holds that the path names, or is a part of."""
        whole = self.files.whole(path)
        if whole.kind == "opaque":
            return self._opaque(whole)
        if whole.kind == "dcp":
            return self._distributed(whole.path)
        if whole.kind == "index":
            return self._indexed(whole.path)
        index = self._index_naming(whole.path)
        if index is not None:
            return self._indexed(index)
        return self._numbered(whole.path) if whole.kind == "numbered" else self._cache.read("checkpoint", whole.path)

    def _index_naming(self, path: str) -> str | None:
        """The index beside a file that names it as one of its shards."""
        name = path.rpartition("/")[2]
        for index in self.files.indexes_beside(path):
            found = self._cache.read("shard_index", index).evidence
            if found is not None and name in found.shards:
                return index
        return None

    def _indexed(self, path: str) -> ReadFile[Any]:
        index = self._cache.read("shard_index", path)
        return index if index.evidence is None else self._sharded(index, index.evidence)

    def _numbered(self, path: str) -> ReadFile[Any]:
        """Shards without an index: their names say how many there are."""
        folder, _, name = path.rpartition("/")
        from_zero = numbered_shards(name, from_zero=True)
        first = self._facts_of(folder, from_zero.shards[:1]) if from_zero else []
        index = from_zero if any(one.exists for one in first) else numbered_shards(name)
        facts = self._cache.workspace.facts(path)
        return self._sharded(ReadFile(facts, index), index) if index else ReadFile(facts)

    def _facts_of(self, folder: str, names: Iterable[str]) -> list[FileFacts]:
        return [self._cache.workspace.facts(_join(folder, name)) for name in names]

    def _sharded(self, index: ReadFile[Any], evidence: ShardIndexEvidence) -> ReadFile[Any]:
        """Every shard, with one byte budget for all of them."""
        from collectors.readers.checkpoint.sharded import join_shards

        folder = index.path.rpartition("/")[0]
        left = self._cache.limits.read_bytes
        reads: dict[str, ReadFile[Any]] = {}
        for name in evidence.shards:
            reads[name] = self._cache.read("checkpoint", _join(folder, name), budget=max(0, left))
            left -= reads[name].facts.size_bytes or 0
        shards = {name: _shard(read) for name, read in reads.items()}
        return self._cache.join([index, *reads.values()], lambda: join_shards(evidence, shards))

    def _distributed(self, path: str) -> ReadFile[Any]:
        """A torch.distributed.checkpoint folder: what its metadata says, and the files that it speaks of."""
        metadata = self._cache.read("dcp", path)
        if metadata.evidence is None:
            return metadata
        found: CheckpointEvidence = metadata.evidence
        folder = path.rpartition("/")[0]
        facts = dict(zip(found.parts, self._facts_of(folder, found.parts), strict=True))
        parts: list[ReadFile[Any]] = [ReadFile(one) for one in facts.values()]
        return self._cache.join([metadata, *parts], lambda: _with_parts(found, facts))

    def _opaque(self, whole: Whole) -> ReadFile[Any]:
        facts = self._cache.workspace.facts(whole.path)
        if facts.problem or not facts.exists:
            return ReadFile(facts)
        needed = {path: self._cache.workspace.facts(path) for path in whole.needs}
        held = {path: self._cache.workspace.facts(path) for path in whole.holds} | needed
        found = CheckpointEvidence("opaque", (), opaque=whole.format, size_bytes=facts.size_bytes or 0)
        expected = replace(found, parts=dict.fromkeys(needed, 1))
        parts: list[ReadFile[Any]] = [ReadFile(one) for one in held.values()]
        return self._cache.join([ReadFile(facts, found), *parts], lambda: _with_parts(expected, needed))


def _shard(read: ReadFile[Any]) -> Shard:
    if read.evidence is not None:
        found: CheckpointEvidence = read.evidence
        return found
    if read.missing and read.facts.problem is None:
        return "this shard is missing"
    return f"this shard cannot be read: {read.facts.problem}"


def _with_parts(found: CheckpointEvidence, facts: Mapping[str, FileFacts]) -> CheckpointEvidence:
    """The evidence with what is wrong with the files that it speaks of, and their sizes."""
    problems = []
    for name, one in facts.items():
        needed, there = found.parts[name], one.size_bytes or 0
        if one.problem or not one.exists:
            problems.append(Finding("error", f"a part of it {one.problem or 'is missing'}", name))
        elif there < needed:
            text = f"a part of it has {size_words(there)} ({there:,} bytes), but must have {needed:,}: it is cut short"
            problems.append(Finding("error", text, name))
    size = found.size_bytes + sum(one.size_bytes or 0 for one in facts.values())
    return replace(found, findings=(*found.findings, *problems[:25]), size_bytes=size)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
