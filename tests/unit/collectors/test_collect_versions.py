"""A run that another version judged otherwise: what changed, and why, is said and stays said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.workspaces import write, write_good

from collectors import __version__
from collectors.__main__ import main
from collectors.collect import Collector
from collectors.contract.state import DashboardState
from collectors.store.store import Store

Say = Callable[[dict[str, Any]], object]


def collected(tmp_path: Path) -> DashboardState:
    with Collector(tmp_path / "ws", Store(tmp_path / "state")) as collector:
        return collector.export(at_end=True)


@pytest.fixture
def upgraded(tmp_path: Path) -> Callable[[Say], str]:
    """A good training whose stored snapshot an older version wrote, with another judgement; its run id."""
    write_good(tmp_path / "ws")

    def upgrade(say: Say) -> str:
        collected(tmp_path)
        (path,) = (tmp_path / "state/runs").glob("*.json")
        old = json.loads(path.read_text())
        old["meta"]["collector_version"] = "0.0.9"
        say(old)
        path.write_text(json.dumps(old))
        return path.stem

    return upgrade


def failed_logs(old: dict[str, Any]) -> None:
    logs = next(c for c in old["checklist"] if c["id"] == "logs")
    logs |= {"outcome": "fail", "passed": False, "hint": "Log more.", "detail": "too few records"}
    old["verdict"]["value"] = "not_ready"


def test_a_page_says_what_a_newer_version_judges_otherwise_and_why(
    tmp_path: Path, upgraded: Callable[[Say], str]
) -> None:
    upgraded(failed_logs)

    state = collected(tmp_path)

    logs = next(c for c in state.checklist if c.id == "logs")
    assert state.notices[:2] == (
        f"Version 0.0.9 judged this run NOT READY, version {__version__} INCOMPLETE. The files are the same as then.",
        f"3. {logs.title} was fail, is pass: {logs.detail}",
    )
    assert state.judged_before is not None
    assert state.judged_before.collector_version == "0.0.9"


def test_it_is_still_said_after_the_new_version_has_stored_its_own_snapshot(
    tmp_path: Path, upgraded: Callable[[Say], str]
) -> None:
    run_id = upgraded(failed_logs)
    first = collected(tmp_path)
    stored = Store(tmp_path / "state").read_snapshot(run_id)
    assert stored is not None
    assert stored.meta.collector_version == __version__

    assert collected(tmp_path) == first


def test_nothing_is_said_where_both_versions_say_the_same(tmp_path: Path, upgraded: Callable[[Say], str]) -> None:
    upgraded(lambda old: None)

    state = collected(tmp_path)

    assert (state.notices, state.judged_before) == ((), None)


def test_a_smoke_test_that_was_run_since_is_no_other_judgement(tmp_path: Path, upgraded: Callable[[Say], str]) -> None:
    """It rests on a program that ran, not on the files that both versions read."""

    def smoked(old: dict[str, Any]) -> None:
        smoke = next(c for c in old["checklist"] if c["id"] == "smoke")
        smoke |= {"outcome": "pass", "passed": True, "hint": None}
        old["verdict"]["value"] = "ready"

    upgraded(smoked)

    assert collected(tmp_path).notices == ()


def test_files_that_changed_since_are_said_to_have(tmp_path: Path, upgraded: Callable[[Say], str]) -> None:
    upgraded(failed_logs)
    write(tmp_path / "ws/docs/calibration_split_policy.md", "train, calibration and normal, once more\n")

    state = collected(tmp_path)

    assert state.notices[0].endswith("INCOMPLETE. The files have changed since, too.")


def test_compare_says_it_of_the_stored_and_of_the_current_run(
    tmp_path: Path, upgraded: Callable[[Say], str], capsys: pytest.CaptureFixture[str]
) -> None:
    run_id = upgraded(failed_logs)
    with Collector(tmp_path / "ws", Store(tmp_path / "state")) as collector:
        collector.export()  # as a page that only looks: the old snapshot stays

    main(["compare", "current", run_id, "--state-dir", str(tmp_path / "state")])

    told = capsys.readouterr().out
    assert "The run is the baseline itself.\n" in told
    assert f"Version 0.0.9 judged this run NOT READY, version {__version__} INCOMPLETE." in told
    assert ". was fail, is pass" not in told
    assert " was fail, is pass: " in told


def test_runs_show_says_which_version_judged_a_run(
    tmp_path: Path, upgraded: Callable[[Say], str], capsys: pytest.CaptureFixture[str]
) -> None:
    run_id = upgraded(failed_logs)

    main(["runs", "show", run_id, "--state-dir", str(tmp_path / "state")])

    assert "judged by version 0.0.9\n" in capsys.readouterr().out


def test_two_runs_of_different_judges_are_compared_with_a_word_about_that(
    tmp_path: Path, upgraded: Callable[[Say], str], capsys: pytest.CaptureFixture[str]
) -> None:
    run_id = upgraded(failed_logs)
    with Collector(tmp_path / "ws", Store(tmp_path / "state")) as collector:
        state = collector.collect()
    other = state.model_copy(update={"meta": state.meta.model_copy(update={"run_id": "other"}), "judged_before": None})
    Store(tmp_path / "state").write_snapshot(other)

    main(["compare", "other", run_id, "--state-dir", str(tmp_path / "state")])

    told = capsys.readouterr().out
    assert f"The judges differ: version {__version__} judged the run, version 0.0.9 the baseline" in told
