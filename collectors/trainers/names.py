"""Names of columns and tags -> which of them is the training loss and which the validation's. Pure.

The usual names come first, in order of preference, then what the words of a name say. It refuses to take a part of a
loss, such as `train/d_loss`, or a test for either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from collectors.training.series import TRAINING, VALIDATION, better_way, is_side, is_validation, words_of

TAGS: Final[Mapping[str, tuple[str, ...]]] = {
    "train_loss": ("loss/train", "train/loss", "Loss/train", "train_loss", "train_loss_epoch", "train_loss_step",
                   "train/loss_epoch", "training_loss", "epoch_loss", "loss"),
    "val_loss": ("loss/val", "val/loss", "Loss/val", "val_loss", "val_loss_epoch", "eval/loss", "Loss/valid",
                 "Loss/validation", "valid/loss", "validation/loss", "valid_loss", "validation_loss", "Loss/test"),
}  # fmt: skip
"""Tags of the usual tools, in order of preference."""
TOTALS: Final = ("max_epochs", "num_epochs", "n_epochs", "num_train_epochs", "epochs", "nb_epochs", "max_epoch")
"""Keys of a config under which trainings say how many epochs there are to be."""
STEPS: Final = ("max_steps",)
HIGHLIGHTS: Final = (
    "lr", "learning_rate", "batch_size", "epochs", "max_epochs", "weight_decay", "dropout", "mask_ratio", "seed",
    "source", "window", "seq_len", "fs", "hidden_size", "hidden_dim", "d_model", "num_layers", "optimizer", "model",
)  # fmt: skip
"""The only values of a config that are taken over, as everywhere: an allow-list of keys."""
MOST_METRICS: Final = 40
_PACE: Final = frozenset({"runtime", "second", "seconds", "time", "samples", "epoch", "step", "iterations"})
_RATE: Final = frozenset({"lr", "learning"})
_PARTS: Final = TRAINING | VALIDATION | {"loss", "epoch", "step", "batch", "total"}


def losses_in(names: Iterable[str]) -> dict[str, list[str]]:
    """Series name -> its names among these, in order of preference; without those that there are none of."""
    every = list(names)
    found = {series: _those(series, usual, every) for series, usual in TAGS.items()}
    return {series: those for series, those in found.items() if those}


def _those(series: str, usual: Sequence[str], names: Sequence[str]) -> list[str]:
    known = [name for name in usual if name in names and not (name in {"loss", "epoch_loss"} and series == "val_loss")]
    alike = [name for name in names if name not in known and _is_loss_of(series, name)]
    return [*known, *sorted(alike, key=lambda name: ("step" in words_of(name), len(name), name))]


def _is_loss_of(series: str, name: str) -> bool:
    """Whether the words of a name say nothing but which part's loss it is."""
    words = words_of(name)
    if "loss" not in words or not words <= _PARTS or "test" in words:
        return False
    return is_validation(name) if series == "val_loss" else bool(words & TRAINING) or words <= {"loss", "total"}


def has_training(names: Iterable[str]) -> bool:
    """Whether a training series is among these: a loss, or a metric that says that it is of the training."""
    return any(
        not is_validation(name) and (bool(words_of(name) & TRAINING) or "loss" in words_of(name))
        for name in names
        if "test" not in words_of(name)
    )


def metrics_in(names: Iterable[str]) -> list[str]:
    """Other series worth a look: what says which way it gets better, what was measured on a validation, the rate.

    How fast it was is none of them, and of hundreds only the first `MOST_METRICS` are. Where no loss is the training's,
    those of two sides come first: of a generator and its discriminator.
    """
    every = list(dict.fromkeys(names))
    losses = losses_in(every)
    taken = {name for those in losses.values() for name in those}
    sides = [] if "train_loss" in losses else [name for name in every if is_side(name)]
    found = (name for name in every if name not in taken and not words_of(name) & _PACE)
    told = [name for name in found if better_way(name) or is_validation(name) or is_rate(name)]
    return list(dict.fromkeys([*sides, *told]))[:MOST_METRICS]


def total_key(config: Mapping[str, Any], keys: Sequence[str] = TOTALS) -> str | None:
    """The dotted key under which a config says how many epochs (or what `keys` count) there are to be; None where it
    does not."""
    for key in keys:
        if is_count(config.get(key)):
            return key
    inner = ((name, part) for name, part in config.items() if isinstance(part, Mapping))
    return next((f"{name}.{key}" for name, part in inner for key in keys if is_count(part.get(key))), None)


def is_rate(name: str) -> bool:
    """Whether a series of this name is the learning rate."""
    return bool(words_of(name) & _RATE)


def is_count(value: object) -> bool:
    """Whether this is a number of something, or the text of one."""
    if isinstance(value, str):
        return value.isascii() and value.isdigit() and value.strip("0") != ""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def highlights_of(config: Mapping[str, Any]) -> dict[str, str]:
    """Name on screen -> dotted key, of the allow-listed values that a config has, at its top or one level below."""
    inner = ((f"{name}.", part) for name, part in config.items() if isinstance(part, Mapping))
    found: dict[str, str] = {}
    for prefix, part in (("", config), *inner):
        said = {name: f"{prefix}{name}" for name in HIGHLIGHTS if isinstance(part.get(name), (str, int, float, bool))}
        found = said | found
    return {name: found[name] for name in HIGHLIGHTS if name in found}
