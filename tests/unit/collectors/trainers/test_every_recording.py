"""Every recorded folder with nothing typed: what broke off is never ready, what ended is, or three lines make it so."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.recognising import seen
from support.recorded import facts, recorded, unpack
from support.workspaces import write

ENDED = {"complete", "early stopped"}
UNTOLD = {
    ("fastai", "folder"): "total: 6",
    ("keras", "early_stopped"): "total: 40, patience: 3",
    ("keras", "folder"): "total: 8",
    ("keras", "resumed"): "total: 8",
    ("lightning", "folder"): "total: 5",
    ("lightning", "resumed"): "total: 8",
    ("plain", "steps"): "by: steps, total: 60",
}
"""Trainings whose files nowhere say how long they were to be -> what says it."""
CASES = {case: facts(*case)["ended"] for case in recorded()}


@pytest.mark.parametrize("case", [one for one, ended in CASES.items() if ended in ENDED], ids="-".join)
def test_what_ended_is_ready_or_its_files_do_not_say_how_long_it_was_to_be(
    tmp_path: Path, case: tuple[str, str]
) -> None:
    root = unpack(*case, tmp_path)
    found = seen(root)
    if case not in UNTOLD:
        assert found.verdict == "ready", found.state.verdict.reason
        return
    assert (found.verdict, found.outcome("training")) == ("incomplete", "skip")
    assert "nothing says" in found.detail("training")

    described = f"trainer: {case[0]}\nstreams:\n  - completion: {{{UNTOLD[case]}}}\n"
    write(root / "dashboard.yaml", described, min(path.stat().st_mtime for path in root.rglob("*") if path.is_file()))

    assert seen(root).verdict == "ready"


@pytest.mark.parametrize("case", [one for one, ended in CASES.items() if ended == "killed"], ids="-".join)
def test_what_was_killed_is_never_ready(tmp_path: Path, case: tuple[str, str]) -> None:
    found = seen(unpack(*case, tmp_path))

    assert found.verdict != "ready"
    assert found.outcome("training") != "pass"
