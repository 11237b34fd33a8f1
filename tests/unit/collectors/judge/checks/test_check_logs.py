"""Check 3: every stream left event files with at least one sound scalar record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.gathered import ERROR, WARNING, evidence_of, good, patchtst, told, with_own_table, with_stream

from collectors.judge.checks.logs import check_logs
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.series import EventFile

FILE = patchtst().events[0]
PATH = FILE.facts.path
HINT = "Bring back PatchTST's event files below runs/patchtst_ssl, or train again with its event writer on."
OTHER = "swinmae: 1 event file, 10 scalar records, no damaged record"


def seen_with(*files: EventFile, unreadable: tuple[tuple[str, str], ...] = ()) -> WorkspaceEvidence:
    return with_stream(good(), events=files, unreadable_events=unreadable)


def changed(path: str = PATH, **changes: Any) -> EventFile:
    return replace(FILE, facts=replace(FILE.facts, path=path), evidence=replace(FILE.evidence, **changes))


def test_event_files_pass_with_their_counts() -> None:
    found = check_logs(good())

    assert told(found) == (
        "pass", f"patchtst: 1 event file, 16 scalar records, no damaged record; {OTHER}", None,
    )  # fmt: skip
    assert evidence_of(found) == [(PATH, "patchtst"), (good().streams[1].events[0].facts.path, "swinmae")]


def test_records_of_every_file_count_and_the_newest_file_is_named() -> None:
    found = check_logs(seen_with(FILE, changed("runs/patchtst_ssl/b.tfevents.2", damaged=1)))

    assert found.detail == f"patchtst: 2 event files, 32 scalar records, 1 damaged record; {OTHER}"
    assert found.evidence[0].path == "runs/patchtst_ssl/b.tfevents.2"


@pytest.mark.parametrize(("damaged", "words"), [(1, "1 damaged record"), (5, "5 damaged records")])
def test_damaged_records_are_told_and_do_not_fail_what_is_left(damaged: int, words: str) -> None:
    found = check_logs(seen_with(changed(damaged=damaged)))

    assert told(found) == ("pass", f"patchtst: 1 event file, 16 scalar records, {words}; {OTHER}", None)


def test_errors_and_warnings_beside_sound_records_are_warnings_with_their_file() -> None:
    found = check_logs(seen_with(changed(findings=(WARNING,)), changed("runs/patchtst_ssl/c", findings=(ERROR,))))

    assert found.outcome == "pass"
    assert found.detail.startswith(
        "patchtst: 2 event files, 32 scalar records, no damaged record "
        f"[warning: runs/patchtst_ssl/c: expected this, found that (line 3)] [warning: {PATH}: an odd thing]"
    )


def test_no_event_file_fails_and_says_where_one_was_looked_for() -> None:
    found = check_logs(seen_with())

    assert told(found) == ("fail", f"patchtst: no event file below runs/patchtst_ssl; {OTHER}", HINT)
    assert evidence_of(found)[0] == ("runs/patchtst_ssl", "patchtst")


def test_event_files_of_the_workspace_itself_are_missed_in_this_folder() -> None:
    seen = seen_with()
    events = patchtst().stream.events
    assert events is not None
    stream = patchtst().stream.model_copy(update={"events": events.model_copy(update={"folder": "."})})

    hint = told(check_logs(with_stream(seen, stream=stream)))[2]

    assert hint == HINT.replace("runs/patchtst_ssl", "this folder")


def test_where_a_table_of_its_own_holds_the_losses_it_is_asked_instead_of_event_files_that_are_not_there() -> None:
    seen = with_own_table(seen_with())

    assert told(check_logs(seen)) == (
        "pass", f"patchtst: artifacts/loss/patchtst_loss_history.csv, 8 rows; {OTHER}", None,
    )  # fmt: skip
    assert check_logs(with_stream(seen, unreadable_events=(("runs/a", "is a folder"),))).outcome == "fail"
    assert check_logs(with_stream(seen, instead_of_events="runs/patchtst_ssl: no permission")).outcome == "fail"


def test_event_files_that_cannot_be_opened_are_named_with_the_reason() -> None:
    found = check_logs(seen_with(unreadable=(("runs/a", "no permission"), ("runs/b", "is a folder"))))

    assert told(found) == ("fail", f"patchtst: runs/a: no permission; runs/b: is a folder; {OTHER}", HINT)


def test_a_header_alone_is_no_training() -> None:
    found = check_logs(seen_with(changed(series={})))

    assert told(found) == ("fail", f"patchtst: 1 event file, no scalar record yet; {OTHER}", HINT)
    assert evidence_of(found)[0] == (PATH, "patchtst")


def test_without_a_scalar_record_the_files_errors_are_told() -> None:
    found = check_logs(
        seen_with(changed(series={}, findings=(WARNING, ERROR)), changed("runs/d", series={}, findings=(ERROR,)))
    )

    error = "expected this, found that (line 3)"
    assert told(found) == ("fail", f"patchtst: {PATH}: {error}; runs/d: {error}; {OTHER}", HINT)
