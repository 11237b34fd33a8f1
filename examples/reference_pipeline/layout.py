"""Where everything lies in a workspace, and the one way to write it: whole or not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

# Data and report folder of each stream, in training order.
FOLDERS = {"patchtst": "fdc", "swinmae": "vib"}


@dataclass(frozen=True)
class Layout:
    """Paths below the workspace ``root``."""

    root: Path

    def data(self, stream: str) -> Path:
        """Folder of a stream's input files."""
        return self.root / "data" / FOLDERS[stream]

    def reports(self, stream: str) -> Path:
        """Folder of a stream's data-quality reports."""
        return self.root / "artifacts" / "dqvl" / FOLDERS[stream]

    def checkpoint(self, stream: str) -> Path:
        """The checkpoint that is released."""
        return self.root / "checkpoints" / f"{stream}_ssl.pt"

    def config(self, stream: str) -> Path:
        """The final config."""
        return self.root / "configs" / f"{stream}_ssl_real.yaml"

    def events(self, stream: str) -> Path:
        """Folder of TensorBoard event files."""
        return self.root / "runs" / f"{stream}_ssl"

    def history(self, stream: str) -> Path:
        """Loss history, one row an epoch."""
        return self.root / "artifacts" / "loss" / f"{stream}_loss_history.csv"

    def curve(self, stream: str) -> Path:
        """Picture of the loss history."""
        return self.root / "artifacts" / "loss" / f"{stream}_loss_curve.png"

    def baseline(self, stream: str) -> Path:
        """What the trivial reconstructions score, and the model beside them."""
        return self.root / "artifacts" / "baselines" / f"{stream}.json"

    def resume_state(self, stream: str) -> Path:
        """Model and optimizer after the last whole epoch; never a released checkpoint."""
        return self.resume_folder / f"{stream}_ssl.resume.pt"

    @property
    def resume_folder(self) -> Path:
        """Holds what an interrupted run needs to go on; removed when a run has ended."""
        return self.root / "train_state"

    @property
    def scaler(self) -> Path:
        """Scaler of the sensor stream."""
        return self.root / "artifacts" / "scaler_fdc.json"

    @property
    def bundles(self) -> Path:
        """Folder of backups."""
        return self.root / "artifacts" / "bundles"

    @property
    def thresholds(self) -> Path:
        """Thresholds of both streams and of the fused series."""
        return self.root / "artifacts" / "thresholds" / "batch_decision_thresholds.json"

    @property
    def calibration_scores(self) -> Path:
        """Scores that set the thresholds."""
        return self.root / "artifacts" / "calibration" / "scores.csv"

    @property
    def held_out_scores(self) -> Path:
        """Scores of normal windows that set no threshold."""
        return self.root / "artifacts" / "calibration" / "held_out_scores.csv"

    @property
    def decisions(self) -> Path:
        """Scores and words of the operation set."""
        return self.root / "artifacts" / "batch_decision" / "decision_events.csv"

    @property
    def decision_report(self) -> Path:
        """What is counted of them."""
        return self.root / "artifacts" / "batch_decision" / "decision_report.json"

    @property
    def faults(self) -> Path:
        """Which faults were put into the operation set, and when."""
        return self.root / "artifacts" / "operation" / "faults.json"

    @property
    def policy(self) -> Path:
        """Which data trained, validated and calibrates."""
        return self.root / "docs" / "calibration_split_policy.md"

    @property
    def status(self) -> Path:
        """Heartbeat of the run."""
        return self.root / "run_status.json"

    @property
    def scoring(self) -> Path:
        """The package that scores checkpoints, copied into the workspace."""
        return self.root / "inference"

    def relative(self, path: Path) -> str:
        """Name a path from the workspace on, with forward slashes."""
        return path.relative_to(self.root).as_posix()


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader meets the old or the new one, never a half.

    A temporary file beside it is written, flushed to the disk and renamed.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """Make a rename outlive a power cut, where the system can open folders."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
