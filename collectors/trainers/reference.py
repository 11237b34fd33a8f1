"""The reference pipeline: PatchTST and SwinMAE, two self-supervised streams in one workspace.

Recognised by its layout: `configs/*_ssl*.yaml` with a mask ratio and epochs, event files with `loss/train` below
`runs/*_ssl`, checkpoints `*_ssl.pt`. Its whole description is `reference.yaml`. It refuses other names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any

from collectors.evidence.documents import value_at
from collectors.numbers import plural
from collectors.readers.common.magic import is_event_data
from collectors.trainers.folder import Folder, parent, said
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

NAME = "reference.yaml"


def recognise(folder: Folder) -> Sequence[Run]:
    """The workspace itself, where its layout is there: it has one run at a time."""
    signs = list(_signs(folder))
    if not signs:
        return []
    sure = max(sureness for _, sureness in signs)
    told = list(dict.fromkeys(words for words, sureness in signs if sureness is sure))
    return [Run(because=tuple(told[:3]), sure=sure, about=plural(len(_streams(folder)), "stream"), at=_newest(folder))]


def _signs(folder: Folder) -> Iterator[tuple[str, Sureness]]:
    for path in folder.matching("configs/*_ssl*.yaml"):
        config = folder.document(path)
        agrees = all(value_at(config, key) is not None for key in ("training.epochs", "model.mask_ratio"))
        yield said(path), Sureness.SURE if agrees else Sureness.PERHAPS
    for path in folder.matching("runs/*_ssl/*tfevents*"):
        tags = folder.tags(path)
        agrees = not tags - {"loss/train", "loss/val"} if tags else is_event_data(folder.head(path))
        yield f"event files in {said(parent(path))}", Sureness.SURE if agrees else Sureness.PERHAPS
    for path in folder.matching("checkpoints/*_ssl.pt", "artifacts/loss/*_loss_history.csv"):
        agrees = folder.columns(path)[:3] == ("epoch", "train_loss", "val_loss") or _holds_layer(folder, path)
        yield said(path), Sureness.SURE if agrees else Sureness.PERHAPS


def _holds_layer(folder: Folder, path: str) -> bool:
    """Whether a checkpoint's beginning names a layer of one of the two models."""
    head = folder.head(path)
    return b"input_proj" in head or b"patch_embed" in head


def _streams(folder: Folder) -> set[str]:
    paths = folder.matching("configs/*_ssl*.yaml", "runs/*_ssl/*tfevents*", "checkpoints/*_ssl.pt")
    return {path.split("/")[1].partition("_ssl")[0] for path in paths}


def _newest(folder: Folder) -> float:
    paths = folder.matching("runs/*_ssl/*tfevents*", "checkpoints/*_ssl.pt")
    return max((folder.modified_at(path) for path in paths), default=0.0)


def describe(_folder: Folder, _run: Run) -> Raw:
    """The description as it is shipped."""
    return dict(_shipped())


def shipped_bytes() -> bytes:
    """The description as a file."""
    return resources.files("collectors.trainers").joinpath(NAME).read_bytes()


@cache
def _shipped() -> dict[str, Any]:
    import yaml  # who finds another trainer's outputs needs none

    quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # our own file: nothing of it has to be explained
    data: dict[str, Any] = quick(shipped_bytes()).get_single_data()
    return data


SPEC = TrainerSpec(
    id="reference",
    label="Reference pipeline (PatchTST, SwinMAE)",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="`configs/*_ssl*.yaml` with `model.mask_ratio`, `runs/*_ssl` with `loss/train`, "
        "`checkpoints/*_ssl.pt`",
        reads="events (steps are epochs), `artifacts/loss/*.csv`, configs, scaler, backup archives, smoke test, split "
        "policy, data-quality reports",
        judged="`checkpoints/*_ssl.pt` of each stream",
        proven="recorded from the pipeline itself",
    ),
)
