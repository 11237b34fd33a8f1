"""The made parts of the pages are what the code says today, and every example in them is one that works."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from support.build_checkpoints import torch_zip
from support.build_events import event, header, record, simple_value
from support.pages import PAGES, Block, blocks
from support.server import ROOT
from support.workspaces import write

from collectors.__main__ import main
from collectors.commands.schema import config_schema
from collectors.judge.checklist import documented_checks
from collectors.observe.load_pipeline import parse_config
from dash_app.auth.config_file import parse_access
from docs import made_reference
from docs.__main__ import made_anew
from docs.excerpts import excerpt
from docs.made_reference import EXAMPLE, held, sections

MADE = [page for page in PAGES if "<!-- made: " in page.read_text(encoding="utf-8")]
REFERENCE = ROOT / "docs/dashboard-yaml.md"
STREAM = {
    "id": "a",
    "label": "A",
    "checkpoint": "a.pt",
    "config": {"candidates": "a.yaml"},
    "events": {"folder": "runs", "tags": {"train_loss": "loss"}},
}


def test_the_made_parts_are_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "docs", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    assert [page.name for page in MADE] == ["README.md", "access.md", "checks.md", "dashboard-yaml.md", "trainers.md"]


def test_a_page_that_says_something_else_is_stale_and_what_is_written_by_hand_stays() -> None:
    page = "# By hand\n\n<!-- made: checks -->\n\n| 1 | `smells` |\n\n<!-- end -->\n\nBy hand too.\n"

    new = made_anew(page)

    assert "smells" not in new
    assert all(check.id in new for check in documented_checks())
    assert (new.startswith("# By hand\n"), new.endswith("\n\nBy hand too.\n")) == (True, True)
    assert made_anew(new) == new


def test_a_part_that_nothing_makes_is_refused() -> None:
    with pytest.raises(KeyError, match="weather"):
        made_anew("<!-- made: weather -->\n<!-- end -->")


def test_every_key_has_an_example_in_its_section_and_all_of_them_together_are_taken() -> None:
    """One that has none wants a line in docs/example.yaml."""
    parse_config(EXAMPLE.read_bytes(), EXAMPLE.name)
    shown = {block.heading.strip("`"): block.text for block in blocks(REFERENCE, "yaml")}

    for section in sections():
        keys = [key for key, value in section.node["properties"].items() if not list(held(value))]
        text = shown.get(section.heading or "Top level", "")
        assert [key for key in keys if not re.search(rf"\b{key}:", text)] == [], section.heading
        assert yaml.safe_load(text)


def test_a_new_key_stands_in_the_reference_by_itself_though_nobody_wrote_an_example_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    schema = config_schema()
    schema["$defs"]["Brew"] = {
        "title": "Brew",
        "description": "How the coffee is made.",
        "properties": {"minutes": {"type": "integer", "minimum": 2, "default": 4, "description": "How long."}},
    }
    schema["properties"]["coffee"] = {"$ref": "#/$defs/Brew", "description": "For whoever waits."}
    monkeypatch.setattr(made_reference, "config_schema", lambda: schema)

    made = made_reference.reference()

    assert "| `coffee` | [`coffee`](#coffee) | none | For whoever waits. |" in made
    assert "### `coffee`\n\nHow the coffee is made." in made
    assert "| `minutes` | whole number, at least 2 | `4` | How long. |" in made


def test_what_is_shown_of_an_example_is_as_it_is_written() -> None:
    text = "a:\n  - id: one  # the first\n    b: {c: 1}\n  # a remark\n  - id: two\n    b: {c: 2, d: 3}\nz: 1\n"

    assert excerpt(text, ("a", "[]"), ["id"], whole=False) == "id: one  # the first"
    assert excerpt(text, ("a", "[]", "b"), ["c", "d"], whole=True) == "b: {c: 1}\nb: {c: 2, d: 3}"
    assert excerpt(text, (), ["z", "y"], whole=False) == "z: 1"
    assert excerpt(text, ("nowhere",), ["z"], whole=False) == ""


def _written_by_hand() -> list[Block]:
    made = {section.heading or "Top level" for section in sections()}
    told = [block for page in PAGES for block in blocks(page, "yaml") if block.heading.strip("`") not in made]
    return [block for block in told if not block.text.startswith(("services:", "mode:"))]


@pytest.mark.parametrize("block", _written_by_hand(), ids=lambda block: block.heading)
def test_an_example_of_a_page_is_taken(block: Block) -> None:
    """Whole ones as they are; parts in a pipeline or in a stream of it."""
    part = yaml.safe_load(block.text)
    in_stream = set(part) <= {*STREAM, "table", "completion"}
    whole = {"streams": [STREAM | part]} if in_stream else {"streams": [STREAM]} | part

    assert parse_config(yaml.safe_dump(whole).encode(), "dashboard.yaml").streams


@pytest.mark.parametrize("block", [b for page in ("access", "fleet") for b in blocks(ROOT / f"docs/{page}.md", "yaml")
                                   if b.text.startswith("mode:")],
                         ids=lambda block: block.heading)  # fmt: skip
def test_an_example_of_who_may_do_what_is_taken(block: Block) -> None:
    assert parse_access(block.text.encode(), "access.yaml").mode


def test_the_example_of_the_readme_judges_such_a_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A trainer that logs global steps, in the folder that the README describes."""
    (text,) = [block.text for block in blocks(ROOT / "README.md", "yaml")]
    ended = time.time() - 3600
    steps = range(5005, 450_451, 5005)
    write(tmp_path / "ws/dashboard.yaml", text)
    write(tmp_path / "ws/config.yaml", "train: {lr: 0.1}\n", ended - 100)
    write(tmp_path / "ws/tensorboard/events.out.tfevents.1.vm", _events(steps, ended), ended)
    write(tmp_path / "ws/out/best.pth", torch_zip(), ended)

    code = main(["validate", str(tmp_path / "ws"), "--state-dir", str(tmp_path / "state")])

    assert code == 0, capsys.readouterr().out


def _events(steps: Sequence[int], ended: float) -> bytes:
    """Two losses at each step, a second between steps."""
    records = [header(ended - len(steps))]
    for number, step in enumerate(steps, 1):
        values = [simple_value(tag, of - step / 450_450) for tag, of in (("loss/train", 2.0), ("loss/val", 2.25))]
        records.append(record(event(step, values, ended - len(steps) + number)))
    return b"".join(records)
