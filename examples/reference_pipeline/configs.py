"""Options and what the data are like -> the final config of each stream.

The config is complete: scoring needs nothing else to rebuild the model. Windows of the motion
stream are 250 rows and its wavelets follow the sampling rate, so that other sensors than the
shipped 50 Hz watch give images of the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .inference.windows import PARTS, SHARES
from .layout import FOLDERS, Layout
from .options import Options

Config = dict[str, Any]

PATCHTST_ROWS, PATCHTST_STRIDE = 320, 64
MOTION_ROWS, MOTION_STRIDE = 250, 75
QUICK_TRAIN_BATCHES, QUICK_VAL_BATCHES = 8, 2


@dataclass(frozen=True)
class DataFacts:
    """What a config must know about the data.

    Attributes:
        pattern: Files, relative to the workspace.
        fs: Sampling rate in Hz.
        spread: Standard deviation of all training values, in the unit of the data.
    """

    pattern: str
    fs: float
    spread: float


def make_config(stream: str, options: Options, facts: DataFacts, layout: Layout) -> Config:
    """Put together the config of a stream."""
    shape = _patchtst(layout) if stream == "patchtst" else _swinmae(facts)
    data = {
        "source": facts.pattern.rpartition(".")[2],
        "path": facts.pattern,
        "split": dict(zip(PARTS, SHARES, strict=True)),
    }
    return {
        "seed": options.seed,
        "deterministic": True,
        "device": {"prefer_cuda": False, "amp": False},
        "logging": {
            "log_dir": layout.relative(layout.events(stream)),
            "checkpoint_path": layout.relative(layout.checkpoint(stream)),
        },
        **shape,
        "data": data | shape["data"],
        "dqvl": {"enabled": True, "report_dir": f"artifacts/dqvl/{FOLDERS[stream]}"} | shape["dqvl"],
        "training": _training(options),
    }


def _training(options: Options) -> Config:
    training: Config = {
        "epochs": options.epochs,
        "batch_size": 16,
        "lr": options.lr,
        "weight_decay": 0.0001,
        "warmup_share": 0.15,
        "grad_clip": 1.0,
        "patience": options.patience,
        "max_train_batches": QUICK_TRAIN_BATCHES if options.quick else None,
        "max_val_batches": QUICK_VAL_BATCHES if options.quick else None,
    }
    if options.diverge_from:
        training["diverge_from_epoch"] = options.diverge_from
    return training


def _patchtst(layout: Layout) -> Config:
    return {
        "data": {
            "seq_len": PATCHTST_ROWS,
            "seq_stride": PATCHTST_STRIDE,
            "normalization": "zscore",
            "scaler_path": layout.relative(layout.scaler),
        },
        "dqvl": {
            "hard_fail": {"invalid_timestamp": True, "out_of_order": True, "max_missing_ratio": 0.5},
            "warn": {"missing_ratio": 0.05, "stuck_std": 1.0e-8, "jump_ratio": 0.2},
        },
        "model": {
            "patch_len": 20,
            "mask_ratio": 0.4,
            "d_model": 64,
            "nhead": 4,
            "num_layers": 3,
            "ff_dim": 128,
            "dropout": 0.0,
        },
    }


def _swinmae(facts: DataFacts) -> Config:
    return {
        "data": {
            "fs": facts.fs,
            "win_sec": MOTION_ROWS / facts.fs,
            "win_stride_sec": MOTION_STRIDE / facts.fs,
        },
        "dqvl": {
            "hard_fail": {"invalid_timestamp": True, "max_missing_ratio": 0.5, "fs_tol": 0.01},
            "warn": {"missing_ratio": 0.05, "clipping_ratio": 0.05, "flat_eps": 1.0e-6, "flat_ratio": 0.3},
        },
        "cwt": {
            "wavelet": "morlet",
            "freq_min": facts.fs / 125,
            "freq_max": facts.fs / 5,
            "floor": round(0.1 * facts.spread, 9),
            "normalize": "zscore",
        },
        "image": {"size": 64},
        "model": {
            "mask_ratio": 0.4,
            "patch_size": 8,
            "embed_patch": 4,
            "embed_dim": 28,
            "depths": [2, 2],
            "num_heads": [2, 4],
            "window_size": 4,
            "decoder_dim": 48,
        },
    }
