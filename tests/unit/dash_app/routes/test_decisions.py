"""What is drawn of a run's decisions, over HTTP: with ETags, as tables, and the one 404 for everything else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.decisions import asked, collected, write_recorded
from support.server import RunningServer, start_server

from collectors.contract.decisions import DecisionDocument
from collectors.readers.child.process import ReaderProcess
from collectors.store.runs import RunStore
from collectors.store.store import Store


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    server = start_server(tmp_path_factory.mktemp("decisions"))
    workspace = tmp_path_factory.mktemp("ws")
    write_recorded(workspace)
    with ReaderProcess() as child:
        state = collected(workspace, asked(), child, Store(server.state_dir))
    Store(server.state_dir).write_snapshot(state)
    yield server
    server.stop()


def run_of(server: RunningServer) -> str:
    found: str = server.client.get("api/state").json()["meta"]["run_id"]
    return found


def test_the_document_is_of_the_run_that_is_asked_for_and_has_an_etag(server: RunningServer) -> None:
    answer = server.client.get("api/decisions", params={"run": run_of(server)})
    document = DecisionDocument.model_validate_json(answer.content)

    assert (answer.status_code, document.run_id) == (200, run_of(server))
    assert [one.id for one in document.series] == ["patchtst", "swinmae", "fused"]
    assert document.digest == server.client.get("api/state").json()["decisions"]["digest"]
    assert server.client.get("api/decisions").content == answer.content
    again = server.client.get("api/decisions", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("run", ["run-19990101-000000", "../dashboard-state", "..%2f", "a" * 200])
def test_what_is_no_run_or_has_no_scoring_is_the_same_404(server: RunningServer, run: str) -> None:
    for path in ("api/decisions", "api/decisions.csv"):
        answer = server.client.get(path, params={"run": run})
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_scores_and_alarms_are_tables(server: RunningServer) -> None:
    answer = server.client.get("api/decisions.csv", params={"of": "scores"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-disposition"] == f'attachment; filename="{run_of(server)}-scores.csv"'
    assert [row["series"] for row in rows] == [*["patchtst"] * 7, *["swinmae"] * 7, *["fused"] * 7]
    assert rows[-1] == {
        "series": "fused", "row": "6", "time": "2026-01-01T00:00:06.380", "score": "0.496456", "warn": "0.68",
        "anomaly": "0.88",
    }  # fmt: skip
    assert server.client.get("api/decisions.csv").text == "series,start,end,seconds,windows,peak,peak_at,dominant\r\n"
    assert server.client.get("api/decisions.csv", params={"of": "secrets"}).status_code == 400


def test_the_report_tells_what_was_decided(server: RunningServer) -> None:
    page = server.client.get("report.html").text

    assert "No alarm in 7 windows; 25 PatchTST windows not judged." in page
    assert "windows paired by position, not by time" in page


def test_a_removed_run_takes_its_decisions_along(server: RunningServer, tmp_path: Path) -> None:
    run = run_of(server)
    RunStore(server.state_dir).delete([run])

    assert server.client.get("api/decisions", params={"run": run}).status_code == 404
