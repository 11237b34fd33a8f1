"""A good workspace with the decisions that the reference pipeline really wrote, or with scores of a test's own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from support.workspaces import Stream, write, write_good

from collectors.collect import CollectOptions, Collector
from collectors.contract.pipeline import PipelineConfig
from collectors.contract.state import Check, DashboardState
from collectors.observe.load_pipeline import default_config_bytes, parse_config
from collectors.readers.child.process import ReaderProcess
from collectors.store.store import Store

RECORDED = Path(__file__).parents[1] / "data/decisions"
EVENTS = "artifacts/batch_decision/decision_events.csv"
REPORT = "artifacts/batch_decision/decision_report.json"
THRESHOLDS = "artifacts/thresholds/batch_decision_thresholds.json"
START = 1_790_000_000.0
SCORED = START + 100
"""The good training ends 67 s after its start."""


def write_recorded(root: Path) -> tuple[Stream, Stream]:
    """A good training, and the recorded scoring behind it."""
    streams = write_good(root, START)
    write(root / THRESHOLDS, (RECORDED / "batch_decision_thresholds.json").read_bytes(), START - 100)
    for path in (EVENTS, REPORT):
        write(root / path, (RECORDED / path.rpartition("/")[2]).read_bytes(), SCORED)
    return streams


def asked(decisions: Mapping[str, Any] | None = None, **more: Any) -> PipelineConfig:
    """The reference pipeline that asks for checks 11 to 14, with other keys in that section, and `more` beside it."""
    data = yaml.safe_load(default_config_bytes())
    rules = {**data["decisions"], "enabled": True, **(decisions or {})}
    return parse_config(json.dumps({**data, "decisions": rules, **more}).encode(), "dashboard.json")


def collected(root: Path, config: PipelineConfig, child: ReaderProcess, store: Store | None = None) -> DashboardState:
    """What a collector says of a workspace."""
    with Collector(root, store, CollectOptions(pipeline=config, announce=lambda _: None)) as collector:
        collector._cache._child = collector._cache.event_files._child = child
        return collector.export() if store else collector.collect()


def checks_of(state: DashboardState) -> dict[int, Check]:
    """Checks 11 to 14 by number."""
    return {check.index: check for check in state.checklist if 11 <= check.index <= 14}


def outcomes(checks: Mapping[int, Check]) -> dict[int, str]:
    """Their outcomes."""
    return {number: check.outcome.value for number, check in checks.items()}


def compare_with_faults(workspace: Path, state: DashboardState) -> None:
    """Assert that each fault which the reference training put in is one alarm, by its stream, and nothing else is."""
    faults = json.loads((workspace / "artifacts/operation/faults.json").read_text())
    told = state.decisions
    assert told is not None
    alarms, near = (
        sorted(told.alarms.listed, key=lambda alarm: alarm.start),
        2 * max(filter(None, told.window_seconds.values())),
    )
    assert told.alarms.total == len(faults) == len(alarms) > 1
    for fault, alarm in zip(faults, alarms, strict=True):
        assert alarm.start <= fault["end"] and fault["start"] <= alarm.end
        assert alarm.start > fault["start"] - near and alarm.end < fault["end"] + near
        assert fault["stream"] in (alarm.dominant, "both")


def edit_text(path: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    """Change a file as a text, and keep its time."""

    def apply(root: Path) -> None:
        file = root / path
        kept, old = file.stat().st_mtime, file.read_bytes().decode()
        new = change(old)
        assert new != old, "the edit changed nothing"
        file.write_bytes(new.encode())
        os.utime(file, (kept, kept))

    return apply


def edit_json(path: str, change: Callable[[Any], object]) -> Callable[[Path], None]:
    """Change a JSON document in place, and keep its time."""

    def changed(text: str) -> str:
        document = json.loads(text)
        change(document)
        return json.dumps(document)

    return edit_text(path, changed)


def table(columns: Iterable[str], rows: Iterable[Iterable[Any]], separator: str = ",") -> str:
    """A CSV."""
    lines = [separator.join(columns), *(separator.join(map(str, row)) for row in rows)]
    return "\n".join(lines) + "\n"
