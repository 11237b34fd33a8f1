"""Check 11: the thresholds are sound numbers, and the file says what they were calibrated on.

Refuses to take them for calibrated where nothing says so: that is a skip.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.decisions.analysis import Analysis
from collectors.decisions.series import FUSED
from collectors.decisions.thresholds import Calibration
from collectors.evidence.files import FileFacts
from collectors.judge.checks.decision_parts import SCORE, WHEN, series_words, stream_of
from collectors.judge.checks.part import (
    Judgement,
    Part,
    failing,
    first_error,
    judge_parts,
    missing_text,
    passing,
    skipping,
)
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning
from collectors.numbers import listed, number_words, plural
from collectors.training.evidence import WorkspaceEvidence

CALIBRATE = "Calibrate on normal windows of the calibration split, and write a `calibration` block with what was used."
ORDER = "Write two finite numbers, the lower one for `warn`."


def check_thresholds(seen: WorkspaceEvidence) -> Judgement:
    """Each used section is sound, and calibrated on normal calibration windows with today's checkpoint."""
    found, rules = seen.decisions, seen.config.decisions
    if rules is None or found is None:
        return judge_parts([skipping(None, None, "no thresholds and no scores yet", SCORE)])
    file = found.files.thresholds
    if file is None:
        text = "no file of thresholds is described, so nothing says what they were calibrated on"
        return judge_parts([skipping(None, None, text, "Name it: `decisions: {thresholds: {path: ...}}`.")])
    broken = first_error(found.files.thresholds_findings)
    if not file.exists or file.problem or broken:
        text = f"{file.path}: {broken}" if broken else missing_text(file)
        return judge_parts([failing(file.path, None, text, CALIBRATE)])
    return judge_parts([*_section_parts(found, file), *_calibration_parts(found, file, seen)])


def used_by(found: Analysis) -> tuple[str, ...]:
    """Series whose thresholds decide: all that are described while nothing was scored."""
    if not found.series:
        return tuple(name for name in (*found.thresholds.lines, *found.thresholds.problems))
    streams = found.series[FUSED].parts if FUSED in found.series and found.rule == "severity" else ()
    return (*found.deciding, *streams)


def _section_parts(found: Analysis, file: FileFacts) -> Iterator[Part]:
    known = found.thresholds
    for name, problem in known.problems.items():
        yield failing(file.path, stream_of(name), f"{series_words(name)}: {problem}", ORDER)
    used = used_by(found)
    for name in used:
        if name not in known.lines and name not in known.problems:
            text = f"{file.path} has no thresholds of {series_words(name)}"
            yield failing(file.path, stream_of(name), text, ORDER)
    sound = [name for name in known.lines if name in used]
    if sound:
        yield passing(file.path, None, f"{file.path}: {listed(_told(found, n) for n in sound)}")
    if not used and not known.problems:
        yield failing(file.path, None, f"{file.path} has no section of a known series", ORDER)


def _told(found: Analysis, name: str) -> str:
    lines = found.thresholds.lines[name]
    warn = "" if lines.warn is None else f"warn {number_words(lines.warn)}, "
    return f"{series_words(name)} {warn}anomaly {number_words(lines.anomaly)}"


def _calibration_parts(found: Analysis, file: FileFacts, seen: WorkspaceEvidence) -> Iterator[Part]:
    block = found.thresholds.calibration
    if block is None:
        yield skipping(file.path, None, "not recorded what they were calibrated on", CALIBRATE)
        return
    if block.split is None or block.normal_only is None:
        absent = "the split" if block.split is None else "whether its windows are normal"
        yield skipping(file.path, None, f"the calibration block does not say {absent}", CALIBRATE)
    elif "calib" not in block.split.lower():
        yield failing(
            file.path, None, f"calibrated on the split `{block.split}`, not on calibration windows", CALIBRATE
        )
    elif not block.normal_only:
        yield failing(file.path, None, "calibrated on windows that are not all normal", CALIBRATE)
    else:
        of = f" of {plural(block.windows, 'normal window')}" if block.windows is not None else " of normal windows"
        yield passing(file.path, None, f"calibrated on the split `{block.split}`{of}")
    yield from _checkpoint_parts(found, block, file, seen)


def _checkpoint_parts(found: Analysis, block: Calibration, file: FileFacts, seen: WorkspaceEvidence) -> Iterator[Part]:
    """Whether thresholds were calibrated with the checkpoints of today."""
    parts = found.series[FUSED].parts if FUSED in found.series else ()
    for s in seen.streams:
        if s.checkpoint is None or (found.series and s.id not in (*found.series, *parts)):
            continue
        told = block.checkpoint_sha256.get(s.id)
        today = s.checkpoint_evidence.sha256 if s.checkpoint_evidence else None
        if told is None:
            text = f"the calibration block names no checkpoint of {s.id}"
            yield skipping(file.path, s.id, text, "Write its sha256 under `checkpoint_sha256`.")
        elif today is None:
            yield skipping(s.checkpoint.path, s.id, f"{s.id}: today's checkpoint was not read whole", CALIBRATE)
        elif told != today:
            text = f"{s.id}: calibrated with the checkpoint {told[:12]}…, today's is {today[:12]}…"
            yield failing(file.path, s.id, text, "Calibrate again with today's checkpoint.")
        else:
            yield passing(s.checkpoint.path, s.id, f"{s.id}: with today's checkpoint")


SPEC = CheckSpec(
    number=11,
    id="thresholds",
    title="Thresholds",
    judge=check_thresholds,
    gate=GatePlace("thresholds-check", "judgement"),
    meaning=Meaning(
        passes_when="each used threshold is finite, `0 < warn < anomaly`, and calibrated on normal calibration windows",
        proves="the numbers are in order, and the file names a calibration split, normal windows, today's checkpoint",
        cannot_prove="that the calibration was done as the file says",
    ),
    when=WHEN,
    follows_external=True,
)
