"""A training that leaves a table without times has the pace at which its table was seen to grow."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from support.foreign import Foreign, falling_at, table_text
from support.workspaces import write

from collectors.collect import Collector
from collectors.contract.metrics import Completion
from collectors.contract.values import Outcome, Status
from collectors.evidence.files import FileFacts
from collectors.evidence.tables import LossRow, LossTableEvidence
from collectors.observe.table_writes import FEWEST, KEPT, MOST_TABLES, TableWrites
from collectors.store.store import Store
from collectors.training.evidence import ReadFile

MINUTES = 60.0


def table(at: float | None, rows: int, path: str = "log.csv") -> ReadFile[LossTableEvidence]:
    """A table of so many rows, written at this time."""
    evidence = LossTableEvidence("csv", (), [LossRow(float(n), None, None, {}) for n in range(rows)])
    return ReadFile(FileFacts(path, True, 1, at), evidence)


def gap_after(*writes: tuple[float, int]) -> float | None:
    seen, gap = TableWrites(), None
    for at, rows in writes:
        gap = seen.gap_of(table(at, rows))
    return gap


@pytest.mark.parametrize(
    ("writes", "gap"),
    [
        ([(0, 1), (600, 2), (1200, 3)], None),
        ([(0, 1), (600, 2), (1200, 3), (1800, 4)], 600.0),
        ([(0, 1), (30, 2), (600, 3), (1200, 4), (1800, 5)], 585.0),
        ([(0, 1), (600, 2), (610, 2), (1200, 3), (1200, 3), (1800, 4)], 600.0),  # rewritten, looked at twice
        ([(0, 1), (600, 2), (1200, 3), (1800, 4), (2000, 1)], None),  # begun again
        ([(900, 1), (600, 2), (1200, 3), (1800, 4)], None),  # times that go back are no times of one training
    ],
)
def test_the_pace_is_the_usual_gap_between_writes_with_more_rows(
    writes: list[tuple[float, int]], gap: float | None
) -> None:
    assert gap_after(*writes) == gap


def test_what_is_no_whole_table_says_nothing() -> None:
    seen = TableWrites()
    sound = table(1.0, 5)
    for odd in (None, table(None, 5), ReadFile(sound.facts), ReadFile(sound.facts, sound.evidence, being_written=True)):
        assert seen.gap_of(odd) is None

    assert seen.seen == {}


def test_memory_is_bounded_and_survives_as_plain_values() -> None:
    seen = TableWrites()
    for n in range(KEPT + 5):
        seen.gap_of(table(100.0 * n, n, "long.csv"))
    for n in range(MOST_TABLES - 1):
        seen.gap_of(table(1.0, 1, f"{n}.csv"))

    assert (len(seen.seen), len(seen.seen["long.csv"])) == (MOST_TABLES, KEPT)
    assert TableWrites.remembered(seen.seen) == seen
    seen.gap_of(table(1.0, 1, "one more.csv"))
    assert "long.csv" not in seen.seen
    with pytest.raises((ValueError, TypeError)):
        TableWrites.remembered({"log.csv": [["x", None]]})


class TenMinutes:
    """A training that writes a row every ten minutes and nothing else, watched from its second row on."""

    def __init__(self, root: Path) -> None:
        self.root, self.begun = root, time.time() - 200 * MINUTES
        made = Foreign(root / "ws", now=self.begun, age=0.0)
        made.table(self._text(1))
        made.total(1000)
        made.without_events()
        made.finish()

    def _text(self, rows: int) -> str:
        return table_text([(n, falling_at(n), falling_at(n)) for n in range(rows)], "epoch", "loss", "val_loss")

    def row(self, count: int, minutes: float) -> None:
        path = write(self.root / "ws/log.csv", self._text(count))
        os.utime(path, (self.begun + minutes * MINUTES,) * 2)

    def look(self) -> tuple[Completion, Outcome]:
        """What a new observer says that takes over the state directory of the one before."""
        with Collector(self.root / "ws", Store(self.root / "state")) as collector:
            state = collector.export()
        return state.metrics["net"].completion, next(c.outcome for c in state.checklist if c.id == "training")


def test_a_table_that_was_seen_to_grow_every_ten_minutes_is_stalled_after_ten_of_them_and_not_before(
    tmp_path: Path,
) -> None:
    training = TenMinutes(tmp_path)
    for count in range(FEWEST + 1):
        training.row(count + 1, 10.0 * count)
        done, outcome = training.look()
    assert (done.gap_seconds, done.status, outcome) == (600.0, Status.STALLED, Outcome.FAIL)

    training.row(FEWEST + 2, 200.0 - 60.0)  # an hour ago: six of its gaps
    done, outcome = training.look()
    assert (done.gap_seconds, done.status, outcome) == (600.0, Status.RUNNING, Outcome.SKIP)


def test_the_same_table_seen_once_has_no_pace_and_is_not_called_stalled(tmp_path: Path) -> None:
    training = TenMinutes(tmp_path)
    training.row(FEWEST + 1, 30.0)

    done, outcome = training.look()

    assert (done.gap_seconds, done.status, outcome) == (None, Status.RUNNING, Outcome.SKIP)
