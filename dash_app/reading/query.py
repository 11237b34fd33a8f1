"""What somebody wishes to see of the runs -> those rows, in order. Pure but for zones.

A wish may come from anybody: what is not understood is left out, never an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from collectors.contract.run_row import RunRow
from dash_app.reading.run_order import CONFIG, STARTED, VERDICTS, key_of, local_start, ordered, verdict_of

LIVE = "live"
"""How a URL may name the current state."""
NO_BASELINE = "-"
"""How a URL says that no baseline is wished; no run can have this id."""
MOST_ROWS = 1000
"""Rows that one answer of `api/runs` may hold."""
LONGEST_TEXT = 200
LONGEST_RUN = 64
"""Characters of an id; the page's script cuts a wish there too."""
MOST_CHOSEN = 24
"""Columns of configs that a person may choose."""
CHOOSABLE: Mapping[str, str] = {
    "started": "started",
    "verdict": "verdict",
    "why": "why not",
    "passed": "passed checks",
    "workspace": "workspace",
    "spark": "val loss line",
    "final_val_loss": "final val loss",
    "delta": "difference to the baseline",
    "differing": "configs that differ",
    "best_val_loss": "best val loss",
    "metrics": "other metrics",
    "final_train_loss": "final train loss",
    "epochs": "epochs",
    "duration_seconds": "duration",
}
"""Columns that a person may choose, and what they are called."""
USUAL_COLUMNS = ("started", "verdict", "why", "spark", "final_val_loss", "delta", "metrics", "differing")


@dataclass(frozen=True)
class RunQuery:
    """Filters, order and page."""

    text: str = ""
    """What the runs must fit, see `run_filter`."""
    verdict: str = ""
    """One verdict, or `damaged`; empty is all."""
    since: str = ""
    """First day, ISO 8601."""
    until: str = ""
    """Last day, ISO 8601."""
    sort: str = "started"
    """A fact, `stream:measure` or `stream:config.key`."""
    descending: bool = True
    """The largest first; what is unknown always comes last."""
    page: int = 0
    """Which page, counted from 0."""
    columns: tuple[str, ...] = USUAL_COLUMNS
    """Columns of the table."""
    configs: tuple[str, ...] = ()
    """Columns of configs that were chosen, as `stream:config.key`."""
    group: str = ""
    """The value of the config that runs are grouped by, as `stream:config.key`; empty for no groups."""
    measure: str = ""
    """What the scatter shows, as `stream:measure`; empty for the usual one."""
    zone: tzinfo = UTC
    """Where who asks lives: days are theirs."""

    @property
    def is_everything(self) -> bool:
        """Whether every row is wished, the newest first."""
        is_unfiltered = not (self.text or self.verdict or self.since or self.until)
        return is_unfiltered and self.descending and key_of(self.sort) is STARTED

    def by_time(self) -> RunQuery:
        """The same filters, the newest first."""
        return replace(self, sort="started", descending=True)

    def on_page(self, page: int) -> RunQuery:
        """The same wish, another page."""
        return replace(self, page=max(0, page))


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
        configs=_configs(told.get("columns")),
        group=_config(told.get("group")),
        measure=_text(told.get("measure")),
        zone=zone_named(_text(told.get("zone"))),
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


def _configs(told: Any) -> tuple[str, ...]:
    words = told if isinstance(told, list) else []
    return tuple(dict.fromkeys(filter(None, map(_config, words))))[:MOST_CHOSEN]


def _config(told: Any) -> str:
    text = _text(told)
    return text if text.partition(":")[2].startswith(CONFIG) else ""


@lru_cache(64)
def zone_named(name: str) -> tzinfo:
    """The zone that a browser says it is in; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError, KeyError):
        return UTC


def select_rows(rows: Sequence[RunRow], query: RunQuery) -> Sequence[RunRow]:
    """Return all wished rows in order. `rows` come newest first.

    Where everything is wished as it comes, no row is looked at: reading them all takes its time.
    """
    if query.is_everything:
        return rows
    from dash_app.reading.run_filter import row_filter  # the page itself asks for every run

    fits = row_filter(query.text, query.zone)
    kept = [row for row in rows if _fits(row, query) and (fits is None or fits(row))]
    return ordered(kept, query.sort, descending=query.descending)


def _fits(row: RunRow, query: RunQuery) -> bool:
    if query.verdict and verdict_of(row) != query.verdict:
        return False
    if not query.since and not query.until:
        return True
    day = local_start(row, query.zone).date().isoformat()
    return not (query.since and day < query.since) and not (query.until and day > query.until)


def streams_of(rows: Sequence[RunRow]) -> tuple[str, ...]:
    """Return every stream of the rows, in the order of the newest run that has it."""
    return tuple(dict.fromkeys(stream for row in rows for stream in row["streams"]))
