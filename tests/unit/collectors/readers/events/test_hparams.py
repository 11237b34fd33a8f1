"""The hparams plugin's record -> hyperparameters: as two writers spell it, and as nobody should."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.build_events import event, header, key, message, record, session_start, simple_value
from support.event_reading import read, read_file, read_in_parts
from support.recorded import unpack

TAG = b"_hparams_/session_start_info"
VALUES = {"lr": 0.001, "model/hidden": 64.0, "optimizer": "adam", "amp": True}


def logged(*values: bytes) -> bytes:
    """A file with a loss and these values."""
    return header() + record(event(0, values)) + record(event(1, [simple_value("loss", 0.5)]))


def test_numbers_texts_and_truth_values_are_kept_under_their_names() -> None:
    found = read(logged(session_start(VALUES)))

    assert found.hparams == VALUES
    assert [*found.series] == ["loss"]
    assert found.other_values == 1


def test_what_lightning_recorded_is_what_its_own_file_says(tmp_path: Path) -> None:
    root = unpack("lightning", "tensorboard", tmp_path) / "lightning_logs/version_0"
    (path,) = root.glob("*tfevents*")

    assert read_file(path).hparams == {"hidden": 10.0, "lr": 0.05}
    assert (root / "hparams.yaml").read_text().split() == ["hidden:", "10", "lr:", "0.05"]


def test_a_file_that_grows_keeps_what_its_beginning_said() -> None:
    data = logged(session_start(VALUES))

    for size in range(len(data)):
        assert read_in_parts(data, [size]).hparams == VALUES


@pytest.mark.parametrize(
    "value",
    [
        simple_value("_hparams_/session_start_info", 1.0),
        message(1, TAG) + message(9, message(1, message(2, b"\x1a\xff\xff"))),
        message(1, TAG) + message(9, message(1, message(2, message(3, message(1, b"\x0a"))))),
        message(1, b"_hparams_/session_end_info") + message(9, b""),
        message(1, b"loss") + message(9, message(1, message(1, b"hparams"))) + key(3, 0) + b"\x01",
    ],
    ids=["a scalar", "cut short", "an entry cut short", "another record", "another tag"],
)  # fmt: skip
def test_what_is_no_start_of_a_session_is_no_hyperparameter_and_breaks_nothing(value: bytes) -> None:
    found = read(logged(value))

    assert found.hparams == {}
    assert found.damaged == 0
    assert found.series["loss"].value.tolist() == [0.5]
