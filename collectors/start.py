"""How our programs start: quickly, and as they were found afterwards."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

MATRIX_THREADS: Final = "OPENBLAS_NUM_THREADS"
"""numpy starts so many when it is imported; nothing here multiplies matrices."""


@contextmanager
def quick_start() -> Iterator[None]:
    """Import in it what a program needs.

    What is imported stays, so it is never searched for garbage: that was a tenth of a short command's time. Programs
    that are started later find the environment as it was.
    """
    was_asked, was_on = os.environ.get(MATRIX_THREADS), gc.isenabled()
    os.environ.setdefault(MATRIX_THREADS, "1")
    gc.disable()
    try:
        yield
    finally:
        if was_asked is None:
            del os.environ[MATRIX_THREADS]
        if not gc.get_freeze_count():  # once: what else there is by then may be garbage
            gc.freeze()
        if was_on:
            gc.enable()


def settle() -> None:
    """Search for garbage once more, when the first work is done, and never again among what is there then.

    What was imported, read and made for it stays: a search of it all would cost more than what one change makes.
    """
    gc.collect()
    gc.freeze()
