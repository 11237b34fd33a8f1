"""What one collection read: questions that its records answer themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.evidence_parts import absent, checkpoint, facts, stream, table, training_config, untrained, workspace

from collectors.contract.values import Status
from collectors.evidence.files import FileFacts
from collectors.training.evidence import ReadFile, StreamEvidence

RUNNING, DONE, FAIL, IDLE, STALLED = Status.RUNNING, Status.DONE, Status.FAIL, Status.IDLE, Status.STALLED


def test_a_file_is_missing_where_nothing_is_and_absent_where_nothing_leads_to_it_either() -> None:
    there, gone, link = checkpoint("a.pt"), absent("a.pt"), absent("a.pt", "is a link to nowhere")

    assert [(f.missing, f.absent) for f in (there, gone, link)] == [(False, False), (True, True), (True, False)]
    assert there.path == "a.pt"


def test_the_files_of_a_file_are_its_parts_each_once_or_itself() -> None:
    one, other, whole = checkpoint("a.pt"), checkpoint("b.pt"), checkpoint("index.json")

    assert whole.files == (whole,)
    assert replace(whole, parts=(one, other, one)).files == (one, other)


def test_what_was_not_read_has_no_contents() -> None:
    read = stream(config=training_config(data={"lr": 1}))

    assert (read.config_data, stream(config=None).config_data) == ({"lr": 1}, None)
    assert stream(config=absent("c.yaml")).config_data is None
    assert read.checkpoint_evidence is not None
    assert stream(checkpoint=None).checkpoint_evidence is None
    assert stream(checkpoint=absent("a.pt")).checkpoint_evidence is None


def by_table(*, same_as_events: bool = False, **more: Any) -> StreamEvidence:
    """A stream without an event file whose table has the losses."""
    s = stream(**({"events": (), "run": None} | more))
    described = s.stream.loss_history
    assert described is not None
    history = described.model_copy(update={"same_as_events": same_as_events})
    return replace(s, stream=s.stream.model_copy(update={"loss_history": history}))


def test_losses_are_told_by_a_table_alone_where_no_event_file_nor_anything_in_their_way_is_there() -> None:
    s = by_table()
    events = s.stream.events
    assert events is not None
    assert s.losses.source == "loss_history"
    assert s.is_told_by_table_alone
    assert replace(s, instead_of_events="text files lie there").is_told_by_table_alone
    for other in (
        by_table(same_as_events=True),
        by_table(events=stream().events),
        by_table(unreadable_events=(("a", "no permission"),)),
        replace(s, instead_of_events=f"{events.folder}: no permission"),
        replace(s, losses=replace(s.losses, source="events")),
        replace(s, stream=s.stream.model_copy(update={"events": None})),
        replace(s, stream=s.stream.model_copy(update={"loss_history": None})),
    ):
        assert not other.is_told_by_table_alone


def test_what_was_scored_is_known_by_the_hashes_of_checkpoint_and_config() -> None:
    unknown: ReadFile[Any] = ReadFile(facts("c"))

    hashed = replace(checkpoint(), sha256="c" * 64)
    assert stream(checkpoint=hashed).scored_hashes == ("c" * 64, "d" * 64)
    assert stream(checkpoint=hashed, config=None).scored_hashes == ("c" * 64, "")
    assert stream(checkpoint=None).scored_hashes == ("", "d" * 64)
    assert stream(checkpoint=None, config=None).scored_hashes is None
    assert stream(checkpoint=unknown).scored_hashes is None
    assert stream(checkpoint=hashed, config=unknown).scored_hashes is None


def test_a_stream_is_found_by_its_id() -> None:
    first, second = stream("patchtst"), stream("swinmae")

    assert workspace(first, second).of("swinmae") is second
    with pytest.raises(KeyError):
        workspace(first).of("swinmae")


def states(*told: tuple[Status, bool]) -> tuple[bool, bool]:
    """Whether a run of streams in these states, of the current run or not, has ended and has diverged."""
    seen = workspace(*(stream(status=status, in_current_run=current) for status, current in told))
    return seen.has_ended, seen.has_diverged


def test_a_run_has_ended_once_something_of_it_has_and_nothing_runs() -> None:
    for status in (DONE, FAIL, STALLED):
        assert states((status, True)) == (True, status is FAIL)
        assert states((status, True), (IDLE, True)) == (True, status is FAIL)
        assert states((status, True), (RUNNING, True)) == (False, status is FAIL)
        assert states((status, False), (IDLE, True)) == (False, status is FAIL), "it is of another run"
    assert states((RUNNING, True)) == states((IDLE, True)) == (False, False)
    assert states((DONE, True), (RUNNING, False)) == (False, False)


def test_a_stream_is_to_follow_while_the_process_lives_that_has_just_ended_another_one() -> None:
    done = stream("patchtst", progress_={"lingers": True})
    idle = stream("swinmae", IDLE)

    assert [s is idle for s in workspace(done, idle).to_follow] == [True]
    assert not workspace(done).to_follow
    assert not workspace(stream("patchtst"), idle).to_follow
    assert not workspace(replace(done, in_current_run=False), idle).to_follow
    assert not workspace(done, stream("patchtst", STALLED), idle).to_follow
    assert (workspace(done, idle).is_under_way, workspace(done, idle).has_ended) == (True, False)


def test_any_sign_of_a_run_is_one() -> None:
    nothing = untrained()
    assert workspace(nothing).nothing_trained
    assert workspace(replace(nothing, checkpoint=None)).nothing_trained
    assert workspace(replace(nothing, loss_table=absent("t.csv"))).nothing_trained
    for sign in (
        {"events": stream().events},
        {"unreadable_events": (("a", "no permission"),)},
        {"losses": stream().losses},
        {"checkpoint": checkpoint()},
        {"checkpoint": absent("a.pt", "is a link to nowhere")},
        {"loss_table": table("t.csv")},
        {"loss_table": ReadFile(FileFacts("t.csv", False, problem="no permission"))},
        {"progress": replace(nothing.progress, started_at=1.0)},
    ):
        assert not workspace(nothing, replace(nothing, **sign)).nothing_trained, sign.keys()  # type: ignore[arg-type]
