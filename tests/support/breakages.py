"""One good workspace -> the same one, broken in one way: small edits that a table can name.

An edit is a function of a `Broken` workspace. Files keep the time they had, as a training or a disk
leaves them, unless an edit says otherwise. Beside the workspace lie secrets (`outside/`) that links,
archives and paths try to reach; none of their text may ever come out.
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from support.build_checkpoints import Numbers, torch_zip, weights
from support.workspaces import Stream, write, write_backup, write_stream

CANARY = "CANARY-5f1d0c"
"""Stands in every file outside the workspace, in keys of configs that are nobody's business, and in the environment."""
CKPT, CKPT2 = "checkpoints/patchtst_ssl.pt", "checkpoints/swinmae_ssl.pt"
CFG, CFG2 = "configs/patchtst_ssl_real.yaml", "configs/swinmae_ssl_real.yaml"
TABLE, TABLE2 = "artifacts/loss/patchtst_loss_history.csv", "artifacts/loss/swinmae_loss_history.csv"
SCALER, POLICY = "artifacts/scaler_fdc.json", "docs/calibration_split_policy.md"
RUNS, RUNS2 = "runs/patchtst_ssl", "runs/swinmae_ssl"
BUNDLE = "artifacts/bundles/run_bundle.zip"


@dataclass
class Broken:
    """A workspace that is being broken, with what was trained in it."""

    root: Path
    patchtst: Stream
    swinmae: Stream
    notes: list[Any] = field(default_factory=list)
    """Kept open for as long as the case runs, such as a socket."""

    @property
    def outside(self) -> Path:
        """The folder of secrets beside the workspace."""
        return self.root.parent / "outside"

    def events(self, folder: str = RUNS) -> str:
        """Path of a stream's only event file."""
        found = sorted((self.root / folder).iterdir())
        return found[0].relative_to(self.root).as_posix()


Edit = Callable[[Broken], None]
Contents = bytes | str | Callable[[bytes], bytes | str]


def write_secrets(outside: Path) -> None:
    """Files that would pass for what a link in the workspace may stand for, each with the canary in it."""
    write(outside / "secret.txt", f"train calibration normal {CANARY}\n")
    write(outside / "secret.json", f'{{"method": "{CANARY}", "center": [0], "scale": [1]}}')
    write(outside / "secret.yaml", f"title: {CANARY}\ntraining: {{lr: {CANARY}}}\n")
    write(outside / "secret.csv", f"epoch,train_loss,val_loss,{CANARY}\n1,{CANARY},2\n")
    numbers = Numbers()
    write(outside / "secret.pt", torch_zip({CANARY: numbers.add(weights())}, numbers))


def also(*edits: Edit) -> Edit:
    """Several edits, one after the other."""

    def apply(w: Broken) -> None:
        for edit in edits:
            edit(w)

    return apply


def put(path: str, contents: Contents, *, at: float | None = None) -> Edit:
    """Other contents (or a function of the old ones) under the old time; `at` is seconds after its own."""

    def apply(w: Broken) -> None:
        target = w.root / path
        old = target.stat().st_mtime if target.exists() else w.swinmae.end
        new = contents(target.read_bytes() if target.exists() else b"") if callable(contents) else contents
        write(target, new, old + (at or 0.0))

    return apply


def put_events(contents: Contents, folder: str = RUNS) -> Edit:
    """Other contents of a stream's event file."""
    return lambda w: put(w.events(folder), contents)(w)


def text(path: str, old: str, new: str) -> Edit:
    """One piece of text changed; fails where it is not there."""

    def change(raw: bytes) -> bytes:
        assert old.encode() in raw, f"{path} holds no {old!r}"
        return raw.replace(old.encode(), new.encode())

    return put(path, change)


def gone(*paths: str) -> Edit:
    """Files or folders removed."""

    def apply(w: Broken) -> None:
        for path in paths:
            target = w.root / path
            shutil.rmtree(target) if target.is_dir() and not target.is_symlink() else target.unlink(missing_ok=True)

    return apply


def _instead(path: str, make: Callable[[Broken, Path], Any]) -> Edit:
    def apply(w: Broken) -> None:
        gone(path)(w)
        target = w.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        kept = make(w, target)
        if kept is not None:
            w.notes.append(kept)

    return apply


def folder(path: str) -> Edit:
    """A folder in its place."""
    return _instead(path, lambda _, target: target.mkdir())


def fifo(path: str) -> Edit:
    """A named pipe in its place: opening it waits for a writer who never comes."""
    return _instead(path, lambda _, target: os.mkfifo(target))


def listener(path: str) -> Edit:
    """A socket in its place."""

    def make(_: Broken, target: Path) -> socket.socket:
        here = Path.cwd()
        bound = socket.socket(socket.AF_UNIX)
        try:
            os.chdir(target.parent)  # a socket's path has at most 108 characters
            bound.bind(target.name)
        finally:
            os.chdir(here)
        return bound

    return _instead(path, make)


def device(path: str) -> Edit:
    """A device in its place: /dev/zero itself where we may make one, else a link to it."""

    def make(_: Broken, target: Path) -> None:
        with suppress(OSError):
            os.mknod(target, 0o020644, os.makedev(1, 5))
            return
        target.symlink_to("/dev/zero")

    return _instead(path, make)


def link(path: str, target: str) -> Edit:
    """A link in its place; `{outside}` and `{root}` are filled in."""
    return _instead(path, lambda w, at: at.symlink_to(target.format(outside=w.outside, root=w.root)))


def sparse(path: str, size: int) -> Edit:
    """A file of zeros that claims `size` bytes and holds none."""

    def make(w: Broken, target: Path) -> None:
        with target.open("wb") as handle:
            handle.truncate(size)
        os.utime(target, (w.patchtst.end, w.patchtst.end))

    return _instead(path, make)


def mode(path: str, bits: int) -> Edit:
    """Other permissions."""
    return lambda w: (w.root / path).chmod(bits)


def backup(w: Broken) -> None:
    """A new bundle of what lies there now."""
    for old in (w.root / "artifacts/bundles").iterdir():
        old.unlink()
    write_backup(w.root, [w.patchtst, w.swinmae], w.swinmae.end + 5)


def then_backup(*edits: Edit) -> Edit:
    """Edits, and a bundle of the result."""
    return also(*edits, backup)


def swapped(one: str, other: str) -> Edit:
    """Two files under each other's name."""

    def apply(w: Broken) -> None:
        first, second = (w.root / one).read_bytes(), (w.root / other).read_bytes()
        put(one, second)(w)
        put(other, first)(w)

    return apply


def touched(seconds_from_now: float, *paths: str) -> Edit:
    """Files that say they were written at that time; every file without `paths`."""

    def apply(w: Broken) -> None:
        at = time.time() + seconds_from_now
        chosen = [w.root / p for p in paths] or [p for p in w.root.rglob("*") if p.is_file()]
        for path in chosen:
            os.utime(path, (at, at))

    return apply


def rerun(*, checkpoint: bool = True, table: bool = True, pause: float = 200.0, **changes: Any) -> Edit:
    """PatchTST trained again into the same folder; it ends before now. Its own files are as told."""

    def apply(w: Broken) -> None:
        again = replace(w.patchtst, start=w.swinmae.end + pause, **changes)
        kept = {p: ((w.root / p).read_bytes(), (w.root / p).stat().st_mtime) for p in (CFG,)}
        write_stream(w.root, again, checkpoint=checkpoint, table=table)
        for path, (data, at) in kept.items():
            write(w.root / path, data, at)

    return apply


def name_is(path: str, new: str | bytes) -> Edit:
    """A file renamed within its folder; `new` may hold any byte but `/`."""

    def apply(w: Broken) -> None:
        (w.root / path).rename((w.root / path).with_name(os.fsdecode(new)))

    return apply


def flipped(at: int | Callable[[bytes], int]) -> Callable[[bytes], bytes]:
    """One bit changed at an offset (from the end where negative)."""

    def change(data: bytes) -> bytes:
        place = at(data) if callable(at) else at % len(data)
        return data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]

    return change


def cut(to: int) -> Callable[[bytes], bytes]:
    """The first `to` bytes; all but so many where negative."""
    return lambda data: data[:to]
