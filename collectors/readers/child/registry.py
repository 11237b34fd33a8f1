"""Names of readers -> what the child process calls, and what it hands back.

Input: nothing. Output: `READERS`. Refuses nothing and imports no reader: the child does.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from collectors.evidence.archive import ArchiveEvidence
from collectors.evidence.checkpoint import CheckpointEvidence, ShardIndexEvidence
from collectors.evidence.documents import ConfigEvidence, DocumentEvidence, ScalerEvidence
from collectors.evidence.events import EventEvidence
from collectors.evidence.files import Finding
from collectors.evidence.mlflow import MlflowEvidence
from collectors.evidence.scores import DecisionReportEvidence, ScorePart
from collectors.evidence.tables import LossTableEvidence

Evidence = (
    CheckpointEvidence
    | ShardIndexEvidence
    | ArchiveEvidence
    | ConfigEvidence
    | ScalerEvidence
    | LossTableEvidence
    | DocumentEvidence
    | MlflowEvidence
    | EventEvidence
    | ScorePart
    | DecisionReportEvidence
)
MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reader:
    """One function of `collectors.readers`."""

    module: str
    function: str
    evidence: type[Evidence]
    takes: Literal["handle", "bytes"]
    """`handle`: an open file and its size, however large; `bytes`: the whole file, at most `max_bytes`."""
    max_bytes: int = 0
    bytes_per_second: float = 50e6
    """How slow an honest file may be, on top of the fixed time limit."""


READERS: Final[dict[str, Reader]] = {
    "checkpoint": Reader("collectors.readers.checkpoint.read", "read_checkpoint", CheckpointEvidence, "handle"),
    "events": Reader("collectors.readers.events.read", "read_events", EventEvidence, "handle", bytes_per_second=1e6),
    "shard_index": Reader(
        "collectors.readers.checkpoint.shard_index", "read_shard_index", ShardIndexEvidence, "bytes", 32 * MIB, 4e6
    ),
    "dcp": Reader("collectors.readers.checkpoint.dcp", "read_dcp", CheckpointEvidence, "bytes", 128 * MIB, 1e6),
    "archive": Reader("collectors.readers.archive.read", "read_archive", ArchiveEvidence, "handle"),
    "config": Reader("collectors.readers.text.read_config", "read_config", ConfigEvidence, "bytes", MIB),
    "scaler": Reader("collectors.readers.scaler.read", "read_scaler", ScalerEvidence, "bytes", 16 * MIB),
    "loss_table": Reader(
        "collectors.readers.tables.read", "read_loss_table", LossTableEvidence, "bytes", 64 * MIB, 4e6
    ),
    "document": Reader("collectors.readers.text.read_document", "read_document", DocumentEvidence, "bytes", 64 * MIB),
    "mlflow": Reader("collectors.readers.mlflow.read", "read_mlflow", MlflowEvidence, "bytes", 256 * MIB, 4e6),
    "scores": Reader("collectors.readers.scores.read", "read_scores", ScorePart, "handle"),
    "decision_report": Reader(
        "collectors.readers.scores.report", "read_report", DecisionReportEvidence, "bytes", 64 * MIB, 8e6
    ),
}


def failed(reader: Reader, problem: str) -> Evidence:
    """Return evidence that says only why the file could not be read."""
    values: dict[str, Any] = {"findings": (Finding("error", problem),)}
    if any(field.name == "format" for field in fields(reader.evidence)):
        values["format"] = "unknown"
    return reader.evidence(**values)
