"""A folder of somebody's outputs -> the runs in it: whose, called what, described how.

Input: an open folder. Output: one source a run, with a pipeline of one stream for the ordinary collector. What files
mean is the trainers' knowledge; here is only what an import adds: the operator's words, and which checks the files
cannot answer. It refuses to guess: what no file says, such as how many epochs were configured, stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from collectors.contract.pipeline import PipelineConfig
from collectors.evidence.documents import value_at
from collectors.files.workspace import Workspace
from collectors.observe.load_pipeline import checked_config
from collectors.trainers import mlflow, plain, reference
from collectors.trainers.folder import Folder, is_below
from collectors.trainers.modules import TRAINERS
from collectors.trainers.names import TAGS, is_count
from collectors.trainers.recognise import Candidate, recognise
from collectors.trainers.spec import Raw, Run, TrainerSpec

NOT_A_NAME: Final = {"runs", "lightning_logs", ""}
"""Folders that every training has: they tell nothing about the run."""
NOT_RUN_BY_RUN: Final = {reference.SPEC.id, plain.SPEC.id, mlflow.SPEC.id}
"""Trainers whose runs are found otherwise: none, those of no trainer, and those of a store."""
READ_BYTES: Final = 256 << 20
"""Larger checkpoints of an old run are judged by their structure alone."""


@dataclass(frozen=True, slots=True)
class Source:
    """One run that was found."""

    name: str
    """What the run is called."""
    description: Raw
    """What its files mean, relative to the folder that was searched."""
    title: str
    folder: Folder
    """The one look that found it."""
    at: float
    """When it was last written, seconds since the Unix epoch."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the operator said about the runs."""

    stream: str = "model"
    epochs: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def sources_in(opened: Workspace, own_name: str) -> list[Source]:
    """Every run below a folder, in order of their folders."""
    folder = Folder(opened)
    known = recognise(folder, [spec for spec in TRAINERS if spec.id not in NOT_RUN_BY_RUN])
    found = list(_apart(known.every))
    taken = [run.root for _, run in found]
    others = recognise(folder, [plain.SPEC]).every
    found += [(s, run) for s, run in _runs(others) if not any(_overlap(run.root, root) for root in taken)]
    return [
        Source(name_of_root(run.root, own_name), spec.describe(folder, run), _title(spec, run), folder, run.at)
        for spec, run in sorted(found, key=lambda one: one[1].root)
    ]


def _runs(candidates: tuple[Candidate, ...]) -> Iterator[tuple[TrainerSpec, Run]]:
    return ((one.spec, run) for one in candidates for run in (one.run, *one.others))


def _apart(candidates: tuple[Candidate, ...]) -> Iterator[tuple[TrainerSpec, Run]]:
    """Runs of the surest trainer in each folder."""
    taken: list[str] = []
    for one in candidates:
        free = [run for run in (one.run, *one.others) if run.root not in taken]
        taken += [run.root for run in free]
        yield from ((one.spec, run) for run in free)


def _overlap(one: str, other: str) -> bool:
    return is_below(one, other) or (bool(one) and is_below(other, one))


def name_of_root(root: str, own_name: str) -> str:
    """What a run in this folder is called."""
    return "_".join(part for part in root.split("/") if part not in NOT_A_NAME) or own_name


def _title(spec: TrainerSpec, run: Run) -> str:
    of_events = spec.id == plain.SPEC.id and "events" in run.facts
    return "imported from TensorBoard" if of_events else f"imported from {spec.label}"


def pipeline_of(source: Source, asked: Asked) -> PipelineConfig:
    """A pipeline of one stream, with what the operator said of it."""
    stream: dict[str, Any] = {**source.description["streams"][0], "id": asked.stream, "label": asked.stream}
    if "events" in stream:
        stream["events"] = {**stream["events"], "tags": tags_of(asked, stream["events"]["tags"])}
    elif asked.tags:
        stream["table"] = {**stream["table"], "columns": _columns_of(asked, stream["table"].get("columns", {}))}
    if asked.epochs is not None:
        stream["completion"] = {"by": "epochs", "total": asked.epochs}
    whole = {**source.description, "title": source.title, "streams": [stream], "limits": {"read_bytes": READ_BYTES}}
    return checked_config(whole, source.name)


def _columns_of(asked: Asked, columns: Mapping[str, Any]) -> Raw:
    """Columns of a table with those that the operator named, which are no other series then."""
    named = {series: [tag, series] for series, tag in asked.tags.items()}
    taken = [*asked.tags.values(), *({"column": tag} for tag in asked.tags.values())]
    return {series: column for series, column in columns.items() if column not in taken} | named


def untold_of(source: Source, pipeline: PipelineConfig) -> dict[str, str]:
    """Checks that these files cannot tell about, with the reason."""
    stream, folder = pipeline.streams[0], source.folder
    has_checkpoint = bool(folder.matching(*(stream.checkpoint.path or ())))
    config = next((path for path in (stream.config.candidates if stream.config else ()) if folder.has(path)), None)
    says_its_end = (
        is_count(stream.completion.total)
        or stream.completion.patience is not None
        or folder.has(pipeline.heartbeat)
        or (config is not None and is_count(value_at(folder.document(config), str(stream.completion.total))))
    )
    missing = {
        "checkpoints": None if has_checkpoint else "imported without a checkpoint",
        "training": None if says_its_end else "imported; nothing says how many epochs were configured",
        "provenance": None if has_checkpoint else "imported without what would tell",
    }
    return {check: reason for check, reason in missing.items() if reason is not None}


def tags_of(asked: Asked, tags: Mapping[str, Any] = TAGS) -> dict[str, list[str]]:
    """Series name -> tags in order of preference: the one that was named, then those of the trainer."""
    named = {series: [tag, *tags.get(series, ())] for series, tag in asked.tags.items()}
    others = {series: list(those) for series, those in tags.items() if series not in asked.tags.values()}
    return others | named
