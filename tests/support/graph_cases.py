"""Pipelines to lay out: one from places and edges, and any that a person could draw."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from collectors.contract.graph import Pipeline


def a_pipeline(
    places: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int]],
    groups: Sequence[int | None] = (),
) -> Pipeline:
    """Stages `s0`, `s1`, ... at (column, row), in groups `g0`, `g1`, ..."""
    chosen = list(groups) + [None] * (len(places) - len(groups))
    stages = [
        {
            "id": f"s{index}",
            "label": f"Stage {index}",
            "group": None if group is None else f"g{group}",
            "view": "flow",
            "position": {"column": column, "row": row},
        }
        for index, ((column, row), group) in enumerate(zip(places, chosen, strict=True))
    ]
    named = sorted({f"g{group}" for group in chosen if group is not None})
    return Pipeline.model_validate(
        {
            "streams": [],
            "stages": stages,
            "edges": [{"source": f"s{a}", "target": f"s{b}"} for a, b in edges],
            "groups": [{"id": name, "label": name, "view": "flow"} for name in named],
            "views": [{"id": "flow", "label": "Flow"}],
        }
    )


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """Any pipeline a person could draw: gaps, shared cells, back edges, groups across columns."""
    cell = st.tuples(st.sampled_from([0, 0.5, 1, 2, 3, 4]), st.sampled_from([0, 0.2, 0.5, 1, 2, 3]))
    places = draw(st.lists(cell, min_size=1, max_size=14))
    stage = st.integers(0, len(places) - 1)
    edges = draw(st.lists(st.tuples(stage, stage), max_size=20, unique=True))
    groups = draw(st.lists(st.none() | st.integers(0, 2), min_size=len(places), max_size=len(places)))
    return a_pipeline(places, edges, groups)
