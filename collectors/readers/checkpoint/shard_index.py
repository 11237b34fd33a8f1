"""The index of a sharded checkpoint -> which files make it up, and which tensor lies where. Pure.

Input: the bytes of a `*.index.json`, or one of several numbered names. Output: `ShardIndexEvidence`. It
names plain file names only: anything that could lead elsewhere is an error, and is never opened.
"""

from __future__ import annotations

import re
from typing import Final

from collectors.evidence.checkpoint import ShardIndexEvidence
from collectors.readers.common.finding_list import FindingList
from collectors.readers.text.json_core import JsonProblem, parse_json

MOST_SHARDS: Final = 1_000
MOST_TENSORS: Final = 200_000
"""The largest models have half as many; each is a name that is held in memory."""
_NUMBERED: Final = re.compile(r"(?P<stem>.+)-(?P<number>\d{1,6})-of-(?P<count>\d{1,6})(?P<ending>(\.[\w.]+)?)")


def read_shard_index(data: bytes) -> ShardIndexEvidence:
    """Return what the index names; what is wrong with it is a finding."""
    findings = FindingList()
    weight_map, total = _parsed(data, findings)
    shards = _plain_names(list(dict.fromkeys(weight_map.values())), findings)
    return ShardIndexEvidence(findings.all(), shards, weight_map, total, len(data))


def numbered_shards(name: str, *, from_zero: bool = False) -> ShardIndexEvidence | None:
    """Return every file that a name such as `model-00001-of-00002.bin` speaks of; None for any other name."""
    found = _NUMBERED.fullmatch(name)
    if found is None:
        return None
    findings = FindingList()
    first = 0 if from_zero or int(found["number"]) == 0 else 1
    width, count = len(found["number"]), int(found["count"])
    numbers = range(first, first + min(count, MOST_SHARDS + 1))
    names = [f"{found['stem']}-{n:0{width}}-of-{found['count']}{found['ending']}" for n in numbers]
    if name not in names and count <= MOST_SHARDS:
        findings.error(f"is numbered beyond the {count:,} shards that its name speaks of", name)
    shards = _plain_names(names, findings)
    return ShardIndexEvidence(findings.all(), shards)


def is_index_name(name: str) -> bool:
    """The name is that of an index of weights: `model.safetensors.index.json`, `pytorch_model.bin.index.fp16.json`."""
    return re.search(r"\.index(\.\w+)?\.json$", name) is not None


def _parsed(data: bytes, findings: FindingList) -> tuple[dict[str, str], int | None]:
    """Tensor name -> shard name, and the total size in bytes where the index gives one."""
    try:
        parsed = parse_json(data)
    except JsonProblem as problem:
        findings.error(str(problem), "index")
        return {}, None
    weight_map = parsed.get("weight_map") if isinstance(parsed, dict) else None
    if not isinstance(weight_map, dict) or not weight_map:
        findings.error("expected `weight_map` to name the shard of each tensor", "index")
        return {}, None
    if len(weight_map) > MOST_TENSORS:
        findings.error(f"names {len(weight_map):,} tensors; at most {MOST_TENSORS:,} are read", "index")
        return {}, None
    metadata = parsed.get("metadata")
    total = metadata.get("total_size") if isinstance(metadata, dict) else None
    known = total if isinstance(total, int) and not isinstance(total, bool) else None
    return {str(key): str(value) for key, value in weight_map.items()}, known


def _plain_names(names: list[str], findings: FindingList) -> tuple[str, ...]:
    if len(names) > MOST_SHARDS:
        findings.error(f"names {len(names):,} shards or more; at most {MOST_SHARDS:,} are read", "index")
    for name in names[:MOST_SHARDS]:
        if not is_plain(name):
            findings.error("expected the name of a file beside the index: it was not opened", name)
    return tuple(name for name in names[:MOST_SHARDS] if is_plain(name))


def is_plain(name: str) -> bool:
    """It names a file in the same folder and nothing else."""
    return name not in ("", ".", "..") and not any(char in name for char in "/\\\0:")
