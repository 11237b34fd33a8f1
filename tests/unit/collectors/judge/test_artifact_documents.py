"""Archives, documents and readiness: which archive is of this run, and what each kind of file is worth."""

from __future__ import annotations

from typing import Any

import pytest
from support.evidence_parts import (
    BROKEN,
    CRC,
    absent,
    archive,
    check,
    facts,
    policy,
    report,
    stream,
    workspace,
)

from collectors.contract.artifacts import Artifact, Artifacts
from collectors.evidence.archive import ArchiveMember
from collectors.judge.artifacts import build_artifacts
from collectors.training.evidence import ReadFile, StreamEvidence

NOT_SOUND = "cut short (offset 9)"


def built(*streams: StreamEvidence, **more: Any) -> Artifacts:
    return build_artifacts(workspace(*streams, **more), {})


def told(file: Artifact) -> tuple[str, str, bool | None]:
    """Level, detail and whether it is of the run."""
    return file.level.value, file.detail, file.belongs_to_run


def of_backup(*streams: StreamEvidence, **more: Any) -> tuple[str, str, bool | None]:
    return told(built(*streams, backups=(archive(*streams, **more),)).backup[0])


def test_an_archive_of_todays_checkpoints_and_configs_is_verified() -> None:
    assert of_backup(stream("patchtst"), stream("swinmae")) == ("verified", "zip, 4 members", True)
    (found,) = built(stream(), backups=(archive(stream()),)).backup
    assert (found.stream, found.sha256) == (None, "9" * 64)
    assert of_backup(stream(), tested="part") == ("readable", "zip, 2 members", True)
    assert of_backup(stream(), findings=BROKEN) == ("present", NOT_SOUND, True)


def members(**crc: int | None) -> tuple[ArchiveMember, ...]:
    names = {"checkpoints": "checkpoints/patchtst_ssl.pt", "configs": "configs/patchtst_ssl_real.yaml"}
    return tuple(ArchiveMember(names[kind], 9, value) for kind, value in (CRC | crc).items())


@pytest.mark.parametrize("kind", ["checkpoints", "configs"])
def test_an_archive_of_an_older_file_is_not_of_this_run(kind: str) -> None:
    assert of_backup(stream(), members=members(**{kind: 7})) == ("readable", "zip, 2 members", False)
    assert of_backup(stream(), members=members(**{kind: None})) == ("readable", "zip, 2 members", None)
    other = "configs" if kind == "checkpoints" else "checkpoints"
    assert of_backup(stream(), members=members(**{kind: None, other: 7}))[2] is False


def test_an_archive_without_a_copy_or_without_anything_to_compare_with_is_of_an_unknown_run() -> None:
    assert of_backup(stream(), members=members()[:1]) == ("readable", "zip, 1 member", None)
    unread = stream(checkpoint=absent("checkpoints/patchtst_ssl.pt"))
    assert of_backup(unread, members=members())[2] is None


def test_only_the_newest_archive_is_read_and_the_others_are_present() -> None:
    older = archive(stream(), name="old")
    first, second = built(stream(), backups=(archive(stream()), older)).backup

    assert first.level == "verified"
    assert told(second) == ("present", "older than the newest archive, not read", None)
    assert second.path == "artifacts/bundles/old.zip"


def test_a_split_policy_and_reports_are_readable_where_they_are_sound() -> None:
    reports = (
        report({"decision": "drop"}), report({"decision": 3}), report(["keep"]), report(None, findings=BROKEN),
        absent("r.json", "no permission"), ReadFile(facts("s.json")),
    )  # fmt: skip

    found = built(reports=reports).documents

    assert [told(one)[:2] for one in found] == [
        ("readable", "text"),
        ("readable", "decision: drop"),
        ("readable", "no decision in it"),
        ("readable", "no decision in it"),
        ("present", "not readable"),
        ("missing", "no permission"),
        ("present", "not readable"),
    ]
    assert [found[0].sha256, found[1].sha256] == ["f" * 64, "a" * 64]


def test_a_split_policy_that_is_no_text_is_present() -> None:
    assert told(built(split_policy=policy(findings=BROKEN)).documents[0]) == ("present", "not text", None)
    assert told(built(split_policy=ReadFile(facts("p.md"))).documents[0])[:2] == ("present", "not text")
    assert built(split_policy=None).documents == ()


NAMES = ("checkpoints", "scaler", "logs", "configs", "backup", "smoke", "split_policy")


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_of_file_is_ready_when_its_own_check_passed(name: str) -> None:
    only = build_artifacts(workspace(), {name: check(name)}).readiness
    others = {one: check(one, "skip" if one == name else "pass") for one in NAMES}

    assert only.model_dump() == {f"{one}_ready": one == name for one in NAMES}
    assert build_artifacts(workspace(), others).readiness.model_dump() == {f"{one}_ready": one != name for one in NAMES}


def test_every_stream_has_its_own_rows_in_order() -> None:
    found = built(stream("swinmae"), stream("patchtst"), scaler=None)

    for group in (found.checkpoints, found.logs, found.configs, found.loss_files):
        assert [one.stream for one in group] == ["swinmae", "patchtst"]
