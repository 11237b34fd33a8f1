"""A parsed XGBoost model -> how many trees it has, and what in them contradicts itself. Pure.

Input: what JSON or UBJSON held. Output: findings, the number of trees and the best score of an early stop, written into
a draft.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from collectors.readers.checkpoint.draft import Draft

_NODES: Final = ("left_children", "right_children", "split_indices", "split_conditions")
"""Arrays of a tree that have an entry for each node."""


def check_xgboost(parsed: Any, draft: Draft) -> None:
    """Say what does not fit; `draft` gets the number of trees and whether the leaves are finite."""
    booster = _at(parsed, "learner", "gradient_booster")
    if not isinstance(booster, dict):
        draft.findings.error("expected `learner` with a `gradient_booster`")
        return
    if booster.get("name") == "gblinear":
        _check_linear(_at(booster, "model", "weights"), draft)
        return
    model = _at(booster, "model") or _at(booster, "gbtree", "model")
    trees = _at(model, "trees")
    if not isinstance(trees, list) or not trees:
        draft.findings.error("holds no trees")
        return
    draft.scalars["trees"] = len(trees)
    starts = _at(model, "iteration_indptr")
    draft.scalars |= {"rounds": len(starts) - 1} if isinstance(starts, (list, np.ndarray)) else {}
    best = _at(parsed, "learner", "attributes", "best_score")
    draft.scalars |= {"best_score": best} if isinstance(best, str) else {}
    declared = str(_at(model, "gbtree_model_param", "num_trees"))
    if declared.isdecimal() and declared != str(len(trees)):
        draft.findings.error(f"declares {declared} trees, but holds {len(trees):,}")
    for number, problem in _problems(trees):
        draft.findings.error(problem, f"tree {number}")
    draft.finite = not any(_has_bad_leaf(tree) for tree in trees)
    if not draft.finite:
        bad = next(number for number, tree in enumerate(trees) if _has_bad_leaf(tree))
        draft.findings.error("a leaf is NaN or infinite: expected finite values", f"tree {bad}")


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _check_linear(weights: Any, draft: Draft) -> None:
    numbers = _numbers(weights)
    if numbers is None or not numbers.size:
        draft.findings.error("holds no weights")
        return
    draft.parameters = int(numbers.size)
    draft.finite = bool(np.isfinite(numbers).all())
    if not draft.finite:
        draft.findings.error("its weights are NaN or infinite: expected finite weights")


def _problems(trees: list[Any]) -> Iterator[tuple[int, str]]:
    for number, tree in enumerate(trees):
        lengths = {name: _length(_at(tree, name)) for name in _NODES}
        if None in lengths.values() or len(set(lengths.values())) != 1:
            told = ", ".join(f"{name} {'missing' if size is None else size}" for name, size in lengths.items())
            yield number, f"expected as many entries in each array of nodes, found {told}"
            continue
        nodes = str(_at(tree, "tree_param", "num_nodes"))
        if nodes.isdecimal() and int(nodes) != lengths["left_children"]:
            yield number, f"declares {nodes} nodes, but holds {lengths['left_children']}"


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, list | np.ndarray) else None


def _has_bad_leaf(tree: Any) -> bool:
    """A node without children is a leaf, and its condition is its value."""
    children, values = _numbers(_at(tree, "left_children")), _numbers(_at(tree, "split_conditions"))
    if children is None or values is None or children.shape != values.shape:
        return False
    return not bool(np.isfinite(values[children == -1]).all())


def _numbers(value: Any) -> np.ndarray[Any, Any] | None:
    try:
        found = np.asarray(value, np.float64) if isinstance(value, list | np.ndarray) else None
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found is not None and found.ndim == 1 else None
