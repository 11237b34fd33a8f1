"""`python -m collectors compare`: the delta of real runs, and the policy as exit code."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.states import ready_state
from support.workspaces import Stream, good_streams, write, write_good, write_running, write_stream

from collectors.__main__ import main
from collectors.observe.load_pipeline import default_config_bytes
from collectors.store.runs import RunStore
from collectors.store.store import Store

Trained = Callable[..., str]


@pytest.fixture
def where(tmp_path: Path) -> list[str]:
    return ["--state-dir", str(tmp_path / "state")]


@pytest.fixture
def trained(tmp_path: Path, where: list[str]) -> Trained:
    """Train in a folder of its own, with losses scaled, and store the run under a name."""

    def train(name: str, factor: float = 1.0, **configs: str) -> str:
        root = tmp_path / name
        streams = write_good(root, time.time() - 900)
        for stream in streams:
            write_stream(root, replace(stream, val=[v * factor for v in stream.val]))
            path = root / f"configs/{stream.id}_ssl_real.yaml"
            for old, new in configs.items():
                write(path, path.read_text().replace(f"{old}: ", f"{old}: {new} #"), stream.start)
        main(["export", str(root), *where, "--snapshot", "--run-id", name])
        return name

    return train


def last_losses(root: Path, stream: str) -> tuple[float, float]:
    """Final and best validation loss, straight from the CSV."""
    with (root / f"artifacts/loss/{stream}_loss_history.csv").open(newline="") as file:
        values = [float(row["val_loss"]) for row in csv.DictReader(file)]
    return values[-1], min(values)


def test_the_worse_run_exits_1_and_the_better_one_0(
    trained: Trained, where: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    good, worse, better = trained("good"), trained("worse", 1.2), trained("better", 0.8)

    codes = {run: main(["compare", run, good, *where]) for run in (worse, better, good)}

    assert codes == {worse: 1, better: 0, good: 0}
    assert "Result: Worse than baseline - patchtst: val_loss" in capsys.readouterr().out


def test_the_numbers_are_those_of_the_tables(
    trained: Trained, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, worse = trained("good"), trained("worse", 1.2)
    capsys.readouterr()

    main(["compare", worse, good, *where, "--format", "json"])

    delta = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    for stream in delta["streams"]:
        found = {c["which"]: c["value"] for c in stream["losses"] if c["series"] == "val_loss"}
        run, baseline = (last_losses(tmp_path / name, stream["id"]) for name in (worse, good))
        assert (found["final"]["run"], found["best"]["run"]) == pytest.approx(run)
        assert (found["final"]["baseline"], found["best"]["baseline"]) == pytest.approx(baseline)
        assert found["final"]["relative"] == pytest.approx(run[0] / baseline[0] - 1)


def test_the_pinned_baseline_is_the_default(
    trained: Trained, where: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    good, worse = trained("good"), trained("worse", 1.2)
    assert main(["compare", worse, *where]) == 2
    assert "pin one with" in capsys.readouterr().err

    main(["runs", "baseline", good, *where])

    assert main(["compare", worse, *where]) == 1
    assert f"against the baseline {good}" in capsys.readouterr().out


def test_the_current_state_can_be_compared(trained: Trained, where: list[str]) -> None:
    good = trained("good")
    trained("worse", 1.2)  # the last export is what is true now

    assert main(["compare", "current", good, *where]) == 1


def test_a_run_on_other_data_is_incomparable(
    trained: Trained, where: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    good, other = trained("good"), trained("other", 0.5, source="synthetic")

    assert main(["compare", other, good, *where]) == 4

    out = capsys.readouterr().out
    assert "incomparable: other source: synthetic against csv" in out
    assert "better" not in out.replace("lower is better", "")


@pytest.mark.parametrize(("key", "value"), [("mask_ratio", "0.75"), ("seq_len", "64")])
def test_another_mask_ratio_or_window_is_incomparable(trained: Trained, where: list[str], key: str, value: str) -> None:
    assert main(["compare", trained("other", 0.5, **{key: value}), trained("good"), *where]) == 4


def test_a_diverged_run_exits_1_and_against_a_diverged_baseline_nothing_is_said(
    trained: Trained, where: list[str], tmp_path: Path
) -> None:
    good = trained("good")
    first, second = good_streams()
    for stream in (first, replace(second, val=[0.7, float("nan")])):
        write_stream(tmp_path / "nan", stream)
    main(["export", str(tmp_path / "nan"), *where, "--snapshot", "--run-id", "nan"])

    assert main(["compare", "nan", good, *where]) == 1
    assert main(["compare", good, "nan", *where]) == 4


def test_a_run_that_is_training_exits_4(trained: Trained, where: list[str], tmp_path: Path) -> None:
    good = trained("good")
    write_running(tmp_path / "now")
    main(["export", str(tmp_path / "now"), *where])

    assert main(["compare", "current", good, *where]) == 4


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        (("nobody", "good"), "no run nobody"),
        (("good", "nobody"), "no run nobody"),
        (("current!", "good"), "no run current_"),
        (("good", "broken"), "cannot be read"),
    ],
)
def test_an_unknown_or_damaged_run_exits_2(
    sides: tuple[str, str], words: str, where: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    state = ready_state()
    meta = state.meta.model_copy(update={"run_id": "good"})
    Store(Path(where[1])).write_snapshot(state.model_copy(update={"meta": meta}))
    write(Path(where[1]) / "runs/broken.json", b"{")

    assert main(["compare", *sides, *where]) == 2

    printed = capsys.readouterr()
    assert words in printed.err
    assert printed.out == ""


def policy(tmp_path: Path, text: str) -> str:
    path = write(tmp_path / "policy/dashboard.yaml", default_config_bytes() + f"\nbaseline: {{{text}}}\n".encode())
    return str(path)


def test_the_policy_of_a_named_configuration_decides(trained: Trained, where: list[str], tmp_path: Path) -> None:
    good, worse = trained("good"), trained("worse", 1.2)

    assert main(["compare", worse, good, *where, "--config", policy(tmp_path, "allowed_relative: 0.25")]) == 0
    assert main(["compare", worse, good, *where, "--config", policy(tmp_path, "minimum_epochs: 100")]) == 4
    assert main(["compare", worse, good, *where, "--config", policy(tmp_path, "alowed_relative: 1")]) == 2


def test_the_policy_of_the_workspace_travels_with_its_state(trained: Trained, where: list[str], tmp_path: Path) -> None:
    """Whoever sees only the state directory judges by the same policy."""
    good, worse = trained("good"), trained("worse", 1.2)
    write(tmp_path / "worse/dashboard.yaml", default_config_bytes() + b"\nbaseline: {allowed_relative: 0.25}\n")
    main(["export", str(tmp_path / "worse"), *where])

    assert RunStore(tmp_path / "state").policy().allowed_relative == 0.25
    assert main(["compare", worse, good, *where]) == 0


def test_the_policy_of_a_named_workspace_wins_over_the_stored_one(
    trained: Trained, where: list[str], tmp_path: Path
) -> None:
    good, worse = trained("good"), trained("worse", 1.2)
    write(tmp_path / "good/dashboard.yaml", default_config_bytes() + b"\nbaseline: {allowed_relative: 0.25}\n")

    assert main(["compare", worse, good, *where, "--workspace", str(tmp_path / "good")]) == 0
    assert main(["compare", worse, good, *where, "--workspace", str(tmp_path / "worse")]) == 1


def test_config_and_artifact_differences_are_told_and_only_those(
    trained: Trained, where: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    good, other = trained("good"), trained("other", 1.0, lr="0.01")
    capsys.readouterr()

    main(["compare", other, good, *where])

    out = capsys.readouterr().out
    assert out.count("config: lr 0.01 (0.002)") == 2
    assert "mask_ratio" not in out
    assert "configs/patchtst_ssl_real.yaml: sha256" in out
    assert "scaler_fdc.json" not in out


def test_markdown_escapes_what_comes_from_files(
    trained: Trained, where: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    good, other = trained("good"), trained("other", 1.0, source="'<b>|x'")
    capsys.readouterr()

    assert main(["compare", other, good, *where, "--format", "markdown"]) == 4

    out = capsys.readouterr().out
    assert out.startswith("**Incomparable**")
    assert "<b>" not in out
    assert "&lt;b&gt;\\|x" in out


def test_streams_that_both_have_are_judged_by_their_own_numbers(
    trained: Trained, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """PatchTST got better, SwinMAE worse: it is a regression, and both are told."""
    good = trained("good")
    mixed: tuple[Stream, Stream] = write_good(tmp_path / "mixed")
    for stream, factor in zip(mixed, (0.8, 1.2), strict=True):
        write_stream(tmp_path / "mixed", replace(stream, val=[v * factor for v in stream.val]))
    main(["export", str(tmp_path / "mixed"), *where, "--snapshot", "--run-id", "mixed"])
    capsys.readouterr()

    assert main(["compare", "mixed", good, *where]) == 1

    out = capsys.readouterr().out
    assert "(-20 %), better" in out
    assert "(+20 %), worse" in out
    assert "Result: Worse than baseline - swinmae" in out
