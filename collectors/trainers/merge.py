"""What a trainer says and what `dashboard.yaml` says instead -> one description, as plain values. Pure.

Mappings are merged key by key, streams by their id (an only stream with an only stream, whatever they are called);
everything else is replaced, and so is `checkpoint` where it names another one. A key that is null takes a section away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from collectors.trainers.spec import Raw


def merged(base: Raw, own: Mapping[str, Any]) -> Raw:
    """The trainer's description with what follows `trainer:` put in its place."""
    streams = own.get("streams")
    whole = _deep(base, {key: value for key, value in own.items() if key != "streams"})
    if not isinstance(streams, (list, tuple)):
        return whole if "streams" not in own else {**whole, "streams": streams}
    return {**whole, "streams": _streams(base["streams"], streams)}


def _streams(base: Sequence[Raw], own: Sequence[Any]) -> list[Any]:
    """Those of the file in its order, each over the trainer's stream that it speaks of; then the trainer's others.

    A file that speaks of none of them means other streams instead.
    """
    if len(base) == len(own) == 1:
        return [_stream(base[0], own[0])]
    known = {stream["id"]: stream for stream in base}
    named = [known.get(stream.get("id")) if isinstance(stream, Mapping) else None for stream in own]
    said = [_stream(its, stream) if its else stream for its, stream in zip(named, own, strict=True)]
    return [*said, *(stream for stream in base if stream not in named and any(named))]


def _stream(base: Raw, own: Any) -> Any:
    if not isinstance(own, Mapping):
        return own
    if "loss_history" in own and "table" in base:  # the older name of the same section
        base = {("loss_history" if key == "table" else key): value for key, value in base.items()}
    if _names_another_model(own.get("checkpoint")):
        base = {key: value for key, value in base.items() if key != "checkpoint"}
    elif isinstance(own.get("checkpoint"), Mapping) and not isinstance(base.get("checkpoint"), Mapping):
        base = {**base, "checkpoint": {"path": base.get("checkpoint")}}
    return _deep(base, own)


def _names_another_model(checkpoint: Any) -> bool:
    """What the trainer's own model says of itself (best or last, part or whole) holds for no other file."""
    return isinstance(checkpoint, Mapping) and bool({"path", "none"} & checkpoint.keys())


def _deep(base: Mapping[str, Any], own: Mapping[str, Any]) -> Raw:
    out = dict(base)
    for key, value in own.items():
        before = base.get(key)
        is_both = isinstance(before, Mapping) and isinstance(value, Mapping)
        out[key] = _deep(before, value) if is_both and before is not None else value
    return out
