"""Check 1: every stream's checkpoint is there and sound."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.gathered import ERROR, WARNING, evidence_of, good, patchtst, reread, told, unread, with_stream

from collectors.evidence.files import Finding
from collectors.judge.checks.checkpoints import check_checkpoints
from collectors.judge.describe import describe_checkpoint
from collectors.training.evidence import WorkspaceEvidence

FILE = patchtst().checkpoint
DESCRIBED = [f"{s.id}: {describe_checkpoint(s.checkpoint.evidence)}" for s in good().streams if s.checkpoint.evidence]


def holding(**changes: object) -> WorkspaceEvidence:
    return with_stream(good(), checkpoint=reread(FILE, **changes))


def test_sound_checkpoints_pass_and_are_described() -> None:
    found = check_checkpoints(good())

    assert told(found) == ("pass", "; ".join(DESCRIBED), None)
    assert evidence_of(found) == [
        ("checkpoints/patchtst_ssl.pt", "patchtst"),
        ("checkpoints/swinmae_ssl.pt", "swinmae"),
    ]


def test_a_warning_is_told_and_does_not_fail() -> None:
    found = check_checkpoints(holding(findings=(WARNING,)))

    assert told(found) == ("pass", f"{DESCRIBED[0]} [warning: an odd thing]; {DESCRIBED[1]}", None)


def test_a_missing_checkpoint_fails_and_says_where_it_should_be() -> None:
    found = check_checkpoints(replace(with_stream(good(), checkpoint=unread(FILE)), backups=()))

    assert told(found) == (
        "fail",
        f"patchtst: checkpoints/patchtst_ssl.pt is missing; {DESCRIBED[1]}",
        "Train PatchTST; it should save checkpoints/patchtst_ssl.pt.",
    )
    assert evidence_of(found)[0] == ("checkpoints/patchtst_ssl.pt", "patchtst")


def test_a_missing_checkpoint_that_the_backup_holds_is_brought_back() -> None:
    found = check_checkpoints(with_stream(good(), checkpoint=unread(FILE)))

    assert found.hint == ("Restore PatchTST's checkpoint from the backup, which tests sound.")


def test_a_checkpoint_that_cannot_be_opened_says_why() -> None:
    found = check_checkpoints(with_stream(good(), checkpoint=unread(FILE, "no permission")))

    assert found.detail.startswith("patchtst: checkpoints/patchtst_ssl.pt: no permission; ")


def test_an_unsound_checkpoint_fails_with_its_errors() -> None:
    found = check_checkpoints(holding(findings=(WARNING, ERROR)))

    assert told(found) == (
        "fail",
        f"patchtst: checkpoints/patchtst_ssl.pt: expected this, found that (line 3); {DESCRIBED[1]}",
        "Save the checkpoint of PatchTST again, train again, or restore it from a backup that tests sound.",
    )
    assert evidence_of(found)[0] == ("checkpoints/patchtst_ssl.pt", "patchtst")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"checksum": "bad"}, "PatchTST's checkpoint is damaged"),
        ({"format": "unknown"}, "PatchTST's checkpoint is of no known format"),
        ({}, "PatchTST's checkpoint is not sound"),
        (
            {"format": "unknown", "findings": (Finding("error", "expected a checkpoint, found a Git LFS pointer"),)},
            "PatchTST's checkpoint is a Git LFS pointer, not the file itself",
        ),
    ],
)
def test_what_is_wrong_with_a_checkpoint_is_said_in_a_line(changes: dict[str, object], words: str) -> None:
    assert check_checkpoints(holding(**{"findings": (ERROR,)} | changes)).short == words


def test_an_unsound_checkpoint_that_is_being_written_is_not_judged_yet() -> None:
    file = replace(reread(FILE, findings=(ERROR,)), being_written=True)

    found = check_checkpoints(with_stream(good(), checkpoint=file))

    assert told(found) == (
        "skip",
        f"patchtst: checkpoints/patchtst_ssl.pt is being written; {DESCRIBED[1]}",
        "It is being written; look again in a moment.",
    )
    assert evidence_of(found)[0] == ("checkpoints/patchtst_ssl.pt", "patchtst")


def test_a_checkpoint_that_is_written_anew_and_sound_passes() -> None:
    assert check_checkpoints(with_stream(good(), checkpoint=replace(FILE, being_written=True))).outcome == "pass"


def test_a_format_that_no_reader_proves_is_neither_passed_nor_failed() -> None:
    found = check_checkpoints(holding(format="opaque", opaque="an orbax checkpoint", tensors=(), size_bytes=1500))

    assert told(found) == (
        "skip",
        "patchtst: checkpoints/patchtst_ssl.pt: 1.50 kB, an orbax checkpoint: no reader proves this format; "
        + DESCRIBED[1],
        "Save the weights also in a format that is read, such as safetensors or torch, and name that file.",
    )


def test_what_is_wrong_with_a_format_that_no_reader_proves_fails() -> None:
    found = check_checkpoints(holding(format="opaque", opaque="a pickle", findings=(ERROR,)))

    assert found.outcome == "fail"


def test_state_of_the_training_may_be_infinite_and_is_said() -> None:
    found = check_checkpoints(holding(nonfinite_aside=("callbacks.best", "optimizer.state")))

    assert found.outcome == "pass"
    assert "the model finite (2 tensors beside it not)" in found.detail
