"""A model of XGBoost (JSON, UBJSON), LightGBM (text) or CatBoost (`CBM1`) -> `CheckpointEvidence`.

Input: an open file and a byte budget. Output: evidence without tensors. It demands that the file is whole, and
of XGBoost and LightGBM as many trees as are declared, arrays of one length and finite leaves. None of the
formats has a checksum, so the file is readable and never verified.
"""

from __future__ import annotations

import json
import re
from typing import Any, BinaryIO, Final

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.numbers import size_words
from collectors.readers.checkpoint.draft import Draft
from collectors.readers.checkpoint.ubjson import UbjsonProblem, parse_ubjson
from collectors.readers.checkpoint.xgboost import check_xgboost
from collectors.readers.common.finding_list import shorten
from collectors.readers.common.single_pass import read_once
from collectors.readers.text.json_core import JsonProblem, refuse_many_parts

MOST_PARSED: Final = 128 << 20
MOST_PARTS: Final = 10_000_000


def read_booster(handle: BinaryIO, size: int, kind: str, budget: int) -> CheckpointEvidence:
    """Return what the model shows. Raises FileShrank, OSError."""
    draft = Draft(kind, size)
    if size > budget:
        draft.note_budget(budget)
    else:
        draft.digest = read_once(handle, size, ())
        draft.checksum = "not recorded"
    handle.seek(0)
    if kind == "catboost":
        _check_catboost(handle.read(8), draft)
    elif size > min(MOST_PARSED, budget):
        draft.opaque = f"a model in {kind} of {size_words(size)}, more than is parsed"
    else:
        _PARSERS[kind](handle.read(size), draft)
    return draft.evidence()


def _check_catboost(start: bytes, draft: Draft) -> None:
    """The magic, the length of the model's core, the core."""
    needed = 8 + int.from_bytes(start[4:8], "little")
    if len(start) < 8 or needed > draft.size:
        draft.findings.error(f"its core ends at byte {needed:,}, but the file has {draft.size:,}: it is cut short")
    elif needed == 8:
        draft.findings.error("has an empty core: expected a model")


def _check_json(data: bytes, draft: Draft) -> None:
    try:
        refuse_many_parts(data, MOST_PARTS)
    except JsonProblem:
        draft.opaque = f"a model in {draft.format} with more parts than are parsed"
        return
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError) as error:
        draft.findings.error(f"is not JSON to its end: {shorten(str(error))}: it is cut short or damaged")
        return
    if draft.format == "xgboost-json":
        check_xgboost(parsed, draft)
    else:
        _check_catboost_json(parsed, draft)


def _check_catboost_json(parsed: Any, draft: Draft) -> None:
    trees = parsed.get("oblivious_trees", parsed.get("trees")) if isinstance(parsed, dict) else None
    if not isinstance(trees, list) or not trees:
        draft.findings.error("holds no trees: expected `oblivious_trees` or `trees`")
        return
    draft.scalars |= {"trees": len(trees), "rounds": len(trees)}


def _check_ubjson(data: bytes, draft: Draft) -> None:
    try:
        check_xgboost(parse_ubjson(data), draft)
    except UbjsonProblem as problem:
        draft.findings.error(str(problem))


def _check_lightgbm(data: bytes, draft: Draft) -> None:
    """The header says how many bytes each tree has; behind the trees stands an end mark."""
    declared = re.search(rb"^tree_sizes=([\d ]*)$", data, re.MULTILINE)
    sizes = [int(size) for size in declared[1].split()[:MOST_PARTS]] if declared else None
    start = data.find(b"\nTree=0\n") + 1
    trees = len(re.findall(rb"^Tree=\d+$", data, re.MULTILINE))
    of_a_round = re.search(rb"^num_tree_per_iteration=(\d{1,9})$", data, re.MULTILINE)
    draft.scalars |= {"trees": trees, "rounds": trees // max(int(of_a_round[1]), 1)} if of_a_round else {"trees": trees}
    if not re.search(rb"^end of trees$", data, re.MULTILINE):
        draft.findings.error("the line `end of trees` is missing: it is cut short")
    elif not trees:
        draft.findings.error("holds no trees")
    elif sizes is not None and not (len(sizes) == trees and data.startswith(b"end of trees", start + sum(sizes))):
        text = f"`tree_sizes` speaks of {len(sizes):,} trees of {sum(sizes):,} bytes, which is not what follows"
        draft.findings.error(text)
    broken = re.findall(rb"^leaf_value=.*\b(?:nan|inf)\b", data, re.MULTILINE | re.IGNORECASE)
    draft.finite = not broken
    if broken:
        draft.findings.error(f"leaves of {len(broken):,} of {trees:,} trees are NaN or infinite")


_PARSERS: Final = {
    "xgboost-json": _check_json,
    "catboost-json": _check_json,
    "xgboost-ubj": _check_ubjson,
    "lightgbm": _check_lightgbm,
}
