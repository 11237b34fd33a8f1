"""A folder of shards with an index -> one `CheckpointEvidence`.

Input: the index (`model.safetensors.index.json`) and a way to open a shard by name. Output: evidence
for all shards together. It opens plain file names only, each once, shares one byte budget among them,
and demands that every tensor lies in the shard the index names.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, Final

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.evidence.files import Finding
from collectors.files.workspace import CannotRead
from collectors.numbers import listed, plural, size_words
from collectors.readers.checkpoint.draft import Checksum, Draft
from collectors.readers.checkpoint.read import DEFAULT_BUDGET, read_checkpoint
from collectors.readers.common.finding_list import FindingList
from collectors.readers.text.json_core import JsonProblem, parse_json

MOST_SHARDS: Final = 1_000

OpenShard = Callable[[str], AbstractContextManager[tuple[BinaryIO, int]]]
"""Opens a shard beside the index by its file name: handle and size in bytes."""


def read_sharded(
    index: bytes, open_shard: OpenShard, *, budget: int = DEFAULT_BUDGET, read: Any = read_checkpoint
) -> CheckpointEvidence:
    """Return what all shards hold together. `open_shard` may raise OSError or CannotRead.

    `read` is called as `read_checkpoint` is, for each shard, perhaps in another process.
    """

    def read_one(name: str, left: int) -> CheckpointEvidence:
        with open_shard(name) as (handle, size):
            evidence: CheckpointEvidence = read(handle, size, name=name, budget=max(0, left))
        return evidence

    draft = Draft("safetensors-sharded", len(index))
    weight_map, total = _read_index(index, draft.findings)
    shards: dict[str, CheckpointEvidence] = {}
    for name in _shard_names(weight_map, draft.findings):
        evidence = _read_shard(name, read_one, budget - sum(one.size_bytes for one in shards.values()), draft)
        if evidence is not None:
            shards[name] = evidence
    _compare(weight_map, shards, draft.findings)
    _merge(draft, shards)
    stored = sum(tensor.size_bytes for tensor in draft.tensors)
    if shards and total is not None and total != stored:
        draft.findings.warning(
            f"the index promises {size_words(total)} of numbers, the shards hold {size_words(stored)}"
        )
    return draft.evidence()


def _read_index(index: bytes, findings: FindingList) -> tuple[dict[str, str], int | None]:
    """Tensor name -> shard name, and the total size in bytes where the index gives one."""
    try:
        parsed = parse_json(index)
    except JsonProblem as problem:
        findings.error(str(problem), "index")
        return {}, None
    weight_map = parsed.get("weight_map") if isinstance(parsed, dict) else None
    if not isinstance(weight_map, dict) or not weight_map:
        findings.error("expected `weight_map` to name the shard of each tensor", "index")
        return {}, None
    metadata = parsed.get("metadata")
    total = metadata.get("total_size") if isinstance(metadata, dict) else None
    return {str(key): str(value) for key, value in weight_map.items()}, total if isinstance(total, int) else None


def _shard_names(weight_map: dict[str, str], findings: FindingList) -> list[str]:
    """Names that are plain file names; the others are never opened."""
    names = list(dict.fromkeys(weight_map.values()))
    if len(names) > MOST_SHARDS:
        findings.error(f"names {len(names):,} shards; at most {MOST_SHARDS:,} are read", "index")
    plain = [name for name in names[:MOST_SHARDS] if _is_plain(name)]
    for name in names[:MOST_SHARDS]:
        if not _is_plain(name):
            findings.error("expected the name of a file beside the index: it was not opened", name)
    return plain


def _is_plain(name: str) -> bool:
    return name not in ("", ".", "..") and not any(char in name for char in "/\\\0:")


def _read_shard(
    name: str, read_one: Callable[[str, int], CheckpointEvidence], budget: int, draft: Draft
) -> CheckpointEvidence | None:
    try:
        evidence = read_one(name, budget)
    except CannotRead as problem:
        draft.findings.error(f"this shard cannot be read: {problem.problem}", name)
        return None
    except OSError as error:
        draft.findings.error(f"this shard cannot be read: {error.strerror or type(error).__name__}", name)
        return None
    for finding in evidence.findings:
        where = f"{name}: {finding.where}" if finding.where else name
        draft.findings.add(Finding(finding.severity, finding.text, where))
    return evidence


def _compare(weight_map: dict[str, str], shards: dict[str, CheckpointEvidence], findings: FindingList) -> None:
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


def _merge(draft: Draft, shards: dict[str, CheckpointEvidence]) -> None:
    every = list(shards.values())
    draft.size += sum(one.size_bytes for one in every)
    draft.tensors = [tensor for one in every for tensor in one.tensors]
    draft.parameters = sum(one.parameters for one in every)
    draft.nonfinite = [name for one in every for name in one.nonfinite_tensors]
    draft.constant = [name for one in every for name in one.constant_tensors]
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
