"""Each event of a run is told once, with retries, and no secret is printed."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.states import diverged_state, empty_state, failing_state, good_state, ready_state, running_state

from collectors.contract.state import DashboardState
from collectors.live import notify
from collectors.live.address import NotifyProblem, checked_address
from collectors.live.notify import Notifier, event_of


@pytest.fixture
def hook() -> Iterator[Any]:
    """A real web server that keeps what it is sent; `answers` are given in order, then 204."""

    class Hook(BaseHTTPRequestHandler):
        seen: list[dict[str, Any]] = []  # noqa: RUF012 -- one fixture, one class
        answers: list[int] = []  # noqa: RUF012 -- the same

        def do_POST(self) -> None:
            self.seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(self.answers.pop(0) if self.answers else 204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Hook.address = f"http://127.0.0.1:{server.server_port}/secret-path"  # type: ignore[attr-defined]
    yield Hook
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_event_is_told_once_a_run(hook: Any) -> None:
    said: list[str] = []
    notifier = Notifier(said.append, hook.address)

    for state in (running_state(), ready_state(), ready_state()):
        notifier.look_at(state)
    notifier.finish()

    assert [m["event"] for m in hook.seen] == ["ready"]
    assert hook.seen[0]["run_id"] == ready_state().meta.run_id
    assert said == ["notify 127.0.0.1: told ready"]


def test_a_failure_is_tried_again_and_no_secret_is_printed(hook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "PAUSES_SECONDS", (0.0, 0.0))
    hook.answers = [500, 302]
    said: list[str] = []
    notifier = Notifier(said.append, hook.address)

    notifier.look_at(failing_state())
    notifier.finish()

    assert len(hook.seen) == 3
    assert said == ["notify 127.0.0.1: told not_ready"]

    hook.answers = [500, 500, 500]
    second = Notifier(said.append, hook.address)
    second.look_at(failing_state())
    second.finish()
    assert said[-1] == "notify 127.0.0.1: could not tell not_ready: answered 500 (3 attempts)"
    assert "secret" not in "".join(said)


def test_a_command_gets_the_message_on_standard_input(tmp_path: Path) -> None:
    target = tmp_path / "message"
    program = f"import sys; open({str(target)!r}, 'w').write(sys.stdin.read())"
    notifier = Notifier(lambda _: None, command=[sys.executable, "-c", program])

    notifier.look_at(ready_state())
    notifier.finish()

    assert json.loads(target.read_text())["verdict"] == "ready"


@pytest.mark.parametrize(
    ("state", "event"),
    [(ready_state(), "ready"), (failing_state(), "not_ready"), (running_state(), None), (good_state(), "incomplete"),
     (empty_state(), None), (diverged_state(), "diverged")],
)  # fmt: skip
def test_what_is_an_event(state: Any, event: str | None) -> None:
    assert event_of(state) == event


def with_status(state: DashboardState, status: str, verdict: str) -> DashboardState:
    """The state with its first stream in another status."""
    raw = json.loads(state.model_dump_json())
    next(iter(raw["metrics"].values()))["completion"]["status"] = status
    raw["verdict"]["value"] = verdict
    return DashboardState.model_validate_json(json.dumps(raw))


def test_a_training_that_failed_without_a_bad_number_has_not_diverged() -> None:
    assert event_of(with_status(ready_state(), "fail", "not_ready")) == "failed"


def test_a_stream_that_is_too_silent_to_be_believed_has_ended_without_a_result() -> None:
    """A table alone cannot tell a dead training from a slow one: that is an end nobody may miss."""
    assert event_of(with_status(ready_state(), "running", "incomplete")) == "incomplete"
    assert event_of(with_status(ready_state(), "running", "training")) is None


def test_between_two_streams_nothing_has_ended_for_three_minutes() -> None:
    state = with_status(good_state(), "idle", "not_ready")
    ends = [m.completion.last_record_at for m in state.metrics.values() if m.completion.last_record_at]
    last = max(ends).timestamp()

    assert event_of(state, last + 170) is None
    assert event_of(state, last + 190) == "not_ready"


def told(*states: DashboardState) -> list[str]:
    """The events of states that come one after the other."""
    said: list[str] = []
    notifier = Notifier(said.append, command=[sys.executable, "-c", ""])
    for state in states:
        notifier.look_at(state)
        notifier.finish()
    return [line.removeprefix("notify command: told ") for line in said]


def test_every_end_is_told_and_a_run_that_goes_on_has_recovered() -> None:
    stalled = with_status(failing_state(), "stalled", "not_ready")
    running = with_status(failing_state(), "running", "training")

    assert told(running, stalled, stalled, running, running, stalled, running, good_state(), ready_state()) == [
        "stalled", "recovered", "stalled", "recovered", "incomplete", "ready",
    ]  # fmt: skip
    assert told(diverged_state(), diverged_state(), running) == ["diverged", "recovered"]


def test_a_run_that_is_trained_further_ends_once_more_and_has_not_recovered() -> None:
    running = with_status(ready_state(), "running", "training")

    assert told(ready_state(), running, running, ready_state()) == ["ready", "ready"]


@pytest.mark.parametrize("address", ["http://example.org/x", "ftp://h/", "file:///etc/passwd", "https://", "x", ""])
def test_only_https_leaves_this_machine(address: str) -> None:
    with pytest.raises(NotifyProblem) as problem:
        checked_address(address)

    assert not address or address not in str(problem.value)
