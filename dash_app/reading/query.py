"""What somebody wishes to see of the runs -> those rows, in order, a page of them. Pure.

A wish may come from anybody: what is not understood is left out, never an error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from collectors.contract.run_row import RunRow, metrics_in
from collectors.contract.values import VerdictValue

LIVE = "live"
"""How a URL may name the current state."""
NO_BASELINE = "-"
"""How a URL says that no baseline is wished; no run can have this id."""
PAGE_ROWS = 50
MOST_ROWS = 1000
"""Rows that one answer of `api/runs` may hold."""
LONGEST_TEXT = 100
LONGEST_RUN = 64
"""Characters of an id; the page's script cuts a wish there too."""
DAMAGED = "damaged"
"""A verdict of its own in filters: the snapshot cannot be read."""
VERDICTS = (*(value.value for value in VerdictValue), DAMAGED)
Key = Callable[[RunRow], Any]
FACT_KEYS: Mapping[str, Key] = {
    "started": lambda row: row["started_at"] or row["timestamp"],
    "run": lambda row: row["run_id"],
    "verdict": lambda row: VERDICTS.index(verdict_of(row)),
    "passed": lambda row: row["passed"] / row["total"] if row["total"] else None,
}
MEASURES = ("final_val_loss", "best_val_loss", "final_train_loss", "epochs", "duration_seconds")
"""What a stream's columns can be sorted by, as `stream:measure`."""
METRIC = "metric."
"""Begins such a measure that is another metric, by its name."""
CHOOSABLE: Mapping[str, str] = {
    "started": "started",
    "verdict": "verdict",
    "passed": "passed checks",
    "workspace": "workspace",
    "spark": "val loss line",
    "final_val_loss": "final val loss",
    "delta": "difference to the baseline",
    "best_val_loss": "best val loss",
    "metrics": "other metrics",
    "final_train_loss": "final train loss",
    "epochs": "epochs",
    "duration_seconds": "duration",
}
"""Columns that a person may choose, and what they are called."""
USUAL_COLUMNS = ("started", "verdict", "passed", "spark", "final_val_loss", "delta", "metrics")


@dataclass(frozen=True)
class RunQuery:
    """Filters, order and page."""

    text: str = ""
    """Words that must all be in the run's id, workspace or problem."""
    verdict: str = ""
    """One verdict, or `damaged`; empty is all."""
    since: str = ""
    """First day, ISO 8601."""
    until: str = ""
    """Last day, ISO 8601."""
    sort: str = "started"
    """A fact, or `stream:measure`."""
    descending: bool = True
    """The largest first; what is unknown always comes last."""
    page: int = 0
    """Which page, counted from 0."""
    columns: tuple[str, ...] = USUAL_COLUMNS
    """Columns of the table."""

    @property
    def is_everything(self) -> bool:
        """Whether every row is wished, the newest first."""
        is_unfiltered = not (self.text or self.verdict or self.since or self.until)
        return is_unfiltered and self.descending and key_of(self.sort) is FACT_KEYS["started"]

    def on_page(self, page: int) -> RunQuery:
        """The same wish, another page."""
        return replace(self, page=max(0, page))


@dataclass(frozen=True)
class Selection:
    """A page of the rows that were wished."""

    rows: tuple[RunRow, ...]
    """The page's rows."""
    found: int
    """How many fit the filters."""
    total: int
    """How many there are."""
    query: RunQuery
    """The wish, with a page that exists."""

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, math.ceil(self.found / PAGE_ROWS))


def query_from(wish: Any) -> RunQuery:
    """Understand a wish that somebody sent."""
    told = wish if isinstance(wish, Mapping) else {}
    page = told.get("page")
    return RunQuery(
        text=_text(told.get("text")),
        verdict=told["verdict"] if told.get("verdict") in VERDICTS else "",
        since=_day(told.get("since")),
        until=_day(told.get("until")),
        sort=_text(told.get("sort")) or "started",
        descending=told.get("descending") not in (False, "0", "false"),
        page=page if isinstance(page, int) and 0 <= page < 1_000_000 else 0,
        columns=_columns(told.get("columns")),
    )


def asked_run(address: str) -> str | None:
    """Return the run that an address of the page names; None for the current state.

    What is no run's id is asked for as well: the page then says that there is no such run, and shows no other.
    """
    told = next((value for name, value in parse_qsl(urlsplit(address).query) if name == "run"), "")
    return told[:LONGEST_RUN] if told and told != LIVE else None


def _text(told: Any) -> str:
    return told.strip()[:LONGEST_TEXT] if isinstance(told, str) else ""


def _day(told: Any) -> str:
    text = _text(told)
    return text if len(text) == 10 and text.replace("-", "").isdigit() else ""


def _columns(told: Any) -> tuple[str, ...]:
    if not isinstance(told, list):
        return USUAL_COLUMNS
    return tuple(name for name in CHOOSABLE if name in told)


def verdict_of(row: RunRow) -> str:
    """A row's verdict, or `damaged`."""
    return row["verdict"].value if row["verdict"] else DAMAGED


def select_page(rows: Sequence[RunRow], query: RunQuery) -> Selection:
    """Return one page of the wished rows; a page after the last is the last."""
    found = select_rows(rows, query)
    last = max(0, (len(found) - 1) // PAGE_ROWS)
    page = min(query.page, last)
    shown = found[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
    return Selection(tuple(shown), len(found), len(rows), query.on_page(page))


def select_rows(rows: Sequence[RunRow], query: RunQuery) -> Sequence[RunRow]:
    """Return all wished rows in order. `rows` come newest first.

    Where everything is wished as it comes, no row is looked at: reading them all takes its time.
    """
    if query.is_everything:
        return rows
    words = query.text.lower().split()
    kept = [row for row in rows if _fits(row, query) and _has(row, words)]
    return _ordered(kept, query)


def _fits(row: RunRow, query: RunQuery) -> bool:
    day = (row["started_at"] or row["timestamp"])[:10]
    if query.verdict and verdict_of(row) != query.verdict:
        return False
    return not (query.since and day < query.since) and not (query.until and day > query.until)


def _has(row: RunRow, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = f"{row['run_id']} {row['workspace']} {row['problem'] or ''}".lower()
    return all(word in text for word in words)


def _ordered(rows: list[RunRow], query: RunQuery) -> list[RunRow]:
    if query.sort == "started" and query.descending:
        return rows
    key = key_of(query.sort)
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]
    return sorted(known, key=key, reverse=query.descending) + unknown


def key_of(sort: str) -> Key:
    """Return what rows are sorted by; an unknown wish is the start."""
    stream, _, measure = sort.partition(":")
    if measure.startswith(METRIC):
        return lambda row: _metric(row, stream, measure.removeprefix(METRIC))
    if stream and measure in MEASURES:
        return lambda row: _measure(row, stream, measure)
    return FACT_KEYS.get(sort, FACT_KEYS["started"])


def _measure(row: RunRow, stream: str, measure: str) -> float | None:
    found: Mapping[str, Any] | None = row["streams"].get(stream)
    return found[measure] if found else None


def _metric(row: RunRow, stream: str, name: str) -> float | None:
    found = row["streams"].get(stream)
    value = metrics_in(found).get(name) if found else None
    return value.telling if value is not None else None


def streams_of(rows: Sequence[RunRow]) -> tuple[str, ...]:
    """Return every stream of the rows, in the order of the newest run that has it."""
    return tuple(dict.fromkeys(stream for row in rows for stream in row["streams"]))
