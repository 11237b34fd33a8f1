"""`python -m collectors` on whole workspaces: checklist, verdict, exit code."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from support.server import ROOT, clean_environment
from support.workspaces import (
    Stream,
    checkpoint_bytes,
    falling,
    good_streams,
    table_text,
    write,
    write_backup,
    write_good,
    write_running,
    write_stream,
)

from collectors.__main__ import main
from collectors.contract.state import state_from_json
from collectors.observe.load_pipeline import default_config_bytes


def collectors(*arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does."""
    return subprocess.run(
        [sys.executable, "-m", "collectors", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, env=clean_environment(**env), timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A good training, ended some minutes ago."""
    write_good(tmp_path / "ws")
    return tmp_path / "ws"


@pytest.fixture
def validate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Exit code and checks by id, with a state directory of the test's own."""

    def run(root: Path, *more: object) -> tuple[int, dict[str, Any]]:
        arguments = ["validate", root, "--state-dir", tmp_path / "state", "--format", "json", *more]
        code = main([str(a) for a in arguments])
        printed = capsys.readouterr()
        assert printed.out, printed.err
        assert str(tmp_path) not in printed.out, "an absolute path leaked"
        data = json.loads(printed.out)
        return code, {c["id"]: c for c in data["checklist"]} | {"verdict": data["verdict"]}

    return run


Validate = Callable[..., tuple[int, dict[str, Any]]]


def outcomes(checks: dict[str, Any]) -> str:
    """The outcomes in order, one letter each: p, f or s."""
    return "".join(c["outcome"][0] for name, c in checks.items() if name != "verdict")


def test_a_good_training_lacks_only_the_smoke_test(workspace: Path, validate: Validate) -> None:
    code, checks = validate(workspace)

    assert outcomes(checks) == "pppppsppp"
    assert checks["verdict"]["value"] == "incomplete"
    assert code == 4
    assert validate(workspace, "--allow-skips")[0] == 0


def test_a_smoke_run_makes_it_ready_and_is_remembered(workspace: Path, validate: Validate) -> None:
    code, checks = validate(workspace, "--run-smoke")
    assert (code, outcomes(checks)) == (0, "ppppppppp")

    again, remembered = validate(workspace)

    assert (again, remembered["verdict"]["value"]) == (0, "ready")
    assert "scored 12 windows" in remembered["smoke"]["detail"]


def test_a_remembered_smoke_run_is_not_valid_for_another_checkpoint(workspace: Path, validate: Validate) -> None:
    validate(workspace, "--run-smoke")
    changed = replace(good_streams()[0], seed=9)
    write(workspace / "checkpoints/patchtst_ssl.pt", checkpoint_bytes(changed))

    _, checks = validate(workspace)

    assert checks["smoke"]["outcome"] == "skip"


@pytest.mark.parametrize("changed", ["artifacts/scaler_fdc.json", "artifacts/patchtst_limits.json", "inference/run.py"])
def test_a_remembered_smoke_run_is_not_valid_after_a_change_of_anything_it_names(
    workspace: Path, validate: Validate, changed: str
) -> None:
    """Scores rest on the scaler, on thresholds and on the program as much as on the checkpoint."""
    program = "import sys; open(sys.argv[2], 'w').write('scored'); print('scored 12 windows')"
    write(workspace / "inference/run.py", program)
    write(workspace / "artifacts/patchtst_limits.json", "{}")
    default = default_config_bytes().decode()
    own = """smoke:
  command: ["{python}", inference/run.py, "--limits=artifacts/{stream}_limits.json", "artifacts/{stream}.out"]
  inputs: artifacts/{stream}_limits.json

split_policy:"""
    start, end = default.index("smoke:"), default.index("split_policy:")
    write(workspace / "dashboard.yaml", default[:start] + own + default[end + len("split_policy:") :])
    _, checks = validate(workspace, "--run-smoke")
    assert checks["smoke"]["outcome"] == "pass"
    assert validate(workspace)[1]["smoke"]["outcome"] == "pass"
    path = workspace / changed

    path.write_bytes(path.read_bytes() + b"\n")

    told = validate(workspace)[1]["smoke"]
    assert told["outcome"] == "skip"
    assert f"patchtst: not run for today's {changed}" in told["detail"]
    assert validate(workspace, "--run-smoke")[1]["smoke"]["outcome"] == "pass"


def test_a_scoring_command_that_fails_is_told_with_its_last_lines(workspace: Path, validate: Validate) -> None:
    write(workspace / "inference/run_scoring_example.py", "import sys; print('loading'); sys.exit('NaN score')")

    code, checks = validate(workspace, "--run-smoke")

    assert code == 1
    assert checks["smoke"]["outcome"] == "fail"
    assert "NaN score" in checks["smoke"]["detail"]


def test_without_the_flag_nothing_of_the_workspace_is_executed(workspace: Path, validate: Validate) -> None:
    write(workspace / "inference/run_scoring_example.py", "open('ran', 'w')")

    validate(workspace)

    assert not (workspace / "ran").exists()


def test_an_empty_workspace_is_not_ready_and_says_so(tmp_path: Path, validate: Validate) -> None:
    (tmp_path / "ws").mkdir()

    code, checks = validate(tmp_path / "ws")

    assert code == 1
    assert checks["verdict"]["reason"] == "Nothing has been trained here yet."


def test_a_running_stream_is_training(tmp_path: Path, validate: Validate) -> None:
    write_running(tmp_path / "ws")

    code, checks = validate(tmp_path / "ws")

    assert (code, checks["verdict"]["value"]) == (4, "training")
    assert checks["training"]["outcome"] == "skip"
    assert "epoch 3 of 30" in checks["training"]["detail"]
    assert checks["provenance"]["outcome"] == "skip"


def test_a_writer_that_is_gone_did_not_finish(tmp_path: Path, validate: Validate) -> None:
    write_running(tmp_path / "ws", pid=4_000_000)

    code, checks = validate(tmp_path / "ws")

    assert code == 1
    assert "epoch 3 of 30, then silent" in checks["training"]["detail"]
    assert checks["verdict"]["evidence"].startswith("8. Training finished")


def _missing_scaler(root: Path) -> None:
    (root / "artifacts/scaler_fdc.json").unlink()


def _bad_scale(root: Path) -> None:
    write(root / "artifacts/scaler_fdc.json", '{"method": "zscore", "center": [0, 0], "scale": [1, 0]}')


def _truncated_checkpoint(root: Path) -> None:
    path = root / "checkpoints/swinmae_ssl.pt"
    kept = path.stat()
    path.write_bytes(path.read_bytes()[:-200])
    os.utime(path, (kept.st_mtime, kept.st_mtime))


def _empty_checkpoint(root: Path) -> None:
    write(root / "checkpoints/swinmae_ssl.pt", b"")


def _no_events(root: Path) -> None:
    shutil.rmtree(root / "runs/swinmae_ssl")


def _bad_rate(root: Path) -> None:
    path = root / "configs/patchtst_ssl_real.yaml"
    path.write_text(path.read_text().replace("lr: 0.002", "lr: -1"))


def _no_backup(root: Path) -> None:
    shutil.rmtree(root / "artifacts/bundles")


def _half_backup(root: Path) -> None:
    path = root / "artifacts/bundles/run_bundle.zip"
    path.write_bytes(path.read_bytes()[:-60])


def _silent_policy(root: Path) -> None:
    write(root / "docs/calibration_split_policy.md", "We train on everything.")


@pytest.mark.parametrize(
    ("breakage", "broken"),
    [
        (_missing_scaler, ("scaler", "artifacts/scaler_fdc.json is missing")),
        (_bad_scale, ("scaler", "scale[1] is 0")),
        (_truncated_checkpoint, ("checkpoints", "swinmae: checkpoints/swinmae_ssl.pt")),
        (_empty_checkpoint, ("checkpoints", "0 bytes")),
        (_no_events, ("logs", "no event file below runs/swinmae_ssl")),
        (_bad_rate, ("configs", "`training.lr` (line 12) is -1: expected more than 0")),
        (_no_backup, ("backup", "no archive matches")),
        (_half_backup, ("backup", "run_bundle.zip")),
        (_silent_policy, ("split_policy", "does not speak of calibration, normal")),
    ],
)
def test_a_broken_file_fails_its_check_and_the_others_are_still_told(
    workspace: Path, validate: Validate, breakage: Callable[[Path], None], broken: tuple[str, str]
) -> None:
    check, said = broken
    breakage(workspace)

    code, checks = validate(workspace)

    assert code == 1
    assert checks[check]["outcome"] == "fail"
    assert said in checks[check]["detail"]
    assert checks[check]["hint"]
    assert len(checks) == 10
    assert outcomes(checks).count("p") >= 5


def test_a_nan_run_over_a_good_old_workspace_is_not_ready(workspace: Path, validate: Validate) -> None:
    """The old pipeline's worst trap: exit code 0, new logs, and the old checkpoint still lying there."""
    old = good_streams()[0]
    rerun = replace(old, val=[math.nan] * 8, start=old.end + 300)
    kept = (workspace / "checkpoints/patchtst_ssl.pt").stat().st_mtime
    write_stream(workspace, rerun, checkpoint=False)

    code, checks = validate(workspace)

    assert code == 1
    assert checks["verdict"]["value"] == "not_ready"
    assert "NaN since epoch 1" in checks["training"]["detail"]
    assert checks["provenance"]["outcome"] == "fail"
    assert "from the previous run" in checks["provenance"]["detail"]
    assert (workspace / "checkpoints/patchtst_ssl.pt").stat().st_mtime == kept


def test_swapped_checkpoints_are_noticed(workspace: Path, validate: Validate) -> None:
    one, other = workspace / "checkpoints/patchtst_ssl.pt", workspace / "checkpoints/swinmae_ssl.pt"
    times = one.stat().st_mtime, other.stat().st_mtime
    swapped = other.read_bytes(), one.read_bytes()
    for path, data, at in zip((one, other), swapped, times, strict=True):
        write(path, data, at)

    code, checks = validate(workspace)

    assert code == 1
    assert "has the layers of swinmae, not of patchtst" in checks["provenance"]["detail"]


def test_a_backup_of_another_checkpoint_is_not_of_this_run(workspace: Path, validate: Validate) -> None:
    one, two = good_streams()
    path = workspace / "checkpoints/patchtst_ssl.pt"
    kept = path.stat().st_mtime
    write(path, checkpoint_bytes(replace(one, seed=99)))
    write_backup(workspace, [one, two], two.end + 5)
    write(path, checkpoint_bytes(one), kept)

    _, checks = validate(workspace)

    assert checks["provenance"]["outcome"] == "fail"
    assert "holds another checkpoints/patchtst_ssl.pt" in checks["provenance"]["detail"]


def test_a_copy_without_times_cannot_tell_but_contents_still_can(workspace: Path, validate: Validate) -> None:
    for path in workspace.rglob("*"):
        if path.is_file():
            os.utime(path)

    _, checks = validate(workspace)
    assert checks["provenance"]["outcome"] == "skip"
    assert "times were lost" in checks["provenance"]["detail"]

    write(
        workspace / "artifacts/loss/swinmae_loss_history.csv", table_text(replace(good_streams()[1], val=falling(5, 9)))
    )
    _, contradicted = validate(workspace)
    assert contradicted["provenance"]["outcome"] == "fail"


def test_a_recorded_early_stop_counts_as_completed(workspace: Path, validate: Validate) -> None:
    one, two = good_streams()
    config = workspace / "configs/swinmae_ssl_real.yaml"
    kept = config.stat().st_mtime
    write(config, config.read_text().replace("epochs: 5", "epochs: 50"), kept)
    write_backup(workspace, [one, two], two.end + 5)
    stopped = {"stream": "swinmae", "pid": 4_000_000, "host": "h", "outcome": "early_stopped"}
    write(
        workspace / "run_status.json",
        json.dumps(stopped | {"updated_at": datetime.fromtimestamp(two.end, UTC).isoformat()}),
    )

    _, checks = validate(workspace)

    assert checks["training"]["outcome"] == "pass"
    assert "stopped early" in checks["training"]["detail"]


@pytest.mark.parametrize("face", ["text", "json", "junit", "markdown"])
def test_every_format_goes_to_a_file_too(workspace: Path, tmp_path: Path, face: str) -> None:
    target = tmp_path / "report"

    done = collectors("validate", workspace, "--state-dir", tmp_path / "s", "--format", face, "--output", target)

    assert (done.returncode, done.stdout) == (4, "")
    text = target.read_text()
    assert "Trained checkpoints" in text
    if face == "junit":
        assert len(ElementTree.fromstring(text).findall(".//testcase")) == 9


def test_text_is_plain_when_piped_and_ends_with_the_summary(workspace: Path, tmp_path: Path) -> None:
    done = collectors("validate", workspace, "--state-dir", tmp_path / "s")

    assert "\x1b" not in done.stdout
    assert "1. [v] PASS - Trained checkpoints\n   detail: " in done.stdout
    assert "Summary: 8/9 passed, 0 failed, 1 skipped" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["validate", "no/such/folder"], "does not exist"),
        (["validate", "README.md"], "is not a folder"),
        (["validate", ".", "--config", "no.yaml"], "no.yaml"),
        (["validate", ".", "--nonsense"], "--nonsense"),
        (["validate", ".", "--smoke-timeout", "-1"], "--smoke-timeout"),
        (["export", ".", "--run-id", "///"], "--run-id"),
        ([], "COMMAND"),
        (["frobnicate"], "frobnicate"),
    ],
)
def test_a_usage_error_is_one_line_and_exit_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(arguments)

    told = capsys.readouterr().err
    assert code == 2
    assert told.startswith("error: ")
    assert said in told
    assert len(told.strip().splitlines()) == 1


def test_export_writes_a_state_and_a_snapshot_and_changes_nothing_the_second_time(
    workspace: Path, tmp_path: Path
) -> None:
    state_dir = tmp_path / "state"
    first = collectors("export", workspace, "--state-dir", state_dir, "--snapshot")
    raw = (state_dir / "dashboard-state.json").read_bytes()
    state = state_from_json(raw)

    second = collectors("export", workspace, "--state-dir", state_dir, "--snapshot")

    assert (first.returncode, second.returncode) == (4, 4)
    assert (state_dir / "dashboard-state.json").read_bytes() == raw
    assert [p.name for p in sorted((state_dir / "runs").iterdir())] == ["index.jsonl", f"{state.meta.run_id}.json"]
    assert state.nodes["run-summary"].status == "done"
    assert str(tmp_path) not in raw.decode()


def test_export_holds_the_losses_of_the_tables(workspace: Path, tmp_path: Path) -> None:
    collectors("export", workspace, "--state-dir", tmp_path / "state")
    state = state_from_json((tmp_path / "state/dashboard-state.json").read_bytes())

    assert state.metrics["patchtst"].source == "loss_history"
    assert list(state.metrics["patchtst"].series["val_loss"].value) == falling(8)
    assert state.metrics["swinmae"].final["val_loss"].value == falling(5, 0.7)[-1]
    assert state.metrics["patchtst"].config == {
        "lr": 0.002, "epochs": 8, "mask_ratio": 0.4, "amp": False, "source": "csv", "window": 128,
    }  # fmt: skip
    assert all(a.level == "verified" and a.belongs_to_run for a in state.artifacts.checkpoints)


def test_a_typed_run_id_is_normalised_and_echoed(workspace: Path, tmp_path: Path) -> None:
    done = collectors("export", workspace, "--state-dir", tmp_path / "s", "--snapshot", "--run-id", "my run/1")

    assert "run id: my_run_1" in done.stderr
    assert (tmp_path / "s/runs/my_run_1.json").is_file()


def test_options_come_from_the_environment_too(workspace: Path, tmp_path: Path) -> None:
    done = collectors("validate", workspace, TRAINING_DASHBOARD_STATE_DIR=str(tmp_path / "s"),
                      TRAINING_DASHBOARD_FORMAT="json", TRAINING_DASHBOARD_ALLOW_SKIPS="yes")  # fmt: skip

    assert done.returncode == 0
    assert json.loads(done.stdout)["verdict"]["value"] == "incomplete"


def test_a_state_that_cannot_be_saved_is_exit_3_and_the_old_one_stays(workspace: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")

    done = collectors("export", workspace, "--state-dir", blocked)

    assert done.returncode == 3
    assert "state not saved" in done.stderr


def test_another_pipeline_works_with_no_code_change(tmp_path: Path, validate: Validate) -> None:
    """One stream of another name, other folders, other tags and columns, its own stages."""
    root = tmp_path / "ws"
    stream = Stream("resnet", falling(4), 4, 1_790_000_000.0)
    write(root / "out/best.pth", checkpoint_bytes(stream), stream.end)
    write(root / "cfg.json", json.dumps({"opt": {"lr": 0.1}, "n": 4}), stream.start - 1)
    write_stream(root / "tmp", stream)
    (root / "tb").mkdir()
    events = next((root / "tmp/runs/resnet_ssl").iterdir())
    events.rename(root / "tb" / events.name)
    shutil.rmtree(root / "tmp")
    write(
        root / "dashboard.yaml",
        """
title: resnet
streams:
  - id: resnet
    label: ResNet
    checkpoint: out/*.pth
    config: {candidates: cfg.json, required: {opt.lr: {above: 0}}, highlights: {lr: opt.lr}}
    events: {folder: tb, tags: {train_loss: loss/train, val_loss: loss/val}}
    completion: {by: epochs, total: n}
stages:
  - {id: data, label: Data, status_from: files, files: "cfg.json"}
  - {id: net, label: ResNet, status_from: "stream:resnet"}
edges: [[data, net]]
""",
    )

    code, checks = validate(root)

    assert (code, checks["verdict"]["value"]) == (0, "ready")
    assert list(checks) == ["checkpoints", "logs", "configs", "training", "provenance", "verdict"]


def test_an_external_validators_lines_become_the_checklist(workspace: Path, tmp_path: Path) -> None:
    write(
        workspace / "check.py",
        f"""
import sys
print("1. [v] PASS - Weights\\n   detail: {tmp_path}/ws/checkpoints ok\\n")
print("2. [ ] FAIL - Numbers\\n   detail: bad\\n   hint: mend")
sys.exit(1)
""",
    )
    default = (ROOT / "collectors/trainers/reference.yaml").read_text()
    write(workspace / "dashboard.yaml", default + 'validator:\n  command: ["{python}", check.py]\n')

    done = collectors("validate", workspace, "--state-dir", tmp_path / "s", "--run-validator", "--format", "json")

    data = json.loads(done.stdout)
    assert [(c["id"], c["outcome"]) for c in data["checklist"]] == [
        ("external-1", "pass"), ("external-2", "fail"), ("training", "pass"), ("provenance", "pass"),
    ]  # fmt: skip
    assert data["checklist"][0]["detail"] == "checkpoints ok"
    assert data["checklist"][1]["hint"] == "mend"
    assert data["meta"]["checklist_source"] == "{python} check.py"
    assert "running in the workspace" in done.stderr


@pytest.mark.parametrize("program", ["print('hello')", "raise SystemExit(7)", "import os; os.abort()"])
def test_an_external_validator_that_says_nothing_sensible_is_an_error(
    workspace: Path, tmp_path: Path, program: str
) -> None:
    write(workspace / "check.py", program)
    default = (ROOT / "collectors/trainers/reference.yaml").read_text()
    write(workspace / "dashboard.yaml", default + 'validator:\n  command: ["{python}", check.py]\n')

    done = collectors("validate", workspace, "--state-dir", tmp_path / "s", "--run-validator")

    assert done.returncode == 1
    assert "error: the external validator" in done.stderr
    assert "1. [ ] FAIL - External validator" in done.stdout


def test_a_bundle_in_tar_gz_counts_too(workspace: Path, validate: Validate) -> None:
    bundle = workspace / "artifacts/bundles/run_bundle.zip"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(workspace / "unpacked")
    bundle.unlink()
    shutil.make_archive(str(workspace / "artifacts/bundles/b"), "gztar", workspace / "unpacked")

    _, checks = validate(workspace)

    assert checks["backup"]["outcome"] == "pass"
    assert checks["provenance"]["outcome"] == "pass"
