"""Zooming: real event files, collected, asked for by range over HTTP."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from support.build_events import START
from support.long_runs import collect, long_losses, write_long_run
from support.server import RunningServer, start_server
from support.workspaces import Stream, write_good, write_stream

from collectors.contract.metrics import MAX_POINTS, StreamMetrics
from collectors.contract.state import DashboardState
from collectors.store.curves import whole
from collectors.store.folder import POINTS_FOLDER, Folder
from collectors.store.points import SideFile
from dash_app.reading import zoom

COUNT = 40_000
SPIKES = (7, 123, 5_000, 5_002, 20_000, 39_990)
"""Steps of one point far above its neighbours."""


@dataclass
class LongRun:
    """A run of 40,000 steps, collected and served."""

    server: RunningServer
    values: NDArray[Any]
    run_id: str

    def ask(self, first: float, last: float, headers: dict[str, str] | None = None, **other: str) -> httpx.Response:
        """GET the validation loss of a range; `other` replaces parameters."""
        named = {"run": self.run_id, "stream": "patchtst", "series": "val_loss", "axis": "step"}
        question = named | {"from": str(first), "to": str(last)} | other
        return self.server.client.get("api/series", params=question, headers=headers or {})


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LongRun]:
    home = tmp_path_factory.mktemp("zoom")
    values = long_losses(COUNT)
    values[np.array(SPIKES) - 1, 1] += 3
    values[29_999, 1] = np.nan
    write_long_run(home / "workspace", values)
    state = collect(home / "workspace", home / "state")
    server = start_server(home / "server", home / "workspace", state_dir=home / "state")
    yield LongRun(server, values, state.meta.run_id)
    server.stop()


def test_a_narrow_range_is_answered_point_by_point(long_run: LongRun) -> None:
    """With one point beyond each end, so that the line reaches the edges."""
    answer = long_run.ask(10_000, 10_999).json()

    assert (answer["source"], answer["total"]) == ("side_files", 1_000)
    assert answer["step"] == answer["epoch"] == list(range(9_999, 11_001))
    assert answer["value"] == long_run.values[9_998:11_000, 1].astype(float).tolist()


def test_a_wide_range_is_reduced_and_keeps_every_spike(long_run: LongRun) -> None:
    answer = long_run.ask(0, COUNT).json()

    assert answer["total"] == COUNT
    assert len(answer["value"]) <= MAX_POINTS
    assert set(SPIKES) <= set(answer["step"])
    finite = long_run.values[:, 1][np.isfinite(long_run.values[:, 1])]
    told = [value for value in answer["value"] if value is not None]
    assert (min(told), max(told)) == (finite.min(), finite.max())


def test_what_is_not_finite_is_null(long_run: LongRun) -> None:
    answer = long_run.ask(29_999, 30_001).json()

    assert dict(zip(answer["step"], answer["value"], strict=True))[30_000] is None
    assert sum(value is None for value in answer["value"]) == 1


def test_time_is_told_and_asked_in_seconds_since_the_first_record(long_run: LongRun) -> None:
    """A step takes 10 ms."""
    answer = long_run.ask(100, 101, axis="time").json()

    assert answer["zero"] == pytest.approx(START + 0.01, abs=1e-3)
    assert answer["total"] == pytest.approx(101, abs=1)
    assert answer["time"] == sorted(answer["time"])
    assert answer["step"][1] == pytest.approx(10_001, abs=1)


def test_a_range_without_a_point_is_empty(long_run: LongRun) -> None:
    answer = long_run.ask(COUNT + 500, COUNT + 600).json()

    assert (answer["total"], answer["value"]) == (0, [])


def test_what_did_not_change_is_a_304_and_another_range_is_not(long_run: LongRun) -> None:
    etag = long_run.ask(10, 2_000).headers["etag"]

    again = long_run.ask(10, 2_000, headers={"If-None-Match": etag})
    other = long_run.ask(10, 2_001, headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"axis": "value"}, "axis must be one of epoch, step, time"),
        ({"from": "x"}, "from must be a number"),
        ({"from": "nan"}, "from must be a finite number"),
        ({"to": "1e999"}, "to must be a finite number"),
        ({"from": "9", "to": "8"}, "from must not be above to"),
        ({"limit": "9000000"}, "'limit' is no parameter here"),
    ],
)
def test_a_question_that_cannot_be_answered_is_a_400_that_says_why(
    long_run: LongRun, change: dict[str, str], told: str
) -> None:
    refused = long_run.ask(1, 2, **change)

    assert refused.status_code == 400
    assert refused.json()["error"] == "bad_question"
    assert refused.json()["message"].startswith(told)


def test_a_parameter_that_is_missing_or_given_twice_is_a_400(long_run: LongRun) -> None:
    twice = long_run.server.get(f"/api/series?run={long_run.run_id}&run=b&stream=s&series=v&axis=step&from=1&to=2")
    missing = long_run.server.get("/api/series?stream=s&series=v&axis=step&from=1&to=2")

    assert (twice.status_code, missing.status_code) == (400, 400)
    assert "run must be given once; it is given 2 times" in twice.text
    assert "run must be given once; it is given 0 times" in missing.text


@pytest.mark.parametrize("change", [{"run": "run-x"}, {"run": "../x"}, {"stream": "swin"}, {"series": "lr"}])
def test_what_is_not_there_is_a_404(long_run: LongRun, change: dict[str, str]) -> None:
    absent = long_run.ask(1, 2, **change)

    assert (absent.status_code, absent.json()["error"]) == (404, "not_found")


def curves_of(state: DashboardState, state_dir: Path) -> StreamMetrics:
    """Metrics of the first stream with its curves."""
    return whole(Folder(state_dir), state).metrics["patchtst"]


def collected(home: Path, *, keep: bool = True) -> tuple[Any, list[SideFile]]:
    """Metrics of the first stream of `home/workspace`, and the side files of its validation loss."""
    state = collect(home / "workspace", home / "state")
    if not keep:
        shutil.rmtree(home / "state" / "cache")
    metrics = curves_of(state, home / "state")
    return metrics, zoom.side_files(home / "state", zoom.Curve(state.meta.run_id, "patchtst", "val_loss"), metrics)


def test_a_short_run_is_answered_from_the_state(tmp_path: Path) -> None:
    write_good(tmp_path / "workspace")
    metrics, files = collected(tmp_path)

    found = zoom.detail(files, metrics, "val_loss", zoom.Range("epoch", 2, 4))

    assert (files, found.source, found.total) == ([], "state", 3)
    assert found.epoch.tolist() == [1, 2, 3, 4, 5]


def test_a_cache_that_was_deleted_leaves_the_points_of_the_state(tmp_path: Path) -> None:
    write_long_run(tmp_path / "workspace", long_losses(5_000))
    metrics, files = collected(tmp_path, keep=False)

    found = zoom.detail(files, metrics, "val_loss", zoom.Range("step", 1, 5_000))

    assert found.source == "state"
    assert found.total == len(metrics.series["val_loss"].value)


def test_a_resumed_run_is_told_whole_though_its_first_file_is_short(tmp_path: Path) -> None:
    """Only a long file has a side file; a step that was repeated counts once, as it was written last."""
    first, second = long_losses(600, seed=1), long_losses(6_000, seed=2)
    write_long_run(tmp_path / "workspace", first)
    write_long_run(tmp_path / "workspace", second, first_step=501, number=1)
    metrics, files = collected(tmp_path)

    found = zoom.detail(files, metrics, "val_loss", zoom.Range("step", 300, 800))
    points = dict(zip(found.step.tolist(), found.value.tolist(), strict=True))

    assert len(files) == 1
    assert {step: points[step] for step in range(501, 801)} == dict(
        zip(range(501, 801), second[:300, 1].astype(float).tolist(), strict=True)
    )
    shown = metrics.series["val_loss"]
    before = {s: v for s, v in zip(shown.step, shown.value, strict=True) if 300 <= s <= 500}
    assert before and {step: points[step] for step in before} == before


def test_a_stream_that_is_shown_from_the_previous_run_is_told_in_detail(tmp_path: Path) -> None:
    """SwinMAE trains anew; PatchTST, whose losses are still those of before, is zoomed as ever."""
    values = long_losses(5_000)
    write_long_run(tmp_path / "workspace", values)
    for later in (100.0, 200.0):
        write_stream(tmp_path / "workspace", Stream("swinmae", [0.7, 0.6], 2, START + later))
    metrics, files = collected(tmp_path)
    assert metrics.completion.from_previous_run

    found = zoom.detail(files, metrics, "val_loss", zoom.Range("step", 2_000, 2_400))

    assert (found.source, found.total) == ("side_files", 401)
    assert found.value[1:-1].tolist() == values[1_999:2_400, 1].astype(float).tolist()


def test_an_earlier_run_keeps_its_own_detail(tmp_path: Path) -> None:
    """Two runs in one folder: each is told from what it wrote itself."""
    kept = {}
    for number, start in enumerate((START, START + 1_000)):
        values = long_losses(5_000, seed=number)
        write_long_run(tmp_path / "workspace", values, start=start)
        state = collect(tmp_path / "workspace", tmp_path / "state", snapshot=True)
        kept[state.meta.run_id] = (curves_of(state, tmp_path / "state"), values)
    assert len(kept) == 2

    for run_id, (metrics, values) in kept.items():
        files = zoom.side_files(tmp_path / "state", zoom.Curve(run_id, "patchtst", "val_loss"), metrics)
        found = zoom.detail(files, metrics, "val_loss", zoom.Range("step", 2_000, 2_400))

        assert found.source == "side_files"
        assert found.value[1:-1].tolist() == values[1_999:2_400, 1].astype(float).tolist()


def test_a_file_that_a_later_run_wrote_anew_is_no_detail_of_the_earlier_one(tmp_path: Path) -> None:
    """Some loggers always use the same file name: then the earlier run has the points of its state only."""
    first, second = long_losses(5_000, seed=1), long_losses(5_000, seed=2)
    path = write_long_run(tmp_path / "workspace", first)
    before = collect(tmp_path / "workspace", tmp_path / "state", snapshot=True)
    write_long_run(tmp_path / "workspace", second, start=START + 1_000).rename(path)
    after = collect(tmp_path / "workspace", tmp_path / "state")

    told = {}
    for name, state in (("before", before), ("after", after)):
        curve = zoom.Curve(state.meta.run_id, "patchtst", "val_loss")
        metrics = curves_of(state, tmp_path / "state")
        files = zoom.side_files(tmp_path / "state", curve, metrics)
        told[name] = zoom.detail(files, metrics, "val_loss", zoom.Range("step", 2_000, 2_400))

    assert (told["before"].source, told["after"].source) == ("state", "side_files")
    assert set(told["before"].value.tolist()) <= set(first[:, 1].astype(float).tolist())
    assert told["after"].value[1:-1].tolist() == second[1_999:2_400, 1].astype(float).tolist()


def test_more_points_than_are_read_at_once_are_answered_from_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_long_run(tmp_path / "workspace", long_losses(9_000))
    metrics, files = collected(tmp_path)
    monkeypatch.setattr(zoom, "MOST_ROWS", 5_000)

    whole = zoom.detail(files, metrics, "val_loss", zoom.Range("step", 1, 9_000))
    part = zoom.detail(files, metrics, "val_loss", zoom.Range("step", 4_000, 5_000))
    by_time = zoom.detail(files, metrics, "val_loss", zoom.Range("time", 40, 50))

    assert (whole.source, part.source, by_time.source) == ("state", "side_files", "side_files")
    assert part.total == 1_001


def test_a_damaged_index_leads_nowhere_else(tmp_path: Path) -> None:
    write_long_run(tmp_path / "workspace", long_losses(5_000))
    metrics, files = collected(tmp_path)
    assert len(files) == 1
    state_dir, index = tmp_path / "state", tmp_path / "state" / POINTS_FOLDER / "index.json"
    run_id = next(iter(json.loads(index.read_text())))
    curve = zoom.Curve(run_id, "patchtst", "val_loss")

    for names in (["../../../etc/passwd"], [7], "x", {"a": 1}, None):
        index.write_text(json.dumps({run_id: {"patchtst": {"val_loss": names}}}))
        assert zoom.side_files(state_dir, curve, metrics) == []
    index.write_text(json.dumps({run_id: []}))
    assert zoom.side_files(state_dir, curve, metrics) == []
