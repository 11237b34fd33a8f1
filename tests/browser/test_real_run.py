"""Training outputs on disk -> the command line and the page, side by side, on one real server that collects."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.browsers import console_messages
from support.page import open_page, text, texts, traces, x_range
from support.server import RunningServer
from support.waiting import wait_for
from support.workspaces import config_text, good_streams, write, write_backup, write_good

from collectors.__main__ import main
from collectors.contract.values import Outcome
from collectors.presentation.words import OUTCOME_MARKS

Serve = Callable[..., RunningServer]


def checklist_of_the_command(root: Path, state_dir: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What `validate --format json` prints."""
    main(["validate", str(root), "--state-dir", str(state_dir), "--format", "json"])
    return list(json.loads(capsys.readouterr().out)["checklist"])


def losses_of(root: Path, stream: str) -> dict[str, list[float]]:
    """The loss history as Python's csv reads it."""
    with (root / f"artifacts/loss/{stream}_loss_history.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {name: [float(row[f"{name}_loss"]) for row in rows] for name in ("train", "val")}


def statuses(driver: Any) -> dict[str, str]:
    """Stage -> status of both views, as the graph's own elements hold them."""
    script = (
        "const cy = document.getElementById('graph')._cyreg?.cy; if (!cy) return {};"
        "return Object.fromEntries(cy.nodes().map((n) => [n.id(), n.data('status')]).filter(([, s]) => s))"
    )
    return dict(driver.execute_script(script))


def test_the_page_shows_what_the_command_prints_and_follows_the_files(
    serve: Serve, browser: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "ws"
    write_good(root)
    server = serve(root, collect=True)
    driver = browser.driver
    wait_for((server.state_dir / "dashboard-state.json").exists, "the first state")
    open_page(driver, server.url)

    # nine rows, text equal to the command's JSON
    printed = checklist_of_the_command(root, server.state_dir, capsys)
    assert texts(driver, ".check-outcome") == [c["outcome"].upper() for c in printed]
    assert texts(driver, ".check-mark") == [OUTCOME_MARKS[Outcome(c["outcome"])] for c in printed]
    rows = texts(driver, "#checklist [data-check]")
    assert len(rows) == 9
    for row, check in zip(rows, printed, strict=True):
        assert f"{check['index']}. {check['title']}" in row
        assert check["detail"] in row
        assert (check["hint"] or "").replace("`", "") in row

    # both charts hold the CSV's points
    for number, stream in enumerate(("patchtst", "swinmae")):
        shown, recorded = traces(driver, number), losses_of(root, stream)
        assert {name: shown[name]["y"] for name in recorded} == recorded

    # eighteen stages over two views
    wait_for(lambda: len(statuses(driver)) == 18, "all stages")
    seen = statuses(driver)
    assert {s for s, status in seen.items() if status == "done"} >= {"patchtst", "swinmae", "artifact-save"}
    assert (seen["smoke-check"], seen["release-ready"]) == ("idle", "idle")

    # the page follows a changed file without losing the zoom
    chart = "document.querySelectorAll('.loss-chart .js-plotly-plot')[0]"
    script = f"Plotly.relayout({chart}, {{'xaxis.range': [2, 5]}})"
    driver.execute_script(script)
    wait_for(lambda: x_range(driver, 0) == [2, 5], "the zoom")
    (root / "artifacts/scaler_fdc.json").unlink()
    wait_for(lambda: text(driver, ".verdict-word") == "NOT READY", "the page to follow")
    wait_for(lambda: statuses(driver)["scaler-check"] == "fail", "the graph to follow")
    assert x_range(driver, 0) == [2, 5]
    assert texts(driver, ".check-outcome")[1] == "FAIL"


def test_a_truncated_checkpoint_and_a_broken_row_stand_where_they_belong(
    serve: Serve, browser: Any, tmp_path: Path
) -> None:
    root = tmp_path / "ws"
    write_good(root)
    server = serve(root, collect=True)
    wait_for((server.state_dir / "dashboard-state.json").exists, "the first state")
    open_page(browser.driver, server.url)

    table = root / "artifacts/loss/patchtst_loss_history.csv"
    table.write_text(table.read_text().replace("3,", "three,", 1))
    checkpoint = root / "checkpoints/swinmae_ssl.pt"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])

    wait_for(lambda: texts(browser.driver, ".check-outcome")[0] == "FAIL", "check 1 to fail")
    rows = texts(browser.driver, "#checklist [data-check]")
    assert "swinmae: checkpoints/swinmae_ssl.pt" in rows[0]
    wait_for(lambda: "line" in texts(browser.driver, "#checklist [data-check]")[7], "the broken line to be told")
    assert console_messages(browser.driver) == []


def test_an_empty_workspace_renders_idle_from_end_to_end(serve: Serve, browser: Any, tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    server = serve(tmp_path / "ws", collect=True)
    wait_for((server.state_dir / "dashboard-state.json").exists, "the first state")

    open_page(browser.driver, server.url)

    wait_for(lambda: statuses(browser.driver), "its stages")
    assert set(statuses(browser.driver).values()) == {"idle"}
    assert "Nothing has been trained here yet" in text(browser.driver, "#verdict")
    assert "trainer: plain" in text(browser.driver, ".notices"), "the lines to begin with"
    assert "scaler-check" not in statuses(browser.driver), "what nobody has is no stage"


def test_a_new_training_in_the_same_folder_is_picked_up(serve: Serve, browser: Any, tmp_path: Path) -> None:
    """The page goes from incomplete to the rerun's own state, not the old green."""
    root = tmp_path / "ws"
    write_good(root)
    server = serve(root, collect=True)
    wait_for((server.state_dir / "dashboard-state.json").exists, "the first state")
    open_page(browser.driver, server.url)
    one, two = good_streams()

    write(root / "configs/swinmae_ssl_real.yaml", config_text(two).replace("epochs: 5", "epochs: 50"))
    write_backup(root, [one, two], two.end + 5)

    wait_for(lambda: statuses(browser.driver)["swinmae"] == "stalled", "the unfinished stream")
    assert "epoch 5 of 50" in "".join(texts(browser.driver, "#checklist [data-check]"))
