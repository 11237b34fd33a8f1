"""How a training was written down, in which files and by which clock, never changes what it means."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from any_inputs import bounded
from hypothesis import given
from hypothesis import strategies as st
from support.build_events import event, header, record, simple_value
from support.foreign import TRAIN, VAL, Foreign
from support.workspaces import write

from collectors.collect import CollectOptions, Collector
from collectors.judge.checklist import judge
from collectors.judge.verdict import verdict_of
from collectors.readers.child.process import ReaderProcess

NOW = 1_795_435_105.0
Record = tuple[float, int, str, float]
"""Time, step, tag, value."""
Look = Callable[..., Any]


@dataclass(frozen=True)
class Training:
    """A training of one stream: what it wrote, and how many epochs or steps it should have made."""

    train: tuple[float, ...]
    val: tuple[float, ...]
    total: int
    stride: int
    gap: float
    ended: float
    """Seconds before now."""

    def records(self, first: int | None = None, *, shift: float = 0.0) -> list[Record]:
        """Train and validation of each place, in the order in which they were written; `first` is the first step."""
        begun = self.stride if first is None else first
        start = NOW - self.ended - self.gap * len(self.train) + shift
        found = []
        for n, (train, val) in enumerate(zip(self.train, self.val, strict=True)):
            at, step = start + self.gap * (n + 1), begun + self.stride * n
            found += [(at, step, TRAIN, train), (at + 0.01, step, VAL, val)]
        return found


LOSSES = st.floats(2**-6, 8.0, width=32) | st.sampled_from([float("nan"), float("inf")])


@st.composite
def trainings(draw: Callable[..., Any], most: int = 10) -> Training:
    """Trainings that ended, that broke off, and that went wrong on their way."""
    count = draw(st.integers(3, most))
    finite = st.floats(2**-6, 8.0, width=32)
    train = draw(st.lists(finite, min_size=count, max_size=count))
    val = draw(st.lists(finite, min_size=count, max_size=count))
    if draw(st.integers(0, 3)) == 0:
        val[draw(st.integers(0, count - 1))] = draw(LOSSES)
    stride = draw(st.sampled_from([1, 1, 10, 50]))
    missing = draw(st.sampled_from([0, 0, 0, 1, 3]))
    gap = draw(st.sampled_from([2.0, 15.0, 600.0]))
    return Training(tuple(train), tuple(val), (count + missing) * stride, stride, gap, draw(st.floats(60.0, 90_000.0)))


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    """One reading child for all examples."""
    with ReaderProcess() as process:
        yield process


@pytest.fixture
def look(child: ReaderProcess) -> Look:
    """Event files of a training -> its verdict, its checks, its curves without their times."""

    def found(training: Training, *files: Sequence[Record], shift: float = 0.0, first: int | None = None) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            _write(root, training, files, shift)
            return _judged(root, child, NOW + shift, first if first is not None else training.stride)

    return found


def _write(root: Path, training: Training, files: Sequence[Sequence[Record]], shift: float) -> None:
    f = Foreign(root, now=NOW + shift, age=training.ended)
    f.events(**({"steps_are": "epochs"} if training.stride == 1 else {}))
    f.total(training.total, "epochs" if training.stride == 1 else "steps")
    f.finish()
    for number, records in enumerate(filter(None, files)):
        begun = records[0][0] - 0.005
        out = [header(begun), *(record(event(step, [simple_value(tag, v)], at)) for at, step, tag, v in records)]
        name = f"tb/events.out.tfevents.{int(begun)}.gpu1.{7 + number}.{number}"
        write(root / name, b"".join(out), records[-1][0])


def _judged(root: Path, child: ReaderProcess, now: float, first: int) -> Any:
    with Collector(root, None, CollectOptions()) as collector:
        collector._cache._child = collector._cache.event_files._child = child
        seen = collector._gatherer.gather(now)
    checks = judge(seen).checks
    curves = seen.streams[0].losses.curves
    points = {n: ((c.step - first).tolist(), [repr(v) for v in c.value.tolist()]) for n, c in curves.items()}
    outcomes = [(c.id, c.outcome) for c in checks]
    return verdict_of(checks, seen).value, outcomes, points, seen.streams[0].progress.status


@bounded
@given(training=trainings(), shift=st.floats(-1e8, 1e8))
def test_shifting_all_times_changes_nothing(look: Look, training: Training, shift: float) -> None:
    """Clocks, file times and now, all of them by as much."""
    assert look(training, training.records(shift=shift), shift=shift) == look(training, training.records())


@bounded
@given(training=trainings())
def test_counting_steps_from_0_or_from_1_changes_nothing(look: Look, training: Training) -> None:
    """Ten epochs are 1 to 10 and 0 to 9; a point every ten steps stands at 10, 20 or at 9, 19."""
    first = training.stride - 1

    assert look(training, training.records(first), first=first) == look(training, training.records())


@bounded
@given(training=trainings(), data=st.data())
def test_splitting_an_event_file_at_any_record_changes_nothing(look: Look, training: Training, data: Any) -> None:
    """Between two epochs, and between the training loss of an epoch and its validation."""
    records = training.records()
    at = data.draw(st.integers(1, len(records) - 1))

    assert look(training, records[:at], records[at:]) == look(training, records)


@bounded
@given(training=trainings(), data=st.data())
def test_a_resume_at_any_step_changes_nothing(look: Look, training: Training, data: Any) -> None:
    """What a broken branch wrote, and where it had been when it was left, is gone; NaN too."""
    count = len(training.train)
    at = data.draw(st.integers(0, count - 2), label="resumed at")
    reached = data.draw(st.integers(at, count + 4), label="had reached")
    wrong = data.draw(LOSSES, label="wrote")
    records = training.records()
    longer = replace(training, train=(*training.train, *[wrong] * 4), val=(*training.val, *[wrong] * 4))
    early = [(t - training.gap * count - 60.0, *rest) for t, *rest in longer.records()]
    branch = [(t, step, tag, wrong) for t, step, tag, _ in early[2 * at : 2 * reached]]

    assert look(training, [*early[: 2 * at], *branch], records[2 * at :]) == look(training, records)


@bounded
@given(training=trainings(), lag=st.floats(-0.9, 0.9), data=st.data())
def test_two_writers_of_different_series_are_one(look: Look, training: Training, lag: float, data: Any) -> None:
    """A process for the training, one for its validation, whichever is ahead."""
    records = training.records()
    train = [r for r in records if r[2] == TRAIN]
    val = [(at + lag, *rest) for at, *rest in records if rest[1] == VAL]
    files = data.draw(st.permutations([train, val]))

    assert look(training, *files) == look(training, records)
