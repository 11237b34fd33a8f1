"""A scaler that was written long before the run it should belong to. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from collectors.judge.checks.part import is_running
from collectors.judge.findings.spec import FindingSpec, Found
from collectors.numbers import duration_words, instant_words
from collectors.training.evidence import WorkspaceEvidence

PREPARED_SECONDS: Final = 2 * 86_400.0
"""Between fitting the scaler and the first record a run may prepare much data; days are another run's."""


def find_old_scaler(seen: WorkspaceEvidence) -> Iterator[Found]:
    """The scaler is older than its stream's run by more than any preparation takes."""
    file, spec = seen.scaler, seen.config.scaler
    if file is None or spec is None or file.evidence is None:
        return
    owner, modified = seen.of(spec.stream), file.facts.modified_at
    run = owner.run
    if run is None or modified is None or not owner.times_trusted or is_running(owner):
        return
    before = run.started_at - (modified + run.clock_lag)
    if before > PREPARED_SECONDS:
        each = spec.written == "each_run"
        own = ", and each run writes its own (`written: each_run`)" if each else ""
        text = (
            f"the scaler {file.path} was written {instant_words(modified)}, {duration_words(before)} before "
            f"{owner.id}'s run began ({instant_words(run.started_at)}){own}"
        )
        hint = f"Fit the scaler again with {owner.stream.label}'s training data."
        yield Found(file.path, owner.id, text, hint, level="fail" if each else None)


SPEC = FindingSpec(
    id="scaler_age",
    check="provenance",
    looks_at="the scaler was written more than two days before its stream's run began (with `scaler: {written: "
    "each_run}`: fails)",
    default="warn",
    find=find_old_scaler,
)
