"""Reading happens in a child that is stopped when it takes too long, takes too much, or crashes."""

from __future__ import annotations

import importlib
import json
import math
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.waiting import wait_for

from collectors.evidence.archive import ArchiveEvidence, ArchiveMember
from collectors.evidence.checkpoint import CheckpointEvidence, TensorFacts
from collectors.evidence.documents import ConfigEvidence, DocumentEvidence, ScalerEvidence
from collectors.evidence.files import NOT_READ_HERE, Finding
from collectors.evidence.table_rows import LossRows
from collectors.evidence.tables import LossTableEvidence
from collectors.files.workspace import Workspace
from collectors.readers.child.evidence_json import from_json, to_json
from collectors.readers.child.process import ReaderProcess, ReadLimits
from collectors.readers.child.registry import MIB, READERS, Reader, failed
from collectors.readers.scaler.read import read_scaler
from collectors.readers.tables.columns import LossColumns
from collectors.readers.text.read_config import read_config

CONFIG = b"training:\n  lr: 2e-3\n  epochs: 8\n  stop: .inf\nmodel: {depths: [2, 2]}\n"
SCALER = b'{"method": "zscore", "center": [1, NaN], "scale": [2, Infinity]}'

MISBEHAVING = """
    import ctypes, os, resource, time
    from collectors.evidence.documents import DocumentEvidence
    from collectors.evidence.files import Finding

    def begin(handle):
        path = os.readlink(f"/proc/self/fd/{handle.fileno()}")
        open(os.path.join(os.path.dirname(path), "busy"), "w").close()

    def loop(handle, size):
        begin(handle)
        while True:
            pass

    def sleep(handle, size):
        begin(handle)
        time.sleep(600)

    def hold_on(handle, size):
        begin(handle)
        ctypes.PyDLL(None).sleep(600)

    def eat(handle, size):
        eaten = []
        while True:
            eaten.append(bytearray(10_000_000))

    def eat_at_once(handle, size):
        return bytearray(1 << 40)

    def crash(handle, size):
        ctypes.string_at(0)

    def abort(handle, size):
        os.abort()

    def leave(handle, size):
        os._exit(3)

    def fail(handle, size):
        raise KeyError("a mistake of ours")

    def recurse(handle, size):
        return recurse(handle, size)

    def lose_the_disk(handle, size):
        raise OSError(5, "Input/output error", "/an/absolute/path")

    def talk_nonsense(handle, size):
        return Finding("error", "no evidence at all")

    def be_slow(handle, size):
        time.sleep(1.0)
        return DocumentEvidence((), "done")

    def tell_limits(handle, size):
        limits = {name: resource.getrlimit(getattr(resource, name)) for name in ("RLIMIT_CORE", "RLIMIT_AS")}
        said = [limits["RLIMIT_CORE"], limits["RLIMIT_AS"][0], os.nice(0), os.getcwd()]
        return DocumentEvidence((), repr(said))

    def tell_options(handle, size, **options):
        return DocumentEvidence((), repr(options))
"""
MISBEHAVED: list[tuple[str, str]] = [
    ("loop", f"({NOT_READ_HERE}: reading did not end within 2 s|reading took longer than 0.5 s) and was stopped"),
    ("sleep", f"{NOT_READ_HERE}: reading did not end within 2 s and was stopped \\(is the machine busy"),
    ("eat", "reading needed more than 64 MiB and was stopped"),
    ("eat_at_once", "reading needed more than 64 MiB and was stopped"),
    ("crash", "the reader crashed \\(signal 11, SIGSEGV\\)"),
    ("abort", "the reader crashed \\(signal 6, SIGABRT\\)"),
    ("leave", "the reader failed \\(exit code 3\\)"),
    ("fail", "the reader failed \\(KeyError: 'a mistake of ours'\\)"),
    ("recurse", "the reader failed \\(RecursionError: maximum recursion depth exceeded\\)"),
    ("lose_the_disk", "cannot be read: the disk reported an input/output error"),
    ("talk_nonsense", "the reader gave an answer that makes no sense"),
]


def _misbehaving(name: str, **more: Any) -> Reader:
    return Reader("misbehaving", name, DocumentEvidence, "handle", **more)


@pytest.fixture
def readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Reader]:
    """The real readers, and some that misbehave."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/misbehaving.py").write_text(textwrap.dedent(MISBEHAVING))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))
    names = [*(name for name, _ in MISBEHAVED), "be_slow", "tell_limits", "tell_options"]
    return {**READERS, **{name: _misbehaving(name) for name in names}}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "config.yaml").write_bytes(CONFIG)
    (root / "scaler.json").write_bytes(SCALER)
    with Workspace(root) as workspace:
        yield workspace


def _read(process: ReaderProcess, workspace: Workspace, reader: str, path: str = "config.yaml", **options: Any) -> Any:
    with workspace.open(path) as opened:
        return process.read(reader, opened, **options)


def test_the_child_reads_exactly_what_reading_here_gives(workspace: Workspace) -> None:
    with ReaderProcess() as process:
        config = _read(process, workspace, "config", name="config.yaml")
        scaler = _read(process, workspace, "scaler", "scaler.json")

    assert config == read_config(CONFIG, name="config.yaml")
    assert config.data["training"]["stop"] == math.inf
    assert config.lines["model", "depths"] == 5
    assert repr(scaler) == repr(read_scaler(SCALER))


def test_every_reader_exists_and_is_called_the_right_way(workspace: Workspace) -> None:
    """An unfit file is evidence from each of them, of the right kind, without a crash."""
    for name, reader in READERS.items():
        assert callable(getattr(importlib.import_module(reader.module), reader.function)), name

    with ReaderProcess() as process:
        needs: dict[str, dict[str, Any]] = {"scores": {"wanted": {"score": ["score"]}}}
        evidence = {name: _read(process, workspace, name, "scaler.json", **needs.get(name, {})) for name in READERS}

    assert {name: type(value) for name, value in evidence.items()} == {n: r.evidence for n, r in READERS.items()}
    assert not evidence["checkpoint"].sound
    assert not evidence["archive"].sound
    assert "please report" not in str(evidence)


@pytest.mark.parametrize(("name", "words"), MISBEHAVED, ids=[row[0] for row in MISBEHAVED])
def test_a_reader_that_misbehaves_is_reported_and_the_next_file_is_read(
    workspace: Workspace, readers: dict[str, Reader], name: str, words: str
) -> None:
    limits = ReadLimits(seconds=0.5, memory_bytes=64 * MIB)
    with ReaderProcess(limits, readers) as process:
        evidence = _read(process, workspace, name)
        after = _read(process, workspace, "config", name="config.yaml")

    [finding] = evidence.findings
    assert finding.severity == "error"
    assert re.match(words, finding.text)
    assert "absolute" not in finding.text
    assert after == read_config(CONFIG, name="config.yaml")


def test_the_memory_limit_spares_an_honest_file(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "workspace/big.txt").write_bytes(b"train " * (2 << 20))

    with ReaderProcess(ReadLimits(memory_bytes=64 * MIB)) as process:
        assert _read(process, workspace, "document", "big.txt").sound


def test_a_large_file_is_given_the_time_its_bytes_need(
    workspace: Workspace, readers: dict[str, Reader], tmp_path: Path
) -> None:
    """A second of work on a megabyte is fine at half a megabyte a second, though not on a few bytes."""
    (tmp_path / "workspace/large.bin").write_bytes(b"x" * 1_000_000)
    slow = {**readers, "be_slow": _misbehaving("be_slow", bytes_per_second=5e5)}

    with ReaderProcess(ReadLimits(seconds=0.1), slow) as process:
        _read(process, workspace, "config")  # the child is up, its start does not count
        large = _read(process, workspace, "be_slow", "large.bin")
        small = _read(process, workspace, "be_slow", "config.yaml")

    assert large.text == "done"
    assert "did not end within 0.4" in small.findings[0].text


def test_a_budget_bounds_the_time_of_a_file_without_end(workspace: Workspace, tmp_path: Path) -> None:
    """64 GiB of nothing are told by structure, within the budget, in a moment."""
    (tmp_path / "workspace/huge.pt").touch()
    os.truncate(tmp_path / "workspace/huge.pt", 64 << 30)
    started = time.monotonic()

    with ReaderProcess() as process:
        for name in ("checkpoint", "archive"):
            assert not _read(process, workspace, name, "huge.pt", budget=1 << 20, name="huge.pt").sound
        for name in ("config", "scaler", "document"):
            [finding] = _read(process, workspace, name, "huge.pt").findings
            assert finding.text.startswith("has 68,719,476,736 bytes; at most")

    assert time.monotonic() - started < 60


def test_the_child_limits_itself(workspace: Workspace, readers: dict[str, Reader]) -> None:
    with ReaderProcess(ReadLimits(memory_bytes=64 * MIB), readers) as process:
        text = _read(process, workspace, "tell_limits").text
        assert process.pid is not None
        memory_bytes = psutil.Process(process.pid).memory_info().vms
    core, memory_limit, niceness, folder = json.loads(text.replace("'", '"').replace("(", "[").replace(")", "]"))

    assert core == [0, 0]
    assert memory_limit < memory_bytes + 65 * MIB
    assert (niceness, folder) == (os.nice(0) + 5, "/")


def test_options_arrive_as_they_were_given(workspace: Workspace, readers: dict[str, Reader]) -> None:
    """Records of ours among them, which a pipeline's configuration makes."""
    columns = LossColumns(epoch=("ep",), series={"val_loss": ("val", "valid")})
    options: dict[str, Any] = {"columns": columns, "live": True, "budget": 1 << 40, "name": "\u202e<b>", "none": None}

    with ReaderProcess(readers=readers) as process:
        assert _read(process, workspace, "tell_options", **options).text == repr(options)


def test_the_child_is_started_late_used_again_and_gone_in_the_end(workspace: Workspace) -> None:
    process = ReaderProcess()
    assert process.pid is None

    _read(process, workspace, "config")
    first = process.pid
    _read(process, workspace, "scaler", "scaler.json")
    again = process.pid
    process.close()

    assert first == again is not None
    assert process.pid is None
    assert not psutil.pid_exists(first or 0)


def test_a_child_that_died_in_between_is_replaced(workspace: Workspace) -> None:
    with ReaderProcess() as process:
        _read(process, workspace, "config")
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        psutil.Process(process.pid).wait(5) if psutil.pid_exists(process.pid) else None

        assert _read(process, workspace, "config", name="config.yaml").sound


def test_the_position_in_the_file_does_not_matter(workspace: Workspace) -> None:
    with ReaderProcess() as process, workspace.open("config.yaml") as opened:
        opened.handle.read()
        first = process.read("config", opened)
        second = process.read("config", opened)

    assert first == second
    assert first.data["training"]["epochs"] == 8


def test_two_threads_take_turns(workspace: Workspace) -> None:
    results: list[Any] = []
    with ReaderProcess() as process:

        def work() -> None:
            results.extend(_read(process, workspace, "config", name="config.yaml") for _ in range(20))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(results) == 80
    assert all(result == results[0] for result in results)


def test_nothing_in_the_workspace_is_imported_by_the_child(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workspace is often the current folder, and may hold files named like our modules."""
    root = tmp_path / "workspace"
    canary = tmp_path / "canary"
    (root / "collectors").mkdir()
    for name in ("json.py", "socket.py", "numpy.py", "sitecustomize.py", "collectors/__init__.py", "psutil.py"):
        (root / name).write_text(f"open({str(canary)!r}, 'w')")
    monkeypatch.chdir(root)
    monkeypatch.setenv("PYTHONPATH", os.pathsep)

    with ReaderProcess() as process:
        assert _read(process, workspace, "config", name="config.yaml").sound

    assert not canary.exists()


def test_no_descriptor_and_no_process_is_left(workspace: Workspace, readers: dict[str, Reader]) -> None:
    def count() -> tuple[int, int]:
        return sum(1 for _ in Path("/proc/self/fd").iterdir()), len(psutil.Process().children())

    before = count()

    with ReaderProcess(ReadLimits(seconds=0.2), readers) as process:
        for name in ("crash", "leave", "config", "loop", "config"):
            _read(process, workspace, name)

    assert count() == before


@pytest.mark.parametrize("name", ["loop", "sleep", "hold_on"])
def test_a_child_whose_parent_was_killed_ends_within_a_second(
    tmp_path: Path, readers: dict[str, Reader], name: str
) -> None:
    """Even in the middle of an endless loop, asleep, or in a call that lets no other thread run."""
    (tmp_path / "x").touch()
    parent = textwrap.dedent("""
        import sys
        from pathlib import Path
        from collectors.readers.child.process import ReaderProcess, ReadLimits
        from collectors.readers.child.registry import Reader
        from collectors.evidence.documents import DocumentEvidence
        from collectors.files.workspace import Workspace
        readers = {"busy": Reader("misbehaving", sys.argv[2], DocumentEvidence, "handle")}
        with Workspace(Path(sys.argv[1])) as workspace, workspace.open("x") as opened:
            ReaderProcess(ReadLimits(seconds=60), readers).read("busy", opened)
    """)
    program = subprocess.Popen(
        [sys.executable, "-c", parent, str(tmp_path), name],
        env={**os.environ, "PYTHONPATH": f"{Path.cwd()}{os.pathsep}{os.environ['PYTHONPATH']}"},
    )
    watched = psutil.Process(program.pid)
    wait_for(watched.children, "the child to be started")
    [child] = watched.children()
    wait_for((tmp_path / "busy").exists, "the reading to begin")
    program.kill()
    program.wait()

    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "the child to end", 1)


def test_a_child_outlives_the_thread_that_started_it(workspace: Workspace) -> None:
    with ReaderProcess() as process:
        thread = threading.Thread(target=_read, args=(process, workspace, "config"))
        thread.start()
        thread.join()
        first = process.pid
        _read(process, workspace, "config")

        assert process.pid == first is not None


ROW_VALUES = {"a": [math.inf, None], "b": [None, -0.5]}
RECORDS: list[Any] = [
    CheckpointEvidence(
        "torch-zip",
        (Finding("warning", "text", "offset 5"), Finding("note", "\u202e<b>")),
        (TensorFacts("encoder.weight", "float32", (48, 16), 3072),),
        768,
        "ok",
        False,
        ("encoder.weight",),
        "part",
        "ab" * 32,
        4294967295,
        {"epoch": 7, "val_loss": math.inf, "name": "x", "amp": True, "none": None},
    ),
    ArchiveEvidence("tar.gz", (), (ArchiveMember("a/b.pt", 1 << 40, None),), "all", None),
    ConfigEvidence("yaml", (), {"a": [1, {"b": None}], "c": -math.inf}, {("a", 1, "b"): 3, ("c",): 4}),
    ScalerEvidence("json", (), "zscore", (1.0, -math.inf), (0.0, 2.5)),
    LossTableEvidence(
        "csv", (), LossRows.from_columns([1.5, None], [None, 3], [2e9, None], ROW_VALUES), ("epoch", "a")
    ),
    LossTableEvidence("unknown", (Finding("error", "x"),)),
    DocumentEvidence((Finding("error", "x"),), "text\n\0", "utf-8"),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_evidence_survives_the_way_from_the_child(record: Any) -> None:
    assert from_json(type(record), to_json(record)) == record


def test_not_a_number_survives_too() -> None:
    scaler = from_json(ScalerEvidence, to_json(ScalerEvidence("json", (), None, (math.nan,), None)))
    rows = LossRows.from_columns([1.0], [None], [None], {"a": [math.nan]})
    table = from_json(LossTableEvidence, to_json(LossTableEvidence("csv", (), rows)))

    assert isinstance(scaler, ScalerEvidence)
    assert scaler.center is not None
    assert math.isnan(scaler.center[0])
    assert isinstance(table, LossTableEvidence)
    assert math.isnan(table.rows[0].values["a"])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"{}",
        b'{"values": {}, "columns": null}',
        b'{"values": {"format": 3, "findings": []}, "columns": null}',
        b'{"values": {"format": "x", "findings": [{"text": 1}]}, "columns": null}',
        b'{"values": {"format": "x", "findings": [], "lines": [1]}, "columns": null}',
        b'{"values": {"format": "x", "findings": [], "lines": [[["a"], "one"]]}, "columns": null}',
    ],
)
def test_what_is_no_evidence_is_not_believed(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_json(ConfigEvidence, data)


@pytest.mark.parametrize("columns", [[1], {"epoch": [1]}, {"epoch": [1], "step": [], "time": [1], "values": {}}])
def test_rows_that_are_no_rows_are_not_believed(columns: Any) -> None:
    data = json.dumps({"values": {"format": "csv", "findings": []}, "columns": columns}).encode()

    with pytest.raises(ValueError, match=r".+"):
        from_json(LossTableEvidence, data)


def test_a_long_loss_table_comes_through_in_a_moment(workspace: Workspace, tmp_path: Path) -> None:
    rows = "".join(f"{n},{n / 7},{n / 9}\n" for n in range(200_000))
    (tmp_path / "workspace/loss.csv").write_text("epoch,train_loss,val_loss\n" + rows)

    with ReaderProcess() as process:
        table = _read(process, workspace, "loss_table", "loss.csv", columns=None, live=True)

    assert table.findings == ()
    assert len(table.rows) == 200_000
    assert table.rows[199_999].values == {"train_loss": 199_999 / 7, "val_loss": 199_999 / 9}


@pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))
def test_a_failure_is_evidence_of_the_readers_own_kind(reader: Reader) -> None:
    evidence = failed(reader, "why")

    assert type(evidence) is reader.evidence
    assert [(found.severity, str(found)) for found in evidence.findings] == [("error", "why")]


def test_one_more_file_costs_little(workspace: Workspace) -> None:
    """About a millisecond and a half where nothing else runs; the bound leaves room for a busy machine."""
    with ReaderProcess() as process:
        _read(process, workspace, "scaler", "scaler.json")
        times = []
        for _ in range(50):
            started = time.perf_counter()
            _read(process, workspace, "scaler", "scaler.json")
            times.append(time.perf_counter() - started)

    assert sorted(times)[25] < 0.1
