"""Times, host and process id move; checksums follow; values stay."""

from __future__ import annotations

import json
import struct

import pytest
from support.build_events import scalar_file
from support.event_reading import points, read

from dash_app.demo.moving import EventMover, Moved, moved_path, moved_record, moved_status
from dash_app.demo.recording import RecordingProblem

RECORDED = scalar_file([("loss/train", 1, 0.9), ("loss/val", 1, 1.0), ("loss/train", 2, 0.5), ("loss/val", 2, 0.75)])
TO = Moved(recorded_start=1000.0, start=5000.0, speed=2.0, host="here.example", pid=77)


def test_a_moment_moves_with_the_start_and_the_speed() -> None:
    """Ten recorded seconds last five at twice the speed."""
    assert [TO.time(1000.0), TO.time(1010.0), TO.time(998.0)] == [5000.0, 5005.0, 4999.0]


@pytest.mark.parametrize("piece", [1, 7, 94, 10_000])
def test_moved_records_are_sound_and_keep_their_values(piece: int) -> None:
    """Read by the event reader of the collectors, however the file grew."""
    recorded = RECORDED
    mover = EventMover(TO)
    parts = [recorded[at : at + piece] for at in range(0, len(recorded), piece)]

    moved = b"".join(record for part in parts for record in mover.records(part))

    before, after = read(recorded), read(moved)
    assert after.findings == () and after.damaged == 0 and len(moved) == len(recorded)
    assert points(after, "loss/train") == points(before, "loss/train") != []
    for tag in before.series:
        assert after.series[tag].time.tolist() == [TO.time(t) for t in before.series[tag].time.tolist()]


def test_a_record_with_a_wrong_checksum_is_refused() -> None:
    length = struct.unpack_from("<Q", RECORDED)[0]
    record = bytearray(RECORDED[: 12 + length + 4])
    record[20] ^= 1

    with pytest.raises(RecordingProblem, match="checksum"):
        moved_record(bytes(record), TO)


@pytest.mark.parametrize(
    ("recorded", "moved"),
    [
        ("runs/a/events.out.tfevents.1010.vm.12.0", "runs/a/events.out.tfevents.5005.here.example.77.0"),
        ("runs/a/events.out.tfevents.1000.a.b.c.12.1", "runs/a/events.out.tfevents.5000.here.example.77.1"),
        ("artifacts/bundles/run_bundle_20260101T000000Z.zip", "artifacts/bundles/run_bundle_20260101T000000Z.zip"),
    ],
)
def test_only_event_files_change_their_name(recorded: str, moved: str) -> None:
    """A host's name may hold dots."""
    assert moved_path(recorded, TO) == moved


def test_a_status_moves_its_times_its_host_and_its_process_only() -> None:
    recorded = {
        "pid": 1,
        "host": "vm",
        "stream": "swinmae",
        "epoch": 3,
        "started_at": "1970-01-01T00:16:40+00:00",
        "updated_at": "1970-01-01T00:17:00+00:00",
        "outcomes": {"patchtst": "completed", "swinmae": None},
    }

    moved = json.loads(moved_status(json.dumps(recorded).encode(), TO))

    changed = {"pid": 77, "host": "here.example"}
    times = {"started_at": "1970-01-01T01:23:20+00:00", "updated_at": "1970-01-01T01:23:30+00:00"}
    assert moved == recorded | changed | times
