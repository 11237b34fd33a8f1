"""Closed `ReaderProcess`es -> their children, kept for the next ones: starting one takes longer than most tests.

They are the real children, asked by the real code; only how long they live is other. A child is taken again where a
new one would be started alike: by the same user and program, with the same variables and limits. One that died or
was dropped is not kept.
"""

from __future__ import annotations

import os
import resource
import sys
from functools import partialmethod
from typing import Any

import pytest

from collectors.readers.child import process as product

MOST = 3
"""As many as a test uses at once, nearly always."""
ITS_OWN = "PYTEST_CURRENT_TEST"
"""The one variable that every test has other than the one before it."""
LIMITS = sorted({number for name, number in vars(resource).items() if name.startswith("RLIMIT_")})


def _terms() -> tuple[Any, ...]:
    limits = [resource.getrlimit(kind) for kind in LIMITS]
    variables = {name: value for name, value in product._environment().items() if name != ITS_OWN}
    return sys.executable, os.geteuid(), os.nice(0), limits, variables


class _Worker(product._Worker):
    def __init__(self) -> None:
        self.terms = _terms()
        super().__init__()


class KeptChildren:
    """The children nobody uses at the moment."""

    def __init__(self) -> None:
        self._idle: list[_Worker] = []

    def use(self, patch: pytest.MonkeyPatch) -> None:
        """Let every `ReaderProcess` take its child from here, and leave it here when it is closed."""
        patch.setattr(product, "_Worker", self._take)
        patch.setattr(product.ReaderProcess, "close", partialmethod(_leave, self._idle))

    def end(self) -> None:
        """End them all."""
        while self._idle:
            self._idle.pop().end(0)

    def _take(self) -> _Worker:
        terms = _terms()
        for worker in [worker for worker in self._idle if worker.terms == terms]:
            self._idle.remove(worker)
            if worker.process.poll() is None:
                return worker
            worker.end(0)
        return _Worker()


def _leave(process: product.ReaderProcess, idle: list[_Worker]) -> None:
    with process._lock:
        worker = process._worker
        if isinstance(worker, _Worker) and len(idle) < MOST:
            process._worker = None
            idle.append(worker)
        process._drop()
