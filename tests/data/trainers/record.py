"""Makes the folders beside it: `python record.py TRAINER [RECORDING ...]`, with the trainer's libraries installed.

Each `TRAINER/make.py` trains (`train(recording)`, in the present folder) and reads what was written by other code
(`read(recording, folder)`). This script gives it a neutral folder and host name, kills the trainings that are to be
killed (SIGKILL, once `KILLED[recording](folder)` is true), packs the folder with its times into
`TRAINER/RECORDING.tar.xz` and keeps what was read in `TRAINER/facts.json`. Refuses a folder that names this machine.

`facts.json`: `recordings` -> name -> `ended` (complete, early stopped, killed), what is counted (`unit`, `first`,
`last`), `total` and which file says it, `series` (file, its name there, `at` = step, epoch or iteration as written,
`values`), `best` as the library says it, `models`. NaN and infinities are text ("NaN", "Infinity").
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Collection, Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
ROOM = Path("/tmp/toy")
SCRIPTS = Path("/tmp/toy-scripts")
HOST = "trainer"
NEUTRAL = {"USER": "trainer", "LOGNAME": "trainer", "HOME": "/tmp/toy-home", "TZ": "UTC", "PYTHONHASHSEED": "0"}
PATIENCE = 600.0


def load(trainer: str, scripts: Path) -> ModuleType:
    """The trainer's `make.py`."""
    spec = importlib.util.spec_from_file_location(f"make_{trainer}", scripts / trainer / "make.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{trainer} has no make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def train(make: ModuleType, trainer: str, recording: str) -> None:
    """One training in its own process, with the name of no real machine, killed where it is to be killed."""
    for folder in (ROOM, SCRIPTS, Path(NEUTRAL["HOME"])):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    shutil.copy(__file__, SCRIPTS / "record.py")
    shutil.copytree(HERE / trainer, SCRIPTS / trainer)
    script = [sys.executable, str(SCRIPTS / "record.py"), trainer, recording, "--here"]
    named = ["unshare", "--uts", "sh", "-c", f'hostname {HOST}; exec "$@"', "sh", *script]
    child = subprocess.Popen(named, cwd=ROOM, env={**os.environ, **NEUTRAL, **getattr(make, "ENVIRONMENT", {})})
    enough = getattr(make, "KILLED", {}).get(recording)
    if enough is None:
        if child.wait() != 0:
            raise SystemExit(f"{trainer} {recording}: exit code {child.returncode}")
        return
    until = time.monotonic() + PATIENCE
    while not enough(ROOM):
        if child.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"{trainer} {recording}: ended before it could be killed")
        time.sleep(0.005)
    child.kill()
    if child.wait() != -signal.SIGKILL:
        raise SystemExit(f"{trainer} {recording}: was not killed")


def refuse_traces(root: Path, traces: Collection[bytes]) -> None:
    """A recorded folder speaks of no real machine and no person, nor does what lies in an archive in it."""
    for path in (p for p in sorted(root.rglob("*")) if p.is_file()):
        for name, held in _contents(path):
            found = [word for word in traces if word in held]
            if found:
                raise SystemExit(f"{path} {name}: holds {found}")


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    yield "", path.read_bytes() + str(path).encode()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist())


def pack(root: Path, target: Path, left_out: Collection[str] = ()) -> dict[str, object]:
    """The folder with its times as an archive that names no owner; the archive's name and its files."""
    kept = [path for path in sorted(root.rglob("*")) if not set(left_out) & set(path.relative_to(root).parts)]
    with tarfile.open(target, "w:xz", format=tarfile.PAX_FORMAT, preset=9) as archive:
        for path in kept:
            archive.add(path, path.relative_to(root).as_posix(), recursive=False, filter=_nobody)
    return {"archive": target.name, "files": [path.relative_to(root).as_posix() for path in kept if path.is_file()]}


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def plain(value: object) -> object:
    """The value as strict JSON: text for what JSON has no number for."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def keep(trainer: str, recording: str, facts: dict[str, object], make: ModuleType) -> None:
    """Put one recording's facts into `facts.json`, a list on one line."""
    path = HERE / trainer / "facts.json"
    held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"trainer": trainer, "recordings": {}}
    held["format_only"] = getattr(make, "FORMAT_ONLY", False)
    facts["libraries"] = {name: version(name) for name in make.LIBRARIES}
    held["recordings"][recording] = plain(facts)
    path.write_text(facts_text(held), encoding="utf-8")


def facts_text(facts: object) -> str:
    """`facts.json`, indented, a list of numbers on one line."""
    text = json.dumps(facts, indent=1, allow_nan=False, ensure_ascii=False)
    flat = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: "[" + re.sub(r"\s*\n\s*", " ", found[1]) + "]", text)
    return flat + "\n"


def main() -> None:
    """Record what was asked for, or everything that the trainer's script knows."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("trainer")
    asked.add_argument("recordings", nargs="*")
    asked.add_argument("--here", action="store_true", help="train in this folder and do nothing else")
    options = asked.parse_args()
    make = load(options.trainer, HERE)
    if options.here:
        make.train(options.recordings[0])
        return
    for recording in options.recordings or make.RECORDINGS:
        train(make, options.trainer, recording)
        refuse_traces(ROOM, [word.encode() for word in (str(HERE), sys.prefix, f".{socket.gethostname()}.")])
        archive = HERE / options.trainer / f"{recording}.tar.xz"
        facts = pack(ROOM, archive, getattr(make, "LEFT_OUT", ()))
        facts |= make.read(recording, ROOM)
        keep(options.trainer, recording, facts, make)
        print(recording, archive.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
