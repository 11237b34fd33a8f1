"""What the recordings share: a folder that a library wrote -> `NAME.tar.xz`, times kept, and what others read in it.

Each `make.py` beside this runs as `cd tests/data && python -m trainers.NAME.make`, in an environment that has its
library; every recording (`folder`, `killed`, ...) is a process of its own. Refuses to pack a folder that tells
about the machine it was made on. Nothing here uses the product's own readers.

`facts.json`: `recordings` -> name -> `ended` (complete, early stopped, killed), what is counted (`unit`, `first`,
`last`), `total` and which file says it (null: none does; `asked` is what the script asked for), `series` (file, column
or tag, `at` = step or epoch as written, `values`), `best`, `judged`, and what checkpoints say about themselves.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from trainers.record import facts_text, pack, refuse_traces

Series = dict[str, dict[str, Any]]
RUN = Path("/tmp/training")  # neutral: trainers write where they are into their files
HOST = "trainer-1"
CLONE_NEWUTS = 0x04000000
TELLING = (b"/root", b"/home/", os.fsencode(Path.cwd()), b"site-packages", os.fsencode(sys.prefix))


def neutral_host() -> None:
    """Give this process a host name of its own: event files bear it in their name. Needs the right to (root)."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUTS):
        raise PermissionError(ctypes.get_errno(), "a host name of its own needs root")
    socket.sethostname(HOST)


def record(module: str, folder: Path, name: str, *, ended: str = "complete") -> dict[str, Any]:
    """Run one recording in a process of its own and pack what it left; refuses another end than the one meant."""
    code = subprocess.run([sys.executable, "-m", module, name], check=False).returncode
    if code != (-signal.SIGKILL if ended == "killed" else 0):
        raise SystemExit(f"{module} {name}: exit code {code}")
    _refuse_telling(RUN)
    return pack(RUN, folder / f"{name}.tar.xz") | {"ended": ended}


def fresh() -> None:
    """An empty `RUN`."""
    shutil.rmtree(RUN, ignore_errors=True)
    RUN.mkdir()


def kill_now() -> None:
    """What an out-of-memory killer does: no handler, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def versions(*names: str) -> dict[str, str]:
    """Installed versions, and Python's."""
    return {"python": sys.version.split()[0]} | {name: importlib.metadata.version(name) for name in names}


def _refuse_telling(root: Path) -> None:
    refuse_traces(root, TELLING)
    foreign = [path for path in root.rglob("events.out*") if HOST not in path.name]
    if foreign:
        raise SystemExit(f"{foreign[0]}: an event file of another host than {HOST}")


def table_series(root: Path, path: Path, at: str, *others: str) -> Series:
    """Every column of a CSV as pandas reads it, empty cells left out; `others` are axes too."""
    table = pd.read_csv(path, skipinitialspace=True)
    return rows_series(path.relative_to(root).as_posix(), table.to_dict("records"), at, *others)


def rows_series(file: str, rows: Sequence[Mapping[Any, Any]], at: str, *others: str) -> Series:
    """Rows of numbers as series: where (`at`, and the other axes by name) and what; what is no number is left out."""
    found: Series = {}
    for row in rows:
        for column, value in row.items():
            if column in (at, *others) or not isinstance(value, int | float) or pd.isna(value):
                continue
            series = found.setdefault(f"{file}:{column}", {"file": file, "column": column, "axis": at})
            for name, number in {"at": row[at], **{name: row[name] for name in others}, "values": value}.items():
                series.setdefault(name, []).append(number)
    return found


def points(series: Series, column: str) -> list[tuple[Any, float]]:
    """Where and what of one column, over all files that have it."""
    chosen = [its for its in series.values() if its["column"] == column]
    return [point for its in chosen for point in zip(its["at"], its["values"], strict=True)]


def best_of(series: Series, column: str, *, higher: bool = False) -> dict[str, Any]:
    """The best value in the file, and where."""
    at, value = (max if higher else min)(points(series, column), key=lambda point: point[1])
    return {"column": column, "value": value, "at": at, "better": "higher" if higher else "lower"}


def write_facts(folder: Path, libraries: Mapping[str, str], recordings: Mapping[str, Mapping[str, Any]]) -> None:
    """`facts.json`, indented, a list of numbers on one line."""
    facts = {"trainer": folder.name, "format_only": False, "libraries": libraries, "recordings": recordings}
    (folder / "facts.json").write_text(facts_text(facts), encoding="utf-8")
