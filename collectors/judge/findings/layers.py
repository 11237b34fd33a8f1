"""The layers that a checkpoint holds, against those that its stream's description names and its config counts. Pure.

What a wrapper puts before a name is taken off first. Names are compared where a format has them; a description that
says `part` (an adapter, a head) misses no layer, and the sizes of what is there still count.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache

from collectors.contract.layers import Layer
from collectors.evidence.checkpoint import CheckpointEvidence, TensorFacts
from collectors.evidence.documents import value_at
from collectors.judge.checks.bring_back import own_checkpoint
from collectors.judge.checks.provenance import AGAIN
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams, sound_checkpoints
from collectors.numbers import listed
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence

WRAPPERS = frozenset(
    (
        *("state_dict", "model_state_dict", "model_state", "model", "net", "network", "params", "weights"),
        *("module", "_orig_mod", "ema", "ema_model", "model_ema", "ema_state_dict"),
    )
)
"""Parts before a tensor's own name that a trainer adds, or a program that runs, compiles or averages the model."""
NAMELESS = frozenset({"xgboost-json", "xgboost-ubj", "lightgbm", "catboost", "catboost-json"})
"""Formats of models that have no layers at all; of others without names nothing is known."""
OTHER_MODEL = replace(AGAIN, action=f"Config and checkpoint are of different models. {AGAIN.action}")


def find_missing_layers(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each checkpoint that lacks layers which are its stream's own."""
    for s, path, found in _checkpoints(seen):
        absent = [layer for layer in s.stream.layers if not matching(found, layer.tensor)]
        none_there = len(absent) == len(s.stream.layers)
        missing = absent if none_there else [layer for layer in absent if _is_sign(layer)]
        if not missing or s.stream.checkpoint.part:
            continue
        own = own_checkpoint(seen, s)
        owner = _owner(found, s, seen)
        if owner:
            yield Found(path, s.id, f"{s.id}: {path} has the layers of {owner}, not of {s.id}", own)
            continue
        wanted = listed(f"`{name}`" for name in dict.fromkeys(layer.tensor for layer in missing))
        held = listed((t.name for t in _of_model(found)), most=3) or f"no layers ({found.format})"
        what = f"none of {s.id}'s layers" if none_there else f"not all of {s.id}'s layers"
        text = f"{s.id}: {path} has {what}: no {wanted}; it holds {held}"
        part = replace(own, action=f"{own.action} Of an adapter or a head say so: `checkpoint: {{part: ...}}`.")
        yield Found(path, s.id, text, own if own.commands else part)


def find_layer_sizes(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each size and each number of layers that config (or scaler) and checkpoint tell differently."""
    for s, path, found in _checkpoints(seen):
        for layer in s.stream.layers:
            if not all(_holds(key, other, s, seen) for key, other in layer.where.items()):
                continue
            text = _count_text(layer, found, s, seen) or _size_text(layer, found, s, seen)
            if text:
                yield Found(path, s.id, f"{s.id}: {text} ({path})", OTHER_MODEL)


def _checkpoints(seen: WorkspaceEvidence) -> Iterator[tuple[StreamEvidence, str, CheckpointEvidence]]:
    for s, path, found in sound_checkpoints(ended_streams(seen)):
        if s.stream.layers and (found.tensors or found.format in NAMELESS):
            yield s, path, found


def matching(found: CheckpointEvidence, pattern: str) -> list[TensorFacts]:
    """The model's tensors of that name, in file order."""
    return [t for t in _of_model(found) if any(fnmatch.fnmatchcase(name, pattern) for name in own_names(t.name))]


def _of_model(found: CheckpointEvidence) -> list[TensorFacts]:
    return [t for t in found.tensors if t.role == "model"]


@cache
def own_names(name: str) -> tuple[str, ...]:
    """A tensor's name as it is stored, and without what wrappers added to it."""
    parts = [part for part in name.split(".") if part not in {"module", "_orig_mod"}]
    first = next((n for n, part in enumerate(parts) if part not in WRAPPERS), 0)
    return tuple(dict.fromkeys((name, *(".".join(parts[at:]) for at in range(first + 1)))))


def _owner(found: CheckpointEvidence, s: StreamEvidence, seen: WorkspaceEvidence) -> str | None:
    """The stream whose own layers this checkpoint holds, if there is exactly that sign."""
    for other in seen.streams:
        signs = [layer for layer in other.stream.layers if _is_sign(layer)] or other.stream.layers
        if other.id != s.id and signs and all(matching(found, layer.tensor) for layer in signs):
            return other.id
    return None


def _is_sign(layer: Layer) -> bool:
    """Whether its name alone tells whose checkpoint it is."""
    return layer.equals is None and layer.count is None


def _count_text(layer: Layer, found: CheckpointEvidence, s: StreamEvidence, seen: WorkspaceEvidence) -> str | None:
    expected = worked_out(layer.count, s, seen) if layer.count is not None else None
    if expected is None or (s.stream.checkpoint.part and not matching(found, layer.tensor)):
        return None
    there = len(numbers_in(found, layer.tensor))
    if there == expected:
        return None
    return f"`{layer.count}` is {expected}{_in_config(s)}, but the checkpoint has {there} layers `{layer.tensor}`"


def numbers_in(found: CheckpointEvidence, pattern: str) -> set[str]:
    """The numbers that stand in the place of the last `*` of a pattern."""
    before, _, after = pattern.rpartition("*")
    form = re.compile(f"{_as_regex(before)}(.*){re.escape(after)}", re.DOTALL)
    places = (form.fullmatch(name) for t in _of_model(found) for name in own_names(t.name))
    return {number for place in places if place and (number := place.group(1).partition(".")[0]).isdecimal()}


def _as_regex(pattern: str) -> str:
    return ".*?".join(re.escape(part) for part in pattern.split("*"))


def _size_text(layer: Layer, found: CheckpointEvidence, s: StreamEvidence, seen: WorkspaceEvidence) -> str | None:
    expected = worked_out(layer.equals, s, seen) if layer.equals is not None else None
    if expected is None:
        return None
    for t in matching(found, layer.tensor):
        there = t.shape[layer.dimension] if -len(t.shape) <= layer.dimension < len(t.shape) else None
        if there is not None and there != expected:
            told = f"`{layer.equals}` is {expected}{_in_config(s) if layer.equals != 'scaler' else ''}"
            return f"{told}, but {t.name} in the checkpoint has {there}"
    return None


def _in_config(s: StreamEvidence) -> str:
    return f" in {s.config.path}" if s.config is not None else ""


def _holds(key: str, other: str, s: StreamEvidence, seen: WorkspaceEvidence) -> bool:
    """Whether a key of the config equals what it must; one that is not there does not hinder."""
    return worked_out(key, s, seen) in (None, worked_out(other, s, seen))


def worked_out(formula: str, s: StreamEvidence, seen: WorkspaceEvidence) -> int | None:
    """The whole number that a formula comes to; None where a key is no whole number, or it does not divide."""
    first, *rest = re.split(r"\s*([*/])\s*", formula.strip())
    value = _factor(first, s, seen)
    for sign, name in zip(rest[::2], rest[1::2], strict=True):
        factor = _factor(name, s, seen)
        if value is None or factor is None or (sign == "/" and factor == 0):
            return None
        value = value * factor if sign == "*" else value / factor
    return int(value) if value is not None and value.denominator == 1 else None


def _factor(name: str, s: StreamEvidence, seen: WorkspaceEvidence) -> Fraction | None:
    if name.isdecimal():
        return Fraction(int(name))
    if name == "scaler":
        scaler = seen.scaler.evidence if seen.scaler else None
        return Fraction(len(scaler.center)) if scaler and scaler.center else None
    value = value_at(s.config_data, name)
    return Fraction(value) if isinstance(value, int) and not isinstance(value, bool) else None


SPECS = (
    FindingSpec(
        id="own_layers",
        check="provenance",
        looks_at="none of the stream's `layers:` is in its checkpoint, or one that is named without a size is not "
        "(`checkpoint: {part: ...}` says that it holds a part only)",
        default="fail",
        short="{}'s checkpoint has not its layers",
        find=find_missing_layers,
    ),
    FindingSpec(
        id="layer_sizes",
        check="provenance",
        looks_at="a size or a number of layers in `layers:` is another in the checkpoint than config or scaler say",
        default="fail",
        short="{}'s checkpoint is of another size than its config says",
        find=find_layer_sizes,
    ),
)
