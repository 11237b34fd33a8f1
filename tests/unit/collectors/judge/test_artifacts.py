"""How far each file can be trusted: missing < present < readable < verified, and the words beside it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from support.curves import T0, one_run
from support.evidence_parts import (
    BROKEN,
    END,
    absent,
    checkpoint,
    default_config,
    facts,
    scaler,
    stream,
    training_config,
    workspace,
)

from collectors.contract.artifacts import Artifact, Artifacts
from collectors.evidence.files import FileFacts
from collectors.judge.artifacts import build_artifacts
from collectors.numbers import utc
from collectors.training.evidence import ReadFile, StreamEvidence

SOUND = "100 B, 1 tensor, 6 numbers, CRC ok, all finite"
NOT_SOUND = "cut short (offset 9)"
ENDED_BEFORE = one_run(start=T0 - 500.0)
"""A previous run, whose last record is 469.99 s before this one's first."""


def built(*streams: StreamEvidence, **more: Any) -> Artifacts:
    return build_artifacts(workspace(*streams, **more), {})


def told(file: Artifact) -> tuple[str, str, bool | None]:
    """Level, detail and whether it is of the run."""
    return file.level.value, file.detail, file.belongs_to_run


def of_checkpoint(file: ReadFile[Any] | None = None, **more: Any) -> tuple[str, str, bool | None]:
    return told(built(stream(**({"checkpoint": file or checkpoint()} | more))).checkpoints[0])


def test_a_checkpoint_of_the_run_that_was_read_in_full_is_verified() -> None:
    (found,) = built(stream()).checkpoints

    assert told(found) == ("verified", f"{SOUND}; of this run", True)
    assert (found.path, found.stream, found.sha256) == ("checkpoints/patchtst_ssl.pt", "patchtst", "c" * 64)
    assert (found.size_bytes, found.modified_at) == (100, utc(END + 1))


@pytest.mark.parametrize("read", ["part", "none"])
def test_a_checkpoint_that_was_read_in_part_is_readable(read: str) -> None:
    level, _, belongs = of_checkpoint(checkpoint(data_read=read))

    assert (level, belongs) == ("readable", True)


def test_a_checkpoint_of_another_run_or_of_an_unknown_one_is_readable() -> None:
    assert of_checkpoint(in_current_run=False) == ("readable", f"{SOUND}; not of this run", False)
    assert of_checkpoint(times_trusted=False) == ("readable", f"{SOUND}; run unknown", None)
    assert of_checkpoint(times_trusted=None)[2] is None


@pytest.mark.parametrize(("at", "belongs"), [(T0 - 1.5, False), (T0 - 1, True), (T0, True), (None, True)])
def test_a_checkpoint_from_before_the_run_is_not_of_it_but_for_a_second_of_slack(at: Any, belongs: bool) -> None:
    assert of_checkpoint(checkpoint(at=at))[2] is belongs


def test_an_unsound_checkpoint_is_present_and_its_errors_are_told() -> None:
    assert of_checkpoint(checkpoint(findings=BROKEN)) == ("present", NOT_SOUND, True)


def test_two_errors_are_told_and_more_are_counted() -> None:
    errors = tuple(replace(BROKEN[0], text=name) for name in ("first", "second", "third"))

    assert of_checkpoint(checkpoint(findings=errors))[1] == "first (offset 9), second (offset 9) and 1 more"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (ReadFile(facts("c.pt")), ("present", "not read", None)),
        (ReadFile(facts("c.pt", problem="is a folder")), ("present", "is a folder", None)),
        (absent("c.pt"), ("missing", "not there", None)),
        (absent("c.pt", "leads out of the workspace"), ("missing", "leads out of the workspace", None)),
    ],
)
def test_what_was_not_read_is_present_and_what_is_not_there_is_missing(file: Any, expected: Any) -> None:
    found = built(stream(checkpoint=file, config=file), scaler=file, backups=(file,))

    for one in (found.checkpoints[0], found.configs[0], found.scaler[0], found.backup[0]):
        assert told(one) == expected
    assert (found.checkpoints[0].stream, found.configs[0].stream, found.scaler[0].stream) == ("patchtst",) * 3
    if not file.facts.exists:
        assert (found.scaler[0].size_bytes, found.scaler[0].modified_at) == (None, None)


def test_a_file_that_went_after_it_was_read_is_missing_without_size_or_time() -> None:
    went = replace(checkpoint(), facts=FileFacts("c.pt", False, 100, END))
    (found,) = built(stream(checkpoint=went)).checkpoints

    assert told(found) == ("missing", "not there", None)
    assert (found.size_bytes, found.modified_at) == (None, None)


def of_scaler(file: ReadFile[Any], **more: Any) -> tuple[str, str, bool | None]:
    return told(built(stream(**more), scaler=file).scaler[0])


def test_a_sound_scaler_of_the_run_is_verified() -> None:
    (found,) = built(stream(), scaler=scaler()).scaler

    assert told(found) == ("verified", "zscore, 2 channels", True)
    assert (found.stream, found.sha256) == ("patchtst", "e" * 64)
    assert built(scaler=None).scaler == ()


@pytest.mark.parametrize(("before", "belongs"), [(1.5, False), (1.0, True), (0.0, True), (-400.0, True)])
def test_a_scaler_from_before_the_previous_runs_end_is_not_of_this_run(before: float, belongs: bool) -> None:
    file = scaler(at=ENDED_BEFORE.last_at - before)

    level, _, found = of_scaler(file, previous_run=ENDED_BEFORE)

    assert (level, found) == ("verified" if belongs else "readable", belongs)


def test_a_scaler_of_a_stream_that_is_not_in_the_current_run_is_not_of_it() -> None:
    assert of_scaler(scaler(), in_current_run=False) == ("readable", "zscore, 2 channels", False)


def test_a_scaler_whose_run_cannot_be_told_is_readable() -> None:
    assert of_scaler(scaler(), times_trusted=False) == ("readable", "zscore, 2 channels", None)
    assert of_scaler(scaler(at=None)) == ("readable", "zscore, 2 channels", None)
    no_owner = default_config().model_copy(update={"scaler": None})
    (found,) = built(stream(), scaler=scaler(), config=no_owner).scaler
    assert (found.level, found.belongs_to_run, found.stream) == ("readable", None, None)


def test_an_unsound_scaler_is_present_and_its_error_is_told() -> None:
    assert of_scaler(scaler(findings=BROKEN)) == ("present", NOT_SOUND, True)
    assert of_scaler(scaler(findings=BROKEN[1:])) == ("verified", "zscore, 2 channels", True)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"center": (0.1, math.nan)}, "center[1] is nan: expected a finite number"),
        ({"scale": (0.0, 1.0)}, "scale[0] is 0: expected a number above 0"),
        ({"center": None}, "expected the keys method, center and scale; missing: center"),
    ],
)
def test_a_scaler_whose_numbers_cannot_be_used_is_not_sound(wrong: dict[str, Any], problem: str) -> None:
    """What its check calls broken is not called verified beside it."""
    assert of_scaler(scaler(**wrong)) == ("present", problem, True)


def of_config(file: ReadFile[Any], **more: Any) -> tuple[str, str, bool | None]:
    return told(built(stream(config=file, **more)).configs[0])


@pytest.mark.parametrize("after", [-99.0, 0.0, 1.0])
def test_a_config_written_before_the_run_ended_is_the_runs(after: float) -> None:
    assert of_config(training_config(at=END + after)) == ("verified", "yaml", True)


def test_a_config_changed_after_the_run_is_said_to_be() -> None:
    assert of_config(training_config(at=END + 1.5)) == ("readable", "yaml, changed after the run", None)


def test_a_config_whose_run_cannot_be_told_is_readable() -> None:
    assert of_config(training_config(), times_trusted=False) == ("readable", "yaml", None)
    assert of_config(training_config(), run=None, times_trusted=None) == ("readable", "yaml", None)
    level, _, belongs = of_config(training_config(), in_current_run=False)
    assert (level, belongs) == ("readable", None)
    level, _, belongs = of_config(training_config(at=None))
    assert (level, belongs) == ("readable", None)


def test_an_unsound_config_is_present_whenever_it_was_written() -> None:
    assert of_config(training_config(findings=BROKEN)) == ("present", NOT_SOUND, True)
    assert of_config(training_config(findings=BROKEN, at=END + 9)) == ("present", NOT_SOUND, None)
    (found,) = built(stream()).configs
    assert (found.stream, found.sha256) == ("patchtst", "d" * 64)
