"""Scaler, backup and what is written after the end: what the files say of them twice, and the nearest honest thing."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from control_rows import DEFAULT, reference, touched
from meaning_case import Make, Meaning
from support.build_archives import member, special
from support.foreign import Foreign
from support.recorded_run import RecordedRun
from support.workspaces import Stream, good_streams, write, write_backup, write_reports, write_stream

Streams = tuple[Stream, Stream]
Edit = Callable[[Path, Streams], object]
DAY = 86_400.0
SCALER, CONFIG = "artifacts/scaler_fdc.json", "configs/patchtst_ssl_real.yaml"
CHECKPOINT, CHECKPOINT2 = "checkpoints/patchtst_ssl.pt", "checkpoints/swinmae_ssl.pt"
BUNDLE, TAR = "artifacts/bundles/run_bundle.zip", "artifacts/bundles/run_bundle.tar.gz"
TABLES = ("artifacts/loss/patchtst_loss_history.csv", "artifacts/loss/swinmae_loss_history.csv")


STREAMS = (Stream("patchtst", [1.0] * 8, 8, 1795435105.1, 2.1), Stream("swinmae", [1.0] * 5, 5, 1795435137.4, 0.3))
"""When the recorded run's streams began and ended."""


def run(change: Edit = lambda root, streams: None) -> Make:
    """The recorded run, whole, and a change of it; the smoke test, which nobody ran, is off."""

    def make(f: Foreign) -> None:
        RecordedRun().write(f.root)
        change(f.root, STREAMS)
        text = DEFAULT.read_text().replace("\nsmoke:", "\nchecks: {smoke: {enabled: false, reason: not run}}\nsmoke:")
        f.description = text

    return make


def again(root: Path, streams: Streams) -> None:
    """The backup, made again of what lies there now."""
    write_backup(root, streams, streams[1].end + 5)


def scaler(**changes: Any) -> Make:
    """The scaler says this, and the backup holds it so; its time is kept."""

    def change(root: Path, streams: Streams) -> None:
        path = root / SCALER
        written = path.stat().st_mtime
        write(path, json.dumps(json.loads(path.read_text()) | changes), written)
        again(root, streams)

    return run(change)


def reports(*counts: int) -> Make:
    """Reports on as many FDC inputs count so many channels."""

    def change(root: Path, streams: Streams) -> None:
        write_reports(root, streams[0].start - 3)
        for old in (root / "artifacts/dqvl/fdc").iterdir():
            old.unlink()
        for n, count in enumerate(counts):
            report = {
                "file_id": f"watch_{n}.csv",
                "decision": "keep",
                "hard_fails": [],
                "metrics": {"channel_count": count},
            }
            write(root / f"artifacts/dqvl/fdc/r__{n}.json", json.dumps(report), streams[0].start - 3)

    return run(change)


def scaler_before(days: float) -> Make:
    """The scaler was written so many days before PatchTST's first record."""
    return run(lambda root, streams: os.utime(root / SCALER, (streams[0].start - days * DAY,) * 2))


def said_otherwise(make: Make, old: str, new: str) -> Make:
    """The same under a description that says this instead."""

    def apply(f: Foreign) -> None:
        make(f)
        assert old in f.description
        f.description = f.description.replace(old, new)

    return apply


def held(root: Path) -> dict[str, bytes]:
    """What the good backup holds, as it is in the workspace."""
    paths = [CHECKPOINT, CONFIG, CHECKPOINT2, "configs/swinmae_ssl_real.yaml", SCALER, *TABLES]
    return {path: (root / path).read_bytes() for path in paths}


def bundled(
    change: Callable[[dict[str, bytes]], Mapping[str, bytes]], *later: Callable[[], tuple[tarfile.TarInfo, bytes]]
) -> Make:
    """A tar instead of the zip: what `change` makes of the good backup, then further entries."""

    def make(root: Path, streams: Streams) -> None:
        (root / BUNDLE).unlink()
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz") as archive:
            for name, data in change(held(root)).items():
                archive.addfile(*member(name, data))
            for entry in later:
                info, data = entry()
                archive.addfile(info, io.BytesIO(data))
        write(root / TAR, out.getvalue(), streams[1].end + 5)

    return run(make)


def same(files: dict[str, bytes]) -> dict[str, bytes]:
    """Nothing is changed."""
    return files


def below(root: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files under a folder of the archive."""
    return {f"{root}{name}": data for name, data in files.items()}


def but(files: Mapping[str, bytes], *paths: str) -> dict[str, bytes]:
    """The files without these."""
    return {name: data for name, data in files.items() if name not in paths}


def split(files: dict[str, bytes]) -> dict[str, bytes]:
    """Checkpoints under one folder, everything else under another."""
    weights = {CHECKPOINT: files[CHECKPOINT], CHECKPOINT2: files[CHECKPOINT2]}
    return below("a/", weights) | below("b/", but(files, *weights))


def older(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files as an earlier run left them: one more byte each."""
    return {name: data + b"\n" for name, data in files.items()}


def appended(root: Path, streams: Streams) -> None:
    """`tar -r` after the training: an old config first, today's behind it."""
    (root / BUNDLE).unlink()
    out, files = io.BytesIO(), held(root)
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in [(CONFIG, b"old: 1\n"), *files.items()]:
            archive.addfile(*member(name, data))
    write(root / TAR, out.getvalue(), streams[1].end + 5)


def apart(days: float) -> Make:
    """SwinMAE began so long after PatchTST had ended."""

    def make(f: Foreign) -> None:
        reference()(f)
        streams = good_streams(f.end - 60 - days * DAY)
        moved = (streams[0], replace(streams[1], start=streams[0].end + days * DAY))
        for folder in ("runs", "checkpoints"):
            for path in [*(f.root / folder).rglob("*.*")]:
                path.unlink()
        for stream in moved:
            write_stream(f.root, stream)
        os.utime(f.root / SCALER, (moved[0].start - 2,) * 2)
        again(f.root, moved)

    return make


GAP, EACH = "\nsmoke:", "  written: each_run\n"
good = partial(Meaning, expected="ready")

# fmt: off
ROWS = [
    Meaning("scaler of another method than the config says", scaler(method="minmax"), "2 fail", f"{CONFIG} says `data.normalization: zscore` | {SCALER} says method `minmax` | (scaler_method)", "two records of one quantity"),
    Meaning("scaler of a method that is not known", scaler(method="quantile"), "2 skip", "`quantile` | not known", "a word alone tells nothing"),
    good("control: scaler of the same method in other words", scaler(method="StandardScaler"), words="not: scaler_method", why="a synonym"),
    Meaning("scaler with a subnormal scale", scaler(scale=[1.5, 1e-42, 1.5, 1.5, 1.5, 1.5]), "2 fail", f"{SCALER}: scale[1] is 1e-42, which is zero or subnormal in float32", "dividing by it is infinite"),
    Meaning("scaler with a scale beyond float32", scaler(scale=[1.5, 1e39, 1.5, 1.5, 1.5, 1.5]), "2 fail", f"{SCALER}: scale[1] is 1e+39, which is infinite in float32", ""),
    Meaning("scaler with a center beyond float32", scaler(center=[-1e39, 0, 0, 0, 0, 0]), "2 fail", f"{SCALER}: center[0] is -1e+39, which is infinite in float32", ""),
    good("control: scaler of very small numbers", scaler(scale=[1e-12, 1e-30, 1.5, 1.5, 1.5, 1.5], center=[1e-42, 0, 0, 0, 0, 0]), words="not: scaler_float32", why="float32 holds them"),
    Meaning("scaler of other channels than every report counts", reports(5, 5), "2 fail", f"{SCALER} has 6 channels | artifacts/dqvl/fdc/r__1.json says `metrics.channel_count: 5`", ""),
    good("control: one report of another device", reports(6, 5), words="not: scaler_channels", why="the scaler's own data agrees"),

    Meaning("scaler of 2020", run(lambda root, streams: os.utime(root / SCALER, (1_577_880_000,) * 2)), "9 fail", f"{SCALER} was written 2020-01-01 12:00:00 UTC | before patchtst's run began | written: each_run", "each run fits its own"),
    Meaning("scaler of three days ago", scaler_before(3), "9 fail", "72 h before patchtst's run began", ""),
    good("control: scaler fitted two days before the first record", scaler_before(1.99), words="not: scaler_age", why="preparing data takes its time"),
    good("control: an old scaler where nobody says that each run writes it", said_otherwise(scaler_before(1000), EACH, ""), words="1,000 d before patchtst's run began | (scaler_age)", why="told, and no fault"),

    good("checkpoint written a week after the end", run(touched(CHECKPOINT, 7 * DAY - 4000)), words=f"patchtst: the checkpoint {CHECKPOINT} was written | after its run had ended | (written_after_end)", why="plausibility warns; both instants are named"),
    good("scaler written an hour after the end", run(touched(SCALER, 3600)), words=f"the scaler {SCALER} was written | after its run had ended", why=""),
    good("control: checkpoint written five minutes after the end", run(touched(CHECKPOINT2, 300.0)), words="not: written_after_end", why="weights are stripped, the best is copied"),

    Meaning("backup with another scaler", run(lambda root, streams: write(root / SCALER, (root / SCALER).read_text() + "\n", streams[0].start - 2)), "9 fail", f"{BUNDLE} holds another {SCALER}", "other bytes"),
    Meaning("backup without the scaler", bundled(lambda files: but(files, SCALER)), "5 fail", f"{TAR} holds no {SCALER}", "its checkpoint cannot be used"),
    good("backup without the scaler, where no run writes it", said_otherwise(bundled(lambda files: but(files, SCALER)), EACH, ""), words=f"{TAR} holds no {SCALER} | (backup_scaler)", why="it may lie elsewhere"),
    Meaning("backup hidden by a later link", bundled(same, lambda: special(CHECKPOINT, tarfile.SYMTYPE, "swinmae_ssl.pt")), "5 fail", f"{TAR} holds no {CHECKPOINT} | a later link of the same name hides the file", "unpacked, the link lies there"),
    Meaning("backup hidden by a later folder", bundled(same, lambda: special(CHECKPOINT, tarfile.DIRTYPE)), "5 fail", f"{TAR} holds no {CHECKPOINT} | a later folder of the same name hides the file", ""),
    Meaning("backup hidden by a later hard link to nothing", bundled(same, lambda: special(CONFIG, tarfile.LNKTYPE, "gone.yaml")), "5 fail", f"{TAR} holds no {CONFIG} | a later link of the same name hides the file", ""),
    good("control: backup with a hard link to a sound copy", bundled(same, lambda: special("best.pt", tarfile.LNKTYPE, CHECKPOINT)), words="8 members, all sound", why=""),
    good("control: backup that was appended to", run(appended), words="occurs more than once | 7 members", why="the last one counts, and it is today's"),
    Meaning("backup of two folders", bundled(split), "5 fail", f"{CHECKPOINT} under `a/` | {CONFIG} under `b/` | no folder of it holds them all", "which belongs to which is not known"),
    good("control: backup under one folder as a tar", bundled(lambda files: below("project/run/", files)), words="not: (backup_", why=""),
    good("control: backup without folders", bundled(lambda files: {name.rpartition("/")[2]: data for name, data in files.items()}), words="not: (backup_", why="zip -j"),
    good("backup with an older complete set", bundled(lambda files: files | below("before/", older(files))), words="a complete set of copies under `./` and further ones under `before/`", why="the one of today counts, and the other is told"),
    Meaning("backup whose only complete set is an older one", bundled(lambda files: but(files, CONFIG) | below("before/", older(files))), "9 fail", f"{TAR} holds another {CHECKPOINT}", "unpacking a folder gives another run"),
    good("backup without loss histories", bundled(lambda files: but(files, *TABLES)), words=f"{TAR} holds no {TABLES[0]}, {TABLES[1]} | (backup_losses)", why="a note"),

    good("streams of executions a week apart", apart(8), words="swinmae began | 8 d after patchtst had ended | (streams_apart)", why="hardly one release"),
    Meaning("streams further apart than allowed", said_otherwise(apart(8), GAP, "\nmax_gap_hours: 24\nsmoke:"), "9 fail", "8 d after patchtst had ended | `max_gap_hours` allows 24 h", "the description says so"),
    good("control: streams of one week", apart(6.5), words="not: streams_apart", why="a long first training"),
]
# fmt: on
