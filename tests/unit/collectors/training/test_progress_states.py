"""How far a stream is, and whether it still moves."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.curves import T0, loss_table, one_run

from collectors.contract.streams import StallLimits
from collectors.contract.values import Status
from collectors.evidence.documents import Heartbeat
from collectors.evidence.files import FileFacts
from collectors.training.completion import Target
from collectors.training.curves import merge_losses
from collectors.training.progress import Observed, WriterFacts, progress_of


def _seen(val: tuple[float, ...] = (0.9, 0.8, 0.7), total: int | None = 30, **options: float) -> Observed:
    run = one_run(val=val, **options)
    losses = merge_losses(run, None, FileFacts("x", False), times_trusted=True)
    return Observed(run, losses, Target("epoch", total), StallLimits(), None, None, None)


def _beat(**fields: object) -> Heartbeat:
    known = {"stream": "patchtst", "pid": 1, "host": "h", "epoch": None, "epochs": None, "updated_at": None,
             "started_at": None, "outcome": None}  # fmt: skip
    return Heartbeat(**(known | fields))  # type: ignore[arg-type]


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    ("silent", "status", "quiet"),
    [
        (5, Status.RUNNING, False),
        (29, Status.RUNNING, False),
        (31, Status.RUNNING, True),
        (179, Status.RUNNING, True),
        (181, Status.STALLED, False),
    ],
)
def test_silence_is_quiet_then_stalled(silent: float, status: Status, quiet: bool) -> None:
    """Epochs of 10 s: quiet after max(3 gaps, 30 s), stalled after max(10 gaps, 180 s)."""
    seen = _seen()

    found = progress_of(seen, seen.run.last_at + silent if seen.run else 0)

    assert (found.status, found.quiet) == (status, quiet)


def test_slow_epochs_widen_the_limits() -> None:
    seen = _seen(gap=100.0)

    found = progress_of(seen, T0 + 300 + 900)

    assert found.gap == pytest.approx(100)
    assert found.status is Status.RUNNING
    assert found.quiet


def test_the_configuration_sets_both_limits() -> None:
    seen = replace(_seen(), limits=StallLimits(quiet_seconds=1, stalled_seconds=2))

    assert progress_of(seen, T0 + 31.5).quiet
    assert progress_of(seen, T0 + 33).status is Status.STALLED


def test_a_writer_that_is_gone_is_stalled_at_once() -> None:
    seen = replace(_seen(), writer=WriterFacts("h", 812, alive=False))

    assert progress_of(seen, T0 + 31).status is Status.STALLED


@pytest.mark.parametrize(("first", "total", "status"), [(1, 3, "done"), (1, 4, "running"), (0, 3, "done")])
def test_epochs_count_from_one_or_from_zero(first: int, total: int, status: str) -> None:
    found = progress_of(_seen(total=total, first_step=first), T0 + 31)

    assert found.status == status


def test_fractional_epochs_are_epochs_that_are_over() -> None:
    losses = merge_losses(None, loss_table((0.9, 0.8, 0.7, 0.6, 0.5), first_epoch=0.5), FileFacts("x", True),
                          times_trusted=False)  # fmt: skip
    seen = Observed(None, losses, Target("epoch", 5), StallLimits(), None, None, T0)

    assert progress_of(seen, T0 + 1).status is Status.RUNNING


def test_a_loss_that_is_not_finite_fails_even_while_it_runs() -> None:
    found = progress_of(_seen(val=(0.9, math.nan, math.inf)), T0 + 31)

    assert found.status is Status.FAIL
    assert {(d.series, d.kind, d.first_epoch) for d in found.divergences} == {
        ("train_loss", "nan", 2.0),
        ("val_loss", "nan", 2.0),
        ("train_loss", "inf", 3.0),
        ("val_loss", "inf", 3.0),
    }


def test_a_recorded_early_stop_is_done() -> None:
    seen = replace(_seen(), heartbeat=_beat(updated_at=_at(T0 + 40), outcome="early_stopped"))

    found = progress_of(seen, T0 + 9999)

    assert found.status is Status.DONE
    assert found.early_stop


def test_an_outcome_older_than_the_run_is_not_believed() -> None:
    seen = replace(_seen(), heartbeat=_beat(updated_at=_at(T0 - 40), outcome="completed"))

    assert progress_of(seen, T0 + 31).status is Status.RUNNING


def test_a_young_heartbeat_keeps_a_silent_stream_running() -> None:
    seen = replace(_seen(), heartbeat=_beat(updated_at=_at(T0 + 500)))

    assert progress_of(seen, T0 + 510).status is Status.RUNNING


def test_an_end_is_estimated_only_from_three_gaps() -> None:
    three_gaps = progress_of(_seen(val=(0.9, 0.8, 0.7, 0.6)), T0 + 41)
    two_gaps = progress_of(_seen(), T0 + 31)

    assert three_gaps.expected_end_at == pytest.approx(T0 + 40.01 + 26 * 10, abs=1e-3)
    assert two_gaps.expected_end_at is None


def test_no_sign_of_a_run_is_idle() -> None:
    losses = merge_losses(None, None, FileFacts("x", False), times_trusted=False)

    found = progress_of(Observed(None, losses, Target("epoch", 3), StallLimits(), None, None, None), T0)

    assert found.status is Status.IDLE
    assert found.since is None


def test_records_from_the_future_keep_nothing_alive() -> None:
    """The writer's clock is a week ahead: its file's own time is the better witness."""
    week = 7 * 86400.0
    seen = _seen(start=T0 + week)
    files = tuple(replace(f, facts=replace(f.facts, modified_at=T0 + 30)) for f in seen.run.files) if seen.run else ()
    seen = replace(seen, run=replace(seen.run, files=files)) if seen.run else seen

    assert progress_of(seen, T0 + 35).status is Status.RUNNING
    assert progress_of(seen, T0 + 600).status is Status.STALLED


def test_where_every_time_lies_ahead_nothing_proves_that_it_runs() -> None:
    seen = _seen(start=T0 + 7 * 86400.0)

    assert progress_of(seen, T0).status is Status.STALLED


def test_a_heartbeat_from_the_future_is_no_sign_of_life() -> None:
    seen = replace(_seen(), heartbeat=_beat(updated_at=_at(T0 + 1e9), epoch=3))

    assert progress_of(seen, T0 + 3600).status is Status.STALLED


def test_a_clock_that_is_a_little_ahead_is_believed() -> None:
    seen = _seen()

    assert progress_of(seen, T0).status is Status.RUNNING
