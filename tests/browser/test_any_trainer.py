"""A folder that a library wrote, nothing typed: the page says which trainer, draws its numbers and judges it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.browsers import console_messages
from support.page import open_page, text, texts, traces
from support.recognising import points_of
from support.recorded import facts, unpack
from support.server import RunningServer
from support.waiting import wait_for

Serve = Callable[..., RunningServer]


Case = tuple[tuple[str, str], tuple[str, str, str], str]
"""Trainer and recording; names of both losses and their file; the verdict."""
CASES: list[Case] = [
    (("huggingface", "folder"), ("loss", "eval_loss", "trainer_state.json"), "READY"),
    (("lightning", "tensorboard"), ("train_loss", "val_loss", "version_0"), "READY"),
    (("keras", "early_stopped"), ("loss", "val_loss", "training.csv"), "INCOMPLETE"),
    (("plain", "csv"), ("train_loss", "val_loss", "log.csv"), "READY"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[0]))
def test_a_recorded_folder_is_drawn_and_judged(case: Case, serve: Serve, browser: Any, tmp_path: Path) -> None:
    recording, losses, verdict = case
    root = unpack(*recording, tmp_path / "ws")
    server = serve(root, collect=True)
    driver = browser.driver
    wait_for((server.state_dir / "dashboard-state.json").exists, "the first state")
    open_page(driver, server.url)

    assert "because" in text(driver, ".notices li")
    shown, said = traces(driver, 0), facts(*recording)
    train, val, file = losses
    for trace, column in (("train", train), ("val", val)):
        recorded = [value for _, _, value in points_of(said, column, file)]
        assert shown[trace]["y"] == pytest.approx(recorded, rel=1e-6), column
    assert verdict in text(driver, "#verdict").upper()
    assert "FAIL" not in texts(driver, ".check-outcome")
    assert console_messages(driver) == []


def test_a_folder_of_many_runs_shows_the_newest_and_offers_the_others_in_the_history(
    serve: Serve, browser: Any, tmp_path: Path
) -> None:
    root = unpack("mlflow", "files3", tmp_path / "ws")
    server = serve(root, collect=True)
    driver = browser.driver
    wait_for((server.state_dir / "dashboard-state.json").exists, "the first state")
    open_page(driver, server.url)

    assert "interrupted, which MLflow calls RUNNING" in text(driver, ".notices li")
    open_page(driver, server.url, "view=history")
    others = {"killed", "failed", "child_2", "child_1", "odd", "usual", "elsewhere"}
    wait_for(lambda: others <= {run.rpartition("-")[0] for run in texts(driver, ".run-link")}, "the other runs")
    said = {run["name"]: run["series"] for run in facts("mlflow", "files3")["runs"]}
    usual = next(one for one in driver.find_elements("css selector", ".run-link") if one.text.startswith("usual"))
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", usual)
    wait_for(lambda: traces(driver, 0)["val"]["y"] == said["usual"]["val_loss"]["values"], "the run's own losses")
    assert console_messages(driver) == []
