"""What a training says of itself in `run_status.json`."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from collectors.evidence.documents import Heartbeat
from collectors.training.heartbeat import doubt_of, heartbeat_of, parse_heartbeat

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SAID: dict[str, Any] = {
    "stream": "swinmae", "pid": 812, "host": "vm", "epoch": 3.5, "epochs": 30, "updated_at": "2026-11-23T12:00:00Z",
    "started_at": "2026-11-23T11:00:00Z", "outcome": "failed", "outcomes": {"patchtst": "completed"},
}  # fmt: skip


def field(name: str, value: Any) -> Any:
    """What becomes of one field."""
    found = parse_heartbeat(SAID | {name: value})
    assert found is not None
    return getattr(found, name)


def test_every_field_is_read() -> None:
    assert parse_heartbeat(SAID) == Heartbeat(
        stream="swinmae", pid=812, host="vm", epoch=3.5, epochs=30, updated_at=NOON,
        started_at=NOON - timedelta(hours=1), outcome="failed", outcomes={"patchtst": "completed"},
    )  # fmt: skip


def test_what_is_not_said_is_none_and_what_is_no_mapping_is_no_heartbeat() -> None:
    assert parse_heartbeat({}) == Heartbeat(None, None, None, None, None, None, None, None, {})
    assert [parse_heartbeat(data) for data in (None, [], "text", 3)] == [None] * 4


@pytest.mark.parametrize("name", ["stream", "host", "outcome"])
@pytest.mark.parametrize("value", ["", 3, ["a"], None, True])
def test_text_that_is_empty_or_no_text_is_not_said(name: str, value: object) -> None:
    assert field(name, value) is None


@pytest.mark.parametrize("name", ["pid", "epochs"])
@pytest.mark.parametrize("value", [-1, 2.0, "3", True, 2**53, None])
def test_a_count_is_a_whole_number_that_is_not_negative(name: str, value: object) -> None:
    assert field(name, value) is None
    assert field(name, 0) == 0
    assert field(name, 2**53 - 1) == 2**53 - 1


@pytest.mark.parametrize("value", [-0.5, "3", True, False, float(2**53), float("nan"), None])
def test_an_epoch_is_a_number_that_is_not_negative(value: object) -> None:
    assert field("epoch", value) is None
    assert [field("epoch", good) for good in (0, 7, 0.25, 2**53 - 1)] == [0.0, 7.0, 0.25, 2**53 - 1]
    assert isinstance(field("epoch", 7), float)


@pytest.mark.parametrize("name", ["updated_at", "started_at"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-23T12:00:00", NOON),
        ("2026-11-23T14:00:00+02:00", NOON),
        (NOON.replace(tzinfo=None), NOON),
        (NOON.astimezone(timezone(timedelta(hours=-5))), NOON),
        ("yesterday", None),
        (1_790_000_000, None),
        (None, None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_a_time_is_read_in_any_zone_and_is_utc_where_it_names_none(name: str, value: Any, expected: Any) -> None:
    found = field(name, value)

    assert found == expected
    assert found is None or found.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_utc_wherever_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert field("updated_at", "2026-11-23T12:00:00") == NOON
    finally:
        monkeypatch.undo()
        time.tzset()


def test_outcomes_are_pairs_of_text() -> None:
    assert field("outcomes", {"a": "completed", "b": 3, 4: "failed", "c": None}) == {"a": "completed"}
    assert field("outcomes", ["completed"]) == {}


def test_a_heartbeat_speaks_of_its_own_stream_in_full() -> None:
    beat = parse_heartbeat(SAID)

    assert heartbeat_of(beat, "swinmae") is beat
    assert heartbeat_of(None, "swinmae") is None
    assert heartbeat_of(beat, "another") is None


def test_a_heartbeat_that_names_no_stream_is_of_the_only_one() -> None:
    beat = parse_heartbeat({"outcome": "failed"})

    assert heartbeat_of(beat, "net", is_only=True) is beat
    assert heartbeat_of(beat, "net") is None
    assert heartbeat_of(parse_heartbeat({"outcomes": {"other": "failed"}}), "net", is_only=True) is None
    assert heartbeat_of(parse_heartbeat({"stream": "other"}), "net", is_only=True) is None


def test_of_a_stream_that_ended_before_only_the_outcome_and_the_times_are_its_own() -> None:
    found = heartbeat_of(parse_heartbeat(SAID), "patchtst")

    assert found == Heartbeat(
        stream="patchtst", pid=None, host="vm", epoch=None, epochs=None, updated_at=NOON,
        started_at=NOON - timedelta(hours=1), outcome="completed", outcomes={"patchtst": "completed"},
    )  # fmt: skip


BEGAN, LAST = 1_790_000_000.0, 1_790_000_100.0
NOW = LAST + 3600


def doubt(outcome: str | None = "completed", at: float | None = LAST + 1, **more: Any) -> str | None:
    """Why an outcome of that time is not believed of a run whose losses end at epoch 8."""
    epoch = more.pop("logged", 8.0)
    fields: dict[str, Any] = {
        "stream": "s",
        "pid": None,
        "host": None,
        "epoch": None,
        "epochs": None,
        "started_at": None,
    }
    when = None if at is None else datetime.fromtimestamp(at, UTC)
    return doubt_of(Heartbeat(**fields | {"outcome": outcome, "updated_at": when} | more), (BEGAN, LAST), epoch, NOW)


def test_an_outcome_of_the_end_is_believed_and_none_is_not_doubted() -> None:
    assert doubt() is None
    assert doubt("early_stopped", epoch=8, epochs=50) is None
    assert doubt(None, NOW + 1e9) is None


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (None, "says `completed` without a time"),
        (BEGAN - 1, "before the run began (2026-09-21 14:13:20 UTC)"),
        (NOW + 60, None),
        (NOW + 61, "which is still to come"),
        (LAST - 60, None),
        (LAST - 61, "and its losses go on until 2026-09-21 14:15:00 UTC"),
    ],
)
def test_a_time_that_is_impossible_is_doubted(at: float | None, words: str | None) -> None:
    found = doubt(at=at)

    assert found is None if words is None else found is not None and found.endswith(words)


def test_a_failure_is_believed_at_any_time_since_the_run_began() -> None:
    assert doubt("failed", NOW + 1e9) is None
    assert doubt("diverged", BEGAN, epoch=2, epochs=8) is None
    assert doubt("failed", BEGAN - 1) is not None


@pytest.mark.parametrize(
    ("epoch", "epochs", "outcome", "doubted"),
    [
        (8, 8, "completed", False),
        (7, 8, "completed", False),
        (6, 8, "completed", True),
        (9, None, "completed", False),
        (10, None, "completed", True),
        (6, 50, "early_stopped", True),
        (7, 50, "early_stopped", False),
    ],
)
def test_epochs_that_the_losses_contradict_are_doubted(
    epoch: float, epochs: int | None, outcome: str, doubted: bool
) -> None:
    """One may count from 0 and the other from 1."""
    assert (doubt(outcome, epoch=epoch, epochs=epochs) is not None) is doubted


def test_both_epochs_are_named() -> None:
    assert doubt(epoch=2, epochs=8, logged=2.0) == "says `completed` at epoch 2 of 8"
    assert (
        doubt("early_stopped", epoch=2, epochs=8)
        == "says `early_stopped` at epoch 2 of 8, and its losses end at epoch 8"
    )
    assert doubt(epoch=2, epochs=None, logged=None) is None


def test_a_heartbeat_without_an_outcome_is_never_doubted() -> None:
    for updated in (None, NOON):
        silent = Heartbeat("a", None, None, 9.0, 30, updated, None, None)
        assert doubt_of(silent, (0.0, 1.0), 2.0, 0.0) is None
