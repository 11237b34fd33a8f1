"""Configured tags -> which scalar series of which event file they mean. Pure.

A series is a sub-folder and a tag: `train/` and `validation/` with one tag are two series. A tag may be
written with its sub-folder. It refuses to take a validation for a training.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from collectors.evidence.events import EventEvidence, EventFileName, ScalarSeries
from collectors.evidence.files import FileFacts

MOST_NAMES: Final = 8192
"""Names of series of which it is remembered what they say."""
TRAINING = frozenset({"train", "training", "learn"})
VALIDATION = frozenset({"val", "valid", "validation", "eval", "evaluation", "test", "dev", "devel"})
"""Words in the name of a series or a folder that say which part of the data it was measured on."""
GRADIENT = frozenset({"grad", "grads", "gradient", "gradients"})
EPOCH_TAGS = ("epoch", "train/epoch", "epochs")
"""Tags under which trainers record the epoch of each step."""
_PARTS: Final = 2
"""Last parts of a path whose words say which part of the data a file is of: its folder's and its own."""
_NEITHER = re.compile(r"(?<![a-z])(?:d|g|disc|gen|discriminator|generator|policy|value|entropy)(?![a-z])")
_LOWER = re.compile(r"(?<![a-z])(?:loss|logloss|error|err|r?mse|rmsle|mae|mape|nll|perplexity|ppl|wer|cer)(?![a-z])")
_LOSS = re.compile(r"loss(?:es)?(?![a-z])(?![ _-]?scale)")
_HIGHER = re.compile(
    r"(?<![a-z])(?:acc|accuracy|auc|auroc|f1|m?ap|m?iou|r2|dice|precision|recall|bleu|psnr|ssim|ndcg)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class EventFile:
    """One event file that was read."""

    facts: FileFacts
    name: EventFileName
    evidence: EventEvidence

    @property
    def folder(self) -> str:
        """The folder it lies in, relative to the workspace."""
        return self.facts.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class TagChoice:
    """The tag of each series, and the folders it is taken from."""

    tags: Mapping[str, str]
    """Series name -> tag as the files have it."""
    folders: Mapping[str, frozenset[str]]

    def validates(self, name: str) -> bool:
        """Whether this series is the validation of another one; where all are validations, they lead."""
        return is_validation(name) and not all(is_validation(n) for n in self.tags)

    def series_of(self, file: EventFile) -> dict[str, ScalarSeries]:
        """Series name -> what this file holds of it."""
        held = file.evidence.series
        return {
            name: held[tag]
            for name, tag in self.tags.items()
            if tag in held and held[tag].value.size and file.folder in self.folders[name]
        }


@lru_cache(MOST_NAMES)
def words_of(name: str) -> frozenset[str]:
    """The words of a name: `loss_train`, `Loss/Train` and `lossTrain` hold `train`."""
    return frozenset(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()))


@lru_cache(MOST_NAMES)
def is_validation(name: str) -> bool:
    """Whether a series of this name is measured on validation data."""
    return bool(words_of(name) & VALIDATION) and not words_of(name) & TRAINING


@lru_cache(MOST_NAMES)
def plain_name(name: str) -> str:
    """A name without what trainers write otherwise in a table: `train/grad_norm` is `grad_norm`, `eval/f1` `val_f1`."""
    words = (word for word in re.split(r"[/_]", name.lower()) if word not in TRAINING)
    return "_".join("val" if word in VALIDATION else word for word in words)


@lru_cache(MOST_NAMES)
def better_way(name: str) -> Literal["lower", "higher"] | None:
    """Which way a series of this name gets better; None where its name does not say so."""
    plain = name.lower()
    if _NEITHER.search(plain):
        return None
    if _LOWER.search(plain):
        return "lower"
    return "higher" if _HIGHER.search(plain) else None


@lru_cache(MOST_NAMES)
def is_gradient_norm(name: str) -> bool:
    """Whether a series of this name is the size of a gradient: one that is not finite is odd, and no diverged loss."""
    words = words_of(name)
    return "gnorm" in words or ("norm" in words and bool(words & GRADIENT))


@lru_cache(MOST_NAMES)
def is_loss(name: str) -> bool:
    """Whether a series of this name is called a loss; `logloss` is one, the `loss_scale` of mixed precision is none."""
    return _LOSS.search(re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()) is not None


def is_side(name: str) -> bool:
    """Whether this is the loss of one of several sides, which need not fall: of a generator, of a policy."""
    return is_loss(name) and _NEITHER.search(name.lower()) is not None


def other_paths(path: str, *, is_validation: bool) -> list[str]:
    """What the file of the other part of the data would be called: one word of its folder or of its name is another."""
    own, others = (VALIDATION, TRAINING) if is_validation else (TRAINING, VALIDATION)
    begin = len(path) - len("/".join(path.split("/")[-_PARTS:]))
    found: dict[str, None] = {}
    for word in re.finditer(rf"(?<![A-Za-z])(?:{'|'.join(own)})(?![A-Za-z])", path[begin:], re.IGNORECASE):
        start, end = begin + word.start(), begin + word.end()
        for other in sorted(others, key=lambda name: (name == "test", name)):  # a test is a validation where none is
            spelled = other.capitalize() if word[0][0].isupper() else other
            found[path[:start] + spelled + path[end:]] = None
    return list(found)


def choose_tags(files: Sequence[EventFile], wanted: Mapping[str, Sequence[str]]) -> TagChoice:
    """For each series its first tag that any file holds, in the folders that are meant."""
    tags: dict[str, str] = {}
    folders: dict[str, frozenset[str]] = {}
    for name, accepted in wanted.items():
        for written in accepted:
            tag, found = _where(files, written)
            chosen = _meant(name, found) if tag == written else found
            if chosen:
                tags[name], folders[name] = tag, chosen
                break
    _add_validation(files, tags, folders)
    return TagChoice(tags, folders)


def _where(files: Iterable[EventFile], written: str) -> tuple[str, frozenset[str]]:
    """The tag and the folders of the files that hold it, whether it is written with its sub-folder or not."""
    plain = frozenset(f.folder for f in files if _holds(f, written))
    if plain:
        return written, plain
    parts = written.split("/")
    for cut in range(1, len(parts)):
        below, tag = "/".join(parts[:cut]), "/".join(parts[cut:])
        found = frozenset(f.folder for f in files if _holds(f, tag) and f"/{f.folder}".endswith(f"/{below}"))
        if found:
            return tag, found
    return written, frozenset()


def _holds(file: EventFile, tag: str) -> bool:
    return tag in file.evidence.series and bool(file.evidence.series[tag].value.size)


def _meant(name: str, folders: frozenset[str]) -> frozenset[str]:
    """Of folders with one tag those whose names fit the series; all where their names tell nothing."""
    if len(folders) < 2:
        return folders
    own, others = (VALIDATION, TRAINING) if is_validation(name) else (TRAINING, VALIDATION)
    fitting = frozenset(f for f in folders if _leaf_words(f) & own)
    return fitting or frozenset(f for f in folders if not _leaf_words(f) & others)


def _leaf_words(folder: str) -> frozenset[str]:
    return words_of(folder.rpartition("/")[2])


def _add_validation(files: Sequence[EventFile], tags: dict[str, str], folders: dict[str, frozenset[str]]) -> None:
    """A training's tag that stands in a validation folder too is its validation, asked for or not."""
    if "train_loss" not in tags or "val_loss" in tags:
        return
    apart = frozenset(f.folder for f in files if _holds(f, tags["train_loss"])) - folders["train_loss"]
    found = frozenset(f for f in apart if _leaf_words(f) & VALIDATION)
    if found:
        tags["val_loss"], folders["val_loss"] = tags["train_loss"], found
