"""A workspace that tries everything: on the page every word of it is text, and nothing of it runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from support.browsers import console_messages, fresh_tab, set_viewport
from support.build_events import event, header, record, simple_value
from support.page import open_page, text, texts
from support.server import ROOT, RunningServer, start_server
from support.waiting import wait_for
from support.workspaces import checkpoint_bytes, good_streams, write, write_good

RUN = "window.ran=1"
MARKUP = f"<img src=x onerror='{RUN}'><b>b"
HIDDEN = "\x1b[31m\u202edcba\u200b"
HOSTILE = MARKUP + HIDDEN
SHOWN = MARKUP + "\\x1b[31m\\u202edcba\\u200b"
"""How it must stand on screen: markup as text, hidden characters as escapes."""
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => window.violations.push(e.violatedDirective));
for (const name of ["alert", "confirm", "prompt", "open"]) window[name] = () => { window.ran = name; };
"""
QUOTED = json.dumps(HOSTILE)


def write_hostile(root: Path) -> None:
    """The default pipeline with a hostile word in every place that takes one."""
    first, _ = write_good(root)
    default = (ROOT / "tests/support/drawn_pipeline.yaml").read_text()
    replaced = {
        "title: anomaly-detection": f"title: {QUOTED}",
        "label: PatchTST\n": f"label: {QUOTED}\n",
        "label: Training flow": f"label: {QUOTED}",
        "label: Artifact gate": f"label: {json.dumps('gate ' + HOSTILE)}",
        "{id: data, label: Data}": f"{{id: data, label: {QUOTED}}}",
        "label: Orchestrator": f"label: {QUOTED}",
        "path: checkpoints/patchtst_ssl.pt": f"path: {json.dumps('checkpoints/*.pt')}",
        "train_loss: loss/train": f"train_loss: loss/train, {json.dumps('extra loss ' + HOSTILE)}: {QUOTED}",
        "lr: training.lr": f"lr: training.lr\n        {QUOTED}: data.source",
    }
    for old, new in replaced.items():
        assert old in default, old
        default = default.replace(old, new, 1 if "label: PatchTST" in old else -1)
    template = json.dumps(f"https://x/?'onerror='{RUN}'&{{path}}")
    default += f"validator:\n  command: ['{{python}}', check.py]\nlinks: {{template: {template}}}"
    write(root / "dashboard.yaml", default)
    _write_files(root, first.start)


def _write_files(root: Path, start: float) -> None:
    config = root / "configs/patchtst_ssl_real.yaml"
    write(config, config.read_text().replace("source: csv", f"source: {QUOTED}"), start - 5)
    (root / "checkpoints/patchtst_ssl.pt").unlink()
    (root / "artifacts/loss/patchtst_loss_history.csv").unlink()  # then the events' own tags are drawn
    (root / "checkpoints/swinmae_ssl.pt").rename(root / f"checkpoints/{MARKUP}\n{HIDDEN}.pt")
    bundle = root / "artifacts/bundles/run_bundle.zip"
    bundle.rename(bundle.with_name(f"{HOSTILE}\n.zip"))
    events = next((root / "runs/patchtst_ssl").iterdir())
    extra = b"".join(record(event(n, [simple_value(HOSTILE, 1.0 / n)], start + 4 * n)) for n in range(1, 9))
    write(events, events.read_bytes() + extra, events.stat().st_mtime)
    write(events.with_name(f"events.out.tfevents.1.{MARKUP}.1.0"), header(start + 1), start + 1)
    report = {"decision": HOSTILE, "file_id": HOSTILE, "hard_fails": [HOSTILE]}
    write(root / f"artifacts/dqvl/fdc/{HOSTILE}.json", json.dumps(report))
    write(root / "run_status.json", json.dumps({"stream": HOSTILE, "host": HOSTILE, "outcome": HOSTILE}))
    lines = [f"1. [v] PASS - {HOSTILE}", f"   detail: {HOSTILE}", f"2. [ ] FAIL - {MARKUP}", f"   hint: {HOSTILE}"]
    write(root / "check.py", f"print({chr(10).join(lines)!r})")
    write(root / "checkpoints/zz_not_read.txt", checkpoint_bytes(good_streams()[0]))


@dataclass(frozen=True)
class Hostile:
    """A browser before the page of that workspace."""

    driver: Any
    server: RunningServer

    def ask(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, shared_chromium: Any) -> Iterator[Hostile]:
    """The whole way: files, collector with the workspace's own validator, server, browser."""
    home = tmp_path_factory.mktemp("hostile")
    write_hostile(home / "workspace")
    server = start_server(home, collect=True, options=["--run-validator"])
    driver = shared_chromium
    with fresh_tab(driver):
        wait_for(lambda: server.get("api/state").status_code == 200, "the first state", 60)
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        set_viewport(driver, 1440, 900)
        open_page(driver, server.url)
        wait_for(lambda: len(texts(driver, ".stage-card")) > 3, "the graph")
        yield Hostile(driver, server)
    server.stop()


@pytest.fixture(autouse=True)
def nothing_ran(hostile: Hostile) -> Iterator[None]:
    """After each test: no script of theirs, no refused rule, an empty console."""
    yield
    assert hostile.ask("return window.ran ?? null") is None
    assert hostile.ask("return window.violations") == []
    assert console_messages(hostile.driver) == []


def test_the_state_really_holds_the_hostile_words(hostile: Hostile) -> None:
    """Else the tests below would prove nothing."""
    state = hostile.server.get("api/state").json()

    assert state["meta"]["title"] == SHOWN
    assert state["checklist"][0]["title"] == SHOWN
    assert state["pipeline"]["views"][0]["label"] == SHOWN
    assert f"extra loss {SHOWN}" in state["metrics"]["patchtst"]["series"]
    assert state["metrics"]["patchtst"]["config"][SHOWN] == SHOWN
    assert any(MARKUP in a["path"] for group in ("checkpoints", "backup", "logs") for a in state["artifacts"][group])


@pytest.mark.parametrize(
    "place",
    [".workspace", "#views", "#verdict", ".check", ".stage-card[data-stage=orchestrator]", "#losses", "#links"],
)
def test_each_region_shows_it_as_text(hostile: Hostile, place: str) -> None:
    assert any(MARKUP in found for found in texts(hostile.driver, place)), texts(hostile.driver, place)


def test_no_hidden_character_reaches_the_page(hostile: Hostile) -> None:
    """They would turn text around, or hide a part of it."""
    whole = hostile.ask("return document.documentElement.outerHTML")

    assert SHOWN.replace("<", "&lt;").replace(">", "&gt;") in whole
    assert [char for char in HIDDEN if (char in whole and ord(char) > 0x7F) or (char == "\x1b" and char in whole)] == []


def test_no_element_of_theirs_exists(hostile: Hostile) -> None:
    """Markup of theirs would be an element with their attribute."""
    found = "return [...document.querySelectorAll('[onerror], [onload], img, script:not([src]):not([id]):not([type])')]"
    ours = hostile.ask(found + ".map((e) => e.outerHTML.slice(0, 200))")

    assert [markup for markup in ours if "ran" in markup] == []


def test_links_lead_only_where_ours_do(hostile: Hostile) -> None:
    """A path is an encoded part of an address, never its scheme or its host."""
    addresses = hostile.ask("return [...document.querySelectorAll('a[href]')].map((a) => a.href)")

    allowed = (hostile.server.url, "https://x/")
    assert addresses and [a for a in addresses if not a.startswith(allowed)] == []


def test_every_stage_can_be_opened(hostile: Hostile) -> None:
    """Details, tooltips and the list of stages, in both views."""
    driver = hostile.driver
    for stage in ("orchestrator", "patchtst", "artifact-save", "data-prep", "dqvl"):
        hostile.ask("document.querySelector(`.stage-card[data-stage='${arguments[0]}']`).click()", stage)
        wait_for(lambda: text(driver, "#stage-details") != "", "the details")
        assert hostile.ask("return window.ran ?? null") is None
    hostile.ask("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    card = driver.find_element("css selector", ".stage-card[data-stage=orchestrator]")
    ActionChains(driver).move_to_element(card).perform()
    assert MARKUP in card.get_attribute("textContent")


def test_charts_show_names_as_text(hostile: Hostile) -> None:
    """Plotly reads a little markup of its own: here it must be plain characters, in legend and hover too."""
    script = """
        const plot = document.querySelector(".loss-chart .js-plotly-plot");
        const at = plot.data.findIndex((t) => (t.name || "").includes("extra"));
        window.Plotly.Fx.hover(plot, [{curveNumber: Math.max(at, 0), pointNumber: 1}]);
        return [at, [...plot.querySelectorAll("svg a, svg tspan[style*=bold], svg image")].map((e) => e.outerHTML),
                plot.querySelector(".hoverlayer").textContent, JSON.stringify(plot.data.map((t) => t.name))];
    """
    at, elements, hovered, names = hostile.ask(script)

    assert at >= 0, names
    assert [e for e in elements if "ran" in e] == []
    assert "extra" in hovered and "<b>b" in hovered


def test_the_second_view_and_a_reload_are_as_quiet(hostile: Hostile) -> None:
    driver = hostile.driver
    driver.find_element("css selector", "a[data-view=gate]").click()
    wait_for(lambda: "gate" in text(driver, ".views [aria-current]"), "the other view")

    tries = "stage=<img src=x onerror=window.ran=1>&theme=javascript:window.ran=1&run=<b>&baseline=../../x"
    open_page(driver, hostile.server.url, f"view=gate&{tries}")

    assert text(driver, ".verdict-word")


def test_reports_of_the_same_state_are_harmless(hostile: Hostile) -> None:
    """Over HTTP nothing of it is HTML, and no browser may guess that it is."""
    answer = hostile.server.get("api/state")

    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = hostile.server.get("")
    assert MARKUP not in page.text
