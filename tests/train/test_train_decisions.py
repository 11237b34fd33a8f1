"""The trainers decide on an operation set: calibrated, paired in time; the faults that were put in are the alarms."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.decisions import checks_of, compare_with_faults, outcomes

from collectors.collect import CollectOptions, Collector
from collectors.contract.state import DashboardState
from examples.reference_pipeline.decide import STREAMS
from examples.reference_pipeline.decisions import describe


def rows(workspace: Path, path: str) -> list[dict[str, str]]:
    with (workspace / path).open(newline="") as handle:
        return list(csv.DictReader(handle))


def judged(workspace: Path) -> DashboardState:
    """What the dashboard says of it, asked for everything."""
    describe(workspace / "dashboard.yaml")
    with Collector(workspace, None, CollectOptions(announce=lambda _: None)) as collector:
        return collector.collect()


@pytest.fixture(scope="module")
def decided(quick: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished training, to be described."""
    return Path(shutil.copytree(quick, tmp_path_factory.mktemp("decided") / "workspace"))


@pytest.fixture(scope="module")
def state(decided: Path) -> DashboardState:
    return judged(decided)


def test_the_scoring_passes_what_two_epochs_can_pass(state: DashboardState) -> None:
    """How often normal windows are called an anomaly is for a whole training to say."""
    checks = checks_of(state)

    said = "\n".join(check.detail for check in checks.values())
    assert {n: check.outcome.value for n, check in checks.items() if n != 13} == dict.fromkeys((11, 12, 14), "pass"), (
        said
    )


@pytest.mark.slow
def test_a_whole_training_passes_every_check_of_decisions(pipeline: Callable[..., Any], tmp_path: Path) -> None:
    done = pipeline(tmp_path / "whole")
    assert done.returncode == 0, done.stdout + done.stderr

    state = judged(tmp_path / "whole")

    assert outcomes(checks_of(state)) == dict.fromkeys((11, 12, 13, 14), "pass")
    compare_with_faults(tmp_path / "whole", state)


def test_what_two_epochs_call_an_alarm_was_put_in(decided: Path, state: DashboardState) -> None:
    """So young a model overlooks the faintest of the three; that the whole training finds all is told above."""
    faults = json.loads((decided / "artifacts/operation/faults.json").read_text())
    assert state.decisions is not None
    alarms, near = state.decisions.alarms, 2 * max(filter(None, state.decisions.window_seconds.values()))

    assert 2 <= alarms.total == len(alarms.listed) <= len(faults) == 3
    for alarm in alarms.listed:
        assert any(f["start"] - near < alarm.start <= f["end"] and alarm.end < f["end"] + near for f in faults)


def test_the_same_window_gets_the_same_score_whoever_scores_it_again(decided: Path, quick: Path) -> None:
    """Masks follow from a fixed seed; eight draws are one score."""
    block = json.loads((decided / "artifacts/thresholds/batch_decision_thresholds.json").read_text())["calibration"]

    assert (block["split"], block["normal_only"], block["draws"]) == ("calibration", True, 8)
    assert block["windows"] == len(rows(quick, block["scores"]))


def test_thresholds_are_those_of_the_calibration_scores_alone(decided: Path) -> None:
    thresholds = json.loads((decided / "artifacts/thresholds/batch_decision_thresholds.json").read_text())
    for stream in STREAMS:
        scores = [float(row[f"{stream}_score"]) for row in rows(decided, "artifacts/calibration/scores.csv")]
        assert thresholds[stream]["warn"] == pytest.approx(np.quantile(scores, 0.95), rel=1e-6)
        assert thresholds["calibration"]["medians"][stream] == pytest.approx(np.median(scores), rel=1e-6)


def test_windows_of_a_pair_are_of_one_moment_on_one_clock(decided: Path) -> None:
    found = rows(decided, "artifacts/batch_decision/decision_events.csv")

    assert all(row[f"{stream}_timestamp"].endswith("+00:00") for row in found for stream in STREAMS)
    assert [int(row["window_index"]) for row in found] == list(range(len(found)))


@pytest.fixture
def recorded_style(quick: Path, pipeline: Callable[..., Any], tmp_path: Path) -> Iterator[Path]:
    workspace = tmp_path / "recorded"
    done = pipeline(workspace, "--quick", "--recorded-style")
    assert done.returncode == 0, done.stdout + done.stderr
    yield workspace


def test_the_recorded_style_has_the_recorded_faults(recorded_style: Path) -> None:
    """Nothing says what thresholds were calibrated on, and windows are left unjudged behind pairs by position."""
    state = judged(recorded_style)
    checks = checks_of(state)

    assert (checks[11].outcome.value, checks[14].outcome.value) == ("skip", "fail")
    assert "were never judged" in checks[14].detail
    assert state.decisions is not None
    assert state.decisions.clock == "naive"
