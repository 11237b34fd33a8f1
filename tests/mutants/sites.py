"""Source text -> every mutant of it. Leaves out what no test can or should notice.

Left out: annotations, decorators, docstrings and other text, `__all__`, `__slots__`, type aliases, `TYPE_CHECKING`,
`__name__ == "__main__"`, and `strict=` of zip where lengths are equal by construction.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from mutants.changes import Change, Enums, changes, conditions
from mutants.mutant import Mutant

HIDDEN = frozenset({"__all__", "__slots__"})
_ATOMS = ast.Constant | ast.Name | ast.Attribute | ast.Call | ast.JoinedStr


def mutants_of(path: str, source: bytes, enums: Enums) -> list[Mutant]:
    """Return them in the order of the file, each once."""
    finder = _Finder(path, source, enums)
    finder.visit(ast.parse(source))
    return sorted({(m.start, m.end, m.new): m for m in finder.found}.values())


class _Finder(ast.NodeVisitor):
    """Walks a module and writes down what could be changed."""

    def __init__(self, path: str, source: bytes, enums: Enums) -> None:
        self.path, self.source, self.enums = path, source, enums
        self.found: list[Mutant] = []
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._statement: ast.stmt | None = None
        self._whole: ast.JoinedStr | None = None
        self._in_function = False
        self._defaults_of: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | None = None

    def visit(self, node: ast.AST) -> None:
        """Offer the changes of this node, then of what it holds."""
        outer = self._statement
        if isinstance(node, ast.stmt):
            self._statement = node
        for change in changes(node, self.enums):
            self._offer(node, change)
        super().visit(node)
        self._statement = outer

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value and not ast.unparse(node.annotation).endswith("TypeAlias"):
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        if not HIDDEN & set(_names(node)):
            self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._each(node.body)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._defaults(node, node.args)
        before, self._in_function = self._in_function, True
        self._each(node.body)
        self._in_function = before

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._defaults(node, node.args)
        self.visit(node.body)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Parts of an f-string have no honest position before Python 3.12: the whole of it is written anew."""
        outer, self._whole = self._whole, self._whole or node
        self.generic_visit(node)
        self._whole = outer

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) not in ("TYPE_CHECKING", "__name__ == '__main__'"):
            self._condition(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._condition(node)

    def visit_While(self, node: ast.While) -> None:
        self._condition(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            for change in conditions(test):
                self._offer(test, change)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        as_sum = ast.BinOp(ast.Name("before", ast.Load()), node.op, node.value)
        for kind, changed in changes(as_sum, self.enums):
            if isinstance(changed, ast.BinOp):
                text = ast.unparse(ast.AugAssign(node.target, changed.op, node.value))
                self._write(node, kind, text)
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._write(node, "raise removed", "pass")
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg != "strict":
            self.generic_visit(node)

    def _condition(self, node: ast.If | ast.IfExp | ast.While) -> None:
        for change in conditions(node.test):
            self._offer(node.test, change)
        self.generic_visit(node)

    def _each(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _defaults(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, args: ast.arguments) -> None:
        outer, self._defaults_of = self._defaults_of, node
        self._each(default for default in (*args.defaults, *args.kw_defaults) if default)
        self._defaults_of = outer

    def _offer(self, node: ast.AST, change: Change) -> None:
        kind, other = change
        if self._whole is not None:
            text = _with(self._whole, node, other)
            if text is not None:
                self._write(self._whole, kind, text)
            return
        text = ast.unparse(other)
        self._write(node, kind, text if isinstance(other, _ATOMS) else f"({text})")

    def _write(self, node: ast.AST, kind: str, new: str) -> None:
        assert isinstance(node, ast.expr | ast.stmt)
        start, end = self._at(node.lineno, node.col_offset), self._at(node.end_lineno or 0, node.end_col_offset or 0)
        old = self.source[start:end].decode()
        first, last, names = self._noticed_at(node)
        self.found.append(Mutant(self.path, node.lineno, start, end, old, new, kind, first, last, names))

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def _noticed_at(self, node: ast.expr | ast.stmt) -> tuple[int, int, tuple[str, ...]]:
        """Lines whose tests can notice; for what runs at import, the names it defines."""
        if isinstance(self._defaults_of, ast.Lambda):
            return self._defaults_of.lineno, self._defaults_of.end_lineno or 0, ()
        if self._defaults_of is not None:
            return self._defaults_of.body[0].lineno, self._defaults_of.end_lineno or 0, ()
        if self._in_function or self._statement is None:
            return node.lineno, node.end_lineno or node.lineno, ()
        return node.lineno, node.end_lineno or node.lineno, tuple(_names(self._statement)) or ("",)


def _names(statement: ast.stmt) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    for target in targets:
        yield from (name.id for name in ast.walk(target) if isinstance(name, ast.Name))


class _Swap(ast.NodeTransformer):
    """Put one node in another's place."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _with(whole: ast.JoinedStr, old: ast.AST, new: ast.AST) -> str | None:
    """Return the f-string with `new` in place of `old`; None where it cannot be written."""
    _Swap(old, new).visit(whole)
    try:
        return ast.unparse(whole)
    except ValueError:
        return None
    finally:
        _Swap(new, old).visit(whole)
