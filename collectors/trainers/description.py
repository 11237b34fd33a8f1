"""What a trainer module knows of one run -> the plain values of a `dashboard.yaml`. Pure.

Sections of which there is nothing are left out, so that they are not asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

from collectors.trainers.folder import Folder, join
from collectors.trainers.names import STEPS, TAGS, TOTALS, highlights_of, is_count, losses_in, metrics_in, total_key
from collectors.trainers.spec import Raw
from collectors.training.series import better_way

CONFIGS: Final = (
    "hparams.yaml", "config.yaml", "config.yml", "params.yaml", "args.yaml", "config.json", "args.json", "params.json",
    ".hydra/config.yaml",
)  # fmt: skip
"""What a training's config is called where its trainer gives it no name."""
ENDINGS: Final = ("safetensors", "pt", "pth", "ckpt", "keras", "pth.tar", "h5", "bin")
MODELS: Final = (
    "model.safetensors", "pytorch_model.bin", *(f"*best*.{ending}" for ending in ENDINGS),
    *(f"*.{ending}" for ending in ENDINGS),
)  # fmt: skip
"""What a model is called where its trainer gives it no name: the best before the newest."""
STREAM: Final = "model"
"""Id of the only stream, where a trainer trains one model."""

NO_CLOCK: Final = "no column"
"""Named as the column of times where rows have no time of day: their `time` is seconds of a step."""


def one_stream(title: str, **sections: Any) -> Raw:
    """A description of one stream; sections that are None are left out."""
    said = {name: section for name, section in sections.items() if section is not None}
    return {"title": title, "streams": [{"id": STREAM, "label": STREAM.capitalize(), **said}]}


def below(root: str, *paths: str) -> list[str]:
    """Paths of a run, as they are called in the workspace."""
    return [join(root, path) for path in paths]


def events_of(folder: str, tags: dict[str, list[str]], **more: Any) -> Raw:
    """The section of event files; the workspace itself is `.`."""
    return {"folder": folder or ".", "tags": tags, **more}


def config_of(folder: Folder, candidates: Sequence[str]) -> Raw | None:
    """The section of a config: the first of the candidates that says how many epochs, or steps, else the first that
    says something; None where none does."""
    held = [path for path in candidates if folder.document(path)]
    if not held:
        return None
    telling = (path for keys in (TOTALS, STEPS) for path in held if total_key(folder.document(path), keys))
    found = next(telling, held[0])
    section: Raw = {"candidates": [found]}
    highlights = highlights_of(folder.document(found))
    return {**section, "highlights": highlights} if highlights else section


def tags_of(names: Iterable[str]) -> dict[str, list[str]]:
    """Series -> tags in order of preference: losses that are there, then the usual ones that may come; metrics."""
    every = list(names)
    found = losses_in(every)
    is_measured = not found and any(map(better_way, every))  # a training that logs its accuracy has no loss to come
    usual = {} if is_measured else TAGS
    losses = {series: list(dict.fromkeys([*found.get(series, ()), *those])) for series, those in usual.items()}
    return losses | {name: [name] for name in sorted(metrics_in(every))}


def table_of(path: str | Sequence[str], names: Iterable[str]) -> Raw:
    """The section of a table: which columns are the losses, and its metrics under their own names."""
    every = list(names)
    columns: Raw = {series: {"column": those} for series, those in losses_in(every).items()}
    columns |= {name: {"column": name} for name in metrics_in(every)}
    return {"path": path, "columns": columns} if columns else {"path": path}


def whole_table(path: str | Sequence[str], names: Iterable[str]) -> Raw:
    """The section of a table with every column as a series; losses have their usual names, all others their own."""
    every = list(names)
    losses = {series: those[0] for series, those in losses_in(every).items()}
    others = {name: name for name in every if name not in losses.values()}
    return {"path": path, "columns": {**losses, **others}}


def epochs_of(folder: Folder, config: Raw | None) -> Raw:
    """Completion by epochs: the key of the config that says how many; one that is nowhere where nothing does.

    A config's `patience` tells an early stop from one that was killed, and `min_delta` what does not count as better.
    """
    said = folder.document(config["candidates"][0]) if config is not None else {}
    waits = {"patience": said["patience"]} if is_count(said.get("patience")) else {}
    least = said.get("min_delta")
    if waits and isinstance(least, (int, float)) and 0 <= least < math.inf:
        waits["min_delta"] = float(least)
    return {"by": "epochs", "total": total_key(said) or "epochs", **waits}
