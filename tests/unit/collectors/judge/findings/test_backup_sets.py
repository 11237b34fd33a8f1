"""What the newest backup holds besides the bytes of checkpoints and configs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from support.gathered import ERROR, good, reread, unread, with_config, with_progress, with_stream

from collectors.contract.values import Outcome, Status
from collectors.evidence.archive import ArchiveMember
from collectors.judge.checklist import judge
from collectors.judge.findings.backup_sets import LOSSES, SCALER, SCATTERED, SEVERAL
from collectors.judge.findings.spec import FindingSpec, Found
from collectors.training.evidence import ReadFile, WorkspaceEvidence

BUNDLE: ReadFile[Any] = good().backups[0]
MEMBERS: tuple[ArchiveMember, ...] = BUNDLE.evidence.members
PATH = "artifacts/bundles/run_bundle.zip"
CHECKPOINT, TABLE, SCALER_PATH = (
    "checkpoints/patchtst_ssl.pt", "artifacts/loss/patchtst_loss_history.csv", "artifacts/scaler_fdc.json",
)  # fmt: skip


def holding(members: Sequence[ArchiveMember]) -> WorkspaceEvidence:
    return replace(good(), backups=(reread(BUNDLE, members=tuple(members)),))


def below(root: str, members: Sequence[ArchiveMember] = MEMBERS, **changes: Any) -> list[ArchiveMember]:
    """The same copies under a folder of the archive."""
    return [replace(m, name=f"{root}{m.name}", **changes) for m in members]


def without(*paths: str) -> list[ArchiveMember]:
    return [m for m in MEMBERS if m.name not in paths]


def found(spec: FindingSpec, seen: WorkspaceEvidence) -> list[Found]:
    return list(spec.find(seen))


def outcomes(seen: WorkspaceEvidence) -> tuple[Outcome, Outcome]:
    """Of checks 5 and 9."""
    checks = {c.id: c.outcome for c in judge(seen).checks}
    return checks["backup"], checks["provenance"]


def test_copies_under_a_top_folder_are_a_whole_set() -> None:
    seen = holding(below("project/"))

    assert [found(spec, seen) for spec in (SCATTERED, SEVERAL, SCALER, LOSSES)] == [[], [], [], []]
    assert outcomes(seen) == (Outcome.PASS, Outcome.PASS)


def test_copies_under_two_folders_fail_and_both_are_named() -> None:
    seen = holding([*below("one/", MEMBERS[:3]), *below("other/", MEMBERS[3:])])

    (only,) = found(SCATTERED, seen)
    assert only.text == (
        f"{PATH} holds {CHECKPOINT} under `one/`, configs/patchtst_ssl_real.yaml under `one/`, "
        "checkpoints/swinmae_ssl.pt under `one/`, configs/swinmae_ssl_real.yaml under `other/`, and no folder of it "
        "holds them all"
    )
    assert outcomes(seen)[0] is Outcome.FAIL


def test_an_archive_without_folders_is_searched_by_name() -> None:
    seen = holding([replace(m, name=m.name.rpartition("/")[2]) for m in MEMBERS])

    assert [found(spec, seen) for spec in (SCATTERED, SEVERAL, SCALER, LOSSES)] == [[], [], [], []]
    assert outcomes(seen) == (Outcome.PASS, Outcome.PASS)


def test_a_second_complete_set_is_told_and_the_one_of_today_counts() -> None:
    old = below("before/", crc32=1)

    for members in ([*MEMBERS, *old], [*old, *below("now/")]):
        seen = holding(members)
        (only,) = found(SEVERAL, seen)
        assert "`before/`" in only.text
        assert outcomes(seen) == (Outcome.PASS, Outcome.PASS)
    assert only.text == f"{PATH} holds a complete set of copies under `now/` and further ones under `before/`"


def test_a_complete_set_of_other_bytes_counts_before_parts_of_todays() -> None:
    """Unpacking gives that set: today's checkpoint without its config is no backup of it."""
    seen = holding([*below("before/", crc32=1), *below("now/", without("configs/swinmae_ssl_real.yaml"))])

    assert outcomes(seen) == (Outcome.PASS, Outcome.FAIL)


def test_a_backup_without_the_scaler_fails_where_each_run_writes_it() -> None:
    seen = holding(without(SCALER_PATH))

    (only,) = found(SCALER, seen)
    assert (only.level, only.stream) == ("fail", "patchtst")
    assert only.text == f"{PATH} holds no {SCALER_PATH}, without which its checkpoint cannot be used"
    assert outcomes(seen) == (Outcome.FAIL, Outcome.PASS)


def test_elsewhere_it_is_told_and_passes() -> None:
    spec = good().config.scaler
    assert spec is not None
    seen = with_config(holding(without(SCALER_PATH)), scaler={**spec.model_dump(), "written": None})

    assert [f.level for f in found(SCALER, seen)] == [None]
    assert outcomes(seen) == (Outcome.PASS, Outcome.PASS)


def test_a_scaler_outside_the_sets_folder_is_none_of_it() -> None:
    seen = holding(
        [*below("now/", without(SCALER_PATH)), *below("before/", [m for m in MEMBERS if m.name == SCALER_PATH])]
    )

    (only,) = found(SCALER, seen)
    assert f"no {SCALER_PATH} beside the checkpoints under `now/`" in only.text


def test_another_scaler_in_the_backup_fails_check_9() -> None:
    seen = holding([replace(m, crc32=1) if m.name == SCALER_PATH else m for m in MEMBERS])

    assert outcomes(seen) == (Outcome.PASS, Outcome.FAIL)
    assert f"holds another {SCALER_PATH}" in next(c.detail for c in judge(seen).checks if c.id == "provenance")


def test_no_scaler_in_the_workspace_asks_for_no_copy() -> None:
    assert good().scaler is not None
    for scaler in (unread(good().scaler), None):
        assert found(SCALER, replace(holding(without(SCALER_PATH)), scaler=scaler)) == []
    assert found(SCALER, with_config(holding(without(SCALER_PATH)), scaler=None)) == []


def test_missing_loss_histories_are_told_and_pass() -> None:
    seen = holding(without(TABLE))

    (only,) = found(LOSSES, seen)
    assert only.text == f"{PATH} holds no {TABLE}: what it was trained to is not in it"
    assert outcomes(seen) == (Outcome.PASS, Outcome.PASS)
    assert found(LOSSES, with_stream(seen, loss_table=None)) == []


@pytest.mark.parametrize("spec", [SCATTERED, SEVERAL, SCALER, LOSSES], ids=lambda spec: spec.id)
def test_no_archive_an_unsound_one_and_a_running_training_say_nothing(spec: FindingSpec) -> None:
    bad = holding(below("a/", MEMBERS[:1]))
    unsound = reread(bad.backups[0], findings=(ERROR,))

    for backups in ((), (unread(BUNDLE),), (unsound,), (replace(bad.backups[0], being_written=True),)):
        assert found(spec, replace(bad, backups=backups)) == []
    assert found(spec, with_progress(bad, status=Status.RUNNING)) == []
