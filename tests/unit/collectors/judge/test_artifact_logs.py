"""Event files, loss histories and pictures: how far each can be trusted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.curves import T0, event_file, one_run
from support.evidence_parts import BROKEN, END, absent, facts, stream, table, workspace

from collectors.contract.artifacts import Artifact
from collectors.evidence.files import FileFacts
from collectors.judge.artifacts import build_artifacts
from collectors.training.curves import Losses
from collectors.training.evidence import ReadFile, StreamEvidence
from collectors.training.series import EventFile

TABLE = "artifacts/loss/patchtst_loss_history.csv"


def told(file: Artifact) -> tuple[str, str, bool | None]:
    """Level, detail and whether it is of the run."""
    return file.level.value, file.detail, file.belongs_to_run


def logs(s: StreamEvidence) -> list[tuple[str, str, bool | None]]:
    return [told(one) for one in build_artifacts(workspace(s), {}).logs]


def with_evidence(**more: Any) -> EventFile:
    file = event_file()
    return replace(file, evidence=replace(file.evidence, **more))


def test_event_files_of_the_current_run_are_verified() -> None:
    assert logs(stream()) == [("verified", "6 scalar records", True)]
    (found,) = build_artifacts(workspace(stream()), {}).logs
    assert (found.stream, found.path) == ("patchtst", event_file().facts.path)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"damaged": 1}, ("readable", "6 scalar records, 1 damaged record", True)),
        ({"damaged": 2}, ("readable", "6 scalar records, 2 damaged records", True)),
        ({"findings": BROKEN}, ("readable", "6 scalar records", True)),
        ({"records": 1, "series": {}}, ("verified", "0 scalar records", True)),
        ({"records": 0, "series": {}}, ("present", "0 scalar records", True)),
    ],
)
def test_damaged_records_keep_an_event_file_from_being_verified(changed: Any, expected: Any) -> None:
    assert logs(stream(events=(with_evidence(**changed),))) == [expected]


def test_where_none_is_there_the_folder_is_missing() -> None:
    none = stream(events=(), run=None)

    assert [(level, belongs) for level, _, belongs in logs(none)] == [("missing", None)]
    (found,) = build_artifacts(workspace(none), {}).logs
    assert none.stream.events is not None
    assert (found.path, found.stream) == (none.stream.events.folder, "patchtst")


def test_event_files_of_an_older_run_are_readable() -> None:
    older = event_file(T0 - 500)
    not_of_it = ("readable", "6 scalar records", False)

    assert logs(stream(events=(older, event_file()))) == [not_of_it, ("verified", "6 scalar records", True)]
    assert logs(stream(in_current_run=False)) == [not_of_it]
    assert logs(stream(run=None)) == [not_of_it]


def test_a_header_that_its_run_left_out_is_of_no_run() -> None:
    header, other = "runs/patchtst_ssl/header", event_file()
    empty = replace(with_evidence(records=1, series={}), facts=facts(header))
    full = replace(other, facts=facts("runs/patchtst_ssl/aside"))
    run = replace(one_run(), left_out=(header, full.facts.path))

    found = build_artifacts(workspace(stream(events=(empty, full, other), run=run)), {}).logs
    assert {file.path: file.belongs_to_run for file in found} == {
        header: False, full.facts.path: True, other.facts.path: True,
    }  # fmt: skip


def test_every_file_of_a_resumed_run_is_of_it() -> None:
    both = (event_file(), event_file(T0 + 60, first_step=4, val=(0.6,)))
    run = replace(one_run(), files=both)

    assert logs(stream(events=both, run=run)) == [
        ("verified", "6 scalar records", True),
        ("verified", "2 scalar records", True),
    ]


def test_an_event_file_that_cannot_be_opened_is_present_and_says_why() -> None:
    s = stream(unreadable_events=(("runs/x", "is a FIFO"),))
    found = build_artifacts(workspace(s), {}).logs[1]

    assert told(found) == ("present", "is a FIFO", None)
    assert (found.path, found.stream) == ("runs/x", "patchtst")
    assert logs(replace(s, events=())) == [("present", "is a FIFO", None)]


def test_a_stream_without_event_files_lacks_them() -> None:
    (found,) = build_artifacts(workspace(stream(events=())), {}).logs

    assert told(found) == ("missing", "not there", None)
    assert (found.path, found.stream) == ("runs/patchtst_ssl", "patchtst")


def test_each_of_two_streams_has_half_the_rows() -> None:
    many = tuple(event_file(T0 + n) for n in range(60))
    streams = (stream("patchtst", events=many), stream("swinmae"))

    found = build_artifacts(workspace(*streams), {})

    assert [one.stream for one in found.logs] == ["patchtst"] * 25 + ["swinmae"]
    assert found.not_listed == {"logs": 35}


def loss_files(**more: Any) -> list[tuple[str, str, bool | None]]:
    return [told(one) for one in build_artifacts(workspace(stream(**more)), {}).loss_files]


def test_a_sound_loss_history_of_the_run_is_verified() -> None:
    assert loss_files() == [("verified", "3 rows", True)]
    (found,) = build_artifacts(workspace(stream()), {}).loss_files
    assert (found.path, found.stream, found.sha256) == (TABLE, "patchtst", "b" * 64)
    assert loss_files(loss_table=table(TABLE, (0.9,))) == [("verified", "1 row", True)]
    assert loss_files(loss_table=None) == []


@pytest.mark.parametrize("belongs", [False, None])
def test_a_loss_history_of_another_run_or_an_unknown_one_is_readable(belongs: bool | None) -> None:
    assert loss_files(losses=Losses("events", table_belongs=belongs)) == [("readable", "3 rows", belongs)]


def test_a_loss_history_of_a_stream_that_is_not_in_the_current_run_is_not_of_it() -> None:
    """As its checkpoint and its event files are not."""
    assert loss_files(in_current_run=False) == [("readable", "3 rows", False)]
    assert loss_files(in_current_run=False, losses=Losses("loss_history")) == [("readable", "3 rows", None)]


def test_an_unsound_loss_history_is_present_and_its_error_is_told() -> None:
    broken = table(TABLE, findings=BROKEN)

    assert loss_files(loss_table=broken) == [("present", "cut short (offset 9)", True)]
    assert loss_files(loss_table=ReadFile(facts(TABLE)), losses=Losses(None)) == [("present", "0 rows", None)]
    assert loss_files(loss_table=absent(TABLE), losses=Losses(None)) == [("missing", "not there", None)]


@pytest.mark.parametrize(("at", "belongs"), [(END, True), (T0 - 1.5, False)])
def test_a_picture_is_never_read(at: float, belongs: bool) -> None:
    assert loss_files(picture=facts("curve.png", at))[1] == ("present", "picture, not read", belongs)
    unknown = loss_files(picture=facts("curve.png", at), times_trusted=False)[1]
    assert unknown == ("present", "picture, not read", None)
    (_, found) = build_artifacts(workspace(stream(picture=facts("curve.png", at))), {}).loss_files
    assert (found.stream, found.path) == ("patchtst", "curve.png")


def test_a_picture_that_is_not_there_is_missing() -> None:
    assert loss_files(picture=FileFacts("curve.png", False))[1] == ("missing", "not there", None)
