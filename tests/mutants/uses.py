"""Source texts -> where each name is used: what runs at import only is noticed by the tests of these lines."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping


def uses_of_names(sources: Mapping[str, bytes]) -> dict[str, list[tuple[str, int]]]:
    """Return name -> (path, line) of every place in a function that reads it, as a name or as an attribute."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for path, source in sources.items():
        for function in ast.walk(ast.parse(source)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                for node in ast.walk(function):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                        found[node.id].append((path, node.lineno))
                    elif isinstance(node, ast.Attribute):
                        found[node.attr].append((path, node.lineno))
    return {name: sorted(set(places)) for name, places in found.items()}
