"""What the way to the reading child refuses: foreign classes, messages without bound, a side that is gone."""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collectors.evidence.documents import DocumentEvidence
from collectors.evidence.files import NOT_READ_HERE
from collectors.files.workspace import Workspace
from collectors.readers.child import process as child
from collectors.readers.child.options import from_plain, to_plain
from collectors.readers.child.process import ReaderProcess, ReadLimits
from collectors.readers.child.registry import READERS, Reader
from collectors.readers.child.wire import (
    HELLO,
    MAX_MESSAGE,
    ConnectionEnded,
    has_answer,
    receive,
    receive_with_fd,
    send,
)
from collectors.readers.tables.columns import LossColumns

Pair = tuple[socket.socket, socket.socket]
LONG_SECONDS = 30.0
"""Longer than any refusal takes; only what waits for bytes that never come needs it."""


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws/notes.txt").write_text("train")
    with Workspace(tmp_path / "ws") as workspace:
        yield workspace


def length(size: int) -> bytes:
    """How a message of that many bytes begins."""
    return struct.pack(">Q", size)


@pytest.mark.parametrize("module", ["subprocess", "os", "collectors", "collectors_of_another", "dash_app.settings"])
def test_a_class_that_is_not_ours_is_not_made(module: str) -> None:
    """A request names a class; only those of `collectors` are imported."""
    with pytest.raises(ValueError, match=f"{module} is not ours"):
        from_plain({"columns": {"@class": [module, "Popen"], "fields": {}}})


def test_a_record_of_ours_is_made_again_and_plain_values_stay() -> None:
    options: dict[str, Any] = {"columns": LossColumns(epoch=("ep",)), "name": "a", "more": {"class": 1}}

    assert from_plain(to_plain(options)) == options
    assert to_plain(options)["columns"]["@class"] == [LossColumns.__module__, "LossColumns"]


def test_the_child_itself_refuses_a_foreign_class_and_the_next_file_is_read(workspace: Workspace) -> None:
    foreign = {"@class": ["subprocess", "Popen"], "fields": {"args": ["true"]}}
    with ReaderProcess() as process, workspace.open("notes.txt") as opened:
        [finding] = process.read("document", opened, columns=foreign).findings
        assert "the reader failed (ValueError: subprocess is not ours)" in finding.text
        assert process.read("document", opened).text == "train"
        assert process.failures == 1


def test_a_message_and_its_descriptor_arrive_together(pair: Pair, workspace: Workspace) -> None:
    with workspace.open("notes.txt") as opened:
        send(pair[0], b"request", opened.fileno)
    message, fd = receive_with_fd(pair[1])

    with os.fdopen(fd, "rb") as handle:
        assert (message, handle.read()) == (b"request", b"train")


def test_a_message_beyond_the_bound_is_refused_before_it_is_read(pair: Pair) -> None:
    """A child that was taken over must not fill the memory of its parent."""
    pair[0].sendall(length(MAX_MESSAGE + 1))

    with pytest.raises(ConnectionEnded):
        receive(pair[1], LONG_SECONDS)


def test_a_message_of_the_bound_itself_is_waited_for(pair: Pair) -> None:
    pair[0].sendall(length(MAX_MESSAGE))

    with pytest.raises(TimeoutError):
        receive(pair[1], 0.05)


@pytest.mark.parametrize("sent", [b"", length(9)[:3], length(9), length(9) + b"half"])
def test_a_side_that_ends_in_the_middle_of_a_message_has_ended(pair: Pair, sent: bytes) -> None:
    pair[0].sendall(sent)
    pair[0].close()

    with pytest.raises(ConnectionEnded):
        receive(pair[1], LONG_SECONDS)


@pytest.mark.parametrize("sent", [b"", length(2)[:3], length(2) + b"{}"])
def test_a_request_without_its_descriptor_is_refused(pair: Pair, sent: bytes) -> None:
    pair[0].sendall(sent)
    pair[0].shutdown(socket.SHUT_WR)

    with pytest.raises(ConnectionEnded):
        receive_with_fd(pair[1])


def test_a_long_message_comes_whole(pair: Pair) -> None:
    """The first piece of a long message is not the message."""
    pair[0].sendall(length(5) + b"he")
    assert has_answer(pair[1], LONG_SECONDS)
    pair[0].sendall(b"llo")

    assert receive(pair[1], LONG_SECONDS) == b"hello"


def test_nobody_who_says_nothing_has_answered(pair: Pair) -> None:
    assert not has_answer(pair[1], 0.01)
    pair[0].close()
    assert has_answer(pair[1], LONG_SECONDS), "gone is an answer too"


def test_a_file_larger_than_its_reader_takes_is_not_sent_to_it(workspace: Workspace) -> None:
    """One of exactly the bound is."""
    small: dict[str, Reader] = {
        "five": replace(READERS["document"], max_bytes=5),
        "four": replace(READERS["document"], max_bytes=4),
    }
    with ReaderProcess(readers=small) as process, workspace.open("notes.txt") as opened:
        [finding] = process.read("four", opened).findings
        assert (finding.text, process.pid) == ("has 5 bytes; at most 4 are read", None)
        assert process.read("five", opened).text == "train"


def test_each_reader_takes_as_much_as_is_said_and_no_more() -> None:
    """Checkpoints, archives and event files of any size: they are read by their handle."""
    bounds = {name: reader.max_bytes for name, reader in READERS.items() if reader.takes == "bytes"}

    assert bounds == {
        "shard_index": 1 << 25,
        "dcp": 1 << 27,
        "config": 1 << 20,
        "scaler": 1 << 24,
        "loss_table": 1 << 26,
        "document": 1 << 26,
        "mlflow": 1 << 28,
        "decision_report": 1 << 26,
    }
    handles = {name for name, reader in READERS.items() if reader.takes == "handle"}
    assert handles == {"checkpoint", "archive", "scores", "events"}


def test_the_child_is_out_of_reach_of_the_terminals_ctrl_c(workspace: Workspace) -> None:
    """Its parent decides when it ends: a reading that is broken off would be told as a bad file."""
    with ReaderProcess() as process, workspace.open("notes.txt") as opened:
        process.read("document", opened)
        assert process.pid is not None
        assert os.getsid(process.pid) == process.pid != os.getsid(0)


def test_a_child_that_cannot_be_started_is_said_and_no_crash(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ReaderProcess() as process, workspace.open("notes.txt") as opened:
        before = len(list(Path("/proc/self/fd").iterdir()))
        with monkeypatch.context() as patched:
            patched.setattr("sys.executable", "/no/such/python")
            [finding] = process.read("document", opened).findings
        assert len(list(Path("/proc/self/fd").iterdir())) == before
        assert finding.text.startswith(f"{NOT_READ_HERE}: the reading process cannot be started: ")
        assert "/no/such" not in finding.text
        assert process.failures == 1
        assert process.read("document", opened).text == "train"


def test_a_child_that_does_not_greet_is_not_asked(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something else answers in the child's place."""
    impostor = tmp_path / "python"
    impostor.write_text("#!/bin/sh\nexit 7\n")
    impostor.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(impostor))

    with ReaderProcess() as process, workspace.open("notes.txt") as opened:
        [finding] = process.read("document", opened).findings

    assert "exit code 7" in finding.text


def test_what_greets_in_another_way_is_not_asked(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    greeting = length(5) + b"hello"
    impostor = tmp_path / "python"
    impostor.write_text(f"#!{sys.executable}\nimport os, sys\nos.write(int(sys.argv[-1]), {greeting!r})\nsys.exit(5)\n")
    impostor.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(impostor))

    with ReaderProcess() as process, workspace.open("notes.txt") as opened:
        [finding] = process.read("document", opened).findings

    assert finding.text == f"{NOT_READ_HERE}: the reader failed (exit code 5); please report this"


def test_a_child_that_does_not_start_in_time_is_said(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "START_SECONDS", 0.0)

    with ReaderProcess() as process, workspace.open("notes.txt") as opened:
        [finding] = process.read("document", opened).findings
        assert process.pid is None

    assert finding.text == f"{NOT_READ_HERE}: the reading process did not start within 0 s"


def test_a_starved_child_waits_four_times_as_long_in_all(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says it waited is what it waited; the real waiting is only listened to."""
    (tmp_path / "sleepy.py").write_text("import time\ndef sleep(handle, size):\n    time.sleep(600)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    waits: list[float] = []
    monkeypatch.setattr(
        child, "has_answer", lambda channel, seconds: waits.append(seconds) or has_answer(channel, seconds)
    )
    sleep = {"sleep": Reader("sleepy", "sleep", DocumentEvidence, "handle")}

    with ReaderProcess(ReadLimits(seconds=0.1), sleep) as process, workspace.open("notes.txt") as opened:
        [finding] = process.read("sleep", opened).findings

    assert "did not end within 0.4 s" in finding.text
    assert sum(waits[1:]) == pytest.approx(0.4, abs=0.001)
    assert HELLO == b"ready"
