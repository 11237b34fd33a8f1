"""Scorings of a test's own, as they come out of the readers: tables in memory, with the reference pipeline's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from collectors.contract.decision_rules import Decisions
from collectors.decisions.analysis import Analysis
from collectors.evidence.files import FileFacts
from collectors.evidence.scores import DecisionFiles, ScoreTable

STREAMS = ("patchtst", "swinmae")
LINES = {"patchtst": {"warn": 0.5, "anomaly": 0.8}, "swinmae": {"warn": 0.5, "anomaly": 0.8}}
LINES |= {"dual": {"warn": 1.0, "anomaly": 2.0}}


def rules(**more: Any) -> Decisions:
    """Rules of two streams, with windows of 2 s."""
    usual = {
        "scores": "scores.csv",
        "columns": {"series": {"patchtst": "p", "swinmae": "s"}, "times": {"patchtst": "pt", "swinmae": "st"}},
        "fused": {"called": "dual"},
        "thresholds": {"path": "t.json"},
        "windows": {name: {"seconds": 2, "stride_seconds": 1} for name in STREAMS},
    }
    return Decisions.model_validate({**usual, **more})


def table(
    path: str = "scores.csv", stream: str | None = None, clock: str = "relative", **columns: Sequence[float]
) -> ScoreTable:
    """A table of these columns; `series__p` stands for `series:p`."""
    arrays = {name.replace("__", ":"): np.array(values, float) for name, values in columns.items()}
    rows = len(next(iter(arrays.values())))
    if stream is not None:
        arrays["stream"] = np.zeros(rows)
    clocks = (clock,) if any(name.startswith("time") for name in arrays) else ()
    return ScoreTable(
        FileFacts(path, True, 1, 1000.0),
        format="csv",
        rows=rows,
        columns=arrays,
        words=("normal", "warn", "anomaly"),
        streams=(stream,) if stream else (),
        clocks=clocks,
    )


def scoring(
    *tables: ScoreTable, lines: Mapping[str, Any] | None = None, its: Decisions | None = None, **more: Any
) -> Analysis:
    """A scoring of these tables."""
    files = DecisionFiles(tables, FileFacts("t.json", True, 1, 900.0), LINES if lines is None else lines, **more)
    return Analysis(its or rules(), STREAMS, files)


def noisy(count: int, seed: int = 0, faults: Sequence[int] = ()) -> list[float]:
    """Scores around 0.3, with faults of six windows at these places."""
    scores = 0.3 + 0.08 * np.random.default_rng(seed).standard_normal(count)
    for at in faults:
        scores[at : at + 6] = 0.95
    return np.round(np.abs(scores), 6).tolist()
