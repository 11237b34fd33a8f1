"""A whole workspace, looked at twice after its training's end: what changed in between is told by its digest."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from support.workspaces import Stream, checkpoint_bytes, config_text, write, write_backup, write_good, write_stream

from collectors.__main__ import main
from collectors.collect import Collector
from collectors.contract.state import Check
from collectors.contract.values import Outcome
from collectors.store.store import Store

CHECKPOINT, SCALER = "checkpoints/patchtst_ssl.pt", "artifacts/scaler_fdc.json"
CONFIG = "configs/patchtst_ssl_real.yaml"


def same_run(tmp_path: Path) -> Check:
    """Check 9, by a new collector that takes over the state directory of the one before."""
    with Collector(tmp_path / "ws", Store(tmp_path / "state")) as collector:
        state = collector.export()
    return next(c for c in state.checklist if c.id == "provenance")


def saved_again(tmp_path: Path, streams: tuple[Stream, ...], when: float | None) -> None:
    """Another checkpoint of the same shape in PatchTST's place, and a backup of it."""
    write(tmp_path / "ws" / CHECKPOINT, checkpoint_bytes(replace(streams[0], seed=9)), when)
    write_backup(tmp_path / "ws", streams, streams[1].end + 5)


def test_another_checkpoint_than_was_seen_after_the_end_fails_though_its_time_was_put_back(tmp_path: Path) -> None:
    streams = write_good(tmp_path / "ws", time.time() - 9000)
    assert same_run(tmp_path).outcome is Outcome.PASS

    saved_again(tmp_path, streams, streams[0].end)

    found = same_run(tmp_path)
    assert found.outcome is Outcome.FAIL
    assert f"the checkpoint {CHECKPOINT} (sha256 " in found.detail and "(changed_after_end)" in found.detail
    assert same_run(tmp_path).outcome is Outcome.FAIL  # what was seen first stays what it was


def test_the_same_bytes_again_are_the_same_checkpoint(tmp_path: Path) -> None:
    streams = write_good(tmp_path / "ws", time.time() - 9000)
    same_run(tmp_path)

    os.utime(tmp_path / "ws" / CHECKPOINT, (streams[0].end + 300,) * 2)

    assert same_run(tmp_path).outcome is Outcome.PASS


def test_a_checkpoint_put_back_is_the_one_that_was_seen(tmp_path: Path) -> None:
    streams = write_good(tmp_path / "ws", time.time() - 9000)
    before = (tmp_path / "ws" / CHECKPOINT).read_bytes()
    same_run(tmp_path)
    saved_again(tmp_path, streams, None)
    assert same_run(tmp_path).outcome is Outcome.FAIL

    write(tmp_path / "ws" / CHECKPOINT, before, streams[0].end)
    write_backup(tmp_path / "ws", streams, streams[1].end + 5)

    assert same_run(tmp_path).outcome is Outcome.PASS


def test_a_last_save_a_minute_after_the_end_is_honest(tmp_path: Path) -> None:
    """The observer looked between the last record and the weights that were stripped."""
    streams = write_good(tmp_path / "ws", time.time() - 150)
    assert same_run(tmp_path).outcome is Outcome.PASS

    saved_again(tmp_path, streams, None)

    assert same_run(tmp_path).outcome is Outcome.PASS


def test_another_scaler_than_was_seen_after_the_end_fails(tmp_path: Path) -> None:
    streams = write_good(tmp_path / "ws", time.time() - 9000)
    same_run(tmp_path)
    scaler = tmp_path / "ws" / SCALER

    write(scaler, scaler.read_text().replace("0.1", "0.2"), streams[0].start - 2)
    write_backup(tmp_path / "ws", streams, streams[1].end + 5)

    found = same_run(tmp_path)
    assert found.outcome is Outcome.FAIL and f"the scaler {SCALER} (sha256 " in found.detail


def with_config(tmp_path: Path, streams: tuple[Stream, ...], text: str) -> Check:
    """PatchTST's config says this under its old time, and there is a backup of it."""
    write(tmp_path / "ws" / CONFIG, text, streams[0].start - 5)
    write_backup(tmp_path / "ws", streams, streams[1].end + 5)
    return same_run(tmp_path)


def test_a_config_of_other_values_than_were_seen_after_the_end_fails(tmp_path: Path) -> None:
    streams = write_good(tmp_path / "ws", time.time() - 9000)
    same_run(tmp_path)

    found = with_config(tmp_path, streams, config_text(streams[0]) + "  warmup: 5\n")  # which no checkpoint kept

    assert found.outcome is Outcome.FAIL
    assert f"the config {CONFIG} (sha256 " in found.detail and "(changed_after_end)" in found.detail


def test_a_config_that_was_only_written_in_another_form_is_the_one_that_was_seen(tmp_path: Path) -> None:
    streams = write_good(tmp_path / "ws", time.time() - 9000)
    same_run(tmp_path)
    text = config_text(streams[0])
    assert "lr: 0.002" in text

    found = with_config(tmp_path, streams, "# the final one\n" + text.replace("lr: 0.002", "lr:   2.0e-3"))

    assert found.outcome is Outcome.PASS


def test_training_again_begins_anew(tmp_path: Path) -> None:
    streams = write_good(tmp_path / "ws", time.time() - 9000)
    same_run(tmp_path)

    later = (replace(streams[0], start=streams[1].end + 60, seed=9),)
    later = (*later, replace(streams[1], start=later[0].end + 10, seed=60))
    for stream in later:
        write_stream(tmp_path / "ws", stream)
    os.utime(tmp_path / "ws" / SCALER, (later[0].start - 2,) * 2)
    write_backup(tmp_path / "ws", later, later[1].end + 5)

    assert same_run(tmp_path).outcome is Outcome.PASS


def test_validate_remembers_where_a_state_directory_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    streams = write_good(tmp_path / "ws", time.time() - 9000)
    (tmp_path / "state").mkdir()
    asked = ["validate", str(tmp_path / "ws"), "--state-dir", str(tmp_path / "state")]
    main(asked)
    saved_again(tmp_path, streams, streams[0].end)

    main(asked)

    assert "(changed_after_end)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "junk", [b"", b"[]", b'{"checkpoints/patchtst_ssl.pt": 3}', b'{"a": {"sha256": "0"}}', b"\xff"]
)
def test_a_damaged_memory_counts_as_none(tmp_path: Path, junk: bytes) -> None:
    store = Store(tmp_path)
    (tmp_path / "after_end.json").write_bytes(junk)

    assert store.seen_after_end() == {}
