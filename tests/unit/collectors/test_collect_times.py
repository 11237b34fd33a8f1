"""Since when a stage is what it is: told by the files, or first seen by a collection."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from support.workspaces import write, write_good

from collectors.collect import Collector
from collectors.contract.graph import Node
from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.store.store import Store

SCALER = "artifacts/scaler_fdc.json"


def node(state: DashboardState, stage: str = "scaler-check") -> Node:
    return state.nodes[stage]


def test_a_check_that_begins_to_fail_has_failed_since_it_was_first_seen(tmp_path: Path) -> None:
    """Other words of the same failure do not begin it anew, and a restart does not forget it."""
    write_good(tmp_path / "ws")
    good = (tmp_path / "ws" / SCALER).read_bytes()
    store = Store(tmp_path / "state")
    with Collector(tmp_path / "ws", store) as collector:
        first = node(collector.export())
        before = datetime.now(UTC)
        (tmp_path / "ws" / SCALER).write_bytes(b"{")
        broken = node(collector.export())
        (tmp_path / "ws" / SCALER).unlink()
        still = node(collector.export())
    with Collector(tmp_path / "ws", store) as again:
        restarted = node(again.export())
        (tmp_path / "ws" / SCALER).write_bytes(good)
        mended = node(again.export())

    assert (first.status, first.since) == (Status.DONE, None), "nobody saw it begin"
    assert broken.status is still.status is restarted.status is Status.FAIL
    assert broken.since is not None and before <= broken.since == broken.updated_at
    assert still.message != broken.message
    assert still.since == restarted.since == broken.since < still.updated_at == restarted.updated_at
    assert mended.status is Status.DONE
    assert mended.since is not None and mended.since > broken.since


def test_what_the_files_tell_is_believed_over_what_was_seen(tmp_path: Path) -> None:
    """A stream ended when its last record was written, not when somebody looked."""
    store = Store(tmp_path / "state")
    write(tmp_path / "ws/dashboard.yaml", "trainer: reference\n")
    with Collector(tmp_path / "ws", store) as collector:
        assert node(collector.export(), "swinmae").status is Status.IDLE
        streams = write_good(tmp_path / "ws")
        done = node(collector.export(), "swinmae")

    assert done.status is Status.DONE
    assert done.since == datetime.fromtimestamp(streams[1].end, UTC)
