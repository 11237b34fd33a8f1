"""The door to many workspaces: which there are, those that need a person first, a page of them at a time.

Input: what is wished, and who may see what. Output: rows. `fleet_folder` answers from state directories below one
root; whatever keeps rows in a database answers the same questions by queries. Whoever asks says by `seen_by` which
names they may know of: what they may not see is not listed, not counted, not found, and changes no sign.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import nsmallest
from itertools import chain
from operator import itemgetter
from typing import Final, NamedTuple, Protocol

from collectors.contract.workspace_row import RANK, CheckMark, Standing, WorkspaceRow
from collectors.digest import short_digest
from collectors.store.place import Place

UNTOLD: Final = frozenset({Standing.SILENT, Standing.DAMAGED})
MOST_ROWS: Final = 100
"""Rows of a page."""
SeenBy = Callable[[str], bool]
"""Whether who asks may know of a workspace by its name."""


class Moment(NamedTuple):
    """When rows are looked at."""

    now: datetime
    stale_after_seconds: float


class RowKey(NamedTuple):
    """Where a row stands among all: what needs a person first, then what changed last."""

    rank: int
    changed: int
    """Microseconds before 1970, so that what changed last comes first."""
    name: str

    @property
    def text(self) -> str:
        """As it stands in an address."""
        return f"{self.rank}~{-self.changed}~{self.name}"


def key_in(text: str) -> RowKey | None:
    """A key as it stands in an address; None for anything else."""
    rank, _, rest = text.partition("~")
    changed, _, name = rest.partition("~")
    is_key = rank.isascii() and rank.isdigit() and changed.isascii() and changed.isdigit() and len(changed) < 20
    return RowKey(int(rank), -int(changed), name) if is_key and len(rank) < 3 and name else None


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows are wanted; empty is no wish."""

    standings: frozenset[Standing] = frozenset()
    stage: str = ""
    """Id of a stage that runs, is stalled or has failed."""
    check: str = ""
    """Id of a check that fails."""
    label: str = ""
    """`name:value`."""
    text: str = ""
    """Found in name, title, labels, reason, run and failing checks, in any case."""
    before: RowKey | None = None
    """Rows behind this one."""
    most: int = MOST_ROWS


@dataclass(frozen=True, slots=True)
class StoodRow:
    """A row, and what it asks of a person at that moment."""

    standing: Standing
    row: WorkspaceRow

    @property
    def key(self) -> RowKey:
        """Its place."""
        return RowKey(RANK[self.standing], self.row.changed, self.row.name)


@dataclass(frozen=True, slots=True)
class Offers:
    """What could be wished of the rows that may be seen, each with how many rows have it."""

    checks: dict[CheckMark, int] = field(default_factory=dict)
    stages: dict[tuple[str, str], int] = field(default_factory=dict)
    """By id and label."""
    labels: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FleetPage:
    """A page of rows."""

    rows: tuple[StoodRow, ...]
    counts: dict[Standing, int]
    """Rows of each standing that all wishes but that for standings leave."""
    known: int
    """All rows that may be seen."""
    observed: int
    """Those of them that somebody looks at."""
    newest: datetime | None
    """When the last of them changed."""
    offers: Offers
    after: RowKey | None
    """What the next page comes behind; None where this is the last."""
    sign: str
    """Changes whenever a row that may be seen does, whatever is wished; as `Fleet.sign`."""
    etag: str
    """Changes whenever anything of this page does."""


class Fleet(Protocol):
    """Many workspaces; may be asked from several threads. Raises StoreProblem where nothing can be told."""

    def page(self, wish: Wish, seen_by: SeenBy, moment: Moment) -> FleetPage:
        """A page of what is wished."""

    def sign(self, seen_by: SeenBy, moment: Moment) -> str:
        """Another one whenever a row that may be seen, or what it asks of a person, becomes another one."""

    def place(self, name: str) -> Place | None:
        """Where the documents of a workspace are; None where there is none of exactly this name."""


def paged(rows: Iterable[WorkspaceRow], wish: Wish, moment: Moment) -> FleetPage:
    """A page of rows that may all be seen. Pure."""
    stood = [StoodRow(row.standing(*moment), row) for row in rows]
    fitting = [one for one in stood if _fits(one.row, wish)]
    chosen = [one for one in fitting if one.standing in wish.standings] if wish.standings else fitting
    keyed = [(one.key, one) for one in chosen]
    behind = keyed if wish.before is None else [one for one in keyed if one[0] > wish.before]
    shown = tuple(one for _, one in nsmallest(wish.most, behind, key=itemgetter(0)))
    page = FleetPage(
        rows=shown,
        counts=dict(Counter(one.standing for one in fitting)),
        known=len(stood),
        observed=sum(one.standing not in UNTOLD for one in stood),
        newest=max((one.row.changed_at for one in stood if one.row.changed_at), default=None),
        offers=_offers([one.row for one in stood]),
        after=shown[-1].key if shown and len(behind) > len(shown) else None,
        sign=sign_of(stood),
        etag="",
    )
    return replace(page, etag=_etag(page))


def sign_of(stood: Iterable[StoodRow]) -> str:
    """What tells these rows from others. Pure."""
    return short_digest("\n".join(sorted([f"{one.row.name}\n{one.row.etag}\n{one.standing.value}" for one in stood])))


def _fits(row: WorkspaceRow, wish: Wish) -> bool:
    return (
        (not wish.text or wish.text.lower() in row.searched)
        and (not wish.check or any(check.id == wish.check for check in row.failing))
        and (not wish.label or wish.label in row.labels)
        and (not wish.stage or any(stage.id == wish.stage for stage in row.stages))
    )


def _offers(rows: Sequence[WorkspaceRow]) -> Offers:
    checks = Counter(chain.from_iterable(row.failing for row in rows))
    stages = Counter((stage.id, stage.label) for row in rows for stage in row.stages)
    labels = Counter(chain.from_iterable(row.labels for row in rows))
    same: dict[str, tuple[CheckMark, int]] = {}
    for mark, count in checks.items():  # versions of a check may have another title
        same[mark.id] = (mark, same.get(mark.id, (mark, 0))[1] + count)
    in_order = sorted(same.values(), key=lambda one: (one[0].index, one[0].id))
    return Offers(dict(in_order), dict(sorted(stages.items())), dict(sorted(labels.items())))


def _etag(page: FleetPage) -> str:
    told = (
        *((one.standing.value, one.row.name, one.row.etag) for one in page.rows),
        page.counts,
        page.known,
        page.observed,
        page.offers,
        page.after,
    )
    return short_digest(repr(told))
