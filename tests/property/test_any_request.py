"""Any request gets an answer that is not the server's fault, and leaves the server as it was."""

from __future__ import annotations

from collections.abc import Callable

from support.observing import observed
from support.request_fuzz import fuzz_requests
from support.server import RunningServer
from support.states import good_state, ready_state

from collectors.store.store import Store

REQUESTS = 5_000


def test_no_request_of_any_kind_is_the_servers_fault(serve: Callable[..., RunningServer]) -> None:
    """Raw sockets, callbacks included; what was answered too late to be seen stands in the log."""
    server = serve()
    store = Store(server.state_dir)
    store.write_snapshot(ready_state())
    store.write_state(good_state())
    with observed(store):
        found = fuzz_requests(server.url, REQUESTS, seed=1)

    assert found.broken == []
    assert "Traceback" not in server.log() and "failed" not in server.log()
    assert {200, 400, 404, 405} <= found.statuses.keys(), "the requests reach what they are meant to reach"
    assert found.statuses[200] > REQUESTS / 10
    assert server.get("api/state").status_code == 200
