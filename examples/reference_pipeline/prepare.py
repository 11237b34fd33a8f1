"""Recordings -> a workspace that is ready to train: data, reports, split policy, final config.

Nothing is trained from a file that failed its data-quality check, and scalers are learnt from the
training part only.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np
import torch
import yaml
from torch import Tensor, nn

from .configs import Config, DataFacts, make_config
from .data_quality import Report, report_on
from .inference.dataset import find_files, limit_windows, load_all, parts_of
from .inference.masks import validation_generator
from .inference.problems import PipelineProblem
from .inference.series import Array, Series
from .inference.streams import Stream, make_stream
from .inference.windows import Scaler
from .layout import FOLDERS, Layout, write_whole
from .options import Options

SHIPPED = Path(__file__).parent / "data"
PACKAGE = Path(__file__).parent / "inference"
Parts = dict[str, list[Array]]


@dataclass(frozen=True)
class Data:
    """The recordings of a stream: where they lie, what they are, how they are divided."""

    pattern: str
    series: list[Series]
    parts: Parts


@dataclass(frozen=True)
class Task:
    """All that a trainer needs.

    Attributes:
        stream: The stream's description, with its final config.
        model: Untrained model.
        train: Scaled training samples (n, channels, ...).
        val: Scaled validation samples.
        val_hidden: The fixed choice of hidden patches of the validation samples.
    """

    stream: Stream
    model: nn.Module
    train: Tensor
    val: Tensor
    val_hidden: Tensor

    @property
    def config(self) -> Config:
        """The final config."""
        return self.stream.config

    @property
    def parameters(self) -> int:
        """Number of trained numbers in the model."""
        return sum(parameter.numel() for parameter in self.model.parameters())


def copy_scoring(layout: Layout) -> None:
    """Put the scoring package into the workspace, so that it can stand anywhere."""
    for source in sorted(PACKAGE.glob("*.py")):
        write_whole(layout.scoring / source.name, source.read_bytes())


def copy_data(stream: str, own: Path | None, layout: Layout) -> str:
    """Copy a stream's recordings into the workspace and give their pattern there."""
    folder = layout.data(stream)
    folder.mkdir(parents=True, exist_ok=True)
    sources = [own] if own else sorted((SHIPPED / FOLDERS[stream]).glob("*.npz"))
    for source in sources:
        target = folder / source.name
        if not (target.exists() and target.samefile(source)):
            shutil.copyfile(source, target)
    return layout.relative(folder / (own.name if own else "watch_*.npz"))


def load_data(pattern: str, layout: Layout) -> Data:
    """Read and divide the recordings that fit a pattern below the workspace."""
    series = load_all(find_files(layout.root, pattern))
    return Data(pattern, series, parts_of(series))


def inspect(stream: str, data: Data, config: Config, layout: Layout) -> list[Report]:
    """Write a data-quality report for each file.

    Raises:
        PipelineProblem: When a file is to be dropped.
    """
    run_id = uuid4().hex
    reports = [report_on(one, stream, config["dqvl"], run_id=run_id) for one in data.series]
    for report in reports:
        path = layout.reports(stream) / f"{run_id}__{report['file_id']}.json"
        write_whole(path, json.dumps(report, indent=2) + "\n")
    for report in reports:
        if report["decision"] == "drop":
            raise PipelineProblem(
                str(report["file_id"]),
                expected="a file without hard data-quality failures",
                found="; ".join(report["hard_fails"]),
                next_step=f"repair it; the report is in {layout.relative(layout.reports(stream))}",
            )
    return reports


def configure(stream: str, options: Options, data: Data, layout: Layout) -> Config:
    """Make the config of a stream from the options and from what its training part is like."""
    spread = float(np.concatenate([recording.ravel() for recording in data.parts["train"]]).std())
    facts = DataFacts(data.pattern, data.series[0].fs, max(spread, Scaler.eps))
    return make_config(stream, options, facts, layout)


def new_task(stream: str, config: Config, data: Data, layout: Layout) -> Task:
    """Learn the scaler from the training part and leave it and the final config on disk."""
    description = make_stream(stream, config)
    train = _train_windows(description, data)
    scaler = Scaler.fit(train)
    _keep_scaler(stream, scaler, config, layout)
    write_whole(layout.config(stream), yaml.safe_dump(config, sort_keys=False))
    return _task(description, data, train, scaler)


def restored_task(stream: str, config: Config, layout: Layout) -> Task:
    """Rebuild the task of an interrupted run from what it left; nothing is written."""
    description = make_stream(stream, config)
    data = load_data(str(config["data"]["path"]), layout)
    return _task(description, data, _train_windows(description, data), description.scaler(layout.root))


def _train_windows(description: Stream, data: Data) -> Array:
    limit = limit_windows(description.config["training"], "max_train_batches")
    return description.unscaled(data.parts["train"], limit)


def _task(description: Stream, data: Data, train: Array, scaler: Scaler) -> Task:
    limit = limit_windows(description.config["training"], "max_val_batches")
    val = description.samples(data.parts["validation"], scaler, limit)
    torch.manual_seed(int(description.config["seed"]))
    return Task(
        stream=description,
        model=description.build(len(data.series[0].channels)),
        train=torch.from_numpy(scaler.apply(train)),
        val=val,
        val_hidden=description.hidden(val, validation_generator()),
    )


def _keep_scaler(stream: str, scaler: Scaler, config: Config, layout: Layout) -> None:
    """Leave the scaler where scoring looks for it: a JSON file, or the config itself."""
    if stream == "patchtst":
        write_whole(layout.scaler, json.dumps(scaler.as_dict()))
    else:
        config["cwt"] |= {"center": list(scaler.center), "scale": list(scaler.scale)}
