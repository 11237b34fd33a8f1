"""The training's own logs: what the description names, and a table that is one; a log that grows changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.workspaces import write

from collectors.collect import CollectOptions, Collector
from collectors.contract.state import MOST_LOGS
from collectors.store.store import Store

STREAM = "streams: [{id: a, label: A, checkpoint: {path: a.pt}, %s}]\n"
EVENTS = "events: {folder: runs, tags: {train_loss: loss}}, completion: {by: epochs, total: epochs}"
TABLE = r"table: {path: training_log_*.txt, lines: ['loss (?P<train_loss>\S+)']}"
LINES = TABLE + ", completion: {by: epochs, total: epochs}"


def logs(root: Path, description: str) -> tuple[str, ...]:
    write(root / "dashboard.yaml", description)
    collector = Collector(root, Store(root.parent / "state"), CollectOptions())
    try:
        return collector.export(snapshot=False).logs
    finally:
        collector.close()


@pytest.mark.parametrize(
    ("description", "found"),
    [
        (STREAM % EVENTS, ("logs/b.out", "train.log")),
        (STREAM % EVENTS + "logs: [deep/*.txt]\n", ("deep/c.txt",)),
        (STREAM % EVENTS + "logs: []\n", ()),
        (STREAM % LINES + "logs: []\n", ("training_log_1.txt",)),
    ],
)
def test_logs_are_those_that_are_named_or_lie_where_they_usually_do(
    tmp_path: Path, description: str, found: tuple[str, ...]
) -> None:
    for name in ("train.log", "logs/b.out", "deep/c.txt", "training_log_1.txt", "other.txt"):
        write(tmp_path / "ws" / name, "loss 0.3\n")

    assert logs(tmp_path / "ws", description) == found


def test_of_many_logs_the_newest_are_told_by_name(tmp_path: Path) -> None:
    for n in range(MOST_LOGS + 3):
        write(tmp_path / "ws" / f"{n:02}.log", "x\n", 1_700_000_000 - n)

    assert logs(tmp_path / "ws", STREAM % EVENTS) == tuple(f"{n:02}.log" for n in range(MOST_LOGS))
