"""Folders of detectron2's published format (format only), seen with nothing typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.recognising import aged, recording, seen, without
from support.recorded import unpack
from support.workspaces import write

SHOWN = {"train_loss": "total_loss"}
SERIES = {"train_loss", "loss_box_reg", "loss_cls", "lr", "bbox/AP", "bbox/AP50"}


@pytest.mark.parametrize("name", ["folder", "appended"])
def test_a_folder_is_ready_with_every_number_of_its_last_run(tmp_path: Path, name: str) -> None:
    found, said = recording("detectron2", name, tmp_path)

    assert (found.described.trainer, found.verdict) == ("detectron2", "ready")
    assert "step 100 of 100, completed" in found.detail("training")
    assert (found.model.completion.steps, found.judged) == (said["total"], said["judged"])
    assert set(found.model.series) == SERIES
    for series in SERIES:
        shown, told = found.model.series[series], said["series"][SHOWN.get(series, series)]
        assert (list(shown.step), list(shown.value)) == (told["at"], pytest.approx(told["values"], rel=1e-6))


def test_rows_of_a_run_before_are_said_to_count_no_more(tmp_path: Path) -> None:
    found, said = recording("detectron2", "appended", tmp_path)

    assert said["rows_of_an_earlier_run"] == 3
    assert "the table begins again" in " ".join(c.detail for c in found.state.checklist)


@pytest.mark.parametrize("factor", [1.0, 1.03], ids=["with the same seed", "with other losses"])
def test_a_run_that_began_after_the_last_event_counts_by_its_rows(tmp_path: Path, factor: float) -> None:
    """It wrote no event files, into the folder of one that did and had ended."""
    root = unpack("detectron2", "folder", tmp_path)
    table = root / "output/metrics.json"
    rows = [json.loads(line) for line in table.read_text().splitlines()]
    again = [{name: value * factor if "loss" in name else value for name, value in row.items()} for row in rows[:3]]
    written = table.stat().st_mtime + 3600
    write(table, "".join(json.dumps(row) + "\n" for row in [*rows, *again]), written)

    found = seen(root)

    assert list(found.model.series["train_loss"].value) == [row["total_loss"] for row in again]
    assert (found.verdict, found.model.completion.step) == ("not_ready", 59)


def test_a_training_that_broke_off_is_never_ready(tmp_path: Path) -> None:
    root = unpack("detectron2", "folder", tmp_path)
    table = root / "output/metrics.json"
    write(table, "\n".join(table.read_text().splitlines()[:3]) + "\n", table.stat().st_mtime)
    for path in [*root.rglob("*tfevents*"), *root.rglob("model_final.pth"), *root.rglob("model_0000079.pth")]:
        path.unlink()

    found = seen(aged(root))

    assert (found.verdict, found.judged) == ("incomplete", "output/model_0000039.pth")
    assert "of 100: nothing was written" in found.detail("training")


def test_the_line_says_which_and_why_and_how_far(tmp_path: Path) -> None:
    found, _ = recording("detectron2", "folder", tmp_path)

    assert found.described.recognised == (
        "detectron2 in `output`, because `output/metrics.json`, `output/last_checkpoint` and `output/config.yaml`; "
        "100 iterations"
    )


def test_a_final_model_of_another_iteration_is_not_this_run_s(tmp_path: Path) -> None:
    root = unpack("detectron2", "folder", tmp_path)
    at = (root / "output/model_final.pth").stat().st_mtime
    write(root / "output/model_final.pth", (root / "output/model_0000039.pth").read_bytes(), at)

    found = seen(root)

    assert found.verdict == "not_ready"
    assert "says `iteration` 39" in found.detail("provenance")


def test_the_name_of_the_file_alone_is_not_enough(tmp_path: Path) -> None:
    write(tmp_path / "metrics.json", json.dumps({"accuracy": 0.5}) + "\n")
    write(tmp_path / "last_checkpoint", "model_final.pth")

    assert seen(tmp_path).described.trainer is None


def test_without_the_module_it_is_anybody_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "detectron2")

    found, _ = recording("detectron2", "folder", tmp_path)
    assert found.described.trainer != "detectron2"
    assert found.verdict != "ready"


def test_the_checkpoint_of_an_earlier_iteration_is_not_the_trainings(tmp_path: Path) -> None:
    """What `BestCheckpointer` keeps may be of any."""
    root = unpack("detectron2", "folder", tmp_path)
    for name in ("model_final.pth", "model_0000079.pth"):
        (root / f"output/{name}").unlink()

    assert "says `iteration` 39, but output/metrics.json ends at step" in seen(root).detail("provenance")

    (root / "output/model_0000039.pth").rename(root / "output/model_best.pth")
    assert seen(root).verdict == "ready"
