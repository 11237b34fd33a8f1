"""The files of one checkpoint, and what an index says of them -> one `CheckpointEvidence`.

Input: the index and what was read of each shard, or a way to open a shard by its name. Output: evidence
for all shards together. It opens each once, shares one byte budget among them, and demands that every
tensor lies in the shard the index names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, BinaryIO

from collectors.evidence.checkpoint import CheckpointEvidence, ShardIndexEvidence
from collectors.evidence.files import Finding
from collectors.files.workspace import CannotRead
from collectors.numbers import listed, plural, size_words
from collectors.readers.checkpoint.draft import Checksum, Draft
from collectors.readers.checkpoint.read import DEFAULT_BUDGET, read_checkpoint
from collectors.readers.checkpoint.shard_index import read_shard_index
from collectors.readers.common.finding_list import FindingList

OpenShard = Callable[[str], AbstractContextManager[tuple[BinaryIO, int]]]
"""Opens a shard beside the index by its file name: handle and size in bytes."""
Shard = CheckpointEvidence | str
"""What a shard holds, or why that is not known."""


def read_sharded(
    index: bytes, open_shard: OpenShard, *, budget: int = DEFAULT_BUDGET, read: Any = read_checkpoint
) -> CheckpointEvidence:
    """Return what all shards hold together. `open_shard` may raise OSError or CannotRead.

    `read` is called as `read_checkpoint` is, for each shard.
    """
    found = read_shard_index(index)
    shards: dict[str, Shard] = {}
    for name in found.shards:
        try:
            with open_shard(name) as (handle, size):
                shards[name] = read(handle, size, name=name, budget=max(0, budget))
                budget -= size
        except CannotRead as problem:
            shards[name] = f"this shard cannot be read: {problem.problem}"
        except OSError as error:
            shards[name] = f"this shard cannot be read: {error.strerror or type(error).__name__}"
    return join_shards(found, shards)


def join_shards(index: ShardIndexEvidence, shards: Mapping[str, Shard]) -> CheckpointEvidence:
    """Return what the shards hold together, and how far that is what the index promises."""
    draft = Draft("safetensors-sharded", index.size_bytes)
    for finding in index.findings:
        draft.findings.add(finding)
    for name, shard in shards.items():
        _report(name, shard, draft.findings)
    read = {name: shard for name, shard in shards.items() if isinstance(shard, CheckpointEvidence)}
    _merge(draft, list(read.values()))
    if index.weight_map and draft.opaque is None:
        _compare(index.weight_map, read, draft.findings)
        _compare_size(index, read, draft)
    return draft.evidence()


def _report(name: str, shard: Shard, findings: FindingList) -> None:
    if isinstance(shard, str):
        findings.error(shard, name)
        return
    for finding in shard.findings:
        where = f"{name}: {finding.where}" if finding.where else name
        findings.add(Finding(finding.severity, finding.text, where))


def _compare_size(index: ShardIndexEvidence, shards: Mapping[str, CheckpointEvidence], draft: Draft) -> None:
    stored = sum(tensor.size_bytes for tensor in draft.tensors)
    if shards and index.total_bytes is not None and index.total_bytes != stored:
        promised = size_words(index.total_bytes)
        draft.findings.warning(f"the index promises {promised} of numbers, the shards hold {size_words(stored)}")


def _compare(weight_map: Mapping[str, str], shards: Mapping[str, CheckpointEvidence], findings: FindingList) -> None:
    """Each tensor must lie in its shard, and no shard may hold others."""
    for name, evidence in shards.items():
        promised = {tensor for tensor, shard in weight_map.items() if shard == name}
        held = {tensor.name for tensor in evidence.tensors}
        if promised - held:
            missing = sorted(promised - held)
            findings.error(
                f"the index promises {plural(len(missing), 'tensor')} that the shard lacks: {listed(missing)}", name
            )
        if held - promised:
            extra = sorted(held - promised)
            findings.error(f"holds {plural(len(extra), 'tensor')} that the index does not name: {listed(extra)}", name)


def _merge(draft: Draft, every: list[CheckpointEvidence]) -> None:
    draft.size += sum(one.size_bytes for one in every)
    draft.tensors = [tensor for one in every for tensor in one.tensors]
    draft.parameters = sum(one.parameters for one in every)
    draft.nonfinite = [name for one in every for name in one.nonfinite_tensors]
    draft.aside = [name for one in every for name in one.nonfinite_aside]
    draft.opaque = next((one.opaque for one in every if one.opaque), None)
    draft.constant = [name for one in every for name in one.constant_tensors]
    alike = {one.weights_alike for one in every}
    draft.alike = "zero" if alike == {"zero"} else "constant" if alike and "" not in alike else ""
    draft.huge = {name: largest for one in every for name, largest in one.huge_tensors.items()}
    draft.bad_arrays = [name for one in every for name in one.nonfinite_arrays]
    draft.refused = tuple(dict.fromkeys(name for one in every for name in one.globals))
    known = [one.finite for one in every if one.finite is not None]
    draft.finite = all(known) if known else None
    reads = {one.data_read for one in every}
    draft.data_read = "none" if reads <= {"none"} else ("all" if reads == {"all"} else "part")
    draft.checksum = _joint_checksum({one.checksum for one in every})
    formats = {one.format for one in every}
    draft.format = f"{formats.pop()}-sharded" if len(formats) == 1 else "safetensors-sharded"


def _joint_checksum(found: set[Checksum]) -> Checksum:
    if "bad" in found:
        return "bad"
    if len(found) == 1:
        return found.pop()
    return "partial" if found else "not read"
