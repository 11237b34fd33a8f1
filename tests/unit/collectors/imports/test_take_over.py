"""Runs from elsewhere: snapshots, event folders, outputs of Lightning and Hugging Face."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from support.build_checkpoints import one_tensor, safetensors, weights
from support.build_events import event, header, record, simple_value
from support.recognising import aged, seen
from support.recorded import unpack
from support.state_parts import raw_state
from support.states import diverged_state, ready_state
from support.workspaces import GONE_PID, Stream, event_bytes, falling, write

from collectors.commands.runs import asked_for
from collectors.compare.compare import compare
from collectors.contract.state import DashboardState
from collectors.contract.values import Regression
from collectors.imports.take_over import import_runs
from collectors.options import UsageError
from collectors.store.runs import RunStore
from collectors.store.store import Store

DATA = Path(__file__).resolve().parents[3] / "data"
LONG_AGO = time.time() - 90 * 86_400


class Taking:
    """Imports into one state directory and remembers what was said."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.said: list[str] = []

    def __call__(
        self, *paths: Path, stream: str | None = None, epochs: int | None = None, tags: tuple[str, ...] = ()
    ) -> list[str]:
        asked = asked_for(stream, epochs, tags)
        return import_runs(paths, asked, Store(self.state_dir), self.said.append)

    def run(self, run_id: str) -> DashboardState:
        return RunStore(self.state_dir).required(run_id)


@pytest.fixture
def take(tmp_path: Path) -> Taking:
    return Taking(tmp_path / "state")


def outcomes(state: DashboardState) -> dict[str, str]:
    return {c.id: str(c.outcome) for c in state.checklist}


def write_events(folder: Path, tags: tuple[str, str] = ("loss/train", "loss/val"), *, start: float = LONG_AGO) -> None:
    """An event file of four epochs, as an old training left it."""
    out = [header(start)]
    for n, value in enumerate(falling(4), start=1):
        out += [record(event(n, [simple_value(tag, value)], start + n)) for tag in tags]
    write(folder / f"events.out.tfevents.{int(start)}.elsewhere.{GONE_PID}.0", b"".join(out), start + 4)


@pytest.mark.parametrize("trainer", ["dvclive", "lightgbm", "ultralytics", "detectron2"])
def test_a_run_is_judged_by_what_it_left_as_where_it_lies(take: Taking, tmp_path: Path, trainer: str) -> None:
    """Nobody looks for event files or a config that its trainer does not write."""
    root = unpack(trainer, "folder", tmp_path / "run")
    (taken,) = take(root)

    def asked(state: DashboardState) -> list[tuple[str, str, str]]:
        return [(c.id, str(c.outcome), c.detail) for c in state.checklist]

    assert asked(take.run(taken)) == asked(seen(root).state)


def test_a_run_that_logged_nothing_is_refused_by_what_its_trainer_would_write(take: Taking, tmp_path: Path) -> None:
    assert take(unpack("xgboost", "killed", tmp_path / "run")) == []
    assert take.said == [
        "run: not taken over: nothing that it logged was found "
        "(model: evals_result.json is missing; beside it: checkpoints, params.json)"
    ]


def test_a_column_of_an_unknown_name_can_be_named(take: Taking, tmp_path: Path) -> None:
    rows = "".join(f"{n},{1 / n},{0.5 + n / 100}\n" for n in range(1, 7))
    write(tmp_path / "old/log.csv", f"epoch,cost/dev,val_acc\n{rows}", LONG_AGO)

    assert take(tmp_path / "old", tags=("val_loss=cost/dev",)) == ["old"]
    shown = take.run("old").metrics["model"].series
    assert list(shown["val_loss"].value) == [1 / n for n in range(1, 7)]
    assert set(shown) == {"val_loss", "val_acc"}


def test_each_folder_of_event_files_is_a_run_named_by_its_folder(take: Taking, tmp_path: Path) -> None:
    write_events(tmp_path / "old/runs/lr0.01")
    write_events(tmp_path / "old/runs/sweep b/seed 1")

    assert take(tmp_path / "old") == ["lr0.01", "sweep_b_seed_1"]

    state = take.run("lr0.01")
    assert list(state.metrics["model"].series["val_loss"].value) == pytest.approx(falling(4), rel=1e-6)
    assert state.meta.title == "imported from TensorBoard"
    assert state.meta.started_at is not None
    assert state.meta.started_at.timestamp() == pytest.approx(LONG_AGO)


def test_what_an_event_file_cannot_tell_is_skipped_and_never_passed(take: Taking, tmp_path: Path) -> None:
    write_events(tmp_path / "runs/one")
    take(tmp_path / "runs")

    state = take.run("one")

    assert outcomes(state) == {
        "checkpoints": "skip", "logs": "pass", "training": "skip", "provenance": "skip",
    }  # fmt: skip
    assert state.verdict.value == "incomplete"
    assert "nothing says how many epochs were configured" in next(
        c.detail for c in state.checklist if c.id == "training"
    )


def test_the_operator_may_say_how_many_epochs_there_were(take: Taking, tmp_path: Path) -> None:
    write_events(tmp_path / "runs/done")
    write_events(tmp_path / "runs2/broken")

    take(tmp_path / "runs", epochs=4)
    take(tmp_path / "runs2", epochs=30)

    assert outcomes(take.run("done"))["training"] == "pass"
    assert outcomes(take.run("broken"))["training"] == "skip"  # nothing says that its four steps are epochs


def test_a_diverged_run_stays_a_failed_one(take: Taking, tmp_path: Path) -> None:
    stream = Stream("patchtst", [1.0, float("nan")], 2, LONG_AGO)
    write(tmp_path / "runs/bad/events.out.tfevents.1.h.1.0", event_bytes(stream), stream.end)

    take(tmp_path / "runs")

    assert take.run("bad").verdict.value == "not_ready"
    assert outcomes(take.run("bad"))["training"] == "fail"


def test_folders_below_a_run_are_its_sub_runs(take: Taking, tmp_path: Path) -> None:
    """`add_scalars` writes beside its parent."""
    write_events(tmp_path / "exp")
    write_events(tmp_path / "exp/loss_train", ("other", "thing"))

    assert take(tmp_path / "exp") == ["exp"]


@pytest.mark.parametrize("kind", ["tensorboard", "tensorboardx", "tensorboard_v2"])
def test_files_of_the_real_writers_are_taken_over(take: Taking, tmp_path: Path, kind: str) -> None:
    shutil.copytree(DATA / "events" / kind, tmp_path / "runs" / kind)

    taken = take(tmp_path / "runs")

    assert taken == [kind], take.said
    assert take.run(kind).metrics["model"].series


def test_a_loss_of_an_unknown_name_is_said_and_can_be_named(take: Taking, tmp_path: Path) -> None:
    write_events(tmp_path / "runs/odd", ("cost", "cost/dev"))

    assert take(tmp_path / "runs") == []
    assert "no loss of a known name" in take.said[-1]
    assert "--tag val_loss=TAG" in take.said[-1]
    assert take(tmp_path / "runs", tags=("val_loss=cost/dev",)) == ["odd"]
    assert set(take.run("odd").metrics["model"].series) == {"val_loss"}


def test_a_training_that_goes_on_is_not_taken_over(take: Taking, tmp_path: Path) -> None:
    write_events(tmp_path / "runs/live", start=time.time() - 10)

    assert take(tmp_path / "runs", epochs=30) == []
    assert "still training" in take.said[-1]


def write_lightning(folder: Path, *, last: float = 1.0, epochs: str = "max_epochs: 2\n") -> None:
    """What a CSVLogger leaves: epochs count from 0, train and val stand on different rows."""
    rows = ["epoch,step,train_loss_step,train_loss_epoch,val_loss", "0,9,1.5,,", "0,19,,,1.2", "0,19,,1.4,",
            "1,29,1.1,,", f"1,39,,,{last}", "1,39,,1.05,", ""]  # fmt: skip
    write(folder / "metrics.csv", "\n".join(rows), LONG_AGO)
    write(folder / "hparams.yaml", f"lr: 0.001\nbatch_size: 16\ndata_dir: /home/me/secret\n{epochs}", LONG_AGO)
    write(folder / "checkpoints/last.ckpt", (DATA / "checkpoints/torch_zip.pt").read_bytes(), LONG_AGO)


def test_a_training_of_which_nothing_says_its_end_is_taken_over_once_it_was_silent(
    take: Taking, tmp_path: Path
) -> None:
    root = aged(unpack("lightning", "folder", tmp_path / "run"))
    table = root / "lightning_logs/version_0/metrics.csv"
    now = time.time()
    os.utime(table, (now, now))
    assert take(root) == []
    assert take.said[-1] == "version_0: not taken over: it is still training; import it when it has ended"

    os.utime(table, (now - 700, now - 700))
    assert take(root) == ["version_0"]
    assert outcomes(take.run("version_0"))["training"] == "skip", "no more is known than before"


def test_a_training_that_logged_its_accuracy_alone_is_taken_over(take: Taking, tmp_path: Path) -> None:
    rows = "".join(f"{n},0.{50 + n}\n" for n in range(1, 11))
    write(tmp_path / "old/log.csv", f"epoch,val_acc\n{rows}", LONG_AGO)
    write(tmp_path / "old/config.yaml", "epochs: 10\n", LONG_AGO - 60)

    assert take(tmp_path / "old") == ["old"]
    assert outcomes(take.run("old"))["training"] == "pass"
    assert outcomes(take.run("old"))["logs"] != "fail"


def test_a_lightning_output_folder_becomes_a_run(take: Taking, tmp_path: Path) -> None:
    write_lightning(tmp_path / "exp/lightning_logs/version_0")
    write_lightning(tmp_path / "exp/lightning_logs/version_1", last=0.5, epochs="")

    assert take(tmp_path / "exp") == ["version_0", "version_1"]

    state = take.run("version_0")
    assert state.metrics["model"].final["val_loss"].value == 1.0
    assert state.metrics["model"].final["train_loss"].value == 1.05
    assert state.metrics["model"].config == {"lr": 0.001, "batch_size": 16, "max_epochs": 2}
    assert outcomes(state)["training"] == outcomes(state)["checkpoints"] == outcomes(state)["configs"] == "pass"
    assert outcomes(take.run("version_1"))["training"] == "skip"
    assert "secret" not in state.model_dump_json()


def test_a_damaged_checkpoint_of_an_imported_run_fails(take: Taking, tmp_path: Path) -> None:
    write_lightning(tmp_path / "version_0")
    write(tmp_path / "version_0/checkpoints/last.ckpt", b"PK\x03\x04 not a checkpoint", LONG_AGO)

    take(tmp_path / "version_0")

    assert outcomes(take.run("version_0"))["checkpoints"] == "fail"
    assert take.run("version_0").verdict.value == "not_ready"


def write_trainer(folder: Path, *, reached: int = 20, planned: int = 20) -> None:
    """What a Trainer leaves: mixed rows, fractions of epochs, the newest state in the last checkpoint."""
    rows = [{"epoch": s / 10, "loss": 2 - s / 20, "learning_rate": 0.001, "step": s} for s in range(5, reached + 1, 5)]
    rows += [{"epoch": s / 10, "eval_loss": 1.5 - s / 40, "step": s} for s in range(10, reached + 1, 10)]
    state = {"epoch": reached / 10, "global_step": reached, "max_steps": planned, "num_train_epochs": 2}
    write(
        folder / "checkpoint-10/trainer_state.json", json.dumps({"global_step": 10, "log_history": rows[:1]}), LONG_AGO
    )
    write(folder / f"checkpoint-{reached}/trainer_state.json", json.dumps(state | {"log_history": rows}), LONG_AGO)
    write(folder / "config.json", json.dumps({"hidden_size": 48, "_name_or_path": "/home/me/model"}), LONG_AGO)


def test_a_hugging_face_output_folder_becomes_a_run(take: Taking, tmp_path: Path) -> None:
    write_trainer(tmp_path / "out")

    assert take(tmp_path / "out") == ["out"]

    state = take.run("out")
    assert state.metrics["model"].final["val_loss"].value == 1.0
    assert (state.metrics["model"].completion.step, state.metrics["model"].completion.steps) == (20, 20)
    assert state.metrics["model"].config == {"hidden_size": 48}
    assert outcomes(state)["training"] == "pass"
    assert "/home/me" not in state.model_dump_json()


@pytest.mark.parametrize("ending", ["safetensors", "bin"])
@pytest.mark.parametrize("place", ["", "checkpoint-20/"])
def test_a_missing_shard_of_an_imported_model_fails_by_name(
    take: Taking, tmp_path: Path, place: str, ending: str
) -> None:
    """The index names two shards; the one that is there is not the model."""
    write_trainer(tmp_path / "out")
    stem = "model" if ending == "safetensors" else "pytorch_model"
    shards = [f"{stem}-0000{n}-of-00002.{ending}" for n in (1, 2)]
    index = {"weight_map": {"a": shards[0], "w": shards[1]}}
    write(tmp_path / "out" / place / f"{stem}.{ending}.index.json", json.dumps(index), LONG_AGO)
    data = safetensors({"w": weights()}) if ending == "safetensors" else one_tensor(weights())
    write(tmp_path / "out" / place / shards[1], data, LONG_AGO)

    take(tmp_path / "out")

    state = take.run("out")
    assert outcomes(state)["checkpoints"] == "fail"
    assert f"this shard is missing ({shards[0]})" in next(c.detail for c in state.checklist if c.id == "checkpoints")


def test_a_trainer_that_was_broken_off_is_never_called_finished(take: Taking, tmp_path: Path) -> None:
    write_trainer(tmp_path / "out", reached=20, planned=100)

    take(tmp_path / "out")

    assert outcomes(take.run("out"))["training"] == "skip"  # its pace is not known: silence alone proves no end


def test_several_output_folders_below_one_are_several_runs(take: Taking, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_trainer(tmp_path / "all" / name)
        write_events(tmp_path / "all" / name / "runs/Jul01_host", ("train/loss", "eval/loss"))

    assert take(tmp_path / "all") == ["a", "b"]
    assert take.run("a").metrics["model"].completion.started_at is not None


def test_imported_runs_can_be_compared(take: Taking, tmp_path: Path) -> None:
    write_lightning(tmp_path / "lightning_logs/version_0")
    write_lightning(tmp_path / "lightning_logs/version_1", last=1.5)
    take(tmp_path / "lightning_logs")

    worse = compare(take.run("version_1"), take.run("version_0"))
    better = compare(take.run("version_0"), take.run("version_1"))

    assert [d.regression.value for d in (worse, better)] == [Regression.REGRESSION, Regression.NONE]


def test_a_stream_may_be_called_like_that_of_other_runs(take: Taking, tmp_path: Path) -> None:
    write_events(tmp_path / "runs/one")

    take(tmp_path / "runs", stream="patchtst")

    assert list(take.run("one").metrics) == ["patchtst"]


def test_taking_over_twice_changes_nothing(take: Taking, tmp_path: Path) -> None:
    write_events(tmp_path / "all/one")
    write_lightning(tmp_path / "all/version_0")
    first = take(tmp_path / "all")
    before = {p: p.read_bytes() for p in (take.state_dir / "runs").iterdir()}
    time.sleep(0.01)

    assert take(tmp_path / "all") == first
    assert {p: p.read_bytes() for p in (take.state_dir / "runs").iterdir()} == before
    assert take.said[-2:] == ["one: is here already", "version_0: is here already"]


def test_a_run_that_has_come_further_is_brought_up_to_date(take: Taking, tmp_path: Path) -> None:
    write_events(tmp_path / "runs/one")
    take(tmp_path / "runs")
    path = next((tmp_path / "runs/one").iterdir())
    more = record(event(5, [simple_value("loss/val", 0.1)], LONG_AGO + 5))
    write(path, path.read_bytes() + more, LONG_AGO + 5)

    assert take(tmp_path / "runs") == ["one"]
    assert take.run("one").metrics["model"].final["val_loss"].value == pytest.approx(0.1)


def test_another_run_of_the_same_name_is_kept_beside(take: Taking, tmp_path: Path) -> None:
    write_events(tmp_path / "a/one")
    write_events(tmp_path / "b/one", start=LONG_AGO + 5000)

    assert take(tmp_path / "a", tmp_path / "b") == ["one", "one-2"]
    assert take(tmp_path / "b") == ["one-2"]
    assert "both are kept" in " ".join(take.said)


def test_snapshots_of_another_state_directory_are_taken_over_as_they_are(take: Taking, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    other.write_snapshot(ready_state())

    assert take(tmp_path / "other") == [ready_state().meta.run_id]
    assert take.run(ready_state().meta.run_id) == ready_state()
    assert take(tmp_path / "other/runs") == [ready_state().meta.run_id]
    assert take.said[-1].endswith("is here already")


def test_a_snapshot_brings_its_longer_curves_along(take: Taking, tmp_path: Path) -> None:
    raw = raw_state()
    at = list(range(300))
    series = {"epoch": at, "step": at, "time": [None] * 300, "value": [1 / (1 + n) for n in at]}
    raw["metrics"]["patchtst"]["series"]["val_loss"] = series
    state = DashboardState.model_validate(raw)
    Store(tmp_path / "other").write_snapshot(state)

    for path in (tmp_path / "other", tmp_path / "other" / "runs" / f"{state.meta.run_id}.json"):
        shutil.rmtree(take.state_dir, ignore_errors=True)
        taken = take.run(*take(path))
        assert RunStore(take.state_dir).whole(taken).metrics["patchtst"].series["val_loss"].value[299] == 1 / 300


def test_one_snapshot_may_be_named(take: Taking, tmp_path: Path) -> None:
    path = write(tmp_path / "somewhere.json", ready_state().model_dump_json())

    assert take(path) == [ready_state().meta.run_id]


def test_the_same_id_with_other_content_keeps_both(take: Taking, tmp_path: Path) -> None:
    Store(take.state_dir).write_snapshot(ready_state())
    Store(tmp_path / "other").write_snapshot(diverged_state())
    run_id = ready_state().meta.run_id

    assert take(tmp_path / "other") == [f"{run_id}-2"]
    assert take.run(run_id) == ready_state()
    assert take.run(f"{run_id}-2").metrics == diverged_state().metrics
    assert take(tmp_path / "other") == [f"{run_id}-2"]


def test_damaged_snapshots_are_refused_by_name_and_the_others_are_taken(take: Taking, tmp_path: Path) -> None:
    Store(tmp_path / "other").write_snapshot(ready_state())
    write(tmp_path / "other/runs/bad.json", b"{")
    write(tmp_path / "other/runs/evil.json", ready_state().model_dump_json().replace('"2"', '"9"', 1))

    assert take(tmp_path / "other") == [ready_state().meta.run_id]
    assert [line.partition(":")[0] for line in take.said] == ["bad.json", "evil.json", ready_state().meta.run_id]


def test_a_file_name_cannot_play_with_the_terminal(take: Taking, tmp_path: Path) -> None:
    Store(tmp_path / "other").write_snapshot(ready_state())
    write(tmp_path / "other/runs/\x1b[2J.json", b"{")

    take(tmp_path / "other")

    assert all(line.isprintable() for line in take.said)


def test_a_snapshot_that_is_no_regular_file_is_refused(take: Taking, tmp_path: Path) -> None:
    Store(tmp_path / "other").write_snapshot(ready_state())
    (tmp_path / "other/runs/link.json").symlink_to("/etc/hostname")

    assert take(tmp_path / "other") == [ready_state().meta.run_id]
    assert take.said[0].startswith("link.json: not taken over")


def test_a_folder_without_any_run_says_what_was_looked_for(take: Taking, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert take(tmp_path / "empty") == []
    assert "no snapshot, event file, metrics.csv, trainer_state.json, mlflow.db or mlruns" in take.said[0]


def test_a_path_that_is_not_there_is_a_usage_error(take: Taking, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        take(tmp_path / "nowhere/at/all")


@pytest.mark.parametrize(
    ("stream", "epochs", "tags"),
    [("a b", None, ()), ("", None, ()), (None, 0, ()), (None, None, ("x",)), (None, None, ("=y",))],
)
def test_options_that_cannot_be_meant_are_refused(
    stream: str | None, epochs: int | None, tags: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError):
        asked_for(stream, epochs, tags)
