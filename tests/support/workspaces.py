"""Workspaces of the default pipeline, written file by file as a training leaves them, times included.

Everything is small and made here; the event files, checkpoints and archives are real ones.
"""

from __future__ import annotations

import json
import math
import os
import socket
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from support.build_checkpoints import Array, Numbers, a_value, torch_zip, weights
from support.build_events import event, header, record, simple_value

GONE_PID = 4_000_000
"""No process has this id: the kernel's limit is below it unless raised by hand."""

SCORING = '''"""A scoring command: opens the checkpoint as the archive it is and reads every byte."""
import argparse, sys, zipfile
parser = argparse.ArgumentParser()
for name in ("--stream", "--checkpoint", "--config"):
    parser.add_argument(name, required=True)
options = parser.parse_args()
bad = zipfile.ZipFile(options.checkpoint).testzip()
if bad:
    sys.exit(f"{options.checkpoint}: {bad} is damaged")
print(f"{options.stream}: scored 12 windows")
'''


@dataclass
class Stream:
    """One stream's numbers."""

    id: str
    val: Sequence[float]
    epochs: int
    start: float
    gap: float = 4.0
    pid: int = GONE_PID
    host: str = field(default_factory=socket.gethostname)
    seed: int = 0
    factor: float = 1.1
    """Train loss in units of the validation loss."""

    @property
    def end(self) -> float:
        """Time of the last record."""
        return self.start + self.gap * len(self.val)

    def train(self) -> list[float]:
        """Train losses."""
        return [v * self.factor for v in self.val]


def write(path: Path, data: bytes | str, modified_at: float | None = None) -> Path:
    """Write a file with its folders, and set its time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    if modified_at is not None:
        os.utime(path, (modified_at, modified_at))
    return path


def event_bytes(stream: Stream) -> bytes:
    """The event file of a stream: header, then train and val of each epoch."""
    out = [header(stream.start)]
    for n, (train, val) in enumerate(zip(stream.train(), stream.val, strict=True), start=1):
        at = stream.start + stream.gap * n
        out.append(record(event(n, [simple_value("loss/train", train)], at)))
        out.append(record(event(n, [simple_value("loss/val", val)], at)))
    return b"".join(out)


def event_path(stream: Stream) -> str:
    """Where a stream's event file lies."""
    return f"runs/{stream.id}_ssl/events.out.tfevents.{int(stream.start)}.{stream.host}.{stream.pid}.0"


LAYERS = {
    "patchtst": {"input_proj.weight": (48, 16)},
    "swinmae": {"encoder.patch_embed.proj.weight": (24, 1, 4, 4), "decoder.weight": (8, 24)},
}
"""The layers that tell the two streams apart."""


def model_of(stream: Stream) -> dict[str, Array]:
    """The layers of a stream's own, and a head."""
    shapes = {**LAYERS.get(stream.id, {"layer.weight": (8, 4)}), "head.weight": (2, 8)}
    return {name: weights(stream.seed + n, shape) for n, (name, shape) in enumerate(shapes.items(), 1)}


def saved(stream: Stream, numbers: Numbers, model: dict[str, Array] | None = None) -> dict[str, Any]:
    """What the stream's training saves at its best epoch."""
    value = a_value(numbers, model_of(stream) if model is None else model)
    best = min(range(len(stream.val)), key=lambda n: (math.isnan(stream.val[n]), stream.val[n]))
    return value | {
        "epoch": best + 1,
        "val_loss": stream.val[best],
        "config": yaml.safe_load(config_text(stream)),
    }


def checkpoint_bytes(stream: Stream, model: dict[str, Array] | None = None, **changes: Any) -> bytes:
    """The torch zip that a stream's training leaves; `changes` are of what it says of itself."""
    numbers = Numbers()
    return torch_zip(saved(stream, numbers, model) | changes, numbers, root=f"{stream.id}_ssl")


def config_text(stream: Stream) -> str:
    """A final config with every required key."""
    fs = "  fs: 64\n  win_sec: 4.0\n" if stream.id == "swinmae" else "  seq_len: 128\n  normalization: zscore\n"
    return (
        f"data:\n  source: csv\n  path: data/{stream.id}/*.csv\n{fs}"
        "device:\n  amp: false\nmodel:\n  mask_ratio: 0.4\n  d_model: 48\n"
        f"training:\n  lr: 0.002\n  epochs: {stream.epochs}\n"
    )


def table_text(stream: Stream) -> str:
    """The loss history, with CRLF as Python's csv writes it."""
    rows = [f"{n},{t!r},{v!r}" for n, (t, v) in enumerate(zip(stream.train(), stream.val, strict=True), 1)]
    return "\r\n".join(["epoch,train_loss,val_loss", *rows, ""])


def write_stream(root: Path, stream: Stream, *, checkpoint: bool = True, table: bool = True) -> None:
    """Write all files of one stream with the times they would have."""
    write(root / f"configs/{stream.id}_ssl_real.yaml", config_text(stream), stream.start - 5)
    write(root / event_path(stream), event_bytes(stream), stream.end)
    if checkpoint:
        write(root / f"checkpoints/{stream.id}_ssl.pt", checkpoint_bytes(stream), stream.end)
    if table:
        write(root / f"artifacts/loss/{stream.id}_loss_history.csv", table_text(stream), stream.end + 0.1)


def write_scaler(root: Path, modified_at: float, channels: int = 6) -> None:
    """Write a sound scaler."""
    scaler = {"method": "zscore", "eps": 1e-6, "center": [0.1] * channels, "scale": [1.5] * channels}
    write(root / "artifacts/scaler_fdc.json", json.dumps(scaler), modified_at)


def write_reports(root: Path, modified_at: float, decision: str = "keep") -> None:
    """Write a data-quality report for each of two inputs."""
    for kind, name in (("fdc", "watch_a.csv"), ("vib", "trunk_a.csv")):
        report = {"schema_version": "0.1", "run_id": "r", "file_id": name, "decision": decision, "hard_fails": []}
        report |= {"metrics": {"channel_count": 6} if kind == "fdc" else {"raw_shape": [6000, 3]}}
        write(root / f"artifacts/dqvl/{kind}/r__{name}.json", json.dumps(report), modified_at)


def write_policy(root: Path) -> None:
    """Write a split policy that speaks of everything."""
    items = ["train: the first 80 %.", "calibration: later, normal windows only.", "test: none of these."]
    text = "\n- ".join(["# Split policy\n", *items]) + "\n"
    write(root / "docs/calibration_split_policy.md", text)


def write_backup(root: Path, streams: Sequence[Stream], modified_at: float) -> Path:
    """Zip every stream's checkpoint and config, the scaler and the tables, as they are now."""
    path = root / "artifacts/bundles/run_bundle.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for s in streams:
            for name in (f"checkpoints/{s.id}_ssl.pt", f"configs/{s.id}_ssl_real.yaml"):
                archive.write(root / name, name)
        for name in ("artifacts/scaler_fdc.json", *(f"artifacts/loss/{s.id}_loss_history.csv" for s in streams)):
            if (root / name).is_file():
                archive.write(root / name, name)
    os.utime(path, (modified_at, modified_at))
    return path


def falling(count: int, start: float = 1.0) -> list[float]:
    """A loss that falls."""
    return [round(start * 0.9**n, 6) for n in range(count)]


def good_streams(start: float | None = None) -> tuple[Stream, Stream]:
    """PatchTST with 8 epochs, then SwinMAE with 5, ended some minutes ago."""
    begun = time.time() - 900 if start is None else start
    first = Stream("patchtst", falling(8), 8, begun)
    return first, Stream("swinmae", falling(5, 0.7), 5, first.end + 10, seed=50)


def write_good(root: Path, start: float | None = None) -> tuple[Stream, Stream]:
    """A finished training with everything in place; only the smoke test is still to be run."""
    streams = good_streams(start)
    write_scaler(root, streams[0].start - 2)
    write_reports(root, streams[0].start - 3)
    write_policy(root)
    write(root / "inference/__init__.py", "")
    write(root / "inference/run_scoring_example.py", SCORING)
    for stream in streams:
        write_stream(root, stream)
    write_backup(root, streams, streams[1].end + 5)
    return streams


def write_running(root: Path, *, age: float = 1.0, pid: int | None = None) -> tuple[Stream, Stream]:
    """PatchTST is done, SwinMAE is at epoch 3 of 30; its last record is `age` seconds old."""
    now = time.time()
    swinmae = Stream("swinmae", falling(3, 0.7), 30, now - age - 12, pid=os.getpid() if pid is None else pid, seed=50)
    patchtst = Stream("patchtst", falling(8), 8, swinmae.start - 60)
    write_scaler(root, patchtst.start - 2)
    write_reports(root, patchtst.start - 3)
    write_policy(root)
    write_stream(root, patchtst)
    write_stream(root, swinmae, table=False)
    return patchtst, swinmae
