"""Rows that a browser has are not sent again, whatever became of the curve; it can always be put together."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dash_app.views.curves.news import COLUMNS, segments

ROWS = st.lists(st.tuples(*(st.one_of(st.none(), st.integers(0, 5)) for _ in COLUMNS)), max_size=12)


def columns(rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[n] for row in rows] for n, name in enumerate(COLUMNS)}


def rebuilt(before: dict[str, list[Any]], parts: list[Any]) -> dict[str, list[Any]]:
    """What the browser makes of it."""
    found: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for part in parts:
        for name in COLUMNS:
            found[name] += before[name][part[0] : part[0] + part[1]] if isinstance(part, list) else part[name]
    return found


@given(ROWS, ROWS)
def test_the_old_curve_and_the_segments_are_the_new_curve(old: list[Any], new: list[Any]) -> None:
    before, now = columns(old), columns(new)

    assert rebuilt(before, segments(before, now)) == now


def test_of_a_curve_that_grew_only_the_new_rows_are_told() -> None:
    before = columns([(n, n, n, n / 10) for n in range(500)])
    now = columns([(n, n, n, n / 10) for n in range(503)])

    told = segments(before, now)

    assert told == [[0, 500], columns([(n, n, n, n / 10) for n in range(500, 503)])]
    assert len(json.dumps(told)) < 150


def test_rows_that_stand_further_on_are_told_by_their_place_and_number() -> None:
    before = columns([(n, n, n, n / 10) for n in range(9)])
    now = columns([(n, n, n, n / 10) for n in (5, 6, 7, 2, 3)])

    assert segments(before, now) == [[5, 3], [2, 2]]
    assert segments(before, columns([])) == []
