"""An expression -> the expressions it could have been by mistake. Knows the language, not the product."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

Enums = dict[str, tuple[str, ...]]
"""Name of an enum -> its members."""

COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.GtE, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Gt: (ast.LtE, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
CALLS: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}

Change = tuple[str, ast.expr]
"""What kind of change, and what stands there instead."""


def changes(node: ast.AST, enums: Enums) -> Iterator[Change]:
    """Yield what this node could be instead; conditions are asked for apart, with `conditions`."""
    match node:
        case ast.Compare():
            yield from _comparisons(node)
        case ast.BoolOp(op=op, values=values):
            yield "and/or", ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not dropped", operand
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC and _may_be_a_number(node):
            yield "arithmetic", ast.BinOp(left, ARITHMETIC[type(op)](), right)
        case ast.Constant(value=value):
            yield from _constants(value)
        case ast.Attribute(value=ast.Name(id=name), attr=member) if member in enums.get(name, ()):
            for sibling in enums[name]:
                if sibling != member:
                    yield "enum", ast.Attribute(node.value, sibling, ast.Load())
        case ast.Name(id=name, ctx=ast.Load()) if name in CALLS:
            yield "call", ast.Name(CALLS[name], ast.Load())


def conditions(test: ast.expr) -> Iterator[Change]:
    """Yield what a condition could be instead: the opposite, always so, never so."""
    if not isinstance(test, ast.UnaryOp | ast.Compare):  # their opposite is a change of their own
        yield "negated", ast.UnaryOp(ast.Not(), test)
    yield "forced", ast.Constant(value=True)
    yield "forced", ast.Constant(value=False)


def enums_in(tree: ast.Module) -> Enums:
    """Return the enums that a module defines."""
    found: Enums = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Enum") for base in node.bases):
            targets = [line.targets[0] for line in node.body if isinstance(line, ast.Assign)]
            found[node.name] = tuple(target.id for target in targets if isinstance(target, ast.Name))
    return found


def _comparisons(node: ast.Compare) -> Iterator[Change]:
    for at, op in enumerate(node.ops):
        for other in COMPARISONS[type(op)]:
            ops = [*node.ops[:at], other(), *node.ops[at + 1 :]]
            yield "comparison", ast.Compare(node.left, ops, node.comparators)


def _constants(value: object) -> Iterator[Change]:
    if isinstance(value, bool):
        yield "constant", ast.Constant(value=not value)
    elif isinstance(value, int | float):
        yield "constant", ast.Constant(value=value + 1)
        yield "constant", ast.Constant(value=value - 1)


def _may_be_a_number(node: ast.BinOp) -> bool:
    """Text, lists and unions of types fail at once with another operator: such a mutant asks nothing."""
    if isinstance(node.op, ast.BitOr) and _names_types(node):
        return False
    sides = (node.left, node.right)
    never = ast.JoinedStr | ast.List | ast.ListComp | ast.Tuple | ast.Dict
    return not any(isinstance(side, never) or _is_text(side) for side in sides)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)


def _names_types(node: ast.expr) -> bool:
    types = {"int", "str", "float", "bool", "bytes", "list", "dict", "set", "tuple", "type", "object"}
    match node:
        case ast.BinOp(left=left, right=right):
            return _names_types(left) or _names_types(right)
        case ast.Constant(value=None):
            return True
        case ast.Subscript(value=value):
            return _names_types(value)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in types or (name[:1].isupper() and not name.isupper())
    return False
