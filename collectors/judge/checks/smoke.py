"""Check 6: the scoring command of each stream ended well for today's checkpoint and config, and what else it names."""

from __future__ import annotations

from collectors.contract.remembered import SmokeResult
from collectors.contract.values import Outcome
from collectors.judge.checks.part import (
    Judgement,
    Part,
    Short,
    failing,
    judge_parts,
    lacking,
    not_yet_there,
    passing,
    skipping,
)
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning, When
from collectors.judge.remedy import RUN_SMOKE, Remedy
from collectors.numbers import instant_words, listed
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence

BY_HAND = "Run {names}'s scoring command by hand, mend what it says, and try it again (`--run-smoke`)."
NOT_RUN = "Scoring was not tried with today's files of {}"


def check_smoke(seen: WorkspaceEvidence) -> Judgement:
    """Every stream's scoring command exited 0; skip until it has been run for all that it names as it is today."""
    yet = not_yet_there(seen)
    told = (_smoke(s, seen.smoke.get(s.id)) for s in seen.streams if seen.config.scores(s.stream))
    return judge_parts(lacking(part, yet if part.outcome is Outcome.SKIP else None) for part in told)


def _smoke(s: StreamEvidence, result: SmokeResult | None) -> Part:
    if result is None:
        text = f"{s.id}: not run for today's checkpoint and config"
        return skipping(None, s.id, text, RUN_SMOKE, short=Short(NOT_RUN, s.stream.label))
    if result.outdated_by:
        text = f"{s.id}: not run for today's {listed(result.outdated_by)}"
        return skipping(None, s.id, text, RUN_SMOKE, short=Short(NOT_RUN, s.stream.label))
    when = f"recorded {instant_words(result.ran_at)}" if result.recorded else f"ran {instant_words(result.ran_at)}"
    if result.exit_code == 0:
        last = result.tail.strip().splitlines()[-1:]
        return passing(None, s.id, f"{s.id}: exit 0, {when}" + (f", said: {last[0].strip()}" if last else ""))
    how = "did not end well" if result.exit_code is None else f"exit {result.exit_code}"
    text = f"{s.id}: {how}, {when}; last lines: {result.tail.strip() or '(no output)'}"
    by_hand = Remedy(BY_HAND, names=(s.stream.label,))
    return failing(None, s.id, text, by_hand, short=Short("{}'s scoring command failed", s.stream.label))


SPEC = CheckSpec(
    number=6,
    id="smoke",
    title="Scoring smoke test",
    judge=check_smoke,
    gate=GatePlace("smoke-check", "judgement"),
    meaning=Meaning(
        passes_when="the scoring command exited 0 for today's checkpoint and config",
        proves="the workspace's own command ended with 0 for exactly these bytes (sha256) of checkpoint, config, "
        "scaler and every file that the command or `smoke.inputs` names",
        cannot_prove="that its scores are right, or that what it reads unnamed is still the same",
    ),
    when=When(section="smoke"),
    readiness="smoke_ready",
    may_be_skipped=True,
)
