"""Folders that trainers' libraries really wrote, with nothing typed: what the page names, judges and draws.

Every one is asked of the real server as the browser asks it: the first page, and the curves of every chart. Few, of
which each is drawn differently, are looked at in the browser too. What is compared with was read in the same files by
other code (`facts.json`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.browsers import console_messages
from support.library_curves import Place, assert_drawn, expected, shown_of
from support.page import Page, open_page, text, texts, traces
from support.recognising import Seen, seen
from support.recorded import ENDED, UNTOLD, facts, recorded, unpack
from support.server import RunningServer
from support.states import write_state
from support.waiting import wait_for

from collectors.trainers.modules import trainer

OWN_STAGES = ["orchestrator", "model", "artifact-save", "validation-gate", "run-summary"]
"""Those of any run; a card for data preparation, a scaler or a backup would be one that nobody has."""
RED = ":is(li:not(.legend *), .card, .verdict).is-fail, .card-foreign, .file-foreign"
STEPS_ALONE = {("dvclive", "early"), ("plain", "killed"), ("plain", "steps")}
"""Their files say how many epochs, and count steps."""
PLOTS = """
const groups = [...document.querySelectorAll(".metric-group:not([data-group='//'])")];
groups.forEach((group) => { group.open = true; });
const plots = [...document.querySelectorAll(".loss-chart .js-plotly-plot, .metric-plot")];
const isThere = groups.every((group) => group.querySelector(".metric-card"));
if (!isThere || !plots.every((plot) => plot.data?.length)) return null;
return plots.flatMap((plot) => {
  const card = plot.closest(".metric-card");
  const raw = plot.data.filter((trace) => trace.hoverinfo !== "skip");
  const {meta, xaxis} = plot.layout;
  return raw.map((trace) => ({
    place: [card && card.dataset.metric, card ? "" : trace.name], x: [...trace.x], y: [...trace.y],
    axis: meta.axis, title: xaxis.unifiedhovertitle.text,
  }));
});
"""
"""The unsmoothed curves of every chart, once all are drawn; closed groups of metrics are opened."""


@pytest.mark.parametrize("case", recorded(), ids="-".join)
def test_a_recorded_folder_is_named_judged_and_drawn_as_what_its_library_wrote(
    case: tuple[str, str], tmp_path: Path, shared_server: RunningServer
) -> None:
    found = seen(unpack(*case, tmp_path))
    write_state(shared_server.state_dir, found.state)
    page = shared_server.get("_dash-layout").json()
    curves = curves_of(shared_server.client, found)

    said = facts(*case)
    assert words_of(page, "notices")[0].startswith(label_of(case))
    (verdict,) = words_of(page, "verdict-word")
    assert verdict in words_for(case, said["ended"])
    asked = dict(zip(words_of(page, "check-title"), words_of(page, "check-outcome"), strict=True))
    assert ("FAIL" in asked.values()) is (verdict == "NOT READY")
    assert (asked["8. Training finished"] == "PASS") is (verdict == "READY"), "what broke off has not finished"
    end = words_of(page, "check-detail")[list(asked).index("8. Training finished")]
    assert length_said(case, said) in end
    assert_drawn(curves, expected(*case))


def curves_of(client: httpx.Client, found: Seen) -> dict[Place, dict[str, list[Any]]]:
    """What the server gives to every chart: the main one, then each metric's own."""
    ((stream, run),) = found.state.metrics.items()
    asked = {"run": found.state.meta.run_id, "stream": stream}
    main = client.get("api/curves", params=asked).json()["parts"][""]["curves"]
    drawn: dict[Place, dict[str, list[Any]]] = {(None, curve["name"]): curve for curve in main}
    others = [name for name in run.series if name not in {curve["series"] for curve in main}]
    if others:
        parts = client.get("api/curves", params={**asked, "series": others}).json()["parts"]
        drawn |= {(name, ""): curve for name, part in parts.items() for curve in part["curves"]}
    return drawn


def label_of(case: tuple[str, str]) -> str:
    """The name of its trainer on screen."""
    spec = trainer("plain" if case[0] == "accelerate" else case[0])
    assert spec is not None
    return spec.label


def words_for(case: tuple[str, str], ended: str) -> set[str]:
    """The verdicts that its end allows."""
    if ended in ENDED:
        return {"INCOMPLETE"} if case in UNTOLD else {"READY"}
    return {"INCOMPLETE", "NOT READY"}


def length_said(case: tuple[str, str], said: dict[str, Any]) -> str:
    """What check 8 is to say of the training's length."""
    total = said.get("total") or (said["asked"]["epochs"] if case[0] == "accelerate" else None)  # in its `hparams.yml`
    if said["ended"] == "early stopped" and case not in UNTOLD:
        return "stopped early"
    if not said.get("series") or total is None:
        return "nothing says how"
    return f"there are to be {total}" if case in STEPS_ALONE else f"of {total}"


def words_of(tree: Any, name: str) -> list[str]:
    """The text of each component of a class, in reading order."""
    if isinstance(tree, list):
        return [words for part in tree for words in words_of(part, name)]
    if not isinstance(tree, dict):
        return []
    inner = tree["props"].get("children")
    is_it = name in str(tree["props"].get("className", "")).split()
    return ["".join(pieces(inner))] if is_it else words_of(inner, name)


def pieces(tree: Any) -> list[str]:
    """Every piece of text in it."""
    if isinstance(tree, list):
        return [piece for part in tree for piece in pieces(part)]
    return pieces(tree["props"].get("children")) if isinstance(tree, dict) else [str(tree)] if tree is not None else []


@pytest.mark.parametrize(
    "case", [("lightning", "folder"), ("ultralytics", "folder"), ("catboost", "folder")], ids="-".join
)
def test_the_browser_draws_every_number_of_a_recorded_folder(case: tuple[str, str], tmp_path: Path, page: Page) -> None:
    page.show(seen(unpack(*case, tmp_path)).state, "tab=curves")

    assert_plotted(page.driver, case)
    assert [row.get_attribute("data-stage") for row in stage_rows(page.driver)] == OWN_STAGES
    assert not page.driver.find_elements("css selector", RED)


def stage_rows(driver: Any) -> list[Any]:
    """Every stage of the training flow."""
    return list(driver.find_elements("css selector", "[data-stage-view=flow] .stage-row"))


def assert_plotted(driver: Any, case: tuple[str, str]) -> None:
    """What Plotly holds is the library's, each chart by the axis that it names."""
    plotted = wait_for(lambda: driver.execute_script(PLOTS), "every chart")
    shown = shown_of(*case)
    for curve in plotted:
        axis = shown.axis if curve["place"][0] is None else shown.alone or shown.axis
        assert (curve["axis"], curve["title"]) == (axis, f"{axis} %{{x}}"), curve["place"]
    assert_drawn({tuple(c["place"]): {c["axis"]: c["x"], "value": c["y"]} for c in plotted}, expected(*case))


def test_a_folder_is_followed_with_nothing_typed(
    serve: Callable[..., RunningServer], browser: Any, tmp_path: Path
) -> None:
    driver, case = browser.driver, ("huggingface", "folder")
    server = serve(unpack(*case, tmp_path / "training"), collect=True)
    wait_for(lambda: server.get("readyz").status_code == 200, "the first look at the folder")
    open_page(driver, server.url, "tab=curves")

    assert_plotted(driver, case)
    open_page(driver, server.url)
    assert text(driver, ".notices li").startswith("Hugging Face Trainer, because trainer_state.json and 2 checkpoint")
    assert text(driver, ".verdict-word") == "READY"
    assert text(driver, ".verdict-reason") == "Every blocking check passes, 5 of 5 asked."
    assert texts(driver, "#checklist .check-outcome") == ["PASS"] * 5
    assert console_messages(driver) == []


def test_a_folder_of_many_runs_shows_the_newest_and_offers_the_others_in_the_history(
    serve: Callable[..., RunningServer], browser: Any, tmp_path: Path
) -> None:
    server = serve(unpack("mlflow", "files3", tmp_path / "ws"), collect=True)
    driver = browser.driver
    wait_for((server.state_dir / "dashboard-state.json").exists, "the first state")
    open_page(driver, server.url)

    assert "interrupted, which MLflow calls RUNNING" in text(driver, ".notices li")
    open_page(driver, server.url, "tab=runs")
    others = {"killed", "failed", "child_2", "child_1", "odd", "usual", "elsewhere"}
    wait_for(lambda: others <= {run.rpartition("-")[0] for run in texts(driver, ".run-link")}, "the other runs")
    said = {run["name"]: run["series"] for run in facts("mlflow", "files3")["runs"]}
    usual = next(one for one in driver.find_elements("css selector", ".run-link") if one.text.startswith("usual"))
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", usual)
    wait_for(lambda: traces(driver, 0)["val"]["y"] == said["usual"]["val_loss"]["values"], "the run's own losses")
    assert console_messages(driver) == []
