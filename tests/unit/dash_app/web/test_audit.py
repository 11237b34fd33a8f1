"""What is written down of a change: who, how, where; before its answer is sent, and only of what changed something."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message

from collectors.contract.access import Role
from collectors.store.access import AccessStore
from collectors.store.store import Store
from dash_app.auth.identity import Identity
from dash_app.web.audit import Audit
from dash_app.web.dash_shims import CALLBACK_PATH

ANN = Identity("ann", Role.OPERATOR, "session", "id")


def written(folder: Path, *, status: int = 200, kind: str = "http", **scope: Any) -> list[dict[str, Any]]:
    """Lines of the audit when an answer with this status was sent to Ann, without their times."""
    Store(folder)
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def answered() -> None:
        told = {"type": kind, "method": "POST", "path": "/api/baseline", **scope}
        sending = Audit(folder).of_writes(told, ANN, send)
        told.get("state", {}).get("audit", {}).update(run_id="run-1")
        await sending({"type": "http.response.start", "status": status})
        await sending({"type": "http.response.body", "body": b""})

    asyncio.run(answered())
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    return [{k: v for k, v in line.items() if k not in ("at", "time", "when")} for line in AccessStore(folder).audit()]


def test_a_change_is_one_line_with_what_the_route_told(tmp_path: Path) -> None:
    (line,) = written(tmp_path, state={"kept": 1})

    assert line == {
        "event": "write", "user": "ann", "role": "operator", "how": "session", "method": "POST",
        "path": "/api/baseline", "run_id": "run-1",
    }  # fmt: skip


@pytest.mark.parametrize(("status", "lines"), [(200, 1), (303, 1), (399, 1), (400, 0), (500, 0)])
def test_what_was_refused_or_failed_is_no_change(tmp_path: Path, status: int, lines: int) -> None:
    assert len(written(tmp_path, status=status)) == lines


@pytest.mark.parametrize(
    "scope", [{"method": "GET"}, {"method": "HEAD"}, {"path": CALLBACK_PATH}, {"kind": "websocket"}]
)
def test_reading_and_callbacks_change_nothing(tmp_path: Path, scope: dict[str, Any]) -> None:
    assert written(tmp_path, **scope) == []


def test_of_a_long_address_its_first_200_characters_are_kept(tmp_path: Path) -> None:
    (line,) = written(tmp_path, path="/" + "x" * 300)

    assert line["path"] == "/" + "x" * 199


def test_where_nothing_can_be_written_the_log_says_so_and_the_answer_is_sent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "audit.jsonl").mkdir()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AccessStore, "audit", lambda _: [])
        assert written(tmp_path) == []
    assert "the audit cannot be written: " in caplog.text
