"""Programs that a test or a bench runs in a process of its own stand in strings, where no type checker looks."""

from __future__ import annotations

import ast
import importlib
import re
from importlib.util import find_spec
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
IMPORTED = re.compile(r"^\s*from ((?:collectors|dash_app)[\w.]*) import (\w+)", re.MULTILINE)


def programs() -> list[tuple[str, str, str]]:
    """File, module and name of each import of the product inside a string."""
    found: set[tuple[str, str, str]] = set()
    for path in TESTS.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if IMPORTED.search(text) else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {(str(path.relative_to(TESTS)), *pair) for pair in IMPORTED.findall(node.value)}
    return sorted(found)


def test_what_they_import_is_there() -> None:
    found = programs()

    assert "bench/bench_events.py" in {file for file, _, _ in found}
    for file, module, name in found:
        assert hasattr(importlib.import_module(module), name) or find_spec(f"{module}.{name}"), file
