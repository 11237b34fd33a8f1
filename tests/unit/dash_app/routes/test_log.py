"""`GET api/log`: the end of the training's own log, as a terminal would leave it, and nothing beside what is named."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import Response
from support.state_parts import raw_state
from support.states import write_state
from support.workspaces import write

from collectors.contract.state import DashboardState
from dash_app.reading.reader import StateReader
from dash_app.routes.log import LogRoute, level_of
from dash_app.settings import Settings


class Place:
    """A workspace, and a state that names its logs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "ws"
        self.root.mkdir()

    def name(self, *logs: str) -> None:
        raw = raw_state() | {"logs": logs}
        raw["meta"]["workspace"] = "ws"
        write_state(self.folder / "state", DashboardState.model_validate(raw))

    def ask(self, query: str = "", etag: str = "", **settings: bool) -> Response:
        made = Settings(workspace=self.root, state_dir=self.folder / "state", **settings)
        route = LogRoute(StateReader(self.folder / "state"), made, patience_seconds=30)
        headers = [(b"if-none-match", etag.encode())] if etag else []
        scope = {"type": "http", "method": "GET", "headers": headers, "query_string": query.encode()}
        return anyio.run(route.answer, Request(scope))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def told(answer: Response) -> dict[str, Any]:
    found = json.loads(bytes(answer.body))
    assert isinstance(found, dict)
    return found


def test_the_newest_log_is_told_line_by_line_with_what_its_lines_say_of_themselves(place: Place) -> None:
    write(place.root / "old.log", "nothing\n")
    os.utime(place.root / "old.log", (1, 1))
    text = "epoch 1\r\n10%\r 50%\r100%\n\x1b[33mWARNING\x1b[0m slow\nValueError: <b>no\u202e</b>\n"
    write(place.root / "train.log", text.encode())
    place.name("old.log", "train.log")

    answer = place.ask()

    found = told(answer)
    assert (found["path"], found["logs"]) == ("train.log", ["old.log", "train.log"])
    assert found["lines"] == ["epoch 1", "100%", "WARNING slow", "ValueError: <b>no\\u202e</b>"]
    assert found["levels"] == ["", "", "warning", "error"]
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert place.ask(etag=answer.headers["etag"]).status_code == 304
    assert told(place.ask("path=old.log"))["lines"] == ["nothing"]


def test_of_a_long_log_the_last_part_is_told_whatever_it_is_called(place: Place) -> None:
    write(place.root / "training_log.txt", "".join(f"line {n}\n" for n in range(20_000)))
    place.name("training_log.txt")

    found = told(place.ask())

    assert found["lines"][-1] == "line 19999" and "line 0" not in found["lines"]
    assert sum(map(len, found["lines"])) <= 64_000 and found["notes"][0].startswith("Only the last part is shown")


def test_what_the_state_does_not_name_and_what_leads_out_is_never_opened(place: Place) -> None:
    write(place.folder / "secret.log", "secret")
    (place.root / "link.log").symlink_to(place.folder / "secret.log")
    write(place.root / "other.log", "other")
    place.name("link.log")

    assert (place.ask("path=link.log").status_code, place.ask("path=other.log").status_code) == (403, 404)
    assert place.ask("path=link.log&path=link.log").status_code == place.ask("x=1").status_code == 400
    assert place.ask(preview=False).status_code == 404
    place.name()
    assert place.ask().status_code == 404


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("2026-11-27 WARN loader waited", "warning"),
        ("/x.py:3: UserWarning: deprecated", "warning"),
        ("20:47:00 warning  checkpoint written in 2.9 s", "warning"),
        ("[ERROR] lost a worker", "error"),
        ("torch.cuda.OutOfMemoryError: CUDA out of memory", "error"),
        ("Traceback (most recent call last):", "error"),
        ("val error 0.31, error_rate 0.2", ""),
        ("mean squared error=0.3", ""),
    ],
)
def test_a_metric_that_is_called_error_is_none(line: str, level: str) -> None:
    assert level_of(line) == level
