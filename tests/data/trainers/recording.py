"""What the recordings share: a folder that a library wrote -> `NAME.tar.xz`, times kept, and what others read in it.

Each `make.py` beside this runs as `cd tests/data && python -m trainers.NAME.make`, in an environment that has its
library; every stage of it (`completed`, `killed`, ...) is a process of its own. Refuses to pack a folder that tells
about the machine it was made on. Nothing here uses the product's own readers.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import io
import json
import lzma
import math
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

RUN = Path("/tmp/run")  # neutral: trainers write where they are into their files
HOST = "trainer-1"
CLONE_NEWUTS = 0x04000000
TELLING = (b"/root", b"/home/", b"/work/", b"site-packages", os.fsencode(sys.prefix))


def neutral_host() -> None:
    """Give this process a host name of its own: event files bear it in their name. Needs the right to (root)."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUTS):
        raise PermissionError(ctypes.get_errno(), "a host name of its own needs root")
    socket.sethostname(HOST)


def stage(module: str, name: str, *, killed: bool = False) -> str:
    """Run one stage in a process of its own, and say how it ended; refuses any other end than the one meant."""
    code = subprocess.run([sys.executable, "-m", module, name], check=False).returncode
    if code != (-signal.SIGKILL if killed else 0):
        raise SystemExit(f"{module} {name}: exit code {code}")
    return "killed by SIGKILL" if killed else "returned"


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


def files(root: Path) -> list[str]:
    """Every file below, by name."""
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


def pack(root: Path, archive: Path) -> dict[str, Any]:
    """`root` as `run/` in a `.tar.xz`, owner left out, times kept; refuses what tells about this machine."""
    _refuse_telling(root)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in [root, *sorted(root.rglob("*"))]:
            tar.add(path, Path("run", path.relative_to(root)).as_posix(), recursive=False, filter=_nobody)
    archive.write_bytes(lzma.compress(packed.getvalue(), preset=9 | lzma.PRESET_EXTREME))
    return {"archive": archive.name, "files": files(root)}


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _refuse_telling(root: Path) -> None:
    for path in root.rglob("*"):
        if not path.is_file():
            continue
        if path.name.startswith("events.out") and HOST not in path.name:
            raise SystemExit(f"{path}: an event file of another host than {HOST}")
        for name, data in _contents(path):
            found = [word for word in TELLING if word in data]
            if found:
                raise SystemExit(f"{path} {name}: tells about this machine: {found}")


def _contents(path: Path) -> Iterable[tuple[str, bytes]]:
    yield "", path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist())


def table_series(root: Path, path: Path, *, step: str | None, epoch: str | None) -> list[dict[str, Any]]:
    """Every column of a CSV as pandas reads it, empty cells left out: points `[step, epoch, value]`."""
    table = pd.read_csv(path, skipinitialspace=True)
    table.columns = [str(name).strip() for name in table.columns]
    return rows_series(path.relative_to(root).as_posix(), table.to_dict("records"), step=step, epoch=epoch)


def rows_series(
    name: str, rows: Sequence[Mapping[Any, Any]], *, step: str | None, epoch: str | None
) -> list[dict[str, Any]]:
    """Rows of numbers as series; what is no number is left out."""
    series: dict[str, list[list[Any]]] = {}
    for row in rows:
        for key, value in row.items():
            if key in (step, epoch) or not isinstance(value, int | float) or pd.isna(value):
                continue
            at = [None if axis is None else _plain(row.get(axis)) for axis in (step, epoch)]
            series.setdefault(str(key), []).append([*at, _plain(value)])
    return as_series(name, series)


def _plain(value: Any) -> Any:
    """JSON has no numpy and no infinity."""
    if value is None or pd.isna(value):
        return None
    number = value.item() if hasattr(value, "item") else value
    return number if math.isfinite(number) else str(number)


def as_series(file: str, series: Mapping[str, list[list[Any]]]) -> list[dict[str, Any]]:
    """One entry a series, as facts.json lists them."""
    return [{"file": file, "name": name, "points": points} for name, points in series.items()]


def write_facts(folder: Path, facts: Mapping[str, Any]) -> None:
    """`facts.json`, indented, innermost lists on one line: a point `[step, epoch, value]` a line."""
    text = json.dumps(facts, indent=1, allow_nan=False, ensure_ascii=False)
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", text)
    (folder / "facts.json").write_text(text + "\n", encoding="utf-8")
