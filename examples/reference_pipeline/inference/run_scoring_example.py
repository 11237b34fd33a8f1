"""Checkpoint and config -> scores of the validation windows, on the terminal.

``python -m inference.run_scoring_example --stream patchtst --checkpoint F --config F``, run in
the workspace, loads the weights, rebuilds the model from the config, reconstructs the
validation windows with their fixed masks, and prints the errors. It refuses NaN, missing
files, a checkpoint of another architecture, and one whose recorded loss it cannot repeat.

Exit codes: 0 scored; 1 the checkpoint or its scores are no good; 2 wrong options.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from numpy.typing import NDArray

from .checkpoint import fill_model, load_checkpoint
from .dataset import find_files, limit_windows, load_all, parts_of
from .masks import validation_generator
from .problems import PipelineProblem
from .streams import STREAMS, make_stream, score

# Another machine may round differently; another mask, scaler or data set differs by far more.
LOSS_TOLERANCE = 0.02


@dataclass(frozen=True)
class Scores:
    """What scoring found: errors (windows, channels) and the channels' names."""

    errors: NDArray[np.float32]
    channels: tuple[str, ...]
    recorded_loss: float


def main(argv: Sequence[str] | None = None) -> int:
    """Score one stream; see the module's description for the exit codes."""
    options = _parser().parse_args(argv)
    torch.set_num_threads(1)
    try:
        scores = score_checkpoint(options.stream, Path(options.checkpoint), Path(options.config))
        _check(scores, options.checkpoint)
    except PipelineProblem as problem:
        print(f"scoring {options.stream} failed: {problem}", file=sys.stderr)
        return 1
    _report(options.stream, scores)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m inference.run_scoring_example",
        description="Score the validation windows with a trained checkpoint; run it in the "
        "workspace. Exit 0: scored. Exit 1: the checkpoint or its scores are no good.",
    )
    parser.add_argument("--stream", required=True, choices=list(STREAMS))
    parser.add_argument("--checkpoint", required=True, metavar="FILE")
    parser.add_argument("--config", required=True, metavar="FILE")
    return parser


def score_checkpoint(name: str, checkpoint: Path, config_file: Path) -> Scores:
    """Load, rebuild and score.

    Raises:
        PipelineProblem: When a file is missing or does not fit the others.
    """
    content = load_checkpoint(checkpoint)
    config = load_config(config_file)
    root = Path.cwd()
    try:
        stream = make_stream(name, config)
        series = load_all(find_files(root, str(config["data"]["path"])))
        model = stream.build(len(series[0].channels))
        fill_model(model, content, checkpoint)
        limit = limit_windows(config["training"], "max_val_batches")
        samples = stream.samples(parts_of(series)["validation"], stream.scaler(root), limit)
    except (KeyError, TypeError, ValueError) as error:
        raise _config_problem(config_file, f"{type(error).__name__}: {error}") from error
    errors = score(stream, model, samples, stream.hidden(samples, validation_generator()))
    return Scores(errors, series[0].channels, float(content.get("val_loss", math.nan)))


def load_config(path: Path) -> dict[str, Any]:
    """Read a YAML config.

    Raises:
        PipelineProblem: When it is missing or not a mapping.
    """
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _config_problem(path, f"{type(error).__name__}: {error}") from error
    if not isinstance(config, dict):
        raise _config_problem(path, f"a {type(config).__name__}")
    return config


def _config_problem(path: Path, found: str) -> PipelineProblem:
    return PipelineProblem(
        str(path),
        expected="the final config of this stream, a YAML mapping",
        found=found,
        next_step="restore it from the backup bundle",
    )


def _check(scores: Scores, checkpoint: str) -> None:
    loss, recorded = float(scores.errors.mean()), scores.recorded_loss
    if not math.isfinite(loss):
        raise PipelineProblem("the scores", expected="finite numbers", found="NaN or infinity", next_step="train again")
    if not abs(loss - recorded) <= LOSS_TOLERANCE * recorded:
        raise PipelineProblem(
            f"{checkpoint} cannot be repeated",
            expected=f"validation loss {recorded:.6f}, as recorded in it",
            found=f"{loss:.6f}",
            next_step="check that config, scaler and data are the ones it was trained with",
        )


def _report(stream: str, scores: Scores) -> None:
    per_window = scores.errors.mean(axis=1)
    middle, high, top = np.quantile(per_window, [0.5, 0.95, 1.0])
    print(f"stream {stream}: {len(per_window)} validation windows scored")
    print(f"score: mean {per_window.mean():.4f}  median {middle:.4f}  p95 {high:.4f}  max {top:.4f}")
    pairs = zip(scores.channels, scores.errors.mean(axis=0), strict=True)
    print("by channel: " + "  ".join(f"{name} {value:.4f}" for name, value in pairs))
    print(f"recorded validation loss {scores.recorded_loss:.6f}, repeated {per_window.mean():.6f}")
    print("ok")


if __name__ == "__main__":
    sys.exit(main())
