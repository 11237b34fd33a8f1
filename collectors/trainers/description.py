"""What a trainer module knows of one run -> the plain values of a `dashboard.yaml`. Pure.

Sections of which there is nothing are left out, so that they are not asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from collectors.trainers.folder import Folder, join
from collectors.trainers.names import TAGS, highlights_of, losses_in, total_key
from collectors.trainers.spec import Raw

CONFIGS: Final = (
    "hparams.yaml", "config.yaml", "config.yml", "params.yaml", "args.yaml", "config.json", "args.json", "params.json",
)  # fmt: skip
"""What a training's config is called where its trainer gives it no name."""
MODELS: Final = (
    "model.safetensors", "pytorch_model.bin", "*.safetensors", "*.pt", "*.pth", "*.ckpt", "*.keras", "*.pth.tar",
    "*.h5", "*.bin",
)  # fmt: skip
"""What a model is called where its trainer gives it no name."""
STREAM: Final = "model"
"""Id of the only stream, where a trainer trains one model."""


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
    """The section of a config: the first of the candidates that says something; None where none does."""
    found = next((path for path in candidates if folder.document(path)), None)
    if found is None:
        return None
    section: Raw = {"candidates": [found]}
    highlights = highlights_of(folder.document(found))
    return {**section, "highlights": highlights} if highlights else section


def tags_of(names: Iterable[str]) -> dict[str, list[str]]:
    """Series -> tags in order of preference: those that are there, then the usual ones that may come."""
    found = losses_in(names)
    return {series: list(dict.fromkeys([*found.get(series, ()), *usual])) for series, usual in TAGS.items()}


def table_of(path: str, names: Iterable[str]) -> Raw:
    """The section of a table; its columns are named where their names are not those of every trainer."""
    found = losses_in(names)
    return {"path": path, "columns": {series: {"column": those} for series, those in found.items()}} if found else {
        "path": path}  # fmt: skip


def whole_table(path: str | Sequence[str], names: Iterable[str]) -> Raw:
    """The section of a table with every column as a series; losses have their usual names, all others their own."""
    every = list(names)
    losses = {series: those[0] for series, those in losses_in(every).items()}
    others = {name: name for name in every if name not in losses.values()}
    return {"path": path, "columns": {**losses, **others}}


def epochs_of(folder: Folder, config: Raw | None) -> Raw:
    """Completion by epochs: the key of the config that says how many; one that is nowhere where nothing does."""
    key = total_key(folder.document(config["candidates"][0])) if config is not None else None
    return {"by": "epochs", "total": key or "epochs"}
