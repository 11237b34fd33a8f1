"""Streams that were trained long after one another."""

from __future__ import annotations

from dataclasses import replace

from support.gathered import at, good, with_config, with_progress, with_stream

from collectors.contract.values import Outcome, Status
from collectors.judge.checklist import judge
from collectors.judge.findings.streams_apart import find_streams_apart
from collectors.training.evidence import WorkspaceEvidence

DAY = 86_400.0


def apart(days: float) -> WorkspaceEvidence:
    """SwinMAE began so long after PatchTST had ended."""
    seen = good()
    swinmae, ended = seen.of("swinmae"), seen.of("patchtst").run.last_at  # type: ignore[union-attr]
    assert swinmae.run is not None
    began = ended + days * DAY
    run = replace(swinmae.run, started_at=began, last_at=began + 20)
    files = {name: at(getattr(swinmae, name), began + 20) for name in ("checkpoint", "loss_table")}
    return with_stream(seen, "swinmae", run=run, **files)


def test_more_than_a_week_is_told_with_both_dates_and_keeps_the_check() -> None:
    seen = apart(8)

    (found,) = find_streams_apart(seen)
    assert found.stream == "swinmae"
    assert found.text == (
        "swinmae began 2023-11-22 22:13:52 UTC, 8 d after patchtst had ended (2023-11-14 22:13:52 UTC)"
    )
    check = next(c for c in judge(seen).checks if c.id == "provenance")
    assert check.outcome is Outcome.PASS and "streams_apart" in check.detail


def test_a_week_is_none_and_neither_are_streams_side_by_side() -> None:
    assert list(find_streams_apart(apart(7))) == []
    assert list(find_streams_apart(apart(-0.0001))) == []


def test_a_time_that_the_description_sets_fails_beyond_it_and_not_at_it() -> None:
    strict = {"max_gap_hours": 24}

    assert [f.level for f in find_streams_apart(with_config(apart(1.01), **strict))] == ["fail"]
    assert list(find_streams_apart(with_config(apart(1), **strict))) == []
    assert list(find_streams_apart(with_config(apart(20), max_gap_hours=24 * 30))) == []


def test_the_order_of_the_description_does_not_matter() -> None:
    seen = apart(8)
    turned = replace(seen, streams=seen.streams[::-1])

    assert [f.stream for f in find_streams_apart(turned)] == ["swinmae"]


def test_a_stream_beside_which_another_trained_all_the_while_is_not_apart_from_a_short_one() -> None:
    """PatchTST trains for twenty days, a third stream for a moment on the second of them."""
    seen = apart(1)
    patchtst = seen.of("patchtst").run
    assert patchtst is not None
    began = patchtst.last_at - 20 * DAY
    moment = replace(patchtst, started_at=began + DAY, last_at=began + DAY + 20)
    third = seen.of("swinmae").stream.model_copy(update={"id": "third"})
    short = replace(seen.of("patchtst"), stream=third, run=moment)
    long_ = with_stream(seen, "patchtst", run=replace(patchtst, started_at=began))

    assert list(find_streams_apart(replace(long_, streams=(*long_.streams, short)))) == []


def test_while_one_of_them_trains_nothing_is_said() -> None:
    assert list(find_streams_apart(with_progress(apart(8), "swinmae", status=Status.RUNNING))) == []
