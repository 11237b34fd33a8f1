"""`dashboard.yaml`: what is accepted, and how an error is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors.files.workspace import Workspace
from collectors.observe.described import load_config
from collectors.observe.load_pipeline import (
    ConfigProblem,
    default_config,
    default_config_bytes,
    parse_config,
)

MINIMAL = b"""
streams:
  - id: resnet
    label: ResNet
    checkpoint: out/best.pth
    config: {candidates: cfg.yaml}
    events: {folder: tb, tags: {val_loss: [val/loss, eval/loss]}}
"""
DRAWN = (Path(__file__).parents[3] / "support/drawn_pipeline.yaml").read_bytes()
NEWLINE = b"\n"


def line_of(piece: bytes) -> int:
    """The line of the drawn pipeline that holds this first."""
    return DRAWN[: DRAWN.index(piece)].count(NEWLINE) + 1


def test_the_standard_graph_of_the_shipped_streams_is_the_one_that_was_drawn_by_hand() -> None:
    assert default_config() == parse_config(DRAWN, "drawn.yaml")
    assert len(default_config().stages) == 18


def test_the_drawing_that_the_shipped_file_offers_can_be_switched_on() -> None:
    before, views, sample = default_config_bytes().partition(b"# views:\n")

    config = parse_config(before + (views + sample).replace(b"\n# ", b"\n")[2:], "dashboard.yaml")

    assert [s.id for s in config.stages] == ["raw", "patchtst", "scaler-check", "release-ready"]
    assert [s.column for s in config.stages] == [0, 1, 2, 3]


def test_one_stream_without_drawing_gets_the_standard_graph() -> None:
    config = parse_config(MINIMAL, "dashboard.yaml")

    assert [s.id for s in config.stages if s.view == "flow"] == [
        "orchestrator", "resnet", "artifact-save", "validation-gate", "run-summary",
    ]  # fmt: skip
    assert ("orchestrator", "resnet") in config.edges
    assert [s.id for s in config.stages if s.view == "gate"] == [
        "checkpoint-check", "runs-check", "config-check", "training-check", "provenance-check", "release-ready",
    ]  # fmt: skip


def test_three_streams_stand_below_each_other() -> None:
    more = b"".join(MINIMAL.replace(b"streams:\n", b"").replace(b"resnet", name) for name in (b"a", b"b"))

    config = parse_config(MINIMAL + more, "dashboard.yaml")

    rows = {s.id: (s.column, s.row) for s in config.stages if s.status_from.startswith("stream:")}
    assert rows == {"resnet": (2, 0), "a": (2, 1), "b": (2, 2)}


def test_of_more_than_six_streams_a_half_stands_beside_the_other_with_the_rest_in_their_middle() -> None:
    more = b"".join(MINIMAL.replace(b"streams:\n", b"").replace(b"resnet", b"s%d" % n) for n in range(1, 8))

    stages = parse_config(MINIMAL + more, "dashboard.yaml").stages

    rows = [(s.column, s.row) for s in stages if s.status_from.startswith("stream:")]
    assert rows == [(2 + half / 2, row) for half in (0, 1) for row in range(4)]
    assert {s.row for s in stages if s.view == "flow" and s.id in ("orchestrator", "artifact-save")} == {1.5}


def test_own_stages_without_places_are_laid_out_by_their_edges() -> None:
    drawn = (
        MINIMAL
        + b"""
stages:
  - {id: raw, label: Raw data, status_from: files, files: "raw/*.csv"}
  - {id: train, label: Train, status_from: "stream:resnet"}
  - {id: ship, label: Ship, status_from: verdict}
edges: [[raw, train], [train, ship]]
"""
    )

    config = parse_config(drawn, "dashboard.yaml")

    assert [(s.id, s.column) for s in config.stages] == [("raw", 0), ("train", 1), ("ship", 2)]
    assert [v.id for v in config.views] == ["flow"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (DRAWN.replace(b"must_mention", b"must_mentoin"),
         f"line {line_of(b'must_mention')}: unknown key `split_policy.must_mentoin`; did you mean `must_mention`?"),
        (b"version: 1\nstreems: []\n", "line 2: unknown key `streems`; did you mean `streams`?"),
        (DRAWN.replace(b"below: 1}", b"below: yes-please}", 1),
         f"line {line_of(b'below: 1}')}: `streams.0.config.required.model.mask_ratio.below`"),
        (DRAWN.replace(b'"stream:patchtst"', b'"stream:patch"'),
         f"line {line_of(b'stream:patchtst')}: `stages.3.status_from`"),
        (DRAWN.replace(b"[orchestrator, data-prep]", b"[orchestrator, dataprep]"),
         "an edge names the unknown stage `dataprep`"),
        (DRAWN.replace(b"stream: patchtst\n  path", b"stream: patch\n  path"), "unknown stream `patch`"),
        (DRAWN.replace(b"id: swinmae,", b"id: patchtst,"), "`patchtst` is the id of another one too"),
        (DRAWN.replace(b"artifacts/scaler_fdc.json", b"../../etc/passwd"), "never leave it"),
        (DRAWN.replace(b"artifacts/scaler_fdc.json", b"/etc/passwd"), "relative to the workspace"),
        (DRAWN + b"checks: {smoke: {blocking: false}}\n", "needs a `reason`"),
        (DRAWN + b"links: {template: 'javascript:alert(1)'}\n", "`links.template`"),
        (DRAWN + b"checks: {scalr: {blocking: false, reason: x}}\n",
         f"line {DRAWN.count(NEWLINE) + 1}: `checks.scalr`: unknown check `scalr`; did you mean `scaler`?"),
        (DRAWN.replace(b'"check:logs"', b'"check:runs"'),
         f"line {line_of(b'check:logs')}: `stages.10.status_from`: unknown check `runs`"),
        (DRAWN.replace(b"checks: [backup]", b"checks: [bakcup]"),
         "`stages.12.checks.0`: unknown check `bakcup`; did you mean `backup`?"),
        (DRAWN.replace(b'"check:logs"', b'"check:"'), "`check:` is no known rule"),
        (MINIMAL + b"    metrics: {val_los: {better: lower}}\n",
         "line 8: `streams.0.metrics.val_los`: no series under `tags` or `columns` is called so; there are `val_loss`; "
         "did you mean `val_loss`?"),
        (MINIMAL + b"    metrics: {acc: {unit: '%'}}\n", "there are `val_loss`"),
        (MINIMAL + b"    targets: [{metric: val_loss}]\n",
         "line 8: `streams.0.targets.0`: say `at_least`, `at_most` or both"),
        (DRAWN + b"title: again\n", "title"),
        (DRAWN + b"labels: {'team:a': b}\n", "`team:a` is no name of a label; write letters, digits, `_` and `-`"),
        (DRAWN + b"labels: {team: [a]}\n", "`labels.team`"),
        (b"", "is empty"),
        (b"- 1\n", "expected a mapping"),
        (b"streams: [", "dashboard.yaml"),
        (b"\x00\x01", "dashboard.yaml"),
    ],
)  # fmt: skip
def test_an_error_names_the_file_the_line_and_the_key(data: bytes, said: str) -> None:
    with pytest.raises(ConfigProblem) as problem:
        parse_config(data, "dashboard.yaml")

    assert said in str(problem.value)
    assert str(problem.value).startswith("dashboard.yaml")


def test_a_workspaces_own_file_wins_over_the_default(tmp_path: Path) -> None:
    (tmp_path / "dashboard.yaml").write_bytes(MINIMAL)

    with Workspace(tmp_path) as workspace:
        assert [s.id for s in load_config(workspace).streams] == ["resnet"]


def test_a_wrong_stream_is_told_as_that_and_not_as_an_empty_list_of_streams() -> None:
    with pytest.raises(ConfigProblem) as told:
        parse_config(MINIMAL.replace(b"checkpoint:", b"chekpoint:"), "dashboard.yaml")

    lines = str(told.value).splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("`streams.0.checkpoint` is missing")
    assert lines[1].endswith("unknown key `streams.0.chekpoint`; did you mean `checkpoint`?")


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace, pytest.raises(ConfigProblem, match=r"other\.yaml"):
        load_config(workspace, tmp_path / "other.yaml")
