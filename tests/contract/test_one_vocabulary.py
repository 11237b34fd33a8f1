"""One vocabulary: the same values, from the evidence to every face, are told in the same words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from support.curves import T0
from support.evidence_parts import END, archive, checkpoint, default_config, stream, table, workspace
from support.faces_told import FACES

from collectors.compare.compare import compare
from collectors.contract.remembered import PinnedBaseline
from collectors.contract.sections import CheckSettings
from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.judge.build import Observation, build_state
from collectors.judge.checklist import judge
from collectors.judge.verdict import verdict_of
from collectors.presentation.words import OUTCOME_MARKS, REGRESSION_WORDS, VERDICT_WORDS
from collectors.training.curves import merge_losses
from collectors.training.divergence import Divergence
from collectors.training.evidence import StreamEvidence
from collectors.training.progress import Target

NOW = datetime(2026, 11, 23, 12, 0, 52, tzinfo=UTC)
SIZE = 27_300_000
BASELINE = "run-20261101-000000"
INF = Divergence("val_loss", "inf", 3.0, 3, T0 + 20, 4, 2)


def sized(file: Any, size_bytes: int) -> Any:
    """The same file with another size, as its facts and its contents tell it."""
    return replace(file, facts=replace(file.facts, size_bytes=size_bytes))


def of(name: str, last: float, **more: Any) -> StreamEvidence:
    """A stream that trained for 200 s and ended with this validation loss; its checkpoint weighs 27.3 MB."""
    at = T0 + 200
    losses = table(f"artifacts/loss/{name}_loss_history.csv", (1.2, 1.1, last), at=at + 1)
    known: dict[str, Any] = {
        "loss_table": losses,
        "losses": merge_losses(None, losses.evidence, losses.facts, times_trusted=True),
        "checkpoint": sized(checkpoint(f"checkpoints/{name}_ssl.pt", at + 1, size_bytes=SIZE), SIZE),
    }
    ended = {"last_at": at, "since": at, "gap": 200.0} | more.pop("progress_", {})
    return stream(name, more.pop("status", Status.DONE), progress_=ended, **(known | more))


def state_of(*streams: StreamEvidence, run_id: str, baseline: DashboardState | None = None) -> DashboardState:
    """The state of such a training, judged and built as the collector does it."""
    pinned = PinnedBaseline(BASELINE, baseline) if baseline else None
    bundle = sized(archive(*streams, at=END + 300), SIZE if baseline else 12_000_000)
    config = default_config().model_copy(update={"checks": {"baseline": CheckSettings()}})
    seen = workspace(*streams, backups=(bundle,), baseline=pinned, run_id=run_id, config=config)
    checks = judge(seen).checks
    about = Observation("ws", NOW, run_id, checks, verdict_of(checks, seen), "builtin", snapshot_stored=False)
    return build_state(seen, about, None)


@cache
def baseline() -> DashboardState:
    return state_of(of("patchtst", 1.0021), of("swinmae", 0.004), run_id=BASELINE)


@cache
def better() -> DashboardState:
    """PatchTST's loss is 41.8 % lower than the baseline's."""
    return state_of(of("patchtst", 0.5832), of("swinmae", 0.004), run_id="run-20261123-120000", baseline=baseline())


@cache
def broken() -> DashboardState:
    """PatchTST is in its third epoch of thirty, SwinMAE became infinite in its third."""
    going = {"epoch": 2.5, "target": Target("epoch", 30)}
    return state_of(
        of("patchtst", 0.5832, status=Status.RUNNING, progress_=going),
        of("swinmae", 0.004, status=Status.FAIL, progress_={"divergences": (INF,)}),
        run_id="run-20261123-120000",
        baseline=baseline(),
    )


EVERYWHERE = tuple(FACES)
TEXTS = ("terminal", "markdown", "page", "report")


@cache
def told(face: str, state: Callable[[], DashboardState]) -> str:
    return FACES[face](state(), baseline())


@pytest.mark.parametrize(
    ("state", "words", "faces"),
    [
        (better, "27.3 MB", EVERYWHERE),
        (better, "27.3 MB (12.0 MB)", ("terminal", "markdown")),
        (better, "-41.8 %", TEXTS),
        (better, "41.8 % better", TEXTS[:1] + TEXTS[1:] + ("junit",)),
        (better, "-0.4189 (-41.8 %)", TEXTS),
        (better, "1.002", EVERYWHERE),
        (better, "0.5832", EVERYWHERE),
        (better, "0.004", EVERYWHERE),
        (better, "3 min 20 s", TEXTS[:1] + TEXTS[2:]),
        (better, "may rise by 5 % at most", TEXTS),
        (better, "2026-09-21 14:13:20 UTC", ("terminal", "page", "report")),
        (better, "2026-11-23 12:00:52 UTC", ("report", "pictures")),
        (broken, "epoch 2.5 of 30", EVERYWHERE),
        (broken, "val_loss Inf since epoch 3 (2 values)", EVERYWHERE),
        (broken, "3 min 20 s", ("page", "pictures")),
    ],
)
def test_a_value_has_the_same_words_on_every_face(
    state: Callable[[], DashboardState], words: str, faces: tuple[str, ...]
) -> None:
    assert {face: words in told(face, state) for face in faces} == dict.fromkeys(faces, True)


DRIFTED = (
    r"27 MB", r"27\.30", r"\d%", "−", r"-42 %", r"\+Inf", "from epoch", r"2\.5/30", r"of 30 epochs",
    r"\b1\.(?!\d)(?=\s|$)(?<!\d\d\.)", r"\b0\.(?=\s|$)", r"1\.0020?1", r"0\.4189\d", r"\b200 s", r"3\.3 min",
)  # fmt: skip
"""What the same values were called before, in one place or another."""


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("state", [better, broken])
def test_no_face_has_a_form_of_its_own(face: str, state: Callable[[], DashboardState]) -> None:
    """Numbers of checks (`1. Trained checkpoints`) are no values."""
    words = re.sub(r"\b\d+\. (?=\S)", "", told(face, state))

    assert {form: found[0] for form in DRIFTED if (found := re.search(rf".{{0,20}}{form}.{{0,20}}", words))} == {}


@pytest.mark.parametrize("face", TEXTS)
def test_verdicts_judgements_and_outcomes_have_one_word(face: str) -> None:
    words = [
        VERDICT_WORDS[broken().verdict.value],
        REGRESSION_WORDS[compare(broken(), baseline()).regression.value],
        *OUTCOME_MARKS.values(),
    ]

    assert {word: word in told(face, broken) for word in words} == dict.fromkeys(words, True)


def test_a_face_that_says_it_otherwise_is_caught() -> None:
    """The list of drifted forms can fail."""
    assert [form for form in DRIFTED if re.search(form, "27 MB, -42 %, 41.8%, +Inf from epoch 3, 1. and 0. ")] != []
