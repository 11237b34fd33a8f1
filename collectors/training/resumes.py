"""START records of event files -> the resumes that they prove, and what these threw away. Pure.

Who opens a writer may write one at any step: it decides only where the training goes back behind it, or where it names
a step long passed and nothing follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from collectors.evidence.events import ScalarSeries, SessionStart
from collectors.numbers import is_instant
from collectors.training.run_files import Cut, stride_of


def cuts_at_starts(training: Sequence[Sequence[ScalarSeries]], starts: Iterable[SessionStart]) -> list[Cut]:
    """The cut of each START that is a resume; `training`: of each training series its parts in time order."""
    dated = [start for start in starts if is_instant(start.time)]
    whole = [(np.concatenate([p.step for p in of]), np.concatenate([p.time for p in of])) for of in training if dated]
    placed = [(start, _resumed_at(whole, start)) for start in dated]
    return [Cut(start.time, step) for start, step in placed if step is not None]


def _resumed_at(every: Sequence[tuple[Any, Any]], start: SessionStart) -> int | None:
    """The step from which on older points are void; None where nothing goes back. `every`: steps and times of each."""
    before = [step[time < start.time] for step, time in every]
    reached = max((int(of.max()) for of in before if of.size), default=None)
    if reached is None:
        return None
    firsts = [int(step[time >= start.time][0]) for step, time in every if bool((time >= start.time).any())]
    if not firsts:
        stride = max(stride_of(of) for of in before if of.size)
        return start.step if start.step > 0 and reached - start.step > stride else None
    first = min(firsts)
    if first > reached:
        return None
    return start.step if 0 < start.step <= first else first
