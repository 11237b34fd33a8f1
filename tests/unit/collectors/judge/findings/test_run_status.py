"""A recorded outcome that is not believed."""

from __future__ import annotations

from support.gathered import good, with_progress

from collectors.contract.values import Status
from collectors.judge.findings.run_status import find_run_status


def test_what_it_says_and_why_it_is_not_believed_are_told() -> None:
    seen = with_progress(good(), doubted="says `completed` at epoch 2 of 8")

    (found,) = find_run_status(seen)
    assert (found.path, found.stream) == ("run_status.json", "patchtst")
    assert found.text == "patchtst: run_status.json says `completed` at epoch 2 of 8: it is not believed"


def test_what_is_believed_is_no_finding_and_neither_is_one_of_a_stream_that_trains() -> None:
    assert list(find_run_status(good())) == []
    running = with_progress(good(), doubted="says `completed` without a time", status=Status.RUNNING)
    assert list(find_run_status(running)) == []
