"""A pickle read as opcodes by a small stack machine: nothing is imported, called or built.

Input: a stream that stands at a pickle, and a `Meaning` that decides what names and calls stand for.
Output: the value as plain records. It refuses more opcodes, marks, text and digits than the limits,
opcodes that torch.save never writes, and any stream that `pickletools` cannot follow.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from typing import IO, Any, Final, Protocol

from collectors.readers.common.finding_list import shorten
from collectors.readers.pickle.stack import PickleStack
from collectors.readers.pickle.values import Global, PickledDict, PickledObject

MOST_OPCODES: Final = 2_000_000
MOST_TEXT: Final = 32 << 20
"""Bytes or characters of one value inside the pickle."""
MOST_BITS: Final = 128
"""Longer integers are remembered as unknown."""


class Meaning(Protocol):
    """What names, calls and references to storages stand for."""

    def name(self, path: str, offset: int) -> Global:
        """Return the record of a name."""

    def call(self, function: object, arguments: object, offset: int) -> object:
        """Return the record of what calling it would make."""

    def build(self, target: object, state: object) -> None:
        """Remember the state an object would be given."""

    def stored(self, reference: object, offset: int) -> object:
        """Return the record of what lies outside the pickle."""

    def extension(self, code: int, offset: int) -> object:
        """Return the record of a name that only the loading machine's registry knows."""


class PickleMachine:
    """Runs one pickle. `protocol` is the one it declares, 0 when it declares none."""

    def __init__(self, meaning: Meaning) -> None:
        self.meaning = meaning
        self.stack = PickleStack()
        self.protocol = 0

    def run(self, stream: IO[bytes]) -> object:
        """Return the value; `stream` then stands behind the pickle. Raises PickleProblem."""
        count = 0
        try:
            for opcode, argument, position in pickletools.genops(stream):
                self.stack.at = position or 0
                count += 1
                if count > MOST_OPCODES:
                    raise self.stack.problem(f"the pickle has more than {MOST_OPCODES:,} opcodes: not read")
                self._step(opcode.name, argument)
        except (ValueError, OverflowError, MemoryError) as error:
            raise self.stack.problem(f"the pickle is damaged: {shorten(str(error))}") from None
        return self.stack.pop()

    def _step(self, name: str, argument: Any) -> None:
        if name in _CARRIED:
            self.stack.push(self._bounded(argument))
        elif name in _CONSTANTS:
            self.stack.push(_CONSTANTS[name])
        else:
            handler = _HANDLERS.get(name)
            if handler is None:
                raise self.stack.problem(f"the pickle uses {name}, which torch.save never writes")
            handler(self, argument)

    def _bounded(self, value: Any) -> object:
        if isinstance(value, int):
            return value if value.bit_length() <= MOST_BITS else PickledObject(None)
        if isinstance(value, str | bytes | bytearray) and len(value) > MOST_TEXT:
            raise self.stack.problem(f"the pickle holds a value of {len(value):,} bytes: not read")
        return bytes(value) if isinstance(value, bytearray) else value


def _short_tuple(length: int) -> Callable[[PickleMachine, Any], None]:
    def make(machine: PickleMachine, _: Any) -> None:
        items = [machine.stack.pop() for _ in range(length)]
        machine.stack.push(tuple(reversed(items)))

    return make


def _dict(machine: PickleMachine, _: Any) -> None:
    machine.stack.push(PickledDict(machine.stack.pop_pairs()))


def _extend(machine: PickleMachine, items: list[object]) -> None:
    target = machine.stack.top()
    if isinstance(target, list):
        target.extend(items)
    elif isinstance(target, PickledObject):
        target.items.extend(items)
    else:
        raise machine.stack.problem("the pickle is damaged: it appends to what is not a list")


def _update(machine: PickleMachine, pairs: list[tuple[object, object]]) -> None:
    target = machine.stack.top()
    if not isinstance(target, PickledDict | PickledObject):
        raise machine.stack.problem("the pickle is damaged: it sets items of what is not a dict")
    target.pairs.extend(pairs)


def _set_item(machine: PickleMachine, _: Any) -> None:
    value, key = machine.stack.pop(), machine.stack.pop()
    _update(machine, [(key, value)])


def _named(machine: PickleMachine, path: Any) -> None:
    # pickletools writes the two lines of GLOBAL as `module name`.
    machine.stack.push(machine.meaning.name(str(path).replace(" ", ".", 1), machine.stack.at))


def _named_by_stack(machine: PickleMachine, _: Any) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    if not isinstance(name, str) or not isinstance(module, str):
        raise machine.stack.problem("the pickle computes a name it refers to: refused")
    machine.stack.push(machine.meaning.name(f"{module}.{name}", machine.stack.at))


def _call(machine: PickleMachine, function: object, arguments: object) -> None:
    machine.stack.push(machine.meaning.call(function, arguments, machine.stack.at))


def _reduce(machine: PickleMachine, _: Any) -> None:
    arguments, function = machine.stack.pop(), machine.stack.pop()
    _call(machine, function, arguments)


def _reduce_with_keywords(machine: PickleMachine, _: Any) -> None:
    keywords, arguments, function = machine.stack.pop(), machine.stack.pop(), machine.stack.pop()
    _call(machine, function, (arguments, keywords))


def _instance(machine: PickleMachine, path: Any) -> None:
    arguments = tuple(machine.stack.pop_group())
    _named(machine, path)
    _call(machine, machine.stack.pop(), arguments)


def _instance_by_stack(machine: PickleMachine, _: Any) -> None:
    items = machine.stack.pop_group()
    if not items:
        raise machine.stack.problem("the pickle is damaged: it makes an object of nothing")
    _call(machine, items[0], tuple(items[1:]))


def _build(machine: PickleMachine, _: Any) -> None:
    state = machine.stack.pop()
    machine.meaning.build(machine.stack.top(), state)


def _stored(machine: PickleMachine, _: Any) -> None:
    machine.stack.push(machine.meaning.stored(machine.stack.pop(), machine.stack.at))


def _extended(machine: PickleMachine, code: Any) -> None:
    machine.stack.push(machine.meaning.extension(int(code), machine.stack.at))


def _declare(machine: PickleMachine, protocol: Any) -> None:
    machine.protocol = int(protocol)


_CARRIED: Final = frozenset(
    name
    for group in (
        "INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT",
        "STRING BINSTRING SHORT_BINSTRING UNICODE SHORT_BINUNICODE BINUNICODE BINUNICODE8",
        "BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8",
    )
    for name in group.split()
)
_CONSTANTS: Final[dict[str, object]] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_HANDLERS: Final[dict[str, Callable[[PickleMachine, Any], None]]] = {
    "MARK": lambda machine, _: machine.stack.mark(),
    "POP": lambda machine, _: machine.stack.drop(),
    "POP_MARK": lambda machine, _: machine.stack.pop_group().clear(),
    "DUP": lambda machine, _: machine.stack.push(machine.stack.top()),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), lambda machine, index: machine.stack.remember(index)),
    "MEMOIZE": lambda machine, _: machine.stack.remember(),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), lambda machine, index: machine.stack.recall(index)),
    "TUPLE": lambda machine, _: machine.stack.push(tuple(machine.stack.pop_group())),
    "TUPLE1": _short_tuple(1),
    "TUPLE2": _short_tuple(2),
    "TUPLE3": _short_tuple(3),
    **dict.fromkeys(("EMPTY_LIST", "EMPTY_SET"), lambda machine, _: machine.stack.push([])),
    **dict.fromkeys(("LIST", "FROZENSET"), lambda machine, _: machine.stack.push(machine.stack.pop_group())),
    "EMPTY_DICT": lambda machine, _: machine.stack.push(PickledDict()),
    "DICT": _dict,
    "APPEND": lambda machine, _: _extend(machine, [machine.stack.pop()]),
    **dict.fromkeys(("APPENDS", "ADDITEMS"), lambda machine, _: _extend(machine, machine.stack.pop_group())),
    "SETITEM": _set_item,
    "SETITEMS": lambda machine, _: _update(machine, machine.stack.pop_pairs()),
    "GLOBAL": _named,
    "STACK_GLOBAL": _named_by_stack,
    **dict.fromkeys(("REDUCE", "NEWOBJ"), _reduce),
    "NEWOBJ_EX": _reduce_with_keywords,
    "INST": _instance,
    "OBJ": _instance_by_stack,
    "BUILD": _build,
    "BINPERSID": _stored,
    **dict.fromkeys(("EXT1", "EXT2", "EXT4"), _extended),
    "PROTO": _declare,
    **dict.fromkeys(("FRAME", "STOP"), lambda machine, _: None),
}
