"""The recording that comes with this package -> Library."""

from __future__ import annotations

from pathlib import Path

from dash_app.demo.recording import Library, RecordingProblem, opened

FOLDER = Path(__file__).parent / "data"


def load_library(folder: Path = FOLDER) -> Library:
    """Read a recording; takes about half a second. Raises RecordingProblem."""
    try:
        return opened((folder / "recording.json").read_text(encoding="utf-8"), (folder / "recording.xz").read_bytes())
    except OSError as error:
        raise RecordingProblem(f"the recording cannot be read: {error.strerror or error}") from None
