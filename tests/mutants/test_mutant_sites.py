"""What can be changed in a line of Python, and what is left alone."""

from __future__ import annotations

import pytest
from mutants.changes import Enums
from mutants.sites import mutants_of


def made(source: str, enums: Enums | None = None) -> set[str]:
    text = source.encode()
    return {mutant.applied(text).decode() for mutant in mutants_of("a.py", text, enums or {})}


@pytest.mark.parametrize(
    ("source", "mutants"),
    [
        ("a <= b", {"(a > b)", "(a < b)"}),
        ("a < b is c", {"(a >= b is c)", "(a <= b is c)", "(a < b is not c)"}),
        ("a and b", {"(a or b)"}),
        ("not a", {"a"}),
        ("f(True, 2)", {"f(False, 2)", "f(True, 3)", "f(True, 1)"}),
        ("min(a)", {"max(a)"}),
        ("any(a)", {"all(a)"}),
        ("a // b | c", {"(a * b) | c", "(a // b & c)"}),
        ("x += y", {"x -= y"}),
        ("raise E", {"pass"}),
        ("f'é {a + 1:,}'", {"f'é {a - 1:,}'", "f'é {a + 2:,}'", "f'é {a + 0:,}'"}),
        ("[a for a in b if a]", {f"[a for a in b if {c}]" for c in ("(not a)", "True", "False")}),
        ("x = 1 if a else b", {f"x = 1 if {c} else b" for c in ("(not a)", "True", "False")} | {"x = 2 if a else b",
                                                                                                "x = 0 if a else b"}),
        ("Level.LOW", {"Level.HIGH", "Level.NONE"}),
    ],
)  # fmt: skip
def test_a_line_has_these_mutants(source: str, mutants: set[str]) -> None:
    assert made(source, {"Level": ("LOW", "HIGH", "NONE")}) == mutants


@pytest.mark.parametrize(
    "source",
    [
        "'words'",
        "__all__ = ['a', 1]",
        "class A:\n    __slots__ = ('a', 1)",
        "a: Annotated[int, Field(ge=1)]",
        "def f(a: Literal[1]) -> Literal[2]: g()",
        "@cache(maxsize=5)\ndef f(): g()",
        "if TYPE_CHECKING:\n    import a",
        "zip(a, b, strict=True)",
        "Value = str | int | None",
        "a + 'text'",
    ],
)
def test_what_no_test_should_notice_has_none(source: str) -> None:
    assert made(source) == set()
