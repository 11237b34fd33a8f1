"""A table and event files of one run that say different numbers of one loss at one place. Pure.

A description says whether both hold the same numbers. Where it does not, the values tell: a series of which some
agree to the last printed digit and some do not was changed in one of the two; one of which none agrees may be
something else, such as the mean of an epoch beside its last batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from collectors.contract.sections import Level
from collectors.evidence.order import distinct
from collectors.judge.checks.provenance import AGAIN
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import listed, number_words, value_words
from collectors.training.agreement import Pairs
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence

COARSE = 5
"""A column of fewer significant digits agrees with anything now and then."""
SAY = "Say whether both hold the same numbers: `table: {same_as_events: true}`, or set this finding `off` if not."


def find_table_and_events(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each table that holds other numbers than the event files of its run."""
    for s in ended_streams(seen):
        if s.loss_table is None or s.loss_table.evidence is None or s.stream.loss_history is None:
            continue
        is_cut = s.loss_table.evidence.ends_open
        every = (p.without_half_a_number() if is_cut else p for p in s.losses.pairs)
        pairs = [p for p in every if bool(p.numbers.any())]
        if not pairs:
            continue
        if s.stream.loss_history.same_as_events:
            found = _judged(s, pairs, [p.numbers & ~p.exact for p in pairs], "fail")
        else:
            found = _untold(s, pairs)
        if found is not None:
            yield found


def _untold(s: StreamEvidence, pairs: Sequence[Pairs]) -> Found | None:
    """What the values themselves tell."""
    odd = [p.numbers & ~p.same for p in pairs]
    proven = _proves_one_quantity(pairs)
    changed = [n for n, p in enumerate(pairs) if proven and odd[n].any() and p.exact.any() and not _is_coarse(p)]
    if changed:
        return _judged(s, [pairs[n] for n in changed], [odd[n] for n in changed], "fail")
    differing = [n for n, p in enumerate(pairs) if odd[n].any()]
    agrees = len(differing) < len(pairs)
    return _judged(s, [pairs[n] for n in differing], [odd[n] for n in differing], "warn" if agrees else "skip")


def _proves_one_quantity(pairs: Sequence[Pairs]) -> bool:
    """Whether two numbers at least agree: a single one, or a constant, may do so by chance."""
    return distinct(np.concatenate([p.table[p.exact & p.numbers] for p in pairs])).size > 1


def _is_coarse(p: Pairs) -> bool:
    """Whether what agrees in a column of few digits is too little to prove anything."""
    return p.digits < COARSE and 2 * int(p.exact.sum()) < p.shared


def _judged(s: StreamEvidence, pairs: Sequence[Pairs], odd: Sequence[Any], level: Level) -> Found | None:
    """What is told of the values that differ; `odd`: where each series does. None where none does."""
    count = sum(int(mask.sum()) for mask in odd)
    if not count or s.loss_table is None or s.run is None:
        return None
    p, mask = next((p, mask) for p, mask in zip(pairs, odd, strict=True) if mask.any())
    at = int(np.flatnonzero(mask)[0])
    shared = sum(int(p.numbers.sum()) for p in pairs)
    table, events = s.loss_table.path, s.run.latest_file.facts.path
    place = f"{p.unit} {number_words(float(p.place[at]))}"
    first = f"{p.name} at {place} is {value_words(float(p.table[at]))} there and {value_words(float(p.events[at]))} in"
    text = f"{s.id}: {table} does not hold the losses of its event files: {first} {events}"
    if count == shared:
        also = f", and no other of {shared:,} agrees" if shared > 1 else ""
        whose = {"fail": ": it is of another run or stream", "skip": "; nothing says whether it should"}.get(level, "")
        return Found(table, s.id, f"{text}{also}{whose}", SAY if level == "skip" else AGAIN, level)
    names = listed(p.name for p, mask in zip(pairs, odd, strict=True) if mask.any())
    return Found(table, s.id, f"{text}; {count:,} of {shared:,} values of {names} differ", AGAIN, level)


SPEC = FindingSpec(
    id="table_and_events",
    check="provenance",
    looks_at=(
        "a table holds other numbers than the event files of its run (where none agrees, and `table: {same_as_events: "
        "true}` is not said: cannot tell)"
    ),
    default="fail",
    short="{}'s loss history does not hold the losses of its event files",
    find=find_table_and_events,
)
