"""Numbers that no training leaves."""

from __future__ import annotations

from typing import Any

import pytest
from support.gathered import good, patchtst, reread, told, with_progress, with_stream

from collectors.contract.values import Status
from collectors.judge.checks.checkpoints import check_checkpoints
from collectors.judge.checks.part import Judgement
from collectors.judge.findings.every import with_findings
from collectors.judge.findings.weights import find_huge_weights, find_nonfinite_arrays, find_weights_alike
from collectors.training.evidence import WorkspaceEvidence

CKPT = "checkpoints/patchtst_ssl.pt"


def holding(**facts: Any) -> WorkspaceEvidence:
    return with_stream(good(), checkpoint=reread(patchtst().checkpoint, **facts))


def checked(seen: WorkspaceEvidence) -> Judgement:
    return with_findings(check_checkpoints(seen), "checkpoints", seen)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"weights_alike": "zero"}, "every weight is 0: expected trained weights (weights_alike)"),
        ({"weights_alike": "constant"}, "each weight matrix holds one number throughout: expected trained weights"),
        ({"huge_tensors": {"a.weight": 2e19}}, "than 1e19, whose square no 32-bit float holds: a.weight (2e+19)"),
        ({"huge_tensors": {"a": 2e19, "b": 1e39}}, "larger weights than a 32-bit float holds: a (2e+19), b (1e+39)"),
        ({"nonfinite_arrays": ("stats.mean",)}, "NumPy arrays in it hold NaN or infinite numbers: stats.mean"),
    ],
)  # fmt: skip
def test_each_fails_check_1_and_names_the_file(facts: dict[str, Any], words: str) -> None:
    outcome, detail, hint = told(checked(holding(**facts)))

    assert (outcome, hint) == ("fail", "Train PatchTST again, and save what it learnt.")
    assert detail.startswith(f"patchtst: {CKPT}: ") and words in detail


@pytest.mark.parametrize("find", [find_weights_alike, find_huge_weights, find_nonfinite_arrays])
def test_a_running_stream_and_a_broken_file_are_not_asked(find: Any) -> None:
    bad = holding(weights_alike="zero", huge_tensors={"a": 1e20}, nonfinite_arrays=("b",))

    assert len(list(find(bad))) == 1
    assert list(find(with_progress(bad, status=Status.RUNNING))) == []
    assert list(find(with_stream(bad, checkpoint=None))) == []
