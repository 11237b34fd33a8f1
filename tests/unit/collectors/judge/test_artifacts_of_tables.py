"""Files of a stream whose table alone tells of its run: their cards and check 9 say the same of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.recognising import Seen, seen
from support.recorded import unpack

TRAIN = "runs/detect/train"


def belonging(found: Seen) -> list[tuple[str, bool | None]]:
    """Level and whether it is of the run: checkpoint, config, table."""
    files = found.state.artifacts
    return [(a.level.value, a.belongs_to_run) for a in (*files.checkpoints, *files.configs, *files.loss_files)]


def test_what_check_9_finds_to_be_of_one_run_is_called_so(tmp_path: Path) -> None:
    found = seen(unpack("ultralytics", "folder", tmp_path))

    assert found.outcome("provenance") == "pass"
    assert belonging(found) == [("verified", True)] * 3


@pytest.mark.parametrize("file", ["args.yaml", "weights/best.pt"])
def test_where_it_cannot_tell_nothing_is_claimed(tmp_path: Path, file: str) -> None:
    """A config that is younger than the model, or a model that is older than the config, the first file of a run."""
    root = unpack("ultralytics", "folder", tmp_path)
    ended = (root / TRAIN / "results.csv").stat().st_mtime
    moment = ended + 3600 if file == "args.yaml" else ended - 86_400
    os.utime(root / TRAIN / file, (moment, moment))

    found = seen(root)

    checkpoint, config, table = belonging(found)
    assert table == ("verified", True)
    if file == "args.yaml":
        assert (config, checkpoint) == (("readable", None), ("verified", True))
    else:
        assert found.outcome("provenance") == "skip"
        assert (checkpoint, config) == (("readable", None), ("readable", None))
