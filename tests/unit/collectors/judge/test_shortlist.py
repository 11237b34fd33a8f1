"""Thousands of files of one kind: which are worth a row, and how many more there are."""

from __future__ import annotations

from typing import Any

import pytest
from support.curves import T0, event_file
from support.evidence_parts import BROKEN, absent, facts, report, stream, workspace

from collectors.evidence.files import FileFacts
from collectors.judge.shortlist import (
    MOST_LISTED,
    Listing,
    first_of,
    listed_backups,
    listed_logs,
    listed_reports,
    listed_stage_files,
    not_listed,
)
from collectors.training.evidence import ReadFile

KEEP = {"decision": "keep", "hard_fails": []}


def test_as_many_as_fit_are_all_listed() -> None:
    assert first_of("abc", lambda _: True, most=3) == Listing(("a", "b", "c"), 0)
    assert first_of("", lambda _: True) == Listing((), 0)


def test_of_more_the_first_are_listed_and_wrong_ones_before_others_in_their_order() -> None:
    assert first_of("abcd", lambda _: False, most=3) == Listing(("a", "b", "c"), 1)
    assert first_of("abcd", "d".__eq__, most=2) == Listing(("a", "d"), 2)
    assert first_of("abcd", "bcd".__contains__, most=2) == Listing(("b", "c"), 2)


def test_fifty_rows_of_one_kind_are_the_most() -> None:
    assert MOST_LISTED == 50
    assert first_of(range(51), lambda _: False) == Listing(tuple(range(50)), 1)


def test_archives_are_listed_as_they_come() -> None:
    many = tuple(ReadFile(facts(f"{n:02}.zip")) for n in range(52))

    assert listed_backups(workspace(backups=many)) == Listing(many[:50], 2)


@pytest.mark.parametrize(
    "wrong",
    [
        report({"decision": "drop"}),
        report({"decision": "keep", "hard_fails": ["x"]}),
        report(["keep"]),
        report(None, findings=BROKEN),
        absent("r.json", "no permission"),
    ],
)
def test_a_report_that_keeps_nothing_is_listed_before_those_that_keep(wrong: Any) -> None:
    kept = tuple(report(KEEP, name=str(n)) for n in range(50))

    found = listed_reports(workspace(reports=(*kept, wrong)))

    assert found == Listing((*kept[:49], wrong), 1)


def logs_of(sound: int, unreadable: int, streams: int = 1) -> tuple[list[float | None], list[str], int]:
    """Starts of the sound files and names of the unreadable ones that are listed, and how many are not."""
    s = stream(
        events=tuple(event_file(T0 + n) for n in range(sound)),
        unreadable_events=tuple((f"u{n}", "no permission") for n in range(unreadable)),
    )
    found = listed_logs(s, streams)
    return [f.name.started_at for f in found.events], [path for path, _ in found.unreadable], found.more


def test_a_stream_alone_lists_its_fifty_newest_event_files() -> None:
    assert logs_of(50, 0) == ([T0 + n for n in range(50)], [], 0)
    assert logs_of(52, 0) == ([T0 + n for n in range(2, 52)], [], 2)


def test_streams_share_the_rows_and_each_has_one_at_least() -> None:
    assert logs_of(30, 0, streams=2) == ([T0 + n for n in range(5, 30)], [], 5)
    assert logs_of(3, 0, streams=99) == ([T0 + 2], [], 2)
    assert logs_of(1, 0, streams=0) == ([T0], [], 0)


def test_files_that_cannot_be_opened_have_half_the_rows_or_what_is_left() -> None:
    sound, unreadable, more = logs_of(60, 60)
    assert (len(sound), unreadable, more) == (25, [f"u{n}" for n in range(25)], 70)
    sound, unreadable, more = logs_of(10, 60)
    assert (len(sound), len(unreadable), more) == (10, 40, 20)
    sound, unreadable, more = logs_of(60, 3)
    assert (len(sound), len(unreadable), more) == (47, 3, 13)


def test_a_single_row_shows_the_newest_sound_file() -> None:
    assert logs_of(2, 0, streams=50) == ([T0 + 1], [], 1)
    assert logs_of(2, 2, streams=25) == ([T0 + 1], ["u0"], 2)


def test_of_a_stages_files_the_newest_are_listed_by_path_and_problems_first() -> None:
    files = tuple(facts(f"{99 - n}.csv", T0 + n) for n in range(51))
    broken = FileFacts("zz.csv", True, 1, T0 - 9, problem="no permission")
    timeless = facts("a.csv", None)

    found = listed_stage_files(workspace(stage_files={"raw": (timeless, *files, broken), "few": files[:1]}))

    assert found["few"] == Listing(files[:1], 0)
    assert [f.path for f in found["raw"].files] == [*(f"{n}.csv" for n in range(49, 98)), "zz.csv"]
    assert found["raw"].more == 3


def test_groups_with_more_files_than_rows_are_counted_and_others_left_out() -> None:
    assert not_listed(workspace()) == {}
    seen = workspace(
        stream("patchtst", events=tuple(event_file(T0 + n) for n in range(28))),
        stream("swinmae", events=tuple(event_file(T0 + n) for n in range(27))),
        backups=tuple(ReadFile(facts(f"{n:02}.zip")) for n in range(51)),
        reports=tuple(report(KEEP, name=str(n)) for n in range(54)),
        stage_files={"a": tuple(facts(f"{n}") for n in range(52)), "b": tuple(facts(f"{n}") for n in range(51))},
    )

    assert not_listed(seen) == {"logs": 5, "backup": 1, "documents": 4, "stage_files": 3}
