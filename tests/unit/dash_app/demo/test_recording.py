"""The shipped recording is small, whole, and says what it leaves out."""

from __future__ import annotations

import pytest

from dash_app.demo.recording import Hex, Library, RecordingProblem, Text, Write, opened, pack, sha256_of
from dash_app.demo.shipped import FOLDER, load_library

RUNS = ("good", "baseline", "diverged")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_the_recording_is_small_enough_to_ship() -> None:
    """Under 3 MB for the good training with its timeline, the baseline and the diverged one."""
    size = sum(path.stat().st_size for path in FOLDER.iterdir())

    assert 1_000_000 < size < 3_000_000


@pytest.mark.parametrize("name", RUNS)
def test_every_shipped_write_rebuilds_to_the_recorded_bytes(library: Library, name: str) -> None:
    """Each is compared with the sha256 and the size that were noted while recording."""
    shipped = [write for write in library.run(name).writes if write.content is not None]

    rebuilt = [(sha256_of(data), len(data)) for data in map(library.bytes_of, shipped)]

    assert rebuilt == [(write.sha256, write.size_bytes) for write in shipped]
    assert len(shipped) >= 20


def test_the_good_run_ships_the_first_and_the_last_save_of_each_checkpoint(library: Library) -> None:
    """What lies between is known by time, size and sha256 only, and the notes say so."""
    for stream in ("patchtst", "swinmae"):
        saves = [w for w in library.run("good").writes if w.path == f"checkpoints/{stream}_ssl.pt"]

        assert [save.is_left_out for save in saves] == [False, *[True] * (len(saves) - 2), False]
        assert len(saves) > 5
        assert all(save.sha256 and save.size_bytes > 300_000 for save in saves)
    assert any("no other bytes take their place" in note for note in library.recording.notes)


def test_the_recorded_verdicts_are_what_the_runs_are_there_for(library: Library) -> None:
    """Both good runs were scored for real while recording."""
    verdicts = {name: library.run(name).verdict for name in RUNS}
    scored = {name: [(s.stream, s.exit_code) for s in library.run(name).smoke] for name in RUNS}

    assert verdicts == {"good": "ready", "baseline": "ready", "diverged": "not_ready"}
    assert scored["good"] == scored["baseline"] == [("patchtst", 0), ("swinmae", 0)]


def test_the_baseline_was_trained_before_the_good_run(library: Library) -> None:
    baseline, good = library.run("baseline"), library.run("good")
    end = baseline.recorded_at.timestamp() + baseline.duration_seconds

    assert end < good.recorded_at.timestamp()


def test_bytes_that_are_not_the_recorded_ones_are_refused(library: Library) -> None:
    write = Write(at_seconds=1.5, operation="create", path="a.txt", size_bytes=1, sha256=sha256_of(b"a"))
    other = write.model_copy(update={"content": Text(text="b")})

    with pytest.raises(RecordingProblem, match=r"a\.txt at 1\.5 s: other bytes than those recorded"):
        library.bytes_of(other)


def test_a_write_that_is_left_out_has_no_bytes(library: Library) -> None:
    left_out = next(w for w in library.run("good").writes if w.is_left_out)

    with pytest.raises(RecordingProblem, match="not shipped"):
        library.bytes_of(left_out)


@pytest.mark.parametrize(
    ("text", "packed", "problem"),
    [
        ('{"version": 2, "notes": [], "runs": {}, "packed": []}', pack([]), "version"),
        ('{"notes": [], "runs": {}, "packed": [], "more": 1}', pack([]), "more"),
        ('{"notes": [], "runs": {}, "packed": []}', pack([b"x"]), "1 bytes are packed, 0 are described"),
        ('{"notes": [], "runs": {}, "packed": []}', b"not xz", "cannot be unpacked"),
    ],
)
def test_a_recording_of_another_shape_is_refused_by_name(text: str, packed: bytes, problem: str) -> None:
    with pytest.raises(RecordingProblem, match=problem):
        opened(text, packed)


def test_event_records_are_the_only_bytes_that_are_not_readable_or_packed(library: Library) -> None:
    """Configs, reports, tables and statuses can be read in the recording itself."""
    for name in RUNS:
        hexed = {w.path.split("/")[0] for w in library.run(name).writes if isinstance(w.content, Hex)}

        assert hexed == {"runs"}
