"""A target that was missed is told by every face of the checklist, with its number and both values."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from support.components import text_of
from support.metric_states import with_target

from collectors.compare.compare import compare
from collectors.contract.state import DashboardState
from collectors.contract.values import Status, VerdictValue
from collectors.presentation.checklist import as_junit, as_markdown, as_text
from collectors.presentation.comparison import delta_as_text
from collectors.presentation.page import as_html
from collectors.presentation.regions.checklist import checklist
from dash_app.pictures.badge import check_badge, render_badge, verdict_badge

missed, reached = partial(with_target, 0.01), partial(with_target, 100.0)
WORDS = "not at most 0.01"
FACES: dict[str, Callable[[DashboardState], str]] = {
    "terminal": as_text,
    "markdown": as_markdown,
    "junit": as_junit,
    "page": lambda state: text_of(list(checklist(state))),
    "report": as_html,
    "badge": lambda state: render_badge(check_badge(state, "15")),
    "compare": lambda state: delta_as_text(compare(state, reached())),
}


@pytest.mark.parametrize("face", FACES)
def test_every_face_tells_what_was_missed(face: str) -> None:
    told = FACES[face](missed())

    assert WORDS in told
    assert "Targets reached" in told
    assert WORDS not in FACES[face](reached())


def test_it_blocks_the_release_and_counts_among_the_checks() -> None:
    assert (missed().verdict.value, missed().verdict.total) == (VerdictValue.NOT_READY, 10)
    assert missed().verdict.reason == "PatchTST's val_loss misses its target."
    assert (missed().verdict.evidence or "").startswith("15. Targets reached: patchtst: best val_loss")
    assert (reached().verdict.value, reached().verdict.reason) == (VerdictValue.READY, "Every blocking check passes.")
    assert verdict_badge(reached()).message == "READY 10/10"


def test_its_stage_stands_in_the_gate_and_the_gate_of_the_flow_rests_on_it() -> None:
    for state, status in ((missed(), Status.FAIL), (reached(), Status.DONE)):
        assert state.nodes["targets-check"].status is status
        assert "targets" in state.nodes["validation-gate"].checks
    (stage,) = [stage for stage in missed().pipeline.stages if stage.id == "targets-check"]
    assert (stage.view, stage.group) == ("gate", "judgement")


def test_a_pipeline_without_targets_has_neither_check_nor_stage() -> None:
    state = with_target(None)

    assert [check.index for check in state.checklist] == list(range(1, 10))
    assert "targets-check" not in state.nodes
    assert state.verdict.reason == "Every blocking check passes."
