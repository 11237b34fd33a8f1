"""Check 10: the run is not worse than the pinned baseline beyond what the policy allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from support.gathered import evidence_of, good, told, with_config, with_progress
from support.state_parts import raw_state

from collectors.contract.remembered import PinnedBaseline
from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.judge.checks.baseline import check_baseline
from collectors.judge.checks.part import Judgement
from collectors.training.evidence import WorkspaceEvidence

PIN = "`python -m collectors runs baseline RUN_ID`"


def snapshot(factor: float = 1.0, **changes: Any) -> DashboardState:
    """The snapshot of the same training with other validation losses."""
    raw = raw_state()
    raw["meta"]["run_id"] = "run-1"
    raw["metrics"] = {s.id: s.metrics.model_dump() for s in good().streams} | changes
    for stream in raw["metrics"].values():
        stream["series"]["val_loss"]["value"] = [v * factor for v in stream["series"]["val_loss"]["value"]]
    return DashboardState.model_validate(raw)


def against(state: DashboardState | None, seen: WorkspaceEvidence | None = None) -> Judgement:
    return check_baseline(replace(seen or good(), baseline=PinnedBaseline("run-1", state)))


def test_without_a_pin_there_is_nothing_to_compare_with() -> None:
    assert told(check_baseline(good())) == ("skip", "no baseline is pinned", None)


def test_the_baseline_itself_passes_though_its_snapshot_is_gone() -> None:
    seen = replace(good(), run_id="run-1")

    assert told(against(None, seen)) == ("pass", "this run is the baseline run-1", None)


def test_a_baseline_whose_snapshot_is_gone_is_skipped() -> None:
    assert told(against(None)) == (
        "skip", "the snapshot of the baseline run-1 is gone or cannot be read", f"Pin another baseline: {PIN}.",
    )  # fmt: skip


def test_a_run_that_is_no_worse_passes_with_its_numbers() -> None:
    found = against(snapshot())

    assert told(found) == (
        "pass",
        "against run-1: patchtst: val_loss 0.4783 against 0.4783: the same; "
        "swinmae: val_loss 0.4593 against 0.4593: the same",
        None,
    )
    assert evidence_of(found) == [(None, "patchtst"), (None, "swinmae")]
    assert found.evidence[0].text == "val_loss 0.4783 against 0.4783: the same"


def test_a_worse_run_fails_and_names_the_streams_that_are() -> None:
    found = against(snapshot(factor=0.5))

    assert (found.outcome, found.hint) == (
        "fail", f"Train again, or pin another baseline with {PIN} if this one is no longer the measure.",
    )  # fmt: skip
    assert found.detail.startswith(
        "against run-1: patchtst: val_loss 0.4783 against 0.2391: 100 % worse, 5 % allowed (limit "
    )


def test_the_policy_of_the_configuration_counts() -> None:
    lenient = with_config(good(), baseline={"allowed_relative": 2.0})

    assert against(snapshot(factor=0.5), lenient).outcome == "pass"
    assert "100 % worse, 200 % allowed (limit 0.7174)" in against(snapshot(factor=0.5), lenient).evidence[0].text


def test_a_metric_of_which_nobody_knows_the_better_way_is_skipped_and_says_what_to_write() -> None:
    sound = with_config(good(), baseline={"metric": "d_loss"})
    bare = (replace(s, losses=replace(s.losses, curves={"d_loss": s.losses.curves["val_loss"]})) for s in sound.streams)
    seen = replace(sound, streams=tuple(bare))
    renamed = {s.id: s.metrics for s in seen.streams}
    state = snapshot()

    found = against(state.model_copy(update={"metrics": renamed}), seen)

    assert (found.outcome, found.hint) == (
        "skip", "Say which way d_loss gets better: `metrics: {d_loss: {better: higher}}` (or `lower`).",
    )  # fmt: skip
    assert "nothing says whether a lower or a higher d_loss is better" in found.detail
    told_way = with_config(seen, baseline={"metric": "d_loss", "direction": "lower"})
    assert against(state.model_copy(update={"metrics": renamed}), told_way).outcome == "pass"


def test_a_run_that_cannot_be_compared_is_skipped_not_passed() -> None:
    raw = snapshot().metrics["patchtst"].model_dump()
    raw["config"]["mask_ratio"] = 0.75

    found = against(snapshot(patchtst=raw))

    assert told(found) == (
        "skip",
        "against run-1: patchtst: other mask_ratio: 0.4 against 0.75",
        f"Pin a baseline that was trained the same way: {PIN}.",
    )
    assert found.evidence[0].text == "other mask_ratio: 0.4 against 0.75"


def test_a_run_that_is_still_training_is_skipped_not_passed() -> None:
    found = against(snapshot(), with_progress(good(), status=Status.RUNNING, epoch=8.0))

    assert (found.outcome, found.hint) == ("skip", "Wait until the training has ended.")
    assert found.detail == "against run-1: patchtst: the run is still training (epoch 8 of 8)"
    assert found.not_yet


def test_a_run_that_trains_no_more_is_not_waited_for() -> None:
    found = against(snapshot(), with_config(good(), baseline={"minimum_epochs": 9}))

    assert (found.outcome, found.not_yet) == ("skip", False)
    assert found.hint == f"Train to the end, or pin another baseline: {PIN}."


def test_a_stream_that_neither_side_trained_is_told_so() -> None:
    raw = raw_state()["metrics"]["swinmae"] | {"series": {}, "final": {}, "best": {}}
    raw["completion"] |= {"status": "idle"}
    state = snapshot().model_dump()
    state["metrics"]["third"] = raw

    found = against(DashboardState.model_validate(state))

    assert found.outcome == "pass"
    assert (found.evidence[2].stream, found.evidence[2].text) == ("third", "trained on neither side")
