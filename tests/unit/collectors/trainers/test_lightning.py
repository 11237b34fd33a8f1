"""Folders that Lightning wrote, seen with nothing typed: every number is the one its own files hold."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.build_checkpoints import Numbers, a_value, torch_zip
from support.build_events import event, header, record, simple_value
from support.foreign import falling_at, log_bytes
from support.recognising import assert_same, points_of, recording, seen
from support.recorded import unpack
from support.workspaces import write


@pytest.mark.parametrize(("name", "version"), [("folder", "version_0"), ("killed", "version_0")])
def test_a_recorded_table_is_shown_as_it_is_and_its_total_is_said_by_nothing(
    tmp_path: Path, name: str, version: str
) -> None:
    found, said = recording("lightning", name, tmp_path)
    place = f"lightning_logs/{version}"

    assert found.described.trainer == "lightning"
    for series in ("train_loss", "val_loss", "val_acc"):
        assert_same(found.model.series[series], points_of(said, series, place))
    assert found.model.completion.epochs is None
    assert found.judged.startswith(f"{place}/checkpoints/")
    assert found.judged in said["checkpoints"]
    assert found.outcome("checkpoints") == "pass"


def test_a_resume_in_a_new_version_goes_on_with_the_table_of_the_one_before_it(tmp_path: Path) -> None:
    found, said = recording("lightning", "resumed", tmp_path)

    assert "the newest of" not in (found.described.recognised or ""), "both are one run"
    for series in ("train_loss", "val_loss", "val_acc"):
        before, after = (points_of(said, series, f"version_{number}") for number in (0, 1))
        kept = [point for point in before if point[0] < points_of(said, "train_loss", "version_1")[0][0]]
        assert kept
        assert_same(found.model.series[series], kept + after)
    assert "epoch 8: nothing says how many" in found.detail("training")
    assert found.judged == "lightning_logs/version_1/checkpoints/last.ckpt"


@pytest.mark.parametrize(
    ("steps", "joined"),
    [(range(349, 800, 50), True), (range(49, 300, 50), False), (range(99, 800, 100), False)],
    ids=["goes on", "begins anew", "begins anew and logs less often"],
)
def test_a_table_that_begins_where_a_training_begins_is_another_run(
    tmp_path: Path, steps: Sequence[int], joined: bool
) -> None:
    root = unpack("lightning", "resumed", tmp_path)
    rows = "".join(f"{step // 100},{step},{1 + step / 1000},,\n" for step in steps)
    table = root / "lightning_logs/version_1/metrics.csv"
    write(table, f"epoch,step,train_loss,val_acc,val_loss\n{rows}", table.stat().st_mtime)

    found = seen(root)

    shown = found.model.series["train_loss"]
    assert list(shown.step) == [*(range(49, 349, 50) if joined else ()), *steps]
    assert ("the newest of 2 runs" in (found.described.recognised or "")) is not joined


def test_the_epochs_of_event_files_are_those_that_lightning_counts_and_its_patience_says_the_end(
    tmp_path: Path,
) -> None:
    found, said = recording("lightning", "tensorboard", tmp_path)
    counter = {step: epoch for step, _, epoch in points_of(said, "epoch", "version_0")}

    assert_same(found.model.series["val_loss"], points_of(said, "val_loss"))
    assert list(found.model.series["val_loss"].epoch) == [counter[step] for step, _, _ in points_of(said, "val_loss")]
    assert (found.verdict, found.model.completion.early_stop) == ("ready", True)
    assert found.judged == "lightning_logs/version_0/checkpoints/last.ckpt"


def test_a_run_that_goes_on_in_a_new_version_is_one_run_and_its_epochs_count_from_zero(tmp_path: Path) -> None:
    def version(number: int, epochs: range, start: float) -> None:
        rows = [(10 * n + 9, {"train_loss": falling_at(n), "epoch": float(n)}) for n in epochs]
        folder = tmp_path / f"lightning_logs/version_{number}"
        name = f"events.out.tfevents.{int(start)}.gpu1.{number}.0"
        write(folder / name, log_bytes(rows, start), start + 10.0 * len(rows))
        write(folder / "hparams.yaml", "max_epochs: 8\n", start)
        numbers = Numbers()
        value = a_value(numbers) | {"pytorch-lightning_version": "2.5.0"}
        write(folder / "checkpoints/last.ckpt", torch_zip(value, numbers), start + 10.0 * len(rows))

    now = time.time()
    version(0, range(5), now - 9000.0)
    version(1, range(3, 8), now - 8000.0)
    found = seen(tmp_path)

    assert found.verdict == "ready"
    assert "epoch 8 of 8, completed" in found.detail("training")
    assert list(found.model.series["train_loss"].epoch) == list(range(8))


def test_the_epochs_of_a_resumed_table_count_from_zero_though_it_begins_later(tmp_path: Path) -> None:
    root = unpack("lightning", "resumed", tmp_path)
    hparams = root / "lightning_logs/version_1/hparams.yaml"
    write(hparams, hparams.read_text() + "max_epochs: 8\n", hparams.stat().st_mtime)

    assert "epoch 8 of 8, completed" in seen(root).detail("training")


def test_an_early_stop_is_what_the_callback_in_the_checkpoint_says_and_only_at_the_end_of_its_losses(
    tmp_path: Path,
) -> None:
    """`min_delta` makes a value that is a little better count as none: the values alone do not tell."""
    root = unpack("lightning", "tensorboard", tmp_path)
    key = '"callbacks.EarlyStopping*.stopped_epoch"'
    completion = f"{{stopped_key: {key}, patience: null}}"
    write(root / "dashboard.yaml", f"trainer: lightning\nstreams: [{{checkpoint: a.pt, completion: {completion}}}]\n")
    for number, epoch, stopped in ((1, 6, True), (2, 3, False), (3, 0, False)):
        callbacks = {"EarlyStopping{'monitor': 'val_loss'}": {"stopped_epoch": epoch}}
        numbers = Numbers()
        value = a_value(numbers) | {"callbacks": callbacks}
        at = (root / "lightning_logs/version_0/checkpoints/last.ckpt").stat().st_mtime
        write(root / "a.pt", torch_zip(value, numbers), at + number)

        assert seen(root).model.completion.early_stop is stopped, number


def test_a_test_of_the_finished_model_makes_a_version_that_is_not_the_run(tmp_path: Path) -> None:
    found, _ = recording("lightning", "tensorboard", tmp_path)

    assert found.described.recognised is not None
    assert found.described.recognised.startswith("Lightning in `lightning_logs/version_0`")
    assert "the newest of 2 runs" in found.described.recognised


def test_a_table_and_event_files_in_two_trees_are_one_run(tmp_path: Path) -> None:
    root = unpack("lightning", "tensorboard", tmp_path / "a")
    table = unpack("lightning", "folder", tmp_path / "b") / "lightning_logs/version_0/metrics.csv"
    shutil.move(root / "lightning_logs", root / "tb")
    (root / "csv/version_0").mkdir(parents=True)
    shutil.copy2(table, root / "csv/version_0/metrics.csv")

    found = seen(root)

    assert found.described.recognised is not None
    assert "`csv/version_0/metrics.csv`, event files in `tb/version_0` and" in found.described.recognised


def test_a_total_that_the_hyperparameters_say_is_believed(tmp_path: Path) -> None:
    root = unpack("lightning", "folder", tmp_path)
    hparams = root / "lightning_logs/version_0/hparams.yaml"
    write(hparams, hparams.read_text() + "max_epochs: 5\n", hparams.stat().st_mtime)

    found = seen(root)

    assert (found.verdict, found.model.completion.epochs) == ("ready", 5)


def test_the_command_that_lightning_stores_says_how_many_epochs_and_nothing_is_typed(tmp_path: Path) -> None:
    found, said = recording("lightning", "cli", tmp_path)

    assert (found.verdict, found.model.completion.epochs) == ("ready", said["total"])
    for series in ("train_loss", "val_loss", "val_acc"):
        assert_same(found.model.series[series], points_of(said, series))


@pytest.mark.parametrize(
    ("command", "told"),
    [("{trainer: {max_epochs: 5}}", "epoch 5 of 5, completed"), ("{trainer: {max_steps: 500}}", "of 500, completed")],
)
def test_hydra_says_above_a_runs_files_how_long_it_was_to_be(tmp_path: Path, command: str, told: str) -> None:
    root = unpack("lightning", "folder", tmp_path)
    write(root / ".hydra/config.yaml", f"{command}\n", time.time() - 9 * 86_400)

    found = seen(root)

    assert found.verdict == "ready"
    assert told in found.detail("training")


def write_version(root: Path, number: int, steps: Sequence[int], steps_per_epoch: int) -> None:
    """A version's event file with a loss that tells its version and step, and the epoch of each step."""
    start = 1_700_000_000.0 + 1000 * number
    parts = [
        record(
            event(n, [simple_value("train_loss", number + n / 1000), simple_value("epoch", n // steps_per_epoch)], at)
        )
        for at, n in enumerate(steps, int(start))
    ]
    place = root / f"lightning_logs/version_{number}"
    write(place / f"events.out.tfevents.{int(start)}.h.{number + 1}.0", header(start) + b"".join(parts), start + 900)


@pytest.mark.parametrize(
    ("first", "second_of", "shown"),
    [
        (range(4, 55, 5), (range(44, 80, 5), 20), [*range(4, 40, 5), *range(44, 80, 5)]),
        (range(4, 55, 5), ([44], 20), range(4, 45, 5)),
        (range(4, 80, 5), (range(4, 15, 5), 20), [4, 9, 14]),
        (range(4, 80, 5), ([49, 99], 20), [49, 99]),
        (range(4, 80, 5), ([49], 100), [49]),
        (range(4, 80, 5), ([4], 2), [4]),
    ],
    ids=["resumed", "resumed, one record", "anew", "anew, logs less often", "anew, one record", "anew, short epochs"],
)
def test_a_version_that_goes_on_with_the_one_before_it_is_one_run_with_it_and_no_other_is(
    tmp_path: Path, first: Sequence[int], second_of: tuple[Sequence[int], int], shown: Sequence[int]
) -> None:
    second, steps_per_epoch = second_of
    write_version(tmp_path, 0, first, steps_per_epoch)
    alone = seen(tmp_path)
    write_version(tmp_path, 1, second, steps_per_epoch)

    found = seen(tmp_path)

    assert found.described.trainer == "lightning"
    assert list(found.model.series["train_loss"].step) == list(shown)
    from_second = [n for n in shown if n >= second[0]]
    assert list(found.model.series["train_loss"].value)[-len(from_second) :] == pytest.approx(
        [1 + n / 1000 for n in from_second], rel=1e-6
    )
    is_same_run = found.state.meta.run_id == alone.state.meta.run_id
    assert is_same_run is (len(shown) > len(second))


def test_a_table_of_that_name_without_lightnings_columns_is_not_lightnings(tmp_path: Path) -> None:
    write(tmp_path / "version_0/metrics.csv", "name,price\npear,1\n")

    assert seen(tmp_path).described.trainer is None


def with_total(root: Path, epochs: int) -> Path:
    """Hyperparameters that say how many epochs there are to be, under their old time."""
    hparams = root / "lightning_logs/version_0/hparams.yaml"
    write(hparams, hparams.read_text() + f"max_epochs: {epochs}\n", hparams.stat().st_mtime)
    return root


def test_a_checkpoint_that_stepped_farther_than_the_losses_reach_is_of_another_run(tmp_path: Path) -> None:
    other = unpack("lightning", "resumed", tmp_path / "other") / "lightning_logs/version_1/checkpoints/last.ckpt"
    root = with_total(unpack("lightning", "folder", tmp_path / "own"), 5)
    own = next((root / "lightning_logs/version_0/checkpoints").iterdir())
    write(own.with_name("last.ckpt"), other.read_bytes(), own.stat().st_mtime)

    found = seen(root)

    assert (found.verdict, found.outcome("provenance")) == ("not_ready", "fail")
    assert "_batches_that_stepped` 800, but" in found.detail("provenance")
    assert "holds steps 49 to 499 (checkpoint_says)" in found.detail("provenance")


def test_hyperparameters_that_the_checkpoint_has_otherwise_are_told_and_fail_nothing(tmp_path: Path) -> None:
    root = with_total(unpack("lightning", "folder", tmp_path), 5)
    hparams = root / "lightning_logs/version_0/hparams.yaml"
    write(hparams, hparams.read_text().replace("lr: 0.01", "lr: 0.5"), hparams.stat().st_mtime)

    found = seen(root)

    assert found.verdict == "ready", "its tuner changes a value after the file was written"
    assert "`lr` is 0.5, it was 0.01 (config_says)" in found.detail("provenance")
