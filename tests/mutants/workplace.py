"""A copy of the tree with an interpreter of its own: mutants are tried there, the checkout is never touched.

The copy's interpreter finds the copied packages before anything installed, in child processes too, whatever their
folder and variables are; an editable installation of the checkout stays unknown to it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mutants.mutant import Mutant
from mutants.project import NOT_COPIED, Project

_MEASURE = "import sys; sys.flags.safe_path or __import__('coverage').process_startup()\n"
"""Reading children (`-P`) are not measured: they are killed at the end, and bounded in memory and time."""
TOOL = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Bounds:
    """When a run counts as one that does not end."""

    each_seconds: float
    """For one test, with what is prepared for it."""
    all_seconds: float


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run of pytest ended."""

    code: int
    """Pytest's, or `-SIGALRM` where time was up."""
    output: str
    passed: dict[str, bool]
    """Of each test that came to its end."""
    seconds: dict[str, float]

    @property
    def failed(self) -> list[str]:
        """Names of the tests that failed."""
        return [name for name, is_good in self.passed.items() if not is_good]


class Workplace:
    """One copy; used by one thread at a time."""

    def __init__(self, project: Project, home: Path) -> None:
        self.project, self.home, self.tree, self.record = project, home, home / "tree", home / "record"
        shutil.copytree(project.root, self.tree, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
        self.venv = home / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self.venv], check=True)
        (packages,) = self.venv.glob("lib/python*/site-packages")
        paths = [self.tree, *sorted({TOOL, self.tree / "tests"}), sysconfig.get_path("purelib")]
        (packages / "copy.pth").write_text("".join(f"{path}\n" for path in paths) + _MEASURE)
        for program in Path(sys.executable).parent.iterdir():
            if not (self.venv / "bin" / program.name).exists():
                (self.venv / "bin" / program.name).symlink_to(program)

    def pytest(self, arguments: Sequence[str], *, bounds: Bounds | None = None, **variables: str) -> Ran:
        """Run pytest in the copy. What it started and left running ends with it."""
        command = [str(self.venv / "bin" / "python"), "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"]
        command += ["-p", "mutants.recording", "--basetemp", str(self.home / "tmp"), *arguments]
        shutil.rmtree(self.record, ignore_errors=True)
        self.record.mkdir()
        variables |= {"MUTANTS_RECORD": str(self.record), "MUTANTS_BOUND": str(bounds.each_seconds if bounds else 0)}
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("COV", "PYTEST", "MAKE"))}
        with (self.home / "log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=self.tree, env=environment | variables, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                code = process.wait(bounds.all_seconds if bounds else None)
            except subprocess.TimeoutExpired:
                code = -signal.SIGALRM
            finally:
                _end(process)
        told = [json.loads(path.read_text()) for path in sorted(self.record.glob("*.json"))]
        passed = {name: is_good for one in told for name, is_good in one["passed"].items()}
        took = {name: length for one in told for name, length in one["seconds"].items()}
        return Ran(code, (self.home / "log").read_text(errors="replace"), passed, took)

    def pytest_on(self, names: Sequence[str], *arguments: str, bounds: Bounds | None = None) -> Ran:
        """Run these tests; their names stand in a file, for there may be more than a command line holds."""
        chosen = self.home / "tests.txt"
        chosen.write_text("".join(f"{name}\n" for name in names))
        return self.pytest([*arguments, f"@{chosen}"], bounds=bounds)

    def types(self) -> bool:
        """Say whether mypy is content with the copy; its memory makes all but the first look quick."""
        mypy = Path(sys.executable).with_name("mypy")
        done = subprocess.run([mypy], cwd=self.tree, capture_output=True, check=False)
        return done.returncode == 0

    @contextmanager
    def mutated(self, mutant: Mutant) -> Iterator[None]:
        """Put the mutant into the copy, and take it out again."""
        path = self.tree / mutant.path
        before, status = path.read_bytes(), path.stat()
        try:
            _forget_compiled(path)
            path.write_bytes(mutant.applied(before))
            yield
        finally:
            path.write_bytes(before)
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
            _forget_compiled(path)


def _forget_compiled(path: Path) -> None:
    """Compiled files are told apart by size and second: a mutant may have both in common with the source."""
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the run's own process group; it is ours, made with the process."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
