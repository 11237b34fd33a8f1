"""A checkpoint file -> weights in a model; refused unless sound, finite and of this shape.

Only plain types and tensors are unpickled (``weights_only=True``). torch does not notice a
flipped byte, so the archive's own checksums are tested first.
"""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from .problems import PipelineProblem

AGAIN = "train again, or restore it from the backup bundle"


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint written by the pipeline.

    Raises:
        PipelineProblem: When it is missing, damaged, or does not hold ``model_state_dict``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
        if damaged:
            raise zipfile.BadZipFile(f"checksum of {damaged} does not fit")
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise _problem(path, "no such file") from None
    except (OSError, RuntimeError, EOFError, zipfile.BadZipFile, pickle.UnpicklingError) as error:
        raise _problem(path, f"{type(error).__name__}: {str(error)[:120]}") from error
    if not isinstance(content, dict) or not isinstance(content.get("model_state_dict"), dict):
        raise _problem(path, "no model_state_dict in it")
    return content


def fill_model(model: nn.Module, content: dict[str, Any], path: Path) -> None:
    """Put the checkpoint's weights into the model.

    Raises:
        PipelineProblem: When names or shapes differ, or a weight is not finite.
    """
    saved: dict[str, Tensor] = content["model_state_dict"]
    wanted = model.state_dict()
    wrong = sorted(
        name
        for name in wanted.keys() | saved.keys()
        if name not in saved or name not in wanted or saved[name].shape != wanted[name].shape
    )
    if wrong:
        raise PipelineProblem(
            f"{path} does not fit the model of this config",
            expected=_shape(wanted, wrong[0]),
            found=f"{_shape(saved, wrong[0])} ({len(wrong)} tensors differ)",
            next_step="check that checkpoint and config belong to the same stream and run",
        )
    spoilt = [name for name, tensor in saved.items() if not torch.isfinite(tensor).all()]
    if spoilt:
        raise _problem(path, f"NaN or infinite weights in {spoilt[0]}")
    model.load_state_dict(saved)


def _problem(path: Path, found: str) -> PipelineProblem:
    return PipelineProblem(str(path), expected="a sound torch checkpoint", found=found, next_step=AGAIN)


def _shape(tensors: dict[str, Tensor], name: str) -> str:
    return f"{name} {tuple(tensors[name].shape)}" if name in tensors else f"no {name}"
