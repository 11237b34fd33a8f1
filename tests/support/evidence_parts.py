"""Evidence of the default pipeline, as readers would hand it over: no file is read, no judge is asked.

By default everything is good: PatchTST and SwinMAE are done, with sound files of the current run. A test
says what differs.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from support.curves import T0, loss_table, one_run

from collectors.contract.pipeline import PipelineConfig
from collectors.contract.state import Check, Verdict
from collectors.contract.values import Outcome, Status, VerdictValue
from collectors.evidence.archive import ArchiveEvidence, ArchiveMember
from collectors.evidence.checkpoint import CheckpointEvidence, TensorFacts
from collectors.evidence.documents import ConfigEvidence, DocumentEvidence, ScalerEvidence
from collectors.evidence.files import FileFacts, Finding
from collectors.evidence.tables import LossTableEvidence
from collectors.training.completion import Target
from collectors.training.curves import merge_losses
from collectors.training.evidence import ReadFile, StreamEvidence, WorkspaceEvidence
from collectors.training.progress import Progress

END = T0 + 30.01
"""The last record of a run of three epochs, ten seconds each, that began at `T0`."""
SHIPPED = Path(__file__).with_name("drawn_pipeline.yaml")
BROKEN = (Finding("error", "cut short", "offset 9"), Finding("warning", "an odd name"))
"""An error, which breaks a file, and a warning, which does not."""
CRC = {"checkpoints": 11, "configs": 22}


@cache
def default_config() -> PipelineConfig:
    """The shipped pipeline."""
    return PipelineConfig.model_validate(yaml.safe_load(SHIPPED.read_text()))


def facts(path: str, modified_at: float | None = END + 1, **more: Any) -> FileFacts:
    """A file of 100 bytes that is there, written a second after the run's last record."""
    return FileFacts(path, True, 100, modified_at, **more)


def absent(path: str, problem: str | None = None) -> ReadFile[Any]:
    """A file that is not there, or that cannot be reached."""
    return ReadFile(FileFacts(path, False, problem=problem))


def checkpoint(path: str = "checkpoints/patchtst_ssl.pt", at: float | None = END + 1, **more: Any) -> ReadFile[Any]:
    """A sound checkpoint that was read in full."""
    known = {
        "format": "torch-zip", "findings": (), "parameters": 6, "checksum": "ok", "finite": True, "data_read": "all",
        "tensors": (TensorFacts("w", "float32", (2, 3), 24),), "sha256": "c" * 64, "crc32": CRC["checkpoints"],
        "size_bytes": 100,
    }  # fmt: skip
    return ReadFile(facts(path, at), CheckpointEvidence(**(known | more)))


def training_config(path: str = "configs/patchtst_ssl_real.yaml", at: float | None = T0 - 5, **more: Any) -> Any:
    """A sound config, written before the run began."""
    found = ConfigEvidence(**({"format": "yaml", "findings": (), "data": {}} | more))
    return ReadFile(facts(path, at), found, crc32=CRC["configs"], sha256="d" * 64)


def scaler(at: float | None = T0 - 2, **more: Any) -> ReadFile[ScalerEvidence]:
    """A sound scaler of two channels, written before the run began."""
    known = {"format": "json", "findings": (), "method": "zscore", "center": (0.1, 0.2), "scale": (1.0, 2.0)}
    return ReadFile(facts("artifacts/scaler_fdc.json", at), ScalerEvidence(**(known | more)), sha256="e" * 64)


def policy(**more: Any) -> ReadFile[DocumentEvidence]:
    """A split policy that is text."""
    known = {"findings": (), "text": "train calibration normal"}
    return ReadFile(facts("docs/policy.md"), DocumentEvidence(**(known | more)), sha256="f" * 64)


def report(data: Any, at: float | None = T0 - 3, name: str = "a", **more: Any) -> ReadFile[ConfigEvidence]:
    """A data-quality report that says `data`."""
    found = ConfigEvidence(**({"format": "json", "findings": (), "data": data} | more))
    return ReadFile(facts(f"artifacts/dqvl/fdc/{name}.json", at), found, sha256="a" * 64)


def table(path: str, values: tuple[float, ...] = (0.9, 0.8, 0.7), at: float | None = END + 1, **more: Any) -> Any:
    """A loss history of the run."""
    return ReadFile(facts(path, at), replace(loss_table(values), **more), sha256="b" * 64)


def archive(*streams: StreamEvidence, at: float | None = END + 9, name: str = "b", **more: Any) -> Any:
    """An archive with a copy of each stream's checkpoint and config as they are today."""
    pairs = [(s.checkpoint.path, s.checkpoint.evidence.crc32 if s.checkpoint.evidence else 0) for s in streams]
    pairs += [(s.config.path, s.config.crc32) for s in streams]
    members = tuple(ArchiveMember(path, 9, crc) for path, crc in pairs)
    found = ArchiveEvidence(**({"format": "zip", "findings": (), "members": members, "tested": "all"} | more))
    return ReadFile(facts(f"artifacts/bundles/{name}.zip", at), found, sha256="9" * 64)


def progress(status: Status = Status.DONE, **more: Any) -> Progress:
    """A stream's progress: epoch 3 of 3 unless said otherwise."""
    known = {
        "status": status, "since": END, "epoch": 3.0, "step": 3, "target": Target("epoch", 3), "divergences": (),
        "early_stop": False, "quiet": False, "started_at": T0, "last_at": END, "gap": 10.0, "quiet_at": None,
        "stalled_at": None, "expected_end_at": None, "writer": None,
    }  # fmt: skip
    return Progress(**(known | more))


def stream(name: str = "patchtst", status: Status = Status.DONE, **more: Any) -> StreamEvidence:
    """One stream's evidence; `progress_` holds what differs in its progress."""
    run = one_run(folder=f"runs/{name}_ssl")
    losses_path = f"artifacts/loss/{name}_loss_history.csv"
    history = more.get("loss_table", table(losses_path))
    found: LossTableEvidence | None = history.evidence if history else None
    known: dict[str, Any] = {
        "stream": next(s for s in default_config().streams if s.id == name),
        "checkpoint": checkpoint(f"checkpoints/{name}_ssl.pt"),
        "config": training_config(f"configs/{name}_ssl_real.yaml"),
        "events": run.files,
        "unreadable_events": (),
        "loss_table": history,
        "picture": None,
        "run": run,
        "previous_run": None,
        "in_current_run": True,
        "losses": merge_losses(run, found, history.facts if history else facts(losses_path), times_trusted=True),
        "progress": progress(status, **more.pop("progress_", {})),
        "times_trusted": True,
    }
    return StreamEvidence(**(known | more))


def untrained(name: str = "patchtst") -> StreamEvidence:
    """A stream that has left no sign of a run."""
    nothing = {"epoch": None, "step": None, "since": None, "started_at": None, "last_at": None, "gap": None}
    no_losses = merge_losses(None, None, facts("x"), times_trusted=False)
    return stream(
        name, Status.IDLE, progress_=nothing, events=(), run=None, loss_table=None, times_trusted=None,
        checkpoint=absent(f"checkpoints/{name}_ssl.pt"), losses=no_losses,
    )  # fmt: skip


def workspace(*streams: StreamEvidence, **more: Any) -> WorkspaceEvidence:
    """A workspace of these streams (the default's two where none is given)."""
    known: dict[str, Any] = {
        "config": default_config(),
        "streams": streams or (stream("patchtst"), stream("swinmae")),
        "scaler": scaler(),
        "backups": (),
        "split_policy": policy(),
        "reports": (),
        "stage_files": {},
        "smoke": {},
        "heartbeat": None,
        "started_at": T0,
        "run_id": "run-20260921-124640",
    }
    return WorkspaceEvidence(**(known | more))


def check(name: str, outcome: Outcome | str = "pass", **more: Any) -> Check:
    """One check's result; its title is its id with a capital letter."""
    known = {
        "index": 1, "id": name, "title": name.capitalize(), "outcome": outcome, "passed": outcome == "pass",
        "blocking": True, "detail": f"{name} is told", "hint": None, "evidence": (),
    }  # fmt: skip
    return Check(**(known | more))


def verdict(value: VerdictValue = VerdictValue.READY, passed: int = 9, total: int = 9) -> Verdict:
    """A verdict in short."""
    return Verdict(value=value, reason="why", passed=passed, failed=total - passed, skipped=0, total=total)
