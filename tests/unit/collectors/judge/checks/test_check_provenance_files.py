"""Check 9, what streams share: the scaler, bytes under two names and the copy in the backup are of this run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.gathered import (
    ERROR,
    START,
    at,
    evidence_of,
    good,
    patchtst,
    reread,
    told,
    unread,
    with_rules,
    with_stream,
)

from collectors.evidence.archive import ArchiveMember
from collectors.judge.checks.part import Judgement
from collectors.judge.checks.provenance import check_provenance
from collectors.training.evidence import ReadFile, WorkspaceEvidence

assert good().scaler is not None
assert patchtst().run is not None
SCALER: ReadFile[Any] = good().scaler
BUNDLE: ReadFile[Any] = good().backups[0]
SCALER_PATH, BUNDLE_PATH = "artifacts/scaler_fdc.json", "artifacts/bundles/run_bundle.zip"
AGAIN = "Train again, or remove what is left of the other run."
STREAMS = "patchtst: checkpoint and losses of one run; swinmae: checkpoint and losses of one run"
REST = f"{STREAMS}; the backup holds today's checkpoints and configs"
BEFORE = replace(patchtst().run, started_at=START - 500, last_at=START - 100)


def scaled(seen: WorkspaceEvidence | None = None, **channels: Any) -> Judgement:
    """What is said where PatchTST's settings tell a channel count."""
    return check_provenance(with_rules(seen or good(), **channels))


@pytest.mark.parametrize("named", [8, "training.epochs"])
def test_a_scaler_with_another_channel_count_than_configured_fails(named: int | str) -> None:
    found = scaled(channels=named)

    assert told(found) == ("fail", f"the scaler has 6 channels, patchtst's config says 8; {REST}", AGAIN)
    assert (SCALER_PATH, "patchtst") in evidence_of(found)


@pytest.mark.parametrize("named", [6, None, "no.such.key", "data.source"])
def test_a_channel_count_that_agrees_or_is_not_told_passes(named: int | str | None) -> None:
    assert told(scaled(channels=named)) == ("pass", REST, None)


def test_a_scaler_without_channels_is_not_counted() -> None:
    for scaler in (reread(SCALER, center=None), reread(SCALER, center=()), unread(SCALER), None):
        assert scaled(replace(good(), scaler=scaler), channels=8).outcome == "pass"


def test_a_stream_that_does_not_own_the_scaler_says_nothing_of_its_channels() -> None:
    assert check_provenance(with_rules(good(), "swinmae", channels=8)).outcome == "pass"


def test_a_missing_config_says_no_channel_count() -> None:
    seen = with_stream(good(), config=unread(patchtst().config))

    assert scaled(seen, channels="training.epochs").outcome == "pass"


def with_scaler_of(modified_at: float | None, **changes: Any) -> WorkspaceEvidence:
    """A run after another one, whose scaler was written at that moment."""
    return with_stream(replace(good(), scaler=at(SCALER, modified_at)), **{"previous_run": BEFORE, **changes})


def test_a_scaler_written_before_the_previous_run_ended_is_that_runs() -> None:
    found = check_provenance(with_scaler_of(START - 200))

    assert told(found) == (
        "fail",
        f"the scaler {SCALER_PATH} (2023-11-14 22:10:00 UTC) is from patchtst's previous run; {REST}",
        "Fit the scaler again with PatchTST's training data.",
    )
    assert (SCALER_PATH, "patchtst") in evidence_of(found)


@pytest.mark.parametrize(("moment", "outcome"), [(-101.5, "fail"), (-101.0, "pass"), (-99.0, "pass"), (5.0, "pass")])
def test_a_scaler_fitted_between_two_runs_is_of_the_second(moment: float, outcome: str) -> None:
    """It is written before its own run's first record, so only the end of the run before tells them apart."""
    assert check_provenance(with_scaler_of(START + moment)).outcome == outcome


def behind(seconds: float) -> dict[str, Any]:
    """PatchTST's run on a file server whose clock is behind."""
    run = patchtst().run
    assert run is not None
    files = tuple(replace(f, facts=replace(f.facts, modified_at=run.last_at - seconds)) for f in run.files)
    return {"run": replace(run, files=files)}


def test_a_scaler_on_a_file_server_that_is_behind_bears_the_clock_of_its_event_files() -> None:
    assert check_provenance(with_scaler_of(START - 7200 - 50, **behind(7200.0))).outcome == "pass"
    assert check_provenance(with_scaler_of(START - 7200 - 200, **behind(7200.0))).outcome == "fail"


def test_an_old_scaler_is_not_told_where_nothing_can_tell() -> None:
    only_run = with_scaler_of(0.0, previous_run=None)
    lost = with_scaler_of(0.0, times_trusted=False)
    untimed = with_scaler_of(None)

    assert "scaler" not in check_provenance(only_run).detail
    assert "scaler" not in check_provenance(lost).detail
    assert "scaler" not in check_provenance(untimed).detail


def test_the_same_checkpoint_under_two_names_was_taken_from_one() -> None:
    seen = with_rules(with_rules(good(), layers=[]), "swinmae", layers=[])
    seen = with_stream(
        seen, "swinmae", checkpoint=reread(seen.of("swinmae").checkpoint, sha256=patchtst().checkpoint.sha256)
    )

    found = check_provenance(seen)

    assert told(found) == (
        "fail", f"swinmae's checkpoint is patchtst's, byte for byte; {REST}",
        "Put SwinMAE's own checkpoint back in place, and make a new backup: the newest holds this one too.",
    )  # fmt: skip
    assert ("checkpoints/swinmae_ssl.pt", "swinmae") in evidence_of(found)


def test_checkpoints_that_were_not_hashed_are_not_called_the_same() -> None:
    seen = good()
    for s in good().streams:
        seen = with_stream(seen, s.id, checkpoint=reread(s.checkpoint, sha256=None))

    assert check_provenance(seen).outcome == "pass"
    for s in good().streams:
        seen = with_stream(seen, s.id, checkpoint=unread(s.checkpoint))
    assert "byte for byte" not in check_provenance(seen).detail


def backed(*members: ArchiveMember, **changes: Any) -> Judgement:
    members = members or BUNDLE.evidence.members
    return check_provenance(replace(good(), backups=(reread(BUNDLE, members=members, **changes),)))


def changed(place: int, **changes: Any) -> tuple[ArchiveMember, ...]:
    """The bundle's members with one of them changed; they are checkpoint and config of each stream."""
    return tuple(replace(m, **changes) if n == place else m for n, m in enumerate(BUNDLE.evidence.members))


@pytest.mark.parametrize(
    ("place", "changes", "path"),
    [
        (0, {"size_bytes": 17}, "checkpoints/patchtst_ssl.pt"),
        (0, {"crc32": 17}, "checkpoints/patchtst_ssl.pt"),
        (1, {"crc32": 17}, "configs/patchtst_ssl_real.yaml"),
        (1, {"size_bytes": 17, "crc32": None}, "configs/patchtst_ssl_real.yaml"),
        (2, {"crc32": 17}, "checkpoints/swinmae_ssl.pt"),
        (3, {"size_bytes": 17}, "configs/swinmae_ssl_real.yaml"),
    ],
)
def test_a_backup_of_another_file_fails(place: int, changes: dict[str, Any], path: str) -> None:
    found = backed(*changed(place, **changes))

    assert told(found) == (
        "fail", f"the backup {BUNDLE_PATH} holds another {path}; {STREAMS}",
        f"If today's {path} is to be released, pack checkpoints, configs, scaler and loss histories; "
        f"else restore it from {BUNDLE_PATH}.",
    )  # fmt: skip
    assert (BUNDLE_PATH, None) in evidence_of(found)


def test_every_file_that_the_backup_has_otherwise_is_named() -> None:
    members = tuple(replace(m, crc32=1) for m in BUNDLE.evidence.members[:2]) + BUNDLE.evidence.members[2:]

    found = backed(*members)

    files = "checkpoints/patchtst_ssl.pt, configs/patchtst_ssl_real.yaml"
    assert found.detail.startswith(f"the backup {BUNDLE_PATH} holds another {files}; ")


def test_of_a_copy_at_two_depths_the_one_nearest_to_the_top_is_compared() -> None:
    name = "checkpoints/patchtst_ssl.pt"
    old = ArchiveMember(f"before/{name}", 1, 1)

    assert backed(*BUNDLE.evidence.members, old).outcome == "pass"
    assert backed(old, *BUNDLE.evidence.members).outcome == "pass"
    renamed = changed(0, name=f"deeper/within/{name}")
    assert f"holds another {name}" in backed(*renamed, old).detail


def test_a_copy_without_a_checksum_is_compared_by_size() -> None:
    assert told(backed(*changed(0, crc32=None))) == ("pass", REST, None)


def test_what_the_backup_does_not_hold_is_not_this_checks_matter() -> None:
    assert backed(*BUNDLE.evidence.members[1:]).outcome == "pass"


@pytest.mark.parametrize("tested", ["part", "none"])
def test_a_backup_that_was_not_read_in_full_can_not_be_told(tested: str) -> None:
    found = backed(tested=tested)

    assert told(found) == (
        "skip", f"the backup {BUNDLE_PATH} was not compared in full; {STREAMS}",
        "Raise `limits.read_bytes` in dashboard.yaml to compare it.",
    )  # fmt: skip
    assert (BUNDLE_PATH, None) in evidence_of(found)


def test_a_difference_is_told_though_the_backup_was_read_in_part() -> None:
    assert backed(*changed(0, size_bytes=1), tested="part").outcome == "fail"


def test_a_backup_that_is_not_there_or_not_sound_is_not_this_checks_matter() -> None:
    unsound = reread(BUNDLE, findings=(ERROR,))
    for backups in ((), (unread(BUNDLE),), (unsound,), (unsound, BUNDLE)):
        assert told(check_provenance(replace(good(), backups=backups))) == ("pass", STREAMS, None)


def test_files_that_are_gone_from_the_workspace_are_not_compared() -> None:
    for name in ("checkpoint", "config"):
        seen = with_stream(good(), **{name: unread(getattr(patchtst(), name))})

        assert "holds another" not in check_provenance(seen).detail
