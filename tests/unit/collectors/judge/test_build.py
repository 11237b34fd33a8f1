"""Evidence, checks and statuses -> the state: what each part of it is made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.curves import T0, event_file
from support.evidence_parts import (
    END,
    archive,
    check,
    default_config,
    facts,
    report,
    stream,
    untrained,
    verdict,
    workspace,
)

from collectors import __version__
from collectors.contract.graph import Node
from collectors.contract.metrics import StreamMetrics
from collectors.contract.pipeline import Stage
from collectors.contract.remembered import PinnedBaseline
from collectors.contract.sections import CheckSettings, Links
from collectors.contract.state import Check, CheckEvidence, DashboardState
from collectors.contract.streams import Stream
from collectors.contract.values import Status
from collectors.judge.build import Observation, build_pipeline, build_state
from collectors.judge.checklist import judge
from collectors.numbers import utc
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence
from collectors.training.metrics import build_metrics

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def about(*checks: Check, **more: Any) -> Observation:
    known: dict[str, Any] = {
        "workspace": "ws", "now": NOW, "run_id": "run-20260921-124640", "checks": checks, "verdict": verdict(),
        "checklist_source": "builtin", "snapshot_stored": False, "notices": ("a notice",),
    }  # fmt: skip
    return Observation(**(known | more))


def built(*streams: StreamEvidence, **more: Any) -> DashboardState:
    return build_state(workspace(*streams, **more), about(), None)


def node(rule: str, seen: WorkspaceEvidence, *checks: Check, stage: dict[str, Any] | None = None) -> Node:
    """The node of a stage of this rule."""
    one = Stage(id="it", label="It", status_from=rule, **(stage or {}))
    seen = replace(seen, config=seen.config.model_copy(update={"stages": (one,)}))
    return build_state(seen, about(*checks), None).nodes["it"]


def test_the_head_says_whose_state_it_is_and_when_it_was_seen() -> None:
    meta = built().meta

    assert meta.model_dump() == {
        "run_id": "run-20260921-124640",
        "timestamp": NOW,
        "started_at": utc(T0),
        "finished_at": utc(END),
        "workspace": "ws",
        "title": "anomaly-detection",
        "collector_version": __version__,
        "checklist_source": "builtin",
        "recognised": None,
        "labels": {},
    }


def test_a_run_is_finished_with_the_last_record_of_its_streams_and_never_while_one_moves() -> None:
    first = stream("patchtst", progress_={"last_at": END + 5})
    later_but_older_run = stream("swinmae", in_current_run=False, progress_={"last_at": END + 50})

    assert built(first, stream("swinmae")).meta.finished_at == utc(END + 5)
    assert built(first, later_but_older_run).meta.finished_at == utc(END + 5)
    assert built(first, stream("swinmae", Status.RUNNING)).meta.finished_at is None
    assert built(untrained(), untrained("swinmae")).meta.finished_at is None
    assert built(first, untrained("swinmae")).meta.finished_at == utc(END + 5)


def test_the_state_holds_verdict_checks_metrics_and_notices_as_they_are() -> None:
    checks = (check("logs"), check("smoke", "skip"))
    state = build_state(workspace(), about(*checks), None)

    assert state.checklist == checks
    assert state.verdict == verdict()
    assert state.notices == ("a notice",)
    assert list(state.metrics) == ["patchtst", "swinmae"]
    assert list(state.nodes) == [stage.id for stage in default_config().stages]
    assert state.artifacts.readiness.logs_ready and not state.artifacts.readiness.smoke_ready


def test_a_node_has_its_status_and_those_of_its_checks_that_were_asked() -> None:
    found = node("streams", workspace(), check("logs"), stage={"checks": ("scaler", "logs")})

    assert (found.status, found.message) == (Status.DONE, "2 of 2 streams done")
    assert (found.updated_at, found.since, found.checks) == (NOW, utc(END), ("logs",))


def both() -> WorkspaceEvidence:
    streams = stream("patchtst"), stream("swinmae")
    reports = tuple(report({"decision": "keep"}, name=name) for name in "ab")
    backups = archive(*streams), archive(name="old")
    return workspace(*streams, reports=reports, backups=backups)


CKPT, CFG = "checkpoints/{}_ssl.pt", "configs/{}_ssl_real.yaml"
LOG, TABLE = "runs/{}_ssl/events.out.tfevents.1790000000.host.17.0", "artifacts/loss/{}_loss_history.csv"
SCALER = "artifacts/scaler_fdc.json"


@pytest.mark.parametrize(
    ("rule", "files"),
    [
        ("stream:swinmae", [kind.format("swinmae") for kind in (CKPT, CFG, LOG, TABLE)]),
        ("preparation", [SCALER]),
        ("reports", ["artifacts/dqvl/fdc/a.json", "artifacts/dqvl/fdc/b.json"]),
        ("streams", [LOG.format("patchtst"), LOG.format("swinmae")]),
        (
            "artifacts",
            [CKPT.format("patchtst"), CKPT.format("swinmae"), SCALER, "artifacts/bundles/b.zip"],
        ),
        ("gate", []),
        ("snapshot", []),
        ("verdict", []),
        ("check:backup", []),
        ("files", []),
    ],
)
def test_a_node_names_the_files_its_rule_looks_at(rule: str, files: list[str]) -> None:
    assert list(node(rule, both()).artifacts) == files


def test_reports_are_named_where_there_is_no_split_policy_beside_them() -> None:
    found = node("reports", replace(both(), split_policy=None))

    assert list(found.artifacts) == ["artifacts/dqvl/fdc/a.json", "artifacts/dqvl/fdc/b.json"]


def test_a_node_of_a_check_names_each_file_of_its_evidence_once() -> None:
    paths = ("b.zip", None, "a.pt", "b.zip")
    evidence = tuple(CheckEvidence(path=path, stream=None, text="x") for path in paths)

    assert node("check:backup", both(), check("backup", evidence=evidence)).artifacts == ("b.zip", "a.pt")


def test_a_node_of_files_names_those_that_were_found() -> None:
    seen = workspace(stage_files={"it": (facts("raw/b.csv"), facts("raw/a.csv")), "other": (facts("c.csv"),)})

    assert node("files", seen, stage={"files": ("raw/*.csv",)}).artifacts == ("raw/a.csv", "raw/b.csv")


def test_the_graph_is_the_configurations() -> None:
    config = default_config().model_copy(update={"links": Links(template="https://example.org/{path}")})
    found = build_pipeline(config)
    first = found.stages[1]

    assert [(s.id, s.label) for s in found.streams] == [("patchtst", "PatchTST"), ("swinmae", "SwinMAE")]
    assert (first.id, first.label, first.group, first.view) == ("data-prep", "Data prep", "data", "flow")
    assert (first.position.column, first.position.row) == (1.0, 0.0)
    assert (found.edges[0].source, found.edges[0].target) == ("orchestrator", "data-prep")
    assert (found.groups[3].id, found.groups[3].label, found.groups[3].view) == ("files", "Files", "gate")
    assert [(v.id, v.label) for v in found.views] == [("flow", "Training flow"), ("gate", "Artifact gate")]
    assert found.link_template == "https://example.org/{path}"


def test_a_stage_without_a_place_stands_at_the_beginning() -> None:
    config = default_config().model_copy(update={"stages": (Stage(id="it", label="It", status_from="gate"),)})
    (found,) = build_pipeline(config).stages

    assert (found.position.column, found.position.row) == (0.0, 0.0)


def state_at(minutes: int, seen: WorkspaceEvidence, previous: DashboardState | None) -> DashboardState:
    return build_state(seen, about(now=NOW + timedelta(minutes=minutes)), previous)


def test_what_did_not_change_is_the_previous_state_itself() -> None:
    before = state_at(0, workspace(), None)

    assert state_at(5, workspace(), before) is before


def training() -> WorkspaceEvidence:
    return workspace(stream("patchtst", Status.RUNNING), stream("swinmae"))


def test_a_node_that_only_says_something_else_is_news_and_keeps_since_when() -> None:
    """The gate's times are not in any file: it is idle since it was first seen idle."""
    done = state_at(0, workspace(), None)
    waiting = state_at(1, training(), done).nodes["validation-gate"]
    untold = state_at(2, workspace(untrained(), untrained("swinmae")), state_at(1, training(), done))
    gate = untold.nodes["validation-gate"]

    assert (waiting.message, waiting.since) == ("waiting for every stream to end", NOW + timedelta(minutes=1))
    assert (gate.status, gate.message) == (Status.IDLE, "nothing trained yet")
    assert gate.updated_at == NOW + timedelta(minutes=2)
    assert gate.since == NOW + timedelta(minutes=1)


def test_a_node_whose_status_changed_begins_anew() -> None:
    after = state_at(3, workspace(), state_at(0, training(), None))
    gate, orchestrator = after.nodes["validation-gate"], after.nodes["orchestrator"]

    assert after.meta.timestamp == NOW + timedelta(minutes=3)
    assert (gate.status, gate.since) == (Status.DONE, NOW + timedelta(minutes=3))
    assert (orchestrator.since, orchestrator.updated_at) == (utc(END), NOW + timedelta(minutes=3))
    assert after.nodes["data-prep"].updated_at == NOW


def test_a_node_that_was_there_at_the_first_look_is_since_nobody_knows_when() -> None:
    after = state_at(3, workspace(), state_at(0, workspace(untrained(), untrained("swinmae")), None))

    assert after.nodes["dqvl"].since is None


def test_a_stage_that_was_not_there_before_begins_now() -> None:
    before = state_at(0, workspace(), None)
    older = before.model_copy(update={"nodes": {k: v for k, v in before.nodes.items() if k != "dqvl"}})

    after = state_at(4, workspace(), older)

    assert after.nodes["dqvl"].updated_at == NOW + timedelta(minutes=4)
    assert after.nodes["dqvl"].since is None
    assert after.nodes["data-prep"].updated_at == NOW


def test_every_event_file_of_a_stream_is_among_its_files() -> None:
    many = tuple(event_file(T0 + n) for n in range(3))

    found = node("stream:patchtst", workspace(stream("patchtst", events=many)))

    assert [path for path in found.artifacts if "tfevents" in path] == [f.facts.path for f in many]


def test_the_metrics_of_a_stream_are_made_once_for_its_checks_and_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(one: Stream, *parts: Any, **more: Any) -> StreamMetrics:
        made.append(one.id)
        return build_metrics(one, *parts, **more)

    before = PinnedBaseline("run-before", built())
    monkeypatch.setattr("collectors.training.evidence.build_metrics", counted)
    asked = default_config().model_copy(update={"checks": {"baseline": CheckSettings()}})
    seen = workspace(config=asked, baseline=before)

    checks = judge(seen).checks
    state = build_state(seen, about(*checks), None)

    assert "patchtst: val_loss 0.7 against 0.7" in checks[-1].detail
    assert made == ["patchtst", "swinmae"]
    assert all(state.metrics[s.id] is s.metrics for s in seen.streams)


def test_another_evidence_of_a_stream_has_metrics_of_its_own() -> None:
    first = stream("patchtst")
    assert not first.metrics.completion.from_previous_run

    assert replace(first, in_current_run=False).metrics.completion.from_previous_run
