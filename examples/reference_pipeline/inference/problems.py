"""A problem a person can solve: what is wrong, what was expected, what was found, what next."""

from __future__ import annotations


class PipelineProblem(Exception):
    """Input or output that cannot be used, told in one line without a traceback.

    Args:
        what: The file or value, named the way the reader typed it, and what is wrong with it.
        expected: What would have been right.
        found: What is there instead.
        next_step: What to do now.
    """

    def __init__(self, what: str, *, expected: str, found: str, next_step: str) -> None:
        """Keep the four parts; ``str()`` of the problem joins them."""
        super().__init__(f"{what}: expected {expected}, found {found}; {next_step}")
        self.what = what
        self.expected = expected
        self.found = found
        self.next_step = next_step
