"""Check 2: the scaler holds equally long, finite centers and positive scales."""

from __future__ import annotations

import math

from collectors.contract.streams import Stream
from collectors.evidence.documents import ScalerEvidence
from collectors.judge.checks.bring_back import bring_back
from collectors.judge.checks.part import (
    WAIT,
    Judgement,
    Short,
    failing,
    first_error,
    judge_parts,
    lacking,
    missing_text,
    not_yet_there,
    passing,
    skipping,
    warnings_of,
)
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning, When
from collectors.judge.remedy import Remedy, training
from collectors.numbers import plural
from collectors.training.evidence import ReadFile, WorkspaceEvidence


def check_scaler(seen: WorkspaceEvidence) -> Judgement:
    """The scaler holds method, center and scale: equal-length, finite, every scale > 0."""
    file = seen.scaler
    if file is None or seen.config.scaler is None:
        return judge_parts([])
    owner = seen.config.stream(seen.config.scaler.stream)
    if file.evidence is None:
        short = Short(f"The scaler {'is missing' if file.absent else 'cannot be read'}")
        missing = failing(file.path, owner.id, missing_text(file.facts), _again(file, owner, seen), short=short)
        return judge_parts([lacking(missing, not_yet_there(seen, seen.of(owner.id)) if file.absent else None)])
    if file.being_written:
        return judge_parts([skipping(file.path, owner.id, f"{file.path} is being written", WAIT)])
    problem = first_error(file.evidence.findings) or scaler_problem(file.evidence)
    if problem:
        text, short = f"{file.path}: {problem}", Short("The scaler is not sound")
        return judge_parts([failing(file.path, owner.id, text, _again(file, owner, seen), short=short)])
    channels = plural(len(file.evidence.center or ()), "channel")
    text = f"{file.path}: {file.evidence.method}, {channels}, finite, every scale > 0"
    return judge_parts([passing(file.path, owner.id, text, warnings_of(file.evidence.findings))])


def _again(file: ReadFile[ScalerEvidence], owner: Stream, seen: WorkspaceEvidence) -> Remedy:
    again = training("Run {names} training; it should save {paths}.", owner.label, path=file.path)
    return bring_back(seen, file, "the scaler") or again


def scaler_problem(scaler: ScalerEvidence) -> str | None:
    """What is wrong with the numbers of a scaler that could be read; None where nothing is."""
    center, scale = scaler.center, scaler.scale
    absent = [
        name
        for name, value in (("method", (scaler.method or "").strip() or None), ("center", center), ("scale", scale))
        if value is None
    ]
    if absent or center is None or scale is None:
        return f"expected the keys method, center and scale; missing: {', '.join(absent)}"
    if not center or len(center) != len(scale):
        return f"center has {plural(len(center), 'number')} and scale {len(scale)}: expected as many, and at least one"
    for name, values in (("center", center), ("scale", scale)):
        bad = next((i for i, v in enumerate(values) if not math.isfinite(v)), None)
        if bad is not None:
            return f"{name}[{bad}] is {values[bad]}: expected a finite number"
    flat = next((i for i, v in enumerate(scale) if v <= 0), None)
    return None if flat is None else f"scale[{flat}] is {scale[flat]:g}: expected a number above 0"


SPEC = CheckSpec(
    number=2,
    id="scaler",
    title="Scaler",
    judge=check_scaler,
    gate=GatePlace("scaler-check"),
    meaning=Meaning(
        passes_when="`method`, `center`, `scale` are there, equally long, finite, and every scale is above 0",
        proves=(
            "the keys are there, equally long, finite, every scale above 0 and within float32; method and channels are"
            " those of config and reports, where the description says in which key"
        ),
        cannot_prove="that the numbers were fitted on the right data: others of that method and count look the same",
    ),
    when=When(section="scaler"),
    readiness="scaler_ready",
    at_saving=True,
)
