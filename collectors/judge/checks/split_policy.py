"""Check 7: the document speaks of train, calibration and normal."""

from __future__ import annotations

from collectors.judge.checks.part import (
    Judgement,
    Short,
    failing,
    first_error,
    judge_parts,
    lacking,
    missing_text,
    not_yet_there,
    passing,
)
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning, When
from collectors.judge.prose import prose_of, speaks_of
from collectors.numbers import listed
from collectors.training.evidence import WorkspaceEvidence


def check_split_policy(seen: WorkspaceEvidence) -> Judgement:
    """The document exists, is text, and speaks of what it must."""
    file, wanted = seen.split_policy, seen.config.split_policy
    if file is None or wanted is None:
        return judge_parts([])
    words = listed(wanted.must_mention)
    hint = f"Write {wanted.path}: say how data was split into {words}."
    if file.evidence is None:
        short = Short(f"The split policy {'is missing' if file.absent else 'cannot be read'}")
        missing = failing(file.path, None, missing_text(file.facts), hint, short=short)
        return judge_parts([lacking(missing, not_yet_there(seen) if seen.nothing_trained and file.absent else None)])
    if not file.evidence.sound:
        text, short = f"{file.path}: {first_error(file.evidence.findings)}", Short("The split policy cannot be read")
        return judge_parts([failing(file.path, None, text, hint, short=short)])
    prose = prose_of(file.evidence.text)
    absent = [w for w in wanted.must_mention if not speaks_of(prose, w)]
    if absent:
        aside = [w for w in absent if speaks_of(file.evidence.text, w)]
        only = f": {listed(aside)} stands in comments or code only" if aside else ""
        text = f"{file.path} does not speak of {listed(absent)}{only}"
        short = Short(f"The split policy does not speak of {listed(absent)}")
        return judge_parts([failing(file.path, None, text, hint, short=short)])
    return judge_parts([passing(file.path, None, f"{file.path} speaks of {words}")])


SPEC = CheckSpec(
    number=7,
    id="split_policy",
    title="Split policy",
    judge=check_split_policy,
    gate=GatePlace("policy-check"),
    meaning=Meaning(
        passes_when="the document speaks of train, calibration and normal",
        proves="the document is text and has these words outside comments and code, whole or inflected",
        cannot_prove="that what it says is true, or was followed",
    ),
    when=When(section="split_policy"),
    readiness="split_policy_ready",
)
