"""States whose first stream recorded more than losses, and judged ones in which it has a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from support.gathered import good
from support.state_parts import START, raw_state

from collectors.contract.state import DashboardState
from collectors.judge import checklist
from collectors.judge.build import Observation, build_state
from collectors.judge.verdict import verdict_of
from collectors.observe.load_pipeline import default_config_bytes, parse_config
from collectors.training.series import better_way

Values = Sequence[float | None]
ACC = [0.31, 0.52, 0.64, 0.71, 0.78, 0.83, 0.81, 0.82]
FEW: Mapping[str, Values] = {
    "train/acc": [0.35, 0.55, 0.69, 0.77, 0.84, 0.90, 0.93, 0.95],
    "val/acc": ACC,
    "grad_norm": [2.1, 1.9, None, 1.4, 1.2, 1.0, 0.9, 0.9],
}
"""A metric of each part of the data, and one of neither that was not finite once."""


def with_metrics(values: Mapping[str, Values], **about: Mapping[str, Any]) -> DashboardState:
    """A ready run whose PatchTST recorded these values too, an epoch each; `about` says more of a name."""
    raw = raw_state()
    stream = raw["metrics"]["patchtst"]
    stream["about"] = {}
    for name, column in {"train_loss": None, "val_loss": None, **values}.items():
        said = {"better": better_way(name), "unit": None, "label": None, "reduced": False} | about.get(name, {})
        stream["about"][name] = said
        if column is not None:
            _add(stream, name, column, said["better"])
    return DashboardState.model_validate(raw)


def _add(stream: dict[str, Any], name: str, values: Values, better: str | None) -> None:
    places = range(1, len(values) + 1)
    times = [START.timestamp() + 4 * n for n in range(len(values))]
    stream["series"] |= {name: {"epoch": list(places), "step": list(places), "time": times, "value": list(values)}}
    known = [(value, at) for at, value in zip(places, values, strict=True) if value is not None]
    stream["final"] = stream["final"] | {name: _point(values[-1], len(values))}
    if better is not None and known:
        best = min(known, key=lambda one: one[0] if better == "lower" else -one[0])
        stream["best"] = stream["best"] | {name: _point(*best)}
    gaps = [at for at, value in zip(places, values, strict=True) if value is None]
    if gaps:
        gap = {"series": name, "kind": "nan", "first_epoch": gaps[0], "first_step": gaps[0], "last_step": gaps[-1]}
        stream["nonfinite"] = (*stream["nonfinite"], gap | {"count": len(gaps)})


def _point(value: float | None, at: int) -> dict[str, Any]:
    return {"value": value, "epoch": at, "step": at}


def many(count: int) -> dict[str, Values]:
    """So many metrics in three groups."""
    groups = ("train", "val", "layers")
    return {f"{groups[n % 3]}/metric{n:03}": [n + 0.1 * k for k in range(8)] for n in range(count)}


@cache
def with_target(at_most: float | None) -> DashboardState:
    """A finished training whose PatchTST should fall so low; None: nobody asks for it."""
    described = default_config_bytes()
    if at_most is not None:
        target = b"    targets: [{metric: val_loss, at: best, at_most: %g}]\n" % at_most
        described = described.replace(b"  - id: swinmae", target + b"  - id: swinmae", 1)
    config = parse_config(described, "dashboard.yaml")
    streams = tuple(replace(s, stream=config.stream(s.id)) for s in good().streams)
    seen = replace(good(), config=config, streams=streams)
    checks = checklist.judge(seen).checks
    about = Observation("ws", datetime.now(UTC), "run-1", checks, verdict_of(checks, seen), "builtin", False)
    return build_state(seen, about, None)
