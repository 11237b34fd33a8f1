"""A folder of somebody's outputs -> the runs in it: which kind, called what, described how.

Input: an open folder. Output: one source a run, with a pipeline of one stream for the ordinary
collector. It looks at names and small metadata only, and refuses to guess: what a file does not say,
such as how many epochs were configured, stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal

from collectors.contract.pipeline import PipelineConfig
from collectors.files.workspace import CannotRead, Workspace
from collectors.observe.standard_graph import with_standard_graph
from collectors.readers.text.read_config import read_config

Kind = Literal["events", "lightning", "huggingface", "mlflow"]
TITLES = {"events": "TensorBoard", "lightning": "Lightning", "huggingface": "Hugging Face", "mlflow": "MLflow"}
TAGS: Mapping[str, tuple[str, ...]] = {
    "train_loss": ("loss/train", "train/loss", "Loss/train", "train_loss", "train_loss_epoch", "train_loss_step",
                   "train/loss_epoch", "training_loss", "epoch_loss", "loss"),
    "val_loss": ("loss/val", "val/loss", "Loss/val", "val_loss", "val_loss_epoch", "eval/loss", "Loss/valid",
                 "Loss/validation", "valid/loss", "validation/loss", "valid_loss", "validation_loss", "Loss/test"),
}  # fmt: skip
"""Tags of the usual tools, in order of preference."""
CONFIGS = ("hparams.yaml", "config.yaml", "config.yml", "params.yaml", "args.yaml", "config.json", "args.json")
CHECKPOINTS = (
    "model.safetensors", "pytorch_model.bin", "*.index.json", "checkpoints/last.ckpt", "checkpoints/*.ckpt", "*.ckpt",
    "checkpoint-*/model.safetensors", "checkpoint-*/*.index.json", "checkpoint-*/pytorch_model.bin",
    "checkpoint-*/adapter_model.safetensors", "checkpoints/*.pt", "*.pt", "*.pth", "*.safetensors", "*-of-*.bin",
    ".metadata", "*/.metadata", "checkpoint-*/*/.metadata",
)  # fmt: skip
HIGHLIGHTS = (
    "lr", "learning_rate", "batch_size", "epochs", "max_epochs", "weight_decay", "dropout", "mask_ratio", "seed",
    "source", "window", "seq_len", "fs", "hidden_size", "hidden_dim", "d_model", "num_layers", "optimizer", "model",
)  # fmt: skip
"""The only values of a config that are taken over, as everywhere: an allow-list of keys."""
NOT_A_NAME = {"runs", "lightning_logs", "."}
"""Folders that every training has: they tell nothing about the run."""
METADATA_BYTES = 1 << 20
LOGGED_STEPS = re.compile(rb'"step"\s*:\s*(\d{1,15})\b')
AT_ONCE = 0.001
"""Seconds of silence that prove the end of what is known to have ended."""
READ_BYTES = 256 << 20
"""Larger checkpoints of an old run are judged by their structure alone."""


@dataclass(frozen=True, slots=True)
class Source:
    """One run that was found."""

    kind: Kind
    folder: str
    """Relative to the folder that was searched; `.` for itself."""
    name: str
    """What the run is called."""
    events: str | None = None
    """Folder of its event files, relative to its own; None without any."""
    table: str | None = None
    """Its loss history, relative to its own folder."""
    has_ended: bool = False
    """Its store says that it goes on no more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the operator said about the runs."""

    stream: str = "model"
    epochs: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def sources_in(opened: Workspace, own_name: str) -> list[Source]:
    """Every run below a folder, in order of their names."""
    found = [*_huggingface(opened), *_lightning(opened)]
    taken = [s.folder for s in found]
    found += [s for s in _event_folders(opened) if not any(_is_below(s.folder, folder) for folder in taken)]
    return sorted((_named(s, own_name) for s in found), key=lambda s: s.folder)


def _named(source: Source, own_name: str) -> Source:
    parts = [part for part in PurePosixPath(source.folder).parts if part not in NOT_A_NAME]
    name = "_".join(parts) or own_name
    return Source(source.kind, source.folder, name, source.events, source.table)


def _is_below(folder: str, other: str) -> bool:
    return other in {".", folder} or folder.startswith(f"{other}/")


def _huggingface(opened: Workspace) -> list[Source]:
    """Output folders of a Trainer: the newest `trainer_state.json` of each tells the most."""
    newest: dict[str, tuple[float, str]] = {}
    for path in opened.glob(["**/trainer_state.json"]):
        folder, checkpoint = _folder_of(path), 0.0
        last = folder.rpartition("/")[2]
        if re.fullmatch(r"checkpoint-\d{1,12}", last):
            folder, checkpoint = _folder_of(folder), float(last.partition("-")[2])
        else:
            checkpoint = float("inf")
        newest[folder] = max(newest.get(folder, (-1.0, "")), (checkpoint, path))
    return [
        Source("huggingface", folder, "", _events_below(opened, folder), _inside(path, folder))
        for folder, (_, path) in newest.items()
    ]


def _lightning(opened: Workspace) -> list[Source]:
    """Folders of a CSVLogger: `metrics.csv` beside `hparams.yaml`, or in a folder `version_N`."""
    found = []
    for path in opened.glob(["**/metrics.csv"]):
        folder = _folder_of(path)
        versioned = re.fullmatch(r"version_\d+", folder.rpartition("/")[2]) is not None
        if versioned or opened.facts(_join(folder, "hparams.yaml")).exists:
            found.append(Source("lightning", folder, "", _events_below(opened, folder), "metrics.csv"))
    return found


def _event_folders(opened: Workspace) -> list[Source]:
    """Folders that hold event files; those below another one are its sub-runs."""
    folders = sorted({_folder_of(path) for path in opened.glob(["**/*tfevents*"])})
    tops = [f for f in folders if not any(other != f and _is_below(f, other) for other in folders)]
    return [Source("events", folder, "", ".", None) for folder in tops]


def _events_below(opened: Workspace, folder: str) -> str | None:
    return "." if opened.glob([_join(folder, "**/*tfevents*")]) else None


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0] or "."


def _join(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder}/{name}"


def _inside(path: str, folder: str) -> str:
    return path if folder == "." else path.removeprefix(f"{folder}/")


def pipeline_of(source: Source, workspace: Workspace, asked: Asked) -> PipelineConfig:
    """A pipeline of one stream."""
    config = next((name for name in CONFIGS if workspace.facts(name).exists), None)
    stream: dict[str, Any] = {
        "id": asked.stream,
        "label": asked.stream,
        "checkpoint": list(CHECKPOINTS),
        "config": {"candidates": list(CONFIGS), "highlights": _highlights(workspace, config)},
        "events": {"folder": source.events or "events", "tags": tags_of(asked)},
        "completion": _completion(source, workspace, asked, config),
    }
    if source.has_ended:
        stream["stall"] = {"quiet_seconds": AT_ONCE, "stalled_seconds": AT_ONCE}
    if source.table is not None:
        stream["loss_history"] = {"path": source.table}
    data = {"title": f"imported from {TITLES[source.kind]}", "streams": [stream], "limits": {"read_bytes": READ_BYTES}}
    return with_standard_graph(PipelineConfig.model_validate(data))


def untold_of(source: Source, workspace: Workspace, pipeline: PipelineConfig) -> dict[str, str]:
    """Checks that these files cannot tell about, with the reason."""
    stream = pipeline.streams[0]
    has_checkpoint = bool(workspace.glob(list(CHECKPOINTS)))
    says_its_end = isinstance(stream.completion.total, int) or workspace.facts(pipeline.heartbeat).exists
    missing = {
        "checkpoints": None if has_checkpoint else "imported without a checkpoint",
        "logs": None if source.events else "imported without event files",
        "configs": None if any(workspace.facts(name).exists for name in CONFIGS) else "imported without a config",
        "training": None if says_its_end else "imported; nothing says how many epochs were configured",
        "provenance": None if has_checkpoint and source.events else "imported without what would tell",
    }
    return {check: reason for check, reason in missing.items() if reason is not None}


def tags_of(asked: Asked) -> dict[str, list[str]]:
    """Series -> tags in order of preference: the one that was named, then the usual ones."""
    named = {series: [tag, *TAGS.get(series, ())] for series, tag in asked.tags.items()}
    return {series: list(tags) for series, tags in TAGS.items()} | named


def _highlights(workspace: Workspace, config: str | None) -> dict[str, str]:
    data = _mapping(workspace, config) if config else {}
    return {name: name for name in HIGHLIGHTS if isinstance(data.get(name), (str, int, float, bool))}


def _mapping(workspace: Workspace, path: str) -> Mapping[str, Any]:
    try:
        data = read_config(workspace.read_bytes(path, METADATA_BYTES), name=path).data
    except CannotRead:
        return {}
    return data if isinstance(data, Mapping) else {}


def _completion(source: Source, workspace: Workspace, asked: Asked, config: str | None) -> dict[str, Any]:
    """When such a run counts as completed; by a key that is nowhere where nobody says."""
    if asked.epochs is not None:
        return {"by": "epochs", "total": asked.epochs}
    if source.kind == "huggingface" and source.table:
        return _trainer_end(workspace, source.table)
    data = _mapping(workspace, config) if config else {}
    known = next((data[k] for k in ("max_epochs", "epochs") if _is_count(data.get(k))), None)
    return {"by": "epochs", "total": known or "training.epochs"}


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _trainer_end(workspace: Workspace, table: str) -> dict[str, Any]:
    """The last step: of a Trainer that says it got there, the last one it logged; else the configured one."""
    try:
        data = workspace.read_bytes(table, METADATA_BYTES * 64)
    except CannotRead:
        return {"by": "steps", "total": "training.max_steps"}
    said = {name: _number(data, name) for name in (b"global_step", b"max_steps")}
    reached, configured = said[b"global_step"], said[b"max_steps"]
    logged = max((int(found) for found in LOGGED_STEPS.findall(data)), default=0)
    if not configured:
        return {"by": "steps", "total": "training.max_steps"}
    return {"by": "steps", "total": logged if reached >= configured and logged else configured}


def _number(data: bytes, name: bytes) -> int:
    """A top-level whole number of a trainer's state; 0 where it is not said."""
    found = re.findall(rb'"' + name + rb'"\s*:\s*(\d{1,15})\b', data)
    return int(found[-1]) if found else 0
