"""Options and input files: what cannot be used is refused by name, with exit code 2."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from examples.reference_pipeline.__main__ import main
from examples.reference_pipeline.inference.dataset import load_series
from examples.reference_pipeline.inference.problems import PipelineProblem


@pytest.fixture
def refused(train: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """Give a CSV to the pipeline, which must refuse it by name and write nothing; gives its words."""

    def give(text: str) -> str:
        bad = tmp_path / "bad.csv"
        bad.write_text(text)

        assert train(tmp_path / "workspace", "--fdc", bad) == 2
        assert not (tmp_path / "workspace").exists()
        message = capsys.readouterr().err
        assert str(bad) in message
        return message

    return give


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--epochs", "0"], "expected a whole number from 1 to 10000, found '0'"),
        (["--lr", "nan"], "expected a number from 1e-08 to 1, found 'nan'"),
        (["--seed", "x"], "expected a whole number"),
        (["--streams", "resnet"], "expected some of patchtst,swinmae, found 'resnet'"),
        (["--kill-at-epoch", "13"], "there are only 12 epochs"),
        (["--resume", "--lr", "0.1"], "--lr cannot be changed with --resume"),
        (["--fdc", "nowhere.csv"], "nowhere.csv: no such file"),
        (["--diverge", "0"], "expected an epoch from 1"),
    ],
)
def test_an_option_that_cannot_be_right_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    """The message says what was expected and what was found; nothing is written."""
    with pytest.raises(SystemExit) as stopped:
        main(["--workspace", str(tmp_path / "workspace"), *options])

    assert stopped.value.code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "workspace").exists()


def test_without_torch_one_line_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The answer comes before torch would be imported."""
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else real(name))

    assert main(["--workspace", str(tmp_path)]) == 2
    assert 'not installed: torch; the trainers need them: pip install -e ".[train]"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time,a\n0,1\n1,2\n", "no 'timestamp' column (the header is 'time,a')"),
        ("timestamp,a\n0,1\n1,x\n", "found 'x' in line 3, column 'a'"),
        ("timestamp,a\n0,1\n1\n", "found 1 cells for 2 columns in line 3"),
        ("timestamp,a\n0,1\n1,inf\n", "an infinite value in line 3, column 'a'"),
        ("timestamp\n0\n", "no channel column"),
        ("timestamp,a\n", "found 0 rows of data"),
        ("", "no 'timestamp' column"),
    ],
)
def test_a_bad_csv_is_refused_before_anything_is_written(refused: Callable[[str], str], text: str, said: str) -> None:
    """The line names the place, what was expected, and what to do."""
    message = refused(text)

    assert said in message
    assert "correct the file and run again" in message


def test_an_npz_with_a_pickle_in_it_is_refused(tmp_path: Path) -> None:
    """Object arrays would have to be unpickled."""
    path = tmp_path / "evil.npz"
    np.savez(path, values=np.array([{}], dtype=object), lengths=[1], channels=["a"], fs=50.0)

    with pytest.raises(PipelineProblem, match="without pickle"):
        load_series(path)


def test_an_npz_whose_lengths_do_not_add_up_is_refused(tmp_path: Path) -> None:
    """Rows and recordings must agree."""
    path = tmp_path / "wrong.npz"
    np.savez(path, values=np.zeros((10, 2)), lengths=[4, 5], channels=["a", "b"], fs=50.0)

    with pytest.raises(PipelineProblem, match="lengths adding up to 9"):
        load_series(path)


def test_a_csv_becomes_recordings_with_a_measured_rate(tmp_path: Path) -> None:
    """The recording column divides, empty cells are missing, ISO times give the rate."""
    path = tmp_path / "good.csv"
    path.write_text(
        "timestamp,recording,a,b\n"
        "2026-01-01T00:00:00.00,x,1,2\n2026-01-01T00:00:00.02,x,,4\n2026-01-01T00:00:00.04,x,5,6\n"
        "2026-01-01T00:00:09.00,y,7,8\n2026-01-01T00:00:09.02,y,9,10\n"
    )
    series = load_series(path)

    assert series.channels == ("a", "b")
    assert series.fs == 50.0
    assert [len(recording) for recording in series.recordings] == [3, 2]
    assert series.filled()[0][:, 0].tolist() == [1, 3, 5]


def test_own_files_are_trained_on(train: Callable[..., int], tmp_path: Path) -> None:
    """A CSV of another sensor, at another rate, goes through both streams and data quality."""
    code = train(tmp_path / "workspace", *_own(tmp_path, 4000))

    assert code == 0
    assert "fs: 200.0" in (tmp_path / "workspace/configs/swinmae_ssl_real.yaml").read_text()
    assert list((tmp_path / "workspace/artifacts/dqvl/fdc").glob("*__own.csv.json"))


def test_recordings_too_short_for_an_operation_set_are_trained_on_and_it_is_said(
    train: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(tmp_path / "workspace", *_own(tmp_path, 4000)) == 0

    told = "no operation set: the second halves of the calibration recordings hold too few windows of both streams"
    assert told in capsys.readouterr().out
    assert not (tmp_path / "workspace/artifacts/thresholds").exists()


def test_an_operation_set_is_made_of_a_shorter_recording(train: Callable[..., int], tmp_path: Path) -> None:
    """A half shorter than a fault has a shorter one, inside it; thresholds come of calibration windows alone."""
    assert train(tmp_path / "workspace", *_own(tmp_path, 14000)) == 0

    (fault,) = json.loads((tmp_path / "workspace/artifacts/operation/faults.json").read_text())
    thresholds = json.loads((tmp_path / "workspace/artifacts/thresholds/batch_decision_thresholds.json").read_text())
    assert fault["end"] - fault["start"] == pytest.approx(5 / 3, abs=0.01)
    assert thresholds["calibration"]["split"] == "calibration"


def _own(folder: Path, length: int) -> tuple[object, ...]:
    """Options that train on one recording of so many rows, 200 of them a second."""
    rng = np.random.default_rng(1)
    rows = [f"{row / 200},{a},{b}" for row, (a, b) in enumerate(rng.normal(size=(length, 2)).cumsum(axis=0))]
    own = folder / "own.csv"
    own.write_text("timestamp,a,b\n" + "\n".join(rows) + "\n")
    return "--quick", "--epochs", 1, "--fdc", own, "--vibration", own


def test_a_file_that_fails_data_quality_is_not_trained_on(
    train: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report says drop, the line says why, and no model is trained."""
    own = tmp_path / "own.csv"
    own.write_text("timestamp,a\n" + "".join(f"{row / 50},{'' if row % 3 else row}\n" for row in range(3000)))
    code = train(tmp_path / "workspace", "--quick", "--streams", "patchtst", "--fdc", own)
    (report,) = (tmp_path / "workspace/artifacts/dqvl/fdc").glob("*.json")

    assert code == 2
    assert "missing_ratio 0.666667 above 0.5" in capsys.readouterr().err
    assert '"decision": "drop"' in report.read_text()
    assert not (tmp_path / "workspace/runs").exists()
