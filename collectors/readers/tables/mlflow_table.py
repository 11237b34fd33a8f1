"""Bytes of an MLflow database -> the losses of its newest run that logged one, as a table by steps.

Input: the whole file and the wanted columns. Output: `LossTableEvidence` that names the run. The other runs are for
`runs import`. It refuses what is no store of MLflow, and looks for a loss in at most `MOST_RUNS` runs.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Final

import numpy as np

from collectors.evidence.mlflow import OUTCOMES, MlflowCurve
from collectors.evidence.order import distinct
from collectors.evidence.table_rows import LossRows
from collectors.evidence.tables import LossTableEvidence
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.mlflow.read import METRICS, curve_of, opened
from collectors.readers.tables.columns import LossColumns

MOST_RUNS: Final = 1000
NEWEST: Final = """
SELECT run_uuid, name, status FROM runs WHERE lifecycle_stage = 'active' ORDER BY start_time DESC, run_uuid LIMIT ?
"""


def read_mlflow_table(data: bytes, columns: LossColumns) -> LossTableEvidence:
    """The newest run with one of the wanted series; what is wrong is an error in words."""
    findings = FindingList()
    try:
        with closing(opened(data)) as store:
            return _newest(store, columns, findings)
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as problem:
        findings.error(f"cannot be read as a store of MLflow: {shorten(str(problem))}")
        return LossTableEvidence("unknown", findings.all())


def _newest(store: sqlite3.Connection, columns: LossColumns, findings: FindingList) -> LossTableEvidence:
    runs = store.execute(NEWEST, (MOST_RUNS,)).fetchall()
    for run_id, name, status in runs:
        found = {series: curve_of(store, run_id, names) for series, names in columns.series.items()}
        curves = {series: curve for series, curve in found.items() if curve is not None}
        if curves:
            findings.note(f"shows the run {shorten(str(name or run_id))}, which MLflow calls {shorten(str(status))}")
            metrics = tuple(shorten(str(key)) for (key,) in store.execute(METRICS, (run_id,)))
            return LossTableEvidence("mlflow", findings.all(), _rows(curves), metrics, outcome=OUTCOMES.get(status))
    findings.error(f"none of its {len(runs):,} runs has a metric with a usual name of a loss")
    return LossTableEvidence("mlflow", findings.all())


def _rows(curves: dict[str, MlflowCurve]) -> LossRows:
    """A row a step; the last value of a series there."""
    steps = distinct(np.concatenate([np.array(curve.step, np.float64) for curve in curves.values()]))
    time, values, present = np.full(len(steps), np.nan), {}, {}
    for series, curve in curves.items():
        at = np.searchsorted(steps, np.array(curve.step, np.float64))
        values[series], present[series] = np.full(len(steps), np.nan), np.zeros(len(steps), np.bool_)
        values[series][at], present[series][at] = curve.value, True
        time[at] = [np.nan if moment is None else moment for moment in curve.time]
    return LossRows((np.full(len(steps), np.nan), steps, time), values, present)
