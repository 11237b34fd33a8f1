"""Folders that trainers' libraries really wrote, on the real page with nothing typed: what it names, judges and draws.

One `python -m dash_app FOLDER` a trainer. What is compared with was read in the same files by other code
(`facts.json`); the numbers are those that Plotly holds in the page.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from support.browsers import Chromium
from support.page import open_page, text, texts
from support.recognising import points_of
from support.recorded import facts, unpack
from support.server import RunningServer
from support.waiting import wait_for

from collectors.__main__ import main
from collectors.trainers.modules import trainer

OWN_STAGES = ["orchestrator", "model", "artifact-save", "validation-gate", "run-summary"]
"""Those of any run; a card for data preparation, a scaler or a backup would be one that nobody has."""
RED = ":is(li:not(.legend *), .card, .verdict).is-fail, .card-foreign, .file-foreign"
PLOTS = """
const groups = [...document.querySelectorAll(".metric-group")];
groups.forEach((group) => { group.open = true; });
const plots = [...document.querySelectorAll(".loss-chart .js-plotly-plot, .metric-plot")];
const isThere = groups.every((group) => group.querySelector(".metric-card"));
if (!isThere || !plots.every((plot) => plot.data?.length)) return null;
return plots.map((plot) => {
  const card = plot.closest(".metric-card");
  const raw = plot.data.filter((trace) => trace.hoverinfo !== "skip");
  const {meta, xaxis} = plot.layout;
  return {card: card && card.dataset.metric, axis: meta.axis, title: xaxis.unifiedhovertitle.text,
    curves: raw.map((trace) => ({name: trace.name, x: [...trace.x], y: [...trace.y]}))};
});
"""
"""The unsmoothed curves of every chart, once all are drawn; closed groups of metrics are opened."""


@dataclass(frozen=True)
class Shown:
    """What the page of one recorded folder is to show."""

    axis: str
    main: dict[str, str]
    """Name in the legend of the losses -> column or tag of the library's files."""
    cards: dict[str, str] = field(default_factory=dict)
    """Metric with a chart of its own -> column or tag."""
    alone: str = ""
    """The axis of those, where it is another."""
    file: str = ""
    """Part of the path of the file that counts, where several hold the same."""


def same(*names: str) -> dict[str, str]:
    """Metrics that keep the name that their library gave them."""
    return {name: name for name in names}


SHOWN = {
    "huggingface": Shown(
        "epoch", {"train": "loss", "val": "eval_loss"}, same("eval_accuracy", "learning_rate"), file="trainer_state"
    ),
    "lightning": Shown("step", {"train": "train_loss", "val": "val_loss"}, same("val_acc"), alone="epoch"),
    "keras": Shown(
        "epoch", {"train": "loss", "val": "val_loss"}, same("accuracy", "val_accuracy"), file="training.csv"
    ),
    "ultralytics": Shown(
        "epoch",
        {"train/box": "train/box_loss", "val/box": "val/box_loss"},
        same(
            *(f"{split}/{loss}_loss" for split in ("train", "val") for loss in ("cls", "l1")),
            *(f"metrics/{name}(B)" for name in ("precision", "recall", "mAP50", "mAP50-95")),
            *(f"lr/pg{n}" for n in range(3)),
        ),
    ),
    "catboost": Shown(
        "step", same("learn/Logloss", "test/Logloss"), same("learn/Accuracy", "test/AUC", "test/Accuracy")
    ),
    "timm": Shown("epoch", {"train": "train_loss", "val": "eval_loss"}, same("eval_top1", "eval_top5", "lr")),
    "lightgbm": Shown("step", same("train/l2", "valid/l2"), same("train/l1", "valid/l1")),
    "xgboost": Shown("step", same("train/logloss", "validation/logloss"), same("train/auc", "validation/auc")),
    "fastai": Shown("epoch", {"train": "train_loss", "val": "valid_loss"}, same("accuracy")),
    "dvclive": Shown("epoch", {"train": "train/loss", "val": "val/loss"}, same("val/acc")),
    "detectron2": Shown(
        "step",
        {"train": "total_loss", **same("loss_box_reg", "loss_cls")},
        same("bbox/AP", "bbox/AP50", "lr"),
        file="metrics.json",
    ),
    "plain": Shown("epoch", {"train": "Loss/train", "val": "Loss/val"}, same("R2/val")),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_folder_is_shown_and_judged_as_what_its_trainer_wrote(
    name: str, tmp_path: Path, browser: Chromium, serve: Callable[..., RunningServer]
) -> None:
    driver: Any = browser.driver
    root = unpack(name, "folder", tmp_path / "training")
    server = serve(root, collect=True)
    wait_for(lambda: server.get("readyz").status_code == 200, "the first look at the folder")
    open_page(driver, server.url, "tab=curves&smoothing=0")
    plots = wait_for(lambda: driver.execute_script(PLOTS), "every chart")

    said = validated(root)
    assert text(driver, "#notices").startswith(trainer(name).label)  # type: ignore[union-attr] # each is known
    assert text(driver, ".verdict-word").lower().replace(" ", "_") == said["verdict"]["value"]
    assert text(driver, ".verdict-reason") == said["verdict"]["reason"].replace("`", "")
    outcomes = ["NOT YET" if check["not_yet"] else check["outcome"].upper() for check in said["checklist"]]
    checks = [(f"{c['index']}. {c['title']}", word) for c, word in zip(said["checklist"], outcomes, strict=True)]
    asked = zip(texts(driver, "#checklist .check-title"), texts(driver, "#checklist .check-outcome"), strict=True)
    assert list(asked) == checks
    assert "FAIL" not in {outcome for _, outcome in checks}
    assert stages(driver) == OWN_STAGES
    assert not driver.find_elements("css selector", RED)
    assert_drawn(plots, SHOWN[name], facts(name, "folder"))


def validated(root: Path) -> dict[str, Any]:
    """What `validate` says of that folder."""
    with redirect_stdout(StringIO()) as printed:
        main(["validate", str(root), "--format", "json"])
    said: dict[str, Any] = json.loads(printed.getvalue())
    return said


def stages(driver: Any) -> list[str]:
    """Every stage of the training flow."""
    return [
        row.get_attribute("data-stage")
        for row in driver.find_elements("css selector", "[data-stage-view=flow] .stage-row")
    ]


def assert_drawn(plots: list[dict[str, Any]], shown: Shown, said: dict[str, Any]) -> None:
    """Exactly these curves are drawn, and each point of each is the library's."""
    drawn = {
        (plot["card"], curve["name"] if plot["card"] is None else ""): curve
        for plot in plots
        for curve in plot["curves"]
    }
    wanted = {(None, name): of for name, of in shown.main.items()} | {
        (name, ""): of for name, of in shown.cards.items()
    }
    assert set(drawn) == set(wanted)
    axes = {plot["card"]: (plot["axis"], plot["title"]) for plot in plots}
    for place, column in wanted.items():
        points = points_of(said, column, shown.file)
        axis = shown.axis if place[0] is None else shown.alone or shown.axis
        at = [epoch if axis == "epoch" and epoch is not None else step for step, epoch, _ in points]
        assert axes[place[0]] == (axis, f"{axis} %{{x}}")
        assert drawn[place]["x"] == pytest.approx(at), place
        assert drawn[place]["y"] == pytest.approx([value for _, _, value in points], rel=1e-6), place
