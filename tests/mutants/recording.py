"""A pytest plugin: which test runs which line, how long it takes, and whether it passes.

Loaded with `-p mutants.recording`; it writes one JSON file for each process of pytest into `MUTANTS_RECORD`. Lines
are measured by the coverage that runs in the process already (see `workplace`). In child processes they are
written down for the test file, in the test's process for the test itself. A test that takes longer than
`MUTANTS_BOUND` seconds ends the process.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

OUTCOMES: dict[str, str] = {}
SECONDS: dict[str, float] = {}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Name the lines that run from here on after this test."""
    measuring = coverage.Coverage.current()
    os.environ["MUTANTS_CONTEXT"] = f"file {item.nodeid.split('::')[0]}"
    if measuring is not None:
        measuring.switch_context(f"test {item.nodeid}")
    # Nobody waits for the signal: it ends the process, and with it whatever the mutant keeps doing.
    signal.setitimer(signal.ITIMER_REAL, float(os.environ.get("MUTANTS_BOUND", "0")))
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up preparing, running and cleaning up; the worst of the three is the test's outcome."""
    so_far = OUTCOMES.get(report.nodeid, "passed")
    OUTCOMES[report.nodeid] = max(so_far, report.outcome, key=("passed", "skipped", "failed").index)
    SECONDS[report.nodeid] = SECONDS.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish() -> None:
    """Save both, unless this process only hands out tests to others."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    measuring = coverage.Coverage.current()
    if measuring is not None:
        measuring.stop()
        measuring.save()
    folder = Path(os.environ["MUTANTS_RECORD"])
    passed = {name: outcome == "passed" for name, outcome in OUTCOMES.items() if outcome != "skipped"}
    (folder / f"{worker}.json").write_text(json.dumps({"passed": passed, "seconds": SECONDS}))
