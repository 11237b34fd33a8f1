"""The stack, marks and memo of a pickle, with limits. Pure.

Input: records. Output: records, or `PickleProblem` where the pickle takes what is not there. It holds
whatever it is given and looks into nothing.
"""

from __future__ import annotations

from typing import Final

MOST_MARKS: Final = 5_000


class PickleProblem(Exception):
    """The pickle cannot be read further: `text` says why, `offset` where."""

    def __init__(self, text: str, offset: int) -> None:
        self.text, self.offset = text, offset
        super().__init__(text)


class PickleStack:
    """What the opcodes of a pickle work on; `at` is the offset of the current one, for problems."""

    def __init__(self) -> None:
        self.at = 0
        self._values: list[object] = []
        self._marks: list[list[object]] = []
        self._memo: dict[int, object] = {}

    def push(self, value: object) -> None:
        """Put a value on top."""
        self._values.append(value)

    def pop(self) -> object:
        """Take the top value. Raises PickleProblem."""
        if not self._values:
            raise self.problem("the pickle is damaged: it takes more values than it made")
        return self._values.pop()

    def top(self) -> object:
        """Look at the top value. Raises PickleProblem."""
        if not self._values:
            raise self.problem("the pickle is damaged: it needs a value where there is none")
        return self._values[-1]

    def mark(self) -> None:
        """Begin a group. Raises PickleProblem when too many are open."""
        if len(self._marks) >= MOST_MARKS:
            raise self.problem(f"the pickle nests more than {MOST_MARKS:,} deep: not read")
        self._marks.append(self._values)
        self._values = []

    def pop_group(self) -> list[object]:
        """Take everything since the last mark. Raises PickleProblem."""
        if not self._marks:
            raise self.problem("the pickle is damaged: a mark is missing")
        items = self._values
        self._values = self._marks.pop()
        return items

    def pop_pairs(self) -> list[tuple[object, object]]:
        """Take a group as pairs of key and value. Raises PickleProblem."""
        items = self.pop_group()
        if len(items) % 2:
            raise self.problem("the pickle is damaged: a key has no value")
        return list(zip(items[::2], items[1::2], strict=True))

    def drop(self) -> None:
        """Take the top value away, or an empty group."""
        if self._values:
            self._values.pop()
        else:
            self.pop_group()

    def remember(self, index: int | None = None) -> None:
        """Keep the top value under a number, the next one by default."""
        self._memo[len(self._memo) if index is None else index] = self.top()

    def recall(self, index: int) -> None:
        """Put a kept value on top. Raises PickleProblem."""
        if index not in self._memo:
            raise self.problem(f"the pickle is damaged: it recalls value {index}, which it never stored")
        self.push(self._memo[index])

    def problem(self, text: str) -> PickleProblem:
        """A problem at the current opcode."""
        return PickleProblem(text, self.at)
