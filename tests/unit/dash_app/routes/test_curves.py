"""A chart that comes near asks for its curves, and for what is new of them; nothing else carries one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.long_runs import collect, long_losses, write_long_run
from support.server import RunningServer, start_server
from support.state_parts import PATCHTST
from support.states import ready_state, write_state
from support.waiting import wait_for

from collectors.contract.state import state_from_json
from collectors.store.curves import whole
from collectors.store.folder import Folder

COUNT = 5_000


@dataclass
class LongRun:
    """A running page over a run with long curves."""

    server: RunningServer
    home: Path

    def ask(self, **params: Any) -> Any:
        found = {"run": self.run_id, "stream": "patchtst"} | params
        return self.server.client.get("api/curves", params={k: v for k, v in found.items() if v is not None})

    @property
    def run_id(self) -> str:
        return self.state.meta.run_id

    @property
    def state(self) -> Any:
        return state_from_json((self.home / "state" / "dashboard-state.json").read_bytes())

    @property
    def series(self) -> Any:
        return whole(Folder(self.home / "state"), self.state).metrics["patchtst"].series


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LongRun]:
    home = tmp_path_factory.mktemp("curves")
    write_long_run(home / "workspace", long_losses(COUNT))
    collect(home / "workspace", home / "state")
    server = start_server(home / "server", home / "workspace", state_dir=home / "state")
    yield LongRun(server, home)
    server.stop()


def rebuilt(before: Any, part: Any) -> list[Any]:
    """Values of a curve in segments."""
    found: list[Any] = []
    for segment in part["segments"]:
        found += before[segment[0] : segment[0] + segment[1]] if isinstance(segment, list) else segment["value"]
    return found


def test_the_main_chart_has_its_curves_as_they_are_kept_and_its_table(long_run: LongRun) -> None:
    told = long_run.ask().json()

    (main,) = told["parts"].values()
    held = {curve["series"]: curve["value"] for curve in main["curves"]}
    assert held == {name: list(one.value) for name, one in long_run.series.items()}
    assert max(map(len, held.values())) > 1_000
    assert main["table"][0][0] == "table"
    assert told["digest"] == long_run.state.metrics["patchtst"].curves


def test_a_metric_is_asked_for_by_its_name_and_several_at_once(long_run: LongRun) -> None:
    told = long_run.ask(series=["val_loss", "train_loss"]).json()

    assert {name: [c["series"] for c in part["curves"]] for name, part in told["parts"].items()} == {
        "val_loss": ["val_loss"], "train_loss": ["train_loss"],
    }  # fmt: skip


def test_what_did_not_change_is_not_sent_again_and_is_packed_once(long_run: LongRun) -> None:
    first = long_run.ask()
    again = long_run.server.client.get(str(first.url), headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Content-Encoding"] in {"br", "gzip"}
    assert int(first.headers["Content-Length"]) < len(first.content) / 2


def test_rows_before_a_document_that_is_gone_are_sent_whole(long_run: LongRun) -> None:
    told = long_run.ask(since="0" * 20).json()

    assert all("segments" not in curve for curve in told["parts"][""]["curves"])


@pytest.mark.parametrize(
    "change",
    [{"run": "run-x"}, {"run": "../x"}, {"stream": "swin"}, {"stream": "../x"}, {"series": "lr"}],
)
def test_what_is_not_there_is_the_one_404(long_run: LongRun, change: dict[str, str]) -> None:
    assert long_run.ask(**change).status_code == 404


def test_what_stood_there_before_a_run_began_has_no_answer_and_is_no_mistake(long_run: LongRun) -> None:
    assert long_run.ask(run="no-run").status_code == 204


@pytest.mark.parametrize("change", [{"run": None}, {"stream": None}, {"other": "1"}, {"series": ["val_loss"] * 65}])
def test_a_question_that_is_none_is_said_to_be_none(long_run: LongRun, change: dict[str, Any]) -> None:
    assert long_run.ask(**change).status_code == 400


@pytest.mark.parametrize("since", ["../../../etc/passwd", "x", "0" * 21])
def test_a_digest_that_can_be_none_is_as_good_as_none(long_run: LongRun, since: str) -> None:
    assert long_run.ask(since=since).json()["parts"] == long_run.ask().json()["parts"]


def test_the_layout_carries_no_curve(long_run: LongRun) -> None:
    layout = long_run.server.client.get("_dash-layout").text

    assert '"value": [' not in layout and '"value":[' not in layout
    assert len(layout) < 150_000


def test_after_an_append_only_new_rows_are_sent(long_run: LongRun) -> None:
    before = long_run.ask().json()
    write_long_run(long_run.home / "workspace", long_losses(COUNT + 10))
    collect(long_run.home / "workspace", long_run.home / "state")

    whole_answer, news = long_run.ask(), long_run.ask(since=before["digest"])

    for now, part, old in zip(
        *(a["parts"][""]["curves"] for a in (whole_answer.json(), news.json(), before)), strict=True
    ):
        assert rebuilt(old["value"], part) == now["value"]
    assert len(news.content) < len(whole_answer.content)


def test_a_short_run_is_answered_from_its_state(long_run: LongRun) -> None:
    """The last one here: it puts another state in the place of the long run's."""
    write_state(long_run.home / "state", ready_state())

    told = wait_for(lambda: long_run.ask(run=ready_state().meta.run_id).json(), "the short run")

    assert told["digest"] is None
    assert [curve["value"] for curve in told["parts"][""]["curves"]] == list(map(list, PATCHTST[:2]))
