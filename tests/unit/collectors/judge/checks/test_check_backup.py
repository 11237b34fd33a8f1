"""Check 5: the newest archive is sound and holds every stream's checkpoint and config."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.gathered import ERROR, WARNING, evidence_of, good, reread, told, unread, with_config

from collectors.evidence.archive import ArchiveEvidence, ArchiveMember
from collectors.evidence.files import FileFacts
from collectors.judge.checks.backup import check_backup
from collectors.judge.checks.backup_copies import member_for
from collectors.judge.checks.part import Judgement
from collectors.training.evidence import ReadFile

FILE = good().backups[0]
PATH = "artifacts/bundles/run_bundle.zip"
HINT = f"Pack checkpoints, configs, scaler and loss histories into artifacts/bundles/{good().run_id}.zip."
assert FILE.evidence is not None
MEMBERS = FILE.evidence.members


def judged(*files: ReadFile[Any]) -> Judgement:
    return check_backup(replace(good(), backups=files))


def holding(**changes: Any) -> Judgement:
    return judged(reread(FILE, **changes))


def test_a_good_backup_passes_with_its_size_and_members() -> None:
    found = check_backup(good())

    assert told(found) == ("pass", f"{PATH}: 12.7 kB, 7 members, all sound", None)
    assert evidence_of(found) == [(PATH, None)]


@pytest.mark.parametrize(
    ("tested", "words"), [("all", "all sound"), ("part", "tested in part"), ("none", "contents not tested")]
)
def test_how_much_was_tested_is_told(tested: str, words: str) -> None:
    assert holding(tested=tested).detail == f"{PATH}: 12.7 kB, 7 members, {words}"


def test_a_warning_is_told_and_does_not_fail() -> None:
    found = holding(findings=(WARNING,))

    assert told(found) == ("pass", f"{PATH}: 12.7 kB, 7 members, all sound [warning: an odd thing]", None)


def test_no_archive_says_where_one_was_looked_for() -> None:
    found = judged()

    patterns = "artifacts/bundles/*.zip, artifacts/bundles/*.tar.gz, run_bundle*.zip, train_bundle*.zip"
    assert told(found) == ("fail", f"no archive matches {patterns}", HINT)
    assert evidence_of(found) == [(None, None)]


def test_without_a_backup_in_the_configuration_the_remedy_names_no_place() -> None:
    found = check_backup(with_config(replace(good(), backups=()), backup=None))

    assert told(found) == (
        "fail", "no archive matches ",
        "Pack checkpoints, configs, scaler and loss histories.",
    )  # fmt: skip


def test_only_the_newest_archive_counts() -> None:
    assert judged(FILE, reread(FILE, findings=(ERROR,))).outcome == "pass"
    assert judged(reread(FILE, findings=(ERROR,)), FILE).outcome == "fail"


def test_an_archive_that_cannot_be_opened_says_why() -> None:
    found = judged(unread(FILE, "no permission"))

    assert told(found) == ("fail", f"{PATH}: no permission", HINT)
    assert evidence_of(found) == [(PATH, None)]


def test_an_archive_that_is_being_written_is_not_judged_yet() -> None:
    found = judged(replace(reread(FILE, findings=(ERROR,)), being_written=True))

    assert told(found) == ("skip", f"{PATH} is being written", "It is being written; look again in a moment.")
    assert evidence_of(found) == [(PATH, None)]


def test_an_unsound_archive_tells_its_errors() -> None:
    found = holding(findings=(WARNING, ERROR))

    assert told(found) == ("fail", f"{PATH}: expected this, found that (line 3)", HINT)
    assert evidence_of(found) == [(PATH, None)]


def test_what_the_archive_does_not_hold_is_named() -> None:
    found = holding(members=MEMBERS[1:3])

    assert told(found) == (
        "fail", f"{PATH} holds no checkpoints/patchtst_ssl.pt, configs/swinmae_ssl_real.yaml (or an empty one)", HINT,
    )  # fmt: skip
    assert evidence_of(found) == [(PATH, None)]


def test_an_empty_copy_is_no_copy() -> None:
    empty, tiny = (tuple(replace(m, size_bytes=n) for m in MEMBERS[:1]) + MEMBERS[1:] for n in (0, 1))

    assert holding(members=empty).detail == f"{PATH} holds no checkpoints/patchtst_ssl.pt (or an empty one)"
    assert holding(members=tiny).outcome == "pass"


SHARDS = ("out/a-00001-of-00002.bin", "out/a-00002-of-00002.bin")


def test_every_file_of_a_checkpoint_must_be_in_the_archive() -> None:
    """Shards, and files of a format that nobody reads here, of which one may be empty."""
    seen = good()
    s = seen.streams[0]
    assert s.checkpoint is not None
    sizes = {
        "out/model.index.json": 60,
        "out/a-00001-of-00002.bin": 9,
        "out/a-00002-of-00002.bin": 9,
        "out/d/.zgroup": 0,
    }
    parts = tuple(ReadFile(FileFacts(path, True, size)) for path, size in sizes.items())
    streams = (replace(s, checkpoint=replace(s.checkpoint, parts=parts)), *seen.streams[1:])

    def of(names: dict[str, int]) -> Judgement:
        copies = tuple(ArchiveMember(name, size, None) for name, size in names.items())
        return check_backup(replace(seen, streams=streams, backups=(reread(FILE, members=(*MEMBERS, *copies)),)))

    assert of(sizes).outcome == "pass"
    one_less = {name: size for name, size in sizes.items() if name != "out/a-00001-of-00002.bin"}
    assert of(one_less).detail == f"{PATH} holds no out/a-00001-of-00002.bin (or an empty one)"
    emptied = {**sizes, "out/a-00002-of-00002.bin": 0}
    assert of(emptied).detail == f"{PATH} holds no out/a-00002-of-00002.bin (or an empty one)"
    assert of({}).detail.startswith(f"{PATH} holds no out/model.index.json, out/a-00001-of-00002.bin, ")


def archive(*names: str) -> ArchiveEvidence:
    """An archive whose members' sizes tell their places in it."""
    return ArchiveEvidence("zip", (), tuple(ArchiveMember(n, at, None) for at, n in enumerate(names)))


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["a/ckpt/m.pt", "ckpt/m.pt"], "ckpt/m.pt"),  # the copy nearest to the top is today's
        (["ckpt/m.pt", "old/ckpt/m.pt"], "ckpt/m.pt"),
        (["older/ckpt/m.pt", "old/ckpt/m.pt", "m.pt"], "old/ckpt/m.pt"),
        (["run/m.pt", "run/n.pt"], "run/m.pt"),  # the same file name, and only one of it
        (["m.pt"], "m.pt"),
        (["run/m.pt", "m.pt"], None),  # two of that name: nobody knows which
        (["otherckpt/m.pt", "ckpt/am.pt"], "otherckpt/m.pt"),
        (["ckpt/am.pt", "ckpt/m.pt/x"], None),
        ([], None),
    ],
)
def test_which_member_is_the_copy_of_a_file(names: list[str], chosen: str | None) -> None:
    member = member_for(archive(*names), "ckpt/m.pt")

    assert (member.name if member else None) == chosen


def test_a_file_deep_in_the_workspace_is_found_by_its_name_alone() -> None:
    member = member_for(archive("b.pt", "runs/m.pt"), "a/b/c/m.pt")

    assert member is not None
    assert member.name == "runs/m.pt"
