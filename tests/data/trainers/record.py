"""Makes the folders beside it: `python record.py TRAINER [RECORDING ...]`, with the trainer's libraries installed.

Each `TRAINER/make.py` trains (`train(recording)`, in the present folder, which is `ROOM`) and reads what was written by
other code (`read(recording, folder)`). This script gives it a neutral folder and host name, kills the trainings that
are to be killed (SIGKILL, once `KILLED[recording](folder)` is true; those of which `ENDED` says `killed` do it
themselves, in the middle of a step), packs the folder with its times into `TRAINER/RECORDING.tar.xz` and keeps what was
read in `TRAINER/facts.json`. What is named under `CONTINUES` goes on in the folder of the recording before it. Refuses
a folder that names this machine.

`facts.json`: `recordings` -> name -> `ended` (complete, early stopped, killed), what is counted (`unit`, `first`,
`last`), `total` and which file says it, `series` (file, its name there, `at` = step, epoch or iteration as written,
`values`), `best` as the library says it, `models`. NaN and infinities are text ("NaN", "Infinity").
"""

from __future__ import annotations

import argparse
import importlib
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
ROOM = Path("/tmp/training")  # neutral: trainers write where they are into their files
SCRIPTS = Path("/tmp/training-scripts")
HOST = "trainer"
NEUTRAL = {"USER": "trainer", "LOGNAME": "trainer", "HOME": "/tmp/training-home", "TZ": "UTC", "PYTHONHASHSEED": "0"}
PATIENCE = 600.0


def load(trainer: str) -> ModuleType:
    """The trainer's `make.py`."""
    sys.path.insert(0, str(HERE.parent))
    return importlib.import_module(f"{HERE.name}.{trainer}.make")


def recordings_of(make: ModuleType) -> list[str]:
    """All that the script knows, in its order."""
    return list(getattr(make, "RECORDINGS", None) or make.ENDED)


def train(make: ModuleType, trainer: str, recording: str) -> None:
    """One training in its own process, with the name of no real machine, killed where it is to be killed."""
    goes_on = recording in getattr(make, "CONTINUES", ())
    for folder in (*(() if goes_on else (ROOM,)), SCRIPTS, Path(NEUTRAL["HOME"])):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    copies = SCRIPTS / HERE.name
    shutil.copytree(HERE, copies, ignore=shutil.ignore_patterns("*.tar.xz", "facts.json", "__pycache__"))
    script = [sys.executable, str(copies / "record.py"), trainer, recording, "--here"]
    named = ["unshare", "--uts", "sh", "-c", f'hostname {HOST}; exec "$@"', "sh", *script]
    child = subprocess.Popen(named, cwd=ROOM, env={**os.environ, **NEUTRAL, **getattr(make, "ENVIRONMENT", {})})
    enough = getattr(make, "KILLED", {}).get(recording)
    if enough is None:
        kills_itself = getattr(make, "ENDED", {}).get(recording) == "killed"
        if child.wait() != (-signal.SIGKILL if kills_itself else 0):
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


def refuse_other_hosts(root: Path) -> None:
    """Event files bear the host's name in theirs."""
    foreign = [path for path in root.rglob("events.out*") if f".{HOST}." not in path.name]
    if foreign:
        raise SystemExit(f"{foreign[0]}: an event file of another host than {HOST}")


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
    make = load(options.trainer)
    if options.here:
        make.train(options.recordings[0])
        return
    for recording in options.recordings or recordings_of(make):
        train(make, options.trainer, recording)
        refuse_traces(ROOM, [word.encode() for word in (str(HERE), sys.prefix, f".{socket.gethostname()}.")])
        refuse_other_hosts(ROOM)
        archive = HERE / options.trainer / f"{recording}.tar.xz"
        facts = pack(ROOM, archive, getattr(make, "LEFT_OUT", ()))
        facts |= {"ended": make.ENDED[recording]} if hasattr(make, "ENDED") else {}
        facts |= make.read(recording, ROOM)
        keep(options.trainer, recording, facts, make)
        print(recording, archive.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
