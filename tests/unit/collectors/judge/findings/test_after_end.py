"""Checkpoints and scalers that were written, or became others, after their run had ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.gathered import START, at, good, patchtst, with_progress, with_stream

from collectors.contract.remembered import SeenFile
from collectors.contract.values import Outcome, Status
from collectors.judge.checklist import judge
from collectors.judge.findings.after_end import find_changed, find_written_late
from collectors.training.evidence import WorkspaceEvidence

END = START + 32
"""PatchTST's last record, and the time of its event file."""
CHECKPOINT, SCALER = "checkpoints/patchtst_ssl.pt", "artifacts/scaler_fdc.json"


def written(after: float, seen: WorkspaceEvidence | None = None) -> WorkspaceEvidence:
    """PatchTST's checkpoint was last written so many seconds after its end."""
    return with_stream(seen or good(), checkpoint=at((seen or good()).of("patchtst").checkpoint, END + after))


def remembered(seen_at: float, digest: str = "0" * 64, path: str = CHECKPOINT, ended_at: float = END) -> dict[str, Any]:
    return {path: SeenFile(digest, seen_at, ended_at)}


def outcome(seen: WorkspaceEvidence) -> Outcome:
    return next(c.outcome for c in judge(seen).checks if c.id == "provenance")


def test_a_checkpoint_of_a_week_later_is_told_with_both_instants_and_passes() -> None:
    seen = written(7 * 86_400)

    (found,) = find_written_late(seen)
    assert (found.path, found.stream) == (CHECKPOINT, "patchtst")
    assert found.text == (
        f"patchtst: the checkpoint {CHECKPOINT} was written 2023-11-21 22:13:52 UTC, 7 d after its run had ended "
        "(2023-11-14 22:13:52 UTC)"
    )
    assert outcome(seen) is Outcome.PASS


@pytest.mark.parametrize(("after", "told"), [(0.5, 0), (60, 0), (600, 0), (601, 1)])
def test_a_last_save_within_minutes_is_honest(after: float, told: int) -> None:
    assert len(list(find_written_late(written(after)))) == told


def test_epochs_of_an_hour_give_the_last_save_three_hours() -> None:
    slow = with_progress(good(), gap=3600.0)

    assert list(find_written_late(written(3 * 3600, slow))) == []
    assert len(list(find_written_late(written(3 * 3600 + 1, slow)))) == 1


def test_a_single_epoch_gives_the_last_save_its_own_length() -> None:
    once = with_progress(good(), gap=None, started_at=END - 9000, last_at=END)

    assert list(find_written_late(written(9000, once))) == []
    assert len(list(find_written_late(written(9001, once)))) == 1


def test_a_scaler_that_was_written_late_is_told_for_its_stream() -> None:
    assert good().scaler is not None
    seen = replace(good(), scaler=at(good().scaler, END + 9000))

    assert [(f.path, f.stream) for f in find_written_late(seen)] == [(SCALER, "patchtst")]


def test_a_table_without_events_says_when_its_run_ended() -> None:
    table = patchtst().loss_table
    assert table is not None and table.facts.modified_at is not None
    seen = with_stream(written(9000), run=None, times_trusted=None)

    assert len(list(find_written_late(seen))) == 1
    assert list(find_written_late(with_stream(seen, loss_table=at(table, END + 9000)))) == []
    assert list(find_written_late(with_stream(seen, loss_table=None))) == []


def test_while_it_trains_and_where_times_were_lost_nothing_is_late() -> None:
    late = written(9000)

    assert list(find_written_late(with_progress(late, status=Status.RUNNING))) == []
    assert list(find_written_late(with_progress(late, status=Status.IDLE))) == []
    assert list(find_written_late(with_stream(late, times_trusted=False))) == []
    assert list(find_written_late(with_stream(late, checkpoint=None))) == []
    assert list(find_written_late(with_stream(late, checkpoint=at(patchtst().checkpoint, None)))) == []


def test_other_bytes_than_were_seen_after_the_end_fail_and_name_both() -> None:
    seen = replace(written(9000), after_end=remembered(END + 700))
    today = patchtst().checkpoint
    assert today is not None and today.sha256 is not None

    (found,) = find_changed(seen)
    assert (found.path, found.stream) == (CHECKPOINT, "patchtst")
    assert found.text == (
        f"patchtst: the checkpoint {CHECKPOINT} (sha256 {today.sha256[:12]}, of 2023-11-15 00:43:52 UTC) is not the "
        "one after the run's end (sha256 000000000000, seen 2023-11-14 22:25:32 UTC)"
    )
    assert outcome(seen) is Outcome.FAIL
    assert list(find_written_late(seen)) == []


@pytest.mark.parametrize(
    ("seen_at", "after", "told"),
    [
        (END + 5, 60, 0),  # the last save
        (END + 5, 600, 0),
        (END + 5, 601, 1),  # nobody saves then any more
        (END + 601, 60, 1),  # seen when it was settled: its time was put back
        (END + 600, 60, 0),
    ],
)
def test_a_last_save_makes_another_file_and_a_later_one_is_a_change(seen_at: float, after: float, told: int) -> None:
    assert len(list(find_changed(replace(written(after), after_end=remembered(seen_at))))) == told


def test_the_same_bytes_written_again_and_another_run_are_no_change() -> None:
    digest = patchtst().checkpoint.sha256  # type: ignore[union-attr]
    assert digest is not None

    assert list(find_changed(replace(written(9000), after_end=remembered(END + 700, digest)))) == []
    assert list(find_changed(replace(written(9000), after_end=remembered(END + 700, ended_at=END - 5000)))) == []
    assert list(find_changed(replace(written(9000), after_end=remembered(END + 700, path="other.pt")))) == []


def test_a_file_that_was_not_hashed_is_not_called_another() -> None:
    bare = with_stream(written(9000), checkpoint=replace(written(9000).of("patchtst").checkpoint, sha256=None))  # type: ignore[type-var]

    assert list(find_changed(replace(bare, after_end=remembered(END + 700)))) == []


def test_a_scaler_that_became_another_fails() -> None:
    seen = replace(good(), after_end=remembered(END + 700, path=SCALER))

    assert [(f.path, f.stream) for f in find_changed(seen)] == [(SCALER, "patchtst")]
