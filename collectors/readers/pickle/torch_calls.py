"""What the names and calls in a torch pickle stand for: tensors, storages, plain containers.

Input: names, arguments and references as the stack machine meets them. Output: records, findings for
every name that is not allowed. A call of an allowed name is understood, of a class of somebody's
program remembered, of anything else refused in words; nothing is ever called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from collectors.numbers import listed, plural
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.pickle.allowed_globals import (
    GETATTR,
    Trust,
    is_called_like_a_class,
    is_plain_attribute,
    trust_in,
)
from collectors.readers.pickle.tensors import MAKERS, Malformed, storage_of
from collectors.readers.pickle.values import Global, PickledObject, Storage, StorageView, Tensor

MOST_NAMES: Final = 10_000


class TorchMeaning:
    """Collects storages, tensors and refused names of one pickle; `where` names the pickle."""

    def __init__(self, findings: FindingList, where: str) -> None:
        self._findings, self._where = findings, where
        self.storages: dict[str, Storage] = {}
        self.tensors: list[Tensor] = []
        self._names: dict[str, Global] = {}
        self._refused: list[str] = []
        self._called: set[str] = set()
        self._reported: set[str] = set()
        """Names that can run code."""
        self._listed: set[int] = set()

    @property
    def refused(self) -> tuple[str, ...]:
        """Names that are not on the allow-list, in file order."""
        return tuple(self._refused)

    def name(self, path: str, offset: int) -> Global:
        """Return the record of a name; one that can run code is an error at once."""
        known = self._names.get(path)
        if known is not None:
            return known
        named = Global(path, offset)
        if len(self._names) < MOST_NAMES:
            self._names[path] = named
        trust = trust_in(path)
        if trust is not Trust.ALLOWED:
            self._refused.append(shorten(path))
        if trust is Trust.RUNS_CODE and path not in GETATTR:  # which is judged by what it is given
            self._report_code(named)
        return named

    def call(self, function: object, arguments: object, offset: int) -> object:
        """Return the record of what a call would make."""
        if not isinstance(function, Global):
            text = "the pickle calls what another call returned: loading it would run code that has no name here"
            self._findings.error(text, self._place(offset))
            return PickledObject(None, arguments)
        for given in arguments if isinstance(arguments, tuple) else ():
            if isinstance(given, Global) and given.path in GETATTR:
                self._report_code(given)
        if function.path in GETATTR:
            return self._method(function, arguments)
        maker = MAKERS.get(function.path)
        if maker is None:
            self._report_unknown_function(function, offset)
            return PickledObject(function, arguments)
        return self._made(maker, function, arguments, offset)

    def build(self, target: object, state: object) -> None:
        """Remember the state of an object; what containers and tensors get beside their items is dropped."""
        if isinstance(target, PickledObject):
            target.state = state

    def stored(self, reference: object, offset: int) -> object:
        """Return the storage that a reference names."""
        try:
            found = storage_of(reference)
        except Malformed as problem:
            self._findings.error(str(problem), self._place(offset))
            return PickledObject(None, reference)
        if isinstance(found, PickledObject):
            self._findings.warning("the file carries the source code of a model class", self._place(offset))
            return found
        root = found.root if isinstance(found, StorageView) else found
        known = self.storages.setdefault(root.key, root)
        if (known.dtype, known.count) != (root.dtype, root.count):
            text = f"storage {shorten(root.key)} is described twice: {_described(known)}, then {_described(root)}"
            self._findings.error(text, self._place(offset))
        return StorageView(known, found.offset) if isinstance(found, StorageView) else known

    def extension(self, code: int, offset: int) -> object:
        """Report a name that only the loading machine's own registry knows."""
        self._findings.error(f"the pickle calls extension {code}: what that is cannot be told", self._place(offset))
        return PickledObject(None)

    def report_refused(self) -> None:
        """Warn about the names that are not on the allow-list and do not run code by themselves."""
        for path in GETATTR & self._names.keys() - self._called:
            self._report_code(self._names[path])
        reported = set(map(shorten, self._reported))
        names = [path for path in self._refused if path not in reported]
        if names:
            text = f"needs {listed(names, most=12)}: weights_only loading refuses {plural(len(names), 'such name')}"
            self._findings.warning(text, self._where)

    def _report_code(self, named: Global) -> None:
        """Say that a name can run code, once."""
        if named.path not in self._reported:
            self._reported.add(named.path)
            text = f"the pickle names {shorten(named.path)}, which can run code when the file is loaded"
            self._findings.error(text, self._place(named.offset))

    def _method(self, function: Global, arguments: object) -> object:
        """What `getattr` gives: a method of a class is a value that cannot be called here, all else can run code."""
        self._called.add(function.path)
        if not _is_method(arguments):
            self._report_code(function)
        return PickledObject(function, arguments)

    def _made(self, maker: Callable[[object], object], function: Global, arguments: object, offset: int) -> object:
        try:
            made = maker(arguments)
        except (Malformed, ValueError) as problem:
            text = f"{function.path} is given what torch.save never writes: {problem}"
            self._findings.error(text, self._place(offset))
            return PickledObject(function, arguments)
        if isinstance(made, Tensor) and id(made) not in self._listed:
            # A parameter is its tensor once more; ids stay valid while the list holds the tensors.
            self._listed.add(id(made))
            self.tensors.append(made)
        if isinstance(made, PickledObject) and made.maker is None:
            made.maker = function
        return made

    def _report_unknown_function(self, function: Global, offset: int) -> None:
        trust = trust_in(function.path)
        if trust is not Trust.UNKNOWN or is_called_like_a_class(function.path) or function.path in self._called:
            return
        self._called.add(function.path)
        text = (
            f"the pickle calls {shorten(function.path)}, which is not on the allow-list: loading it runs that function"
        )
        self._findings.error(text, self._place(offset))

    def _place(self, offset: int) -> str:
        return f"{self._where}, offset {offset:,}"


def _is_method(arguments: object) -> bool:
    """Whether this is a class of somebody's program and the name of a method, as pickle writes `Class.method`."""
    if not isinstance(arguments, tuple) or len(arguments) != 2:
        return False
    owner, name = arguments
    is_class = isinstance(owner, Global) and trust_in(owner.path) is Trust.UNKNOWN
    return is_class and is_called_like_a_class(owner.path) and isinstance(name, str) and is_plain_attribute(name)


def _described(storage: Storage) -> str:
    return f"{storage.count:,} of {storage.dtype}"
