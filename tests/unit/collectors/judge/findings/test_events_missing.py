"""Event files that were announced and are not there, beside a table that holds the losses."""

from __future__ import annotations

from support.gathered import good, with_own_table, with_stream

from collectors.contract.values import Outcome
from collectors.judge.checklist import judge
from collectors.judge.findings.events_missing import find_events_missing
from collectors.training.evidence import WorkspaceEvidence


def bare() -> WorkspaceEvidence:
    return with_own_table(with_stream(good(), events=(), run=None, instead_of_events="it is empty"))


def outcomes(seen: WorkspaceEvidence) -> dict[str, Outcome]:
    return {c.id: c.outcome for c in judge(seen).checks if c.id in ("logs", "provenance")}


def test_the_stream_whose_table_stands_alone_is_told_with_what_lies_there() -> None:
    (found,) = find_events_missing(bare())

    assert (found.stream, found.path) == ("patchtst", "runs/patchtst_ssl")
    assert found.text == "patchtst: no event file below runs/patchtst_ssl: it is empty"


def test_where_event_files_are_there_or_something_is_in_their_way_it_is_silent() -> None:
    assert list(find_events_missing(good())) == []
    assert list(find_events_missing(with_stream(bare(), unreadable_events=(("a", "no permission"),)))) == []
    assert list(find_events_missing(with_stream(bare(), instead_of_events="runs/patchtst_ssl: no permission"))) == []


def test_it_warns_and_a_table_that_copies_the_event_files_does_not_stand_for_them() -> None:
    assert outcomes(bare())["logs"] is Outcome.PASS
    copies = with_stream(good(), events=(), run=None, instead_of_events="it is empty")
    assert outcomes(copies) == {"logs": Outcome.FAIL, "provenance": Outcome.SKIP}
