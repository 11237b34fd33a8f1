"""What the scaler says, against config, reports and the numbers that a training computes with. Pure."""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from collectors.evidence.documents import ScalerEvidence, value_at
from collectors.judge.findings.precision import LARGEST
from collectors.judge.findings.spec import FindingSpec, Found
from collectors.numbers import listed, plural
from collectors.training.evidence import ReadFile, StreamEvidence, WorkspaceEvidence

METHODS: Final[Mapping[str, tuple[str, ...]]] = {
    "zscore": ("zscore", "z", "standard", "standardize", "standardized", "standardise", "standardised", "std", "stddev",
               "standardization", "standardisation", "meanstd", "meanvar", "meanvariance", "gaussian"),
    "robust": ("robust", "robustzscore", "medianiqr", "iqr", "median", "medianmad", "mad"),
    "minmax": ("minmax", "minimummaximum", "range", "rescale", "unitrange", "unitinterval", "zeroone", "01"),
    "maxabs": ("maxabs", "maximumabsolute", "absmax", "absolutemaximum"),
    "none": ("none", "null", "off", "false", "no", "identity", "raw", "disabled"),
}  # fmt: skip
"""A method and what it is also called, in lower case without signs."""
AROUND: Final = re.compile(r"scaler|scaling|scaled?|normali[sz](ation|ed?|r)|norm$|perchannel|channelwise|perfeature")
"""What stands around a method's name and is none."""
SMALLEST: Final = 2.0**-126
"""The normal numbers of float32 begin there."""


def method_named(value: Any) -> str | None:
    """The method that a word stands for; None where the word is not known."""
    plain = re.sub(r"[^a-z0-9]", "", str(value).lower())
    words = {plain, AROUND.sub("", plain)}
    return next((method for method, names in METHODS.items() if words & {*names}), None)


def _owned(seen: WorkspaceEvidence) -> tuple[ReadFile[ScalerEvidence], ScalerEvidence, StreamEvidence] | None:
    """The scaler, what was read of it, and the stream whose training writes it."""
    file, spec = seen.scaler, seen.config.scaler
    if file is None or spec is None or file.evidence is None or file.being_written or not file.evidence.sound:
        return None
    return file, file.evidence, seen.of(spec.stream)


def find_other_method(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Config and scaler name two methods."""
    owned, key = _owned(seen), seen.config.scaler.method_key if seen.config.scaler else None
    if owned is None or key is None:
        return
    file, scaler, owner = owned
    said = value_at(owner.config_data, key)
    if owner.config is None or scaler.method is None or not isinstance(said, (str, bool)):
        return
    ours, theirs = method_named(said), method_named(scaler.method)
    alike = str(said).strip().lower() == scaler.method.strip().lower() or (ours is not None and ours == theirs)
    if alike or (said is True and theirs != "none"):
        return
    unknown = [word for word, method in ((said, ours), (scaler.method, theirs)) if method is None and word is not True]
    doubt = f"; whether they are one is not known: {listed(f'`{word}`' for word in unknown)}" if unknown else ""
    text = f"{owner.config.path} says `{key}: {said}`, and {file.path} says method `{scaler.method}`{doubt}"
    hint = (
        f"Fit the scaler again with {owner.stream.label}'s final config, or put back the config that it was fitted by."
    )
    yield Found(file.path, owner.id, text, hint, level="skip" if unknown else None)


def find_beyond_float32(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Numbers of the scaler that are zero, blurred or infinite once a training computes with them."""
    owned = _owned(seen)
    if owned is None:
        return
    file, scaler, owner = owned
    numbers = [("center", n, v) for n, v in enumerate(scaler.center or ())]
    numbers += [("scale", n, v) for n, v in enumerate(scaler.scale or ())]
    bad = [(name, n, v, words) for name, n, v in numbers if (words := _in_float32(name, v))]
    if bad:
        name, n, value, words = bad[0]
        more = f", and {plural(len(bad) - 1, 'further number')} like it" if len(bad) > 1 else ""
        text = f"{file.path}: {name}[{n}] is {value:g}, {words} in float32{more}"
        hint = "Leave out the channel that never moves, or mend its unit, and fit the scaler again."
        yield Found(file.path, owner.id, text, hint)


def _in_float32(name: str, value: float) -> str:
    """What becomes of a number in float32, in words; empty where it stays what it is, or check 2 tells it."""
    if not math.isfinite(value) or (name == "scale" and value <= 0):
        return ""
    if abs(value) > LARGEST:
        return "which is infinite"
    return "which is zero or subnormal" if name == "scale" and value < SMALLEST else ""


def find_other_channels(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Every report on the scaler's data that keeps its input counts another number of channels."""
    owned, said = _owned(seen), seen.config.scaler.channels if seen.config.scaler else None
    if owned is None or said is None or not owned[1].center:
        return
    file, scaler, owner = owned
    counted = [(r.path, count) for r in seen.reports if (count := _count(r, said.key, said.reports)) is not None]
    ours = len(scaler.center or ())
    if counted and all(count != ours for _, count in counted):
        path, count = counted[0]
        text = f"{file.path} has {plural(ours, 'channel')}, and {path} says `{said.key}: {count}`"
        yield Found(file.path, owner.id, text, f"Fit the scaler again with {owner.stream.label}'s training data.")


def _count(report: ReadFile[Any], key: str, patterns: tuple[str, ...]) -> int | None:
    """The channels that a report counts; None for other reports, and for those that keep nothing."""
    if not any(fnmatch.fnmatchcase(report.path, pattern) for pattern in patterns) or report.evidence is None:
        return None
    data = report.evidence.data
    found = value_at(data, key) if isinstance(data, Mapping) and data.get("decision", "keep") == "keep" else None
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None


METHOD = FindingSpec(
    id="scaler_method",
    check="scaler",
    looks_at="the config (`scaler.method_key`) and the scaler name two methods; which words mean the same is known for "
    "z-score, robust, min-max, max-abs and none, and cannot be told for others",
    default="fail",
    short="The scaler is of another method than {} was trained with",
    find=find_other_method,
)
FLOAT32 = FindingSpec(
    id="scaler_float32",
    check="scaler",
    looks_at="a scale is subnormal or zero in float32, or a scale or center is infinite in it",
    default="fail",
    short="The scaler holds numbers that a training cannot compute with",
    find=find_beyond_float32,
)
CHANNELS = FindingSpec(
    id="scaler_channels",
    check="scaler",
    looks_at="every report on the scaler's data (`scaler.channels`) counts another number of channels",
    default="fail",
    short="The scaler has not the channels of {}'s data",
    find=find_other_channels,
)
