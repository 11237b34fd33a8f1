"""An open file and a reader's name -> evidence, read in a child process that can be stopped.

Input: `OpenFile`. Output: the reader's evidence; if reading took too long, needed too much memory or
crashed the child, evidence with one error that says so, and the next call works. Refuses to read in
this process, and to accept anything but JSON from the child.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import psutil

from collectors.evidence.files import NOT_READ_HERE
from collectors.files.problems import describe_error
from collectors.files.workspace import OpenFile
from collectors.readers.child.evidence_json import from_json
from collectors.readers.child.options import to_plain
from collectors.readers.child.registry import MIB, READERS, Evidence, Reader, failed
from collectors.readers.child.wire import HELLO, ConnectionEnded, has_answer, receive, send

STARVED_FACTOR: Final = 4
"""A child that got no processor time waits this many times longer: a busy machine is no bad file."""
ANSWER_SECONDS: Final = 30.0
"""For an answer to come through once it has begun."""
START_SECONDS: Final = 60.0
"""For the child to start on a busy machine."""
_ROOT: Final = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What reading one file may cost."""

    seconds: float = 5.0
    """Beside the time its bytes need at 50 MB/s."""
    memory_bytes: int = 512 * MIB
    """Beside what the interpreter takes."""


class _Failure(Exception):
    """Why the child gave no evidence."""


class ReaderProcess:
    """A child process that reads files; started when first needed, or told to `start`, replaced when it dies.

    One reading at a time; others wait. Close it, or use it in a `with` statement.
    """

    def __init__(self, limits: ReadLimits | None = None, readers: Mapping[str, Reader] = READERS) -> None:
        self.limits = limits or ReadLimits()
        self._readers = readers
        self._lock = threading.Lock()
        self._worker: _Worker | None = None
        self.failures = 0
        """Readings that gave no evidence: too slow, too much memory, a crash, or no child to be had."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Process id of the child, if one is running."""
        return self._worker.process.pid if self._worker else None

    def start(self) -> None:
        """Let the child start meanwhile: it will be needed."""
        with self._lock, contextlib.suppress(OSError):  # the first reading tries again, and says it
            self._worker = self._worker or _Worker()

    def close(self) -> None:
        """End the child; the next reading starts another one."""
        with self._lock:
            self._drop()

    def read(self, reader: str, opened: OpenFile, **options: Any) -> Any:
        """Return what the reader of that name (see `READERS`) says of the file; its type is the reader's.

        `options` are plain values, or records of ours such as `LossColumns`. Never raises for what is in the
        file. The position in `opened.handle` is undefined afterwards.
        """
        called = self._readers[reader]
        if called.takes == "bytes" and opened.size > called.max_bytes:
            return failed(called, f"has {opened.size:,} bytes; at most {called.max_bytes:,} are read")
        try:
            with self._lock:
                return self._read(called, opened, options)
        except _Failure as failure:
            self.failures += 1
            return failed(called, str(failure))

    def _read(self, called: Reader, opened: OpenFile, options: Mapping[str, Any]) -> Evidence:
        seconds = self.limits.seconds + _bytes_to_read(opened, options) / called.bytes_per_second
        limits = {"seconds": seconds, "memory_bytes": self.limits.memory_bytes}
        described = {key: value for key, value in asdict(called).items() if key != "evidence"}
        request = {**described, **limits, "size": opened.size, "options": to_plain(options)}
        try:
            worker = self._ask(json.dumps(request).encode("ascii"), opened.fileno)
            answer = worker.answer(seconds)
        except TimeoutError as error:
            self._drop()
            raise _Failure(str(error)) from None
        except ConnectionEnded:
            raise _Failure(self._drop(seconds)) from None
        return self._evidence(called, answer)

    def _evidence(self, called: Reader, answer: bytes) -> Evidence:
        mark, body = answer[:1], answer[1:]
        if mark == b"M":
            self._drop()
            if body:
                few = f"`ulimit -v` leaves {int(body) // MIB:,} MiB, and reading needs more"
                raise _Failure(f"{NOT_READ_HERE}: {few}")
            raise _Failure(f"reading needed more than {self.limits.memory_bytes // MIB:,} MiB and was stopped")
        if mark == b"P":
            raise _Failure(body.decode("utf-8", "replace"))
        try:
            return from_json(called.evidence, body)
        except ValueError:
            self._drop()
            raise _Failure("the reader gave an answer that makes no sense") from None

    def _ask(self, request: bytes, fd: int) -> _Worker:
        """Hand the request to a running child; one that died since the last time is replaced."""
        for _ in range(2):
            try:
                if self._worker is None:
                    self._worker = _Worker()
                self._worker.wait_until_ready()
                send(self._worker.channel, request, fd)
                return self._worker
            except TimeoutError as error:  # an OSError too, but trying again would take as long again
                self._drop()
                raise _Failure(f"{NOT_READ_HERE}: {error}") from None
            except ConnectionEnded:
                raise _Failure(f"{NOT_READ_HERE}: {self._drop(1.0)}") from None
            except OSError as error:
                problem = describe_error(error)
                self._drop()
        raise _Failure(f"{NOT_READ_HERE}: the reading process cannot be started: {problem}")

    def _drop(self, seconds: float = 0.0) -> str:
        """End the child; return in words why it ended, if it was not us."""
        worker, self._worker = self._worker, None
        return worker.end(seconds) if worker else ""


class _Worker:
    """One child process and the socket to it. Raises OSError when it cannot be started."""

    def __init__(self) -> None:
        self.channel, theirs = socket.socketpair()
        self._is_ready = False
        try:
            # `-P` and a folder of our own: what lies in the workspace is never imported as a module.
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-W", "ignore", "-m", "collectors.readers.child.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.PIPE,  # never written to: when it closes, the child ends
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=_environment(),
                cwd="/",
                start_new_session=True,
            )
        except OSError:
            self.channel.close()
            raise
        finally:
            theirs.close()

    def wait_until_ready(self) -> None:
        """Return when the child serves; raise TimeoutError (in words) or ConnectionEnded."""
        if self._is_ready:
            return
        if not has_answer(self.channel, START_SECONDS):
            raise TimeoutError(f"the reading process did not start within {START_SECONDS:.3g} s")
        if receive(self.channel, ANSWER_SECONDS) != HELLO:
            raise ConnectionEnded
        self._is_ready = True

    def answer(self, seconds: float) -> bytes:
        """Return the answer; raise TimeoutError (in words) or ConnectionEnded."""
        before = self._processor_seconds()
        for wait in (seconds, (STARVED_FACTOR - 1) * seconds):
            if has_answer(self.channel, wait):
                return receive(self.channel, ANSWER_SECONDS)
            if self._processor_seconds() - before > seconds / 2:
                raise TimeoutError(f"reading took longer than {seconds:.3g} s and was stopped")
        # It hardly ran, which says nothing of the file.
        slow = f"reading did not end within {STARVED_FACTOR * seconds:.3g} s and was stopped"
        raise TimeoutError(f"{NOT_READ_HERE}: {slow} (is the machine busy, or the disk slow?)")

    def _processor_seconds(self) -> float:
        with contextlib.suppress(psutil.Error):
            times = psutil.Process(self.process.pid).cpu_times()
            return times.user + times.system
        return 0.0

    def end(self, seconds: float) -> str:
        """Kill the child if it still runs; return in words how it ended."""
        self.channel.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(0.5 if seconds else 0)
        self.process.kill()
        _, errors = self.process.communicate()
        return _how_it_ended(self.process.returncode, errors, seconds)


def _how_it_ended(code: int, errors: bytes, seconds: float) -> str:
    if code == -signal.SIGXCPU:
        return f"reading took longer than {seconds:.3g} s of processor time and was stopped"
    if code == -signal.SIGKILL:
        return f"{NOT_READ_HERE}: the reader was killed (is the machine out of memory?)"
    if code < 0:
        return f"the reader crashed (signal {-code}, {signal.Signals(-code).name})"
    last = errors.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1][:200]
    return f"the reader failed ({last or f'exit code {code}'}); please report this"


def _bytes_to_read(opened: OpenFile, options: Mapping[str, Any]) -> int:
    budget, left = options.get("budget"), max(0, opened.size - int(options.get("offset", 0)))
    return min(left, budget) if isinstance(budget, int) else left


def _environment() -> dict[str, str]:
    ours = [str(_ROOT), *(path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path)]
    # One thread: each further one of the numeric libraries reserves memory that counts as ours.
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    return {**os.environ, **threads, "PYTHONPATH": os.pathsep.join(ours)}
