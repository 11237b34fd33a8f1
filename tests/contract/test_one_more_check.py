"""One more check is its file and a line in `CHECKS`: nothing else has to be touched for it to appear everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.gathered import good

from collectors.contract.state import DashboardState
from collectors.contract.values import Outcome, Status
from collectors.judge import checklist
from collectors.judge.build import Observation, build_state
from collectors.judge.checks.part import Judgement
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning
from collectors.judge.remedy import Remedy
from collectors.judge.verdict import is_ready_but_for_skips, verdict_of
from collectors.observe.load_pipeline import ConfigProblem, default_config_bytes, parse_config
from collectors.training.evidence import WorkspaceEvidence
from dash_app.pictures.badge import check_badge

SETTINGS = b"checks: {licence: {blocking: false, reason: not yet}}\n"


def check_licence(seen: WorkspaceEvidence) -> Judgement:
    return Judgement(Outcome.SKIP, f"no licence of {len(seen.streams)} streams", (Remedy("Add one."),))


LICENCE = CheckSpec(
    number=16,
    id="licence",
    title="Licence",
    judge=check_licence,
    gate=GatePlace("licence-check"),
    meaning=Meaning("a licence lies beside the weights", "that it is there", "that it holds"),
    readiness="checkpoints_ready",
    at_saving=True,
    may_be_skipped=True,
    follows_external=True,
)


@pytest.fixture(autouse=True)
def one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checklist, "CHECKS", (*checklist.CHECKS, LICENCE))


def state(settings: bytes = b"") -> DashboardState:
    """A finished training, judged with the new check."""
    config = parse_config(default_config_bytes() + settings, "dashboard.yaml")
    seen = replace(good(), config=config)
    checks = checklist.judge(seen).checks
    about = Observation("ws", datetime(2026, 11, 23, tzinfo=UTC), "run", checks, verdict_of(checks, seen), "x", False)
    return build_state(seen, about, None)


def test_it_stands_in_the_checklist_with_its_number_and_keeps_the_run_from_being_ready() -> None:
    found = state()

    assert [(c.index, c.id, c.detail) for c in found.checklist[-1:]] == [(16, "licence", "no licence of 2 streams")]
    assert (found.verdict.reason, found.verdict.evidence) == ("No licence of 2 streams.", "16. Licence")
    assert is_ready_but_for_skips(found.checklist, found.verdict)


def test_it_is_drawn_in_the_gate_view_behind_the_others_of_its_frame() -> None:
    found = state()
    stage = next(s for s in found.pipeline.stages if s.id == "licence-check")

    assert (stage.label, stage.group, stage.position.column, stage.position.row) == ("Licence", "files", 2, 0)
    assert found.nodes["licence-check"].message == "no licence of 2 streams"
    assert any((e.source, e.target) == ("licence-check", "release-ready") for e in found.pipeline.edges)
    places = [(s.position.column, s.position.row) for s in found.pipeline.stages if s.view == "gate"]
    assert len(set(places)) == len(places)


def test_the_stages_that_rest_on_all_checks_rest_on_it() -> None:
    found = state()

    assert "licence" in found.nodes["validation-gate"].checks
    assert "licence" in found.nodes["artifact-save"].checks
    assert found.nodes["artifact-save"].status is Status.IDLE


def test_the_flag_it_feeds_is_ready_only_where_it_passes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not state().artifacts.readiness.checkpoints_ready

    passing = replace(LICENCE, judge=lambda _: Judgement(Outcome.PASS, "there"))
    monkeypatch.setattr(checklist, "CHECKS", (*checklist.CHECKS[:-1], passing))

    assert state().artifacts.readiness.checkpoints_ready


def test_it_has_a_badge_by_id_and_by_number() -> None:
    assert check_badge(state(), "licence") == check_badge(state(), "16")
    assert check_badge(state(), "licence").label == "16. Licence"
    assert check_badge(state(), "licence").message == "SKIP"


def test_it_is_a_row_of_the_documented_table() -> None:
    row = checklist.documented_checks()[-1]

    assert (row.number, row.id, row.title) == (16, "licence", "Licence")
    assert (row.passes_when, row.cannot_prove) == ("a licence lies beside the weights", "that it holds")


def test_it_may_be_named_in_a_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not state(SETTINGS).checklist[-1].blocking

    monkeypatch.setattr(checklist, "CHECKS", checklist.CHECKS[:-1])
    with pytest.raises(ConfigProblem, match="unknown check `licence`"):
        parse_config(default_config_bytes() + SETTINGS, "dashboard.yaml")


def test_it_follows_an_external_checklist() -> None:
    external = [state().checklist[0].model_copy(update={"id": f"external-{n}", "index": n}) for n in (1, 2, 3)]
    followers = checklist.judge(good(), external).checks[3:]

    assert [(c.index, c.id) for c in followers] == [(4, "training"), (5, "provenance"), (6, "licence")]
