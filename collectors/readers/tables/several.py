"""Several files that are one table: one a series, or one a part of the data -> what each is asked, and the whole. Pure.

A file's name says what it holds: `train/loss` the series of that name, `test_error` the columns of a validation. A
column may be named with its file (`learn_error/Logloss`); a plain name means a file that holds the right part of the
data. A file whose training goes on where the one before it was is one with it: what was done again counts from the
later one. It refuses to take a validation for a training.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.files import Finding
from collectors.evidence.order import distinct
from collectors.evidence.table_rows import Floats, LossRows
from collectors.evidence.tables import LossTableEvidence
from collectors.readers.common.finding_list import FindingList
from collectors.readers.tables.columns import EARLY_STOP, Chosen, LossColumns, plain_name, report_missing_series
from collectors.training.run_files import stride_of
from collectors.training.series import TRAINING, VALIDATION, is_validation, words_of

Held = tuple[str, LossTableEvidence]
_SHOWN: Final = 1000


def columns_in(columns: LossColumns, name: str) -> LossColumns:
    """Which columns a file of this name is asked for, each by its plain name there."""
    series = dict(columns.series)
    if words_of(name) & VALIDATION and "train_loss" in series and "val_loss" not in columns.where:
        series["val_loss"] = (*series.get("val_loss", ()), *series["train_loss"])
    asked = {wanted: tuple(_names_there(wanted, accepted, name)) for wanted, accepted in series.items()}
    return replace(columns, series={wanted: names for wanted, names in asked.items() if names}, is_part=True)


def _names_there(series: str, accepted: Sequence[str], file: str) -> Iterator[str]:
    """First the names that are written with the file, then the plain ones, where the file is of that part."""
    for name in accepted:
        if plain_name(name) == plain_name(file):
            yield file.rpartition("/")[2]
        elif name.startswith(f"{file}/"):
            yield name.removeprefix(f"{file}/")
    if series == EARLY_STOP or _is_of(series, file):
        yield from accepted


def _is_of(series: str, file: str) -> bool:
    """Whether a file may hold a series of this name, by what the file is called."""
    words = words_of(file)
    if not words & (TRAINING | VALIDATION):
        return True
    return is_validation(series) == (bool(words & VALIDATION) and not words & TRAINING)


def _rank(series: str, columns: LossColumns, file: str) -> int:
    """How surely a file is meant: 0 where the series is asked for by its name, 1 where it is of that part, else 2."""
    accepted = columns.series.get(series, ())
    if any(plain_name(name) == plain_name(file) or name.startswith(f"{file}/") for name in accepted):
        return 0
    return 1 if words_of(file) & (TRAINING | VALIDATION) else 2


def joined_tables(files: Sequence[Held], columns: LossColumns) -> LossTableEvidence:
    """All files as one table; what a single file lacks is said only where no file has it. At least one file."""
    findings = FindingList()
    files = _gone_on(files)
    chosen = _chosen(files, columns, findings)
    early_stop = next((found.early_stop for _, found in files if found.early_stop is not None), None)
    there = chosen.keys() | ({EARLY_STOP} if early_stop is not None else set())
    for name, found in files:
        for finding in found.findings:
            # What is wrong with a file that nobody needs is only odd.
            severity = "warning" if columns.series.keys() <= there and finding.severity == "error" else finding.severity
            findings.add(Finding(severity, f"{name}: {finding.text}", finding.where))
    names = tuple(dict.fromkeys(column for name, found in files for column in _columns_of(name, found)))
    report_missing_series(names, columns, Chosen(None, None, None, dict.fromkeys(there, 0)), findings)
    return LossTableEvidence(
        format=files[0][1].format,
        findings=findings.all(),
        rows=_rows(chosen),
        columns=names[:_SHOWN],
        partial_tail=any(found.partial_tail for _, found in files),
        ends_open=any(found.ends_open for _, found in files),
        encoding=files[0][1].encoding,
        skipped_rows=sum(found.skipped_rows for _, found in files),
        duplicate_epochs=sum(found.duplicate_epochs for _, found in files),
        early_stop=early_stop,
        dropped_rows=sum(found.dropped_rows for _, found in files),
    )


def _gone_on(files: Sequence[Held]) -> list[Held]:
    """The files, those that go on with the one before them as one under the later one's name."""
    kept: list[Held] = []
    for name, found in files:
        joined = _one_after_the_other(kept[-1][1], found) if kept else None
        kept[-1:] = [(name, joined)] if joined is not None else [*kept[-1:], (name, found)]
    return kept


def _one_after_the_other(first: LossTableEvidence, second: LossTableEvidence) -> LossTableEvidence | None:
    """Both as one table; None where the second one's training does not begin beyond the first strides of both."""
    rows, later = first.rows, second.rows
    if not isinstance(rows, LossRows) or not isinstance(later, LossRows):
        return None
    unit = "epoch" if np.isnan(rows.step).all() or np.isnan(later.step).all() else "step"
    series = next((n for n in rows.present if n in later.present and not is_validation(n)), None)
    places = [getattr(of, unit)[of.present[series]] if series is not None else np.empty(0) for of in (rows, later)]
    before, after = (at[~np.isnan(at)] for at in places)
    if not before.size or not after.size:
        return None
    begins, strides = after.min(), [stride_of(at) if at.size > 1 else 0.0 for at in (before, after)]
    if begins <= before.min() + strides[0] or begins <= strides[1]:
        return None
    kept = rows.take(~(getattr(rows, unit) >= begins))
    return replace(
        second,
        findings=(*first.findings, *second.findings),
        rows=kept.followed_by(later),
        columns=tuple(dict.fromkeys([*first.columns, *second.columns])),
        skipped_rows=first.skipped_rows + second.skipped_rows,
        duplicate_epochs=first.duplicate_epochs + second.duplicate_epochs,
        dropped_rows=first.dropped_rows + second.dropped_rows + len(rows) - len(kept),
    )


def _columns_of(file: str, found: LossTableEvidence) -> Iterator[str]:
    """A file's columns, named with it."""
    last = file.rpartition("/")[2]
    return (file if plain_name(column) == plain_name(last) else f"{file}/{column}" for column in found.columns)


def _chosen(files: Sequence[Held], columns: LossColumns, findings: FindingList) -> dict[str, LossRows]:
    """Series -> the rows that hold it: of several files the one that is named for it, else the first."""
    holding: dict[str, list[tuple[str, LossRows]]] = {}
    for name, found in files:
        rows = found.rows
        if isinstance(rows, LossRows):
            for series, present in rows.present.items():
                if present.any():
                    holding.setdefault(series, []).append((name, rows))
    chosen: dict[str, LossRows] = {}
    for series, held in holding.items():
        best = min(_rank(series, columns, name) for name, _ in held)
        named = [one for one in held if _rank(series, columns, one[0]) == best]
        if len(named) > 1:
            others = ", ".join(name for name, _ in named[1:4])
            findings.warning(f"`{series}` stands in {named[0][0]} and in {others}: the first is read")
        chosen[series] = named[0][1]
    return chosen


def _rows(chosen: dict[str, LossRows]) -> LossRows:
    """One row a place: by step where every series has steps, else by epoch, else none belong together."""
    parts = {series: rows.take(rows.present[series]) for series, rows in chosen.items()}
    for unit in ("step", "epoch"):
        places = {series: getattr(rows, unit) for series, rows in parts.items()}
        if all(not np.isnan(column).any() for column in places.values()):
            return _placed(parts, places)
    ends = np.cumsum([len(rows) for rows in parts.values()]).astype(float)
    starts = [0.0, *ends[:-1].tolist()]
    return _placed(parts, {s: np.arange(len(r)) + at for (s, r), at in zip(parts.items(), starts, strict=True)})


def _placed(parts: dict[str, LossRows], places: dict[str, Floats]) -> LossRows:
    at = distinct(np.concatenate(list(places.values()))) if places else np.empty(0)
    axes: list[Floats] = [np.full(len(at), np.nan) for _ in range(3)]
    values: dict[str, Floats] = {}
    present: dict[str, NDArray[np.bool_]] = {}
    for series, rows in parts.items():
        index = np.searchsorted(at, places[series])
        values[series], present[series] = np.full(len(at), np.nan), np.zeros(len(at), np.bool_)
        values[series][index], present[series][index] = rows.values[series], True
        for whole, own in zip(axes, (rows.epoch, rows.step, rows.time), strict=True):
            whole[index] = np.where(np.isnan(whole[index]), own, whole[index])
    return LossRows((axes[0], axes[1], axes[2]), values, present)
