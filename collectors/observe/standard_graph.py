"""The standard stages, edges, groups and views of any list of streams. Pure.

A `dashboard.yaml` that names streams and files but draws nothing gets this graph; for the two
default streams it is the shipped one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from collectors.contract.pipeline import PipelineConfig
from collectors.judge.checklist import asked_by
from collectors.judge.checks.spec import CheckSpec

Raw = dict[str, Any]

MOST_DRAWN = 8
"""Streams with a stage each; more stand in one, and their curves tell them apart."""
MOST_IN_A_COLUMN = 6
"""Streams that stand one below the other; of more a half stands beside the other, so that names can be read."""
_ROWS = 3
"""Rows of the gate view: the nine checks of the default pipeline stand in three columns."""


def with_standard_graph(config: PipelineConfig) -> PipelineConfig:
    """Fill in what the configuration does not draw: stages, edges, views, positions."""
    data = config.model_dump(mode="python")
    if not config.stages:
        data |= _flow_and_gate(config, asked_by(config))
    elif not config.views:
        data["views"] = _views(sorted({s.view for s in config.stages}, key=str))
    return PipelineConfig.model_validate(_with_positions(data))


def _flow_and_gate(config: PipelineConfig, asked: Sequence[CheckSpec]) -> Raw:
    flow, flow_edges = _flow(config, asked)
    gate, gate_edges = _gate(asked)
    used = {s.get("group") for s in [*flow, *gate]}
    return {
        "views": _views(["flow", "gate"]),
        "groups": [g for g in _GROUPS if g["id"] in used],
        "stages": [*flow, *gate],
        "edges": [*flow_edges, *gate_edges],
    }


def _views(ids: Sequence[str]) -> list[Raw]:
    labels = {"flow": "Training flow", "gate": "Artifact gate"}
    return [{"id": i, "label": labels.get(i, i.replace("-", " ").capitalize())} for i in ids]


_GROUPS: tuple[Raw, ...] = (
    {"id": "data", "label": "Data"},
    {"id": "models", "label": "Models"},
    {"id": "save", "label": "Gate"},
    {"id": "files", "label": "Files", "view": "gate"},
    {"id": "judgement", "label": "Run", "view": "gate"},
)


def _flow(config: PipelineConfig, asked: Sequence[CheckSpec]) -> tuple[list[Raw], list[tuple[str, str]]]:
    models = _models(config)
    rows = 1 + int(max((s["row"] for s in models), default=0))
    middle = max(rows - 1, 1) / 2 if rows > 1 or config.reports else 0.0
    saved = [c.id for c in asked if c.at_saving]
    data = _data_stages(config, asked, middle)
    stages = [
        _stage("orchestrator", "Orchestrator", "streams", (0, middle)),
        *data,
        *models,
        _stage("artifact-save", "Artifact save", "artifacts", (3, middle), group="save", checks=saved),
        _stage("validation-gate", "Validation gate", "gate", (4, middle), group="save", checks=[c.id for c in asked]),
        _stage("run-summary", "Run summary", "snapshot", (5, middle)),
    ]
    line = ["orchestrator", *(s["id"] for s in data)]
    edges = list(pairwise(line))
    edges += [(line[-1], s["id"]) for s in models]
    edges += [(s["id"], "artifact-save") for s in models]
    edges += [("artifact-save", "validation-gate"), ("validation-gate", "run-summary")]
    return stages, edges


def _models(config: PipelineConfig) -> list[Raw]:
    """A stage a stream, or one for all of them."""
    more: Raw = {"group": "models", "checks": ["training"]}
    if len(config.streams) > MOST_DRAWN:
        return [_stage("all-streams", f"{len(config.streams)} streams", "streams", (2, 0.0), **more)]
    count = len(config.streams)
    rows = count if count <= MOST_IN_A_COLUMN else -(-count // 2)
    places = ((2 + number // rows / 2, number % rows) for number in range(count))
    return [
        _stage(s.id, s.label, f"stream:{s.id}", place, **more) for s, place in zip(config.streams, places, strict=True)
    ]


def _data_stages(config: PipelineConfig, asked: Sequence[CheckSpec], middle: float) -> list[Raw]:
    checks = [c.id for c in asked if c.id == "scaler"]
    rows = (middle - 0.5, middle + 0.5) if checks and config.reports else (middle, middle)
    stages = [_stage("data-prep", "Data prep", "preparation", (1, rows[0]), group="data", checks=checks)]
    reports = [_stage("dqvl", "Data quality", "reports", (1, rows[1]), group="data")]
    return [*(stages if checks else []), *(reports if config.reports else [])]


def _gate(asked: Sequence[CheckSpec]) -> tuple[list[Raw], list[tuple[str, str]]]:
    stages = []
    first_column = 0
    for group in ("files", "judgement"):
        members = [c for c in asked if c.gate.group == group]
        for number, check in enumerate(members):
            column, row = divmod(number, _ROWS)
            place = (first_column + column, row)
            more = {"view": "gate", "group": group, "checks": [check.id]}
            stages.append(_stage(check.gate.stage, check.title, f"check:{check.id}", place, **more))
        first_column += -(-len(members) // _ROWS)
    last = max((s["column"] for s in stages), default=-1) + 1
    stages.append(_stage("release-ready", "Release ready", "verdict", (last, 1), view="gate"))
    return stages, [(s["id"], "release-ready") for s in stages[:-1]]


def _stage(stage_id: str, label: str, rule: str, place: tuple[float, float], **more: Any) -> Raw:
    return {"id": stage_id, "label": label, "status_from": rule, "column": place[0], "row": place[1], **more}


def _with_positions(data: Raw) -> Raw:
    """Give stages without a place the column of their longest path and the next free row."""
    views = {s.get("view", "flow") for s in data["stages"]}
    for view in views:
        members = [s for s in data["stages"] if s.get("view", "flow") == view]
        if any(s.get("column") is None or s.get("row") is None for s in members):
            _place(members, data["edges"])
    return data


def _place(stages: list[Raw], edges: Sequence[tuple[str, str]]) -> None:
    ids = [s["id"] for s in stages]
    depth = _depths(ids, [(a, b) for a, b in edges if a in ids and b in ids])
    filled: dict[int, int] = {}
    tallest = max((sum(1 for i in ids if depth[i] == d) for d in depth.values()), default=1)
    sizes = {d: sum(1 for i in ids if depth[i] == d) for d in depth.values()}
    for stage in stages:
        column = depth[stage["id"]]
        row = filled.get(column, 0)
        filled[column] = row + 1
        stage["column"] = float(column)
        stage["row"] = row + (tallest - sizes[column]) / 2


def _depths(ids: Sequence[str], edges: Sequence[tuple[str, str]]) -> Mapping[str, int]:
    """Longest path from a start; edges that would close a circle stop counting after len(ids)."""
    depth = dict.fromkeys(ids, 0)
    for _ in ids:
        moved = False
        for source, target in edges:
            if depth[target] < depth[source] + 1 < len(ids):
                depth[target], moved = depth[source] + 1, True
        if not moved:
            break
    return depth
