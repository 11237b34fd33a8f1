"""A scoring -> what the state says of it. Pure; "belongs to the run" is told by whoever knows the run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from collectors.contract.artifacts import Artifact
from collectors.contract.decisions import (
    LISTED_IN_STATE,
    Alarms,
    DecisionSummary,
    Pairing,
    ThresholdLines,
    WindowCounts,
)
from collectors.contract.values import Level
from collectors.decisions.analysis import Analysis
from collectors.decisions.listed_alarms import listed_alarms, longest_seconds
from collectors.decisions.series import FUSED
from collectors.decisions.words import State
from collectors.digest import short_digest
from collectors.evidence.documents import value_at
from collectors.evidence.files import FileFacts
from collectors.numbers import plural, utc

MOST_SERIES = 24
"""Series that a summary tells of; the document has them all."""


def summary_of(found: Analysis, belongs: bool | None) -> DecisionSummary:
    """What the state says: less than 4 kB for two streams."""
    names = tuple(found.series)[-MOST_SERIES:]
    told = found.alignment
    run_id = value_at(found.report, found.rules.report.run_id) if found.rules.report else None
    return DecisionSummary(
        run_id=run_id if isinstance(run_id, str) else None,
        mode=found.mode,
        scored_at=_instant(found),
        belongs_to_run=belongs,
        files=tuple(_files(found, belongs)),
        unit=f"no unit; {found.rules.worse} is worse",
        window_seconds={name: found.window_seconds(name) for name in names},
        stride_seconds={name: found.stride_seconds(name) for name in names},
        clock=found.clock,
        thresholds={name: lines for name in found.names if (lines := _lines(found, name)) is not None},
        counts={name: WindowCounts(**{s.name.lower(): n for s, n in found.counts[name].items()}) for name in names},
        deciding=found.deciding[-MOST_SERIES:],
        alignment=Pairing(
            method=told.method,
            pairs=told.pairs,
            unpaired={name: missing.count for name, missing in told.missing.items()},
            largest_gap_seconds=told.largest_gap_seconds,
        ),
        alarms=Alarms(
            total=sum(len(alarms.fired) for alarms in found.alarms.values()),
            longest_seconds=longest_seconds(found),
            pending=tuple(name for name, alarms in found.alarms.items() if alarms.pending),
            least_windows=found.rules.alarms.least_windows,
            gap_windows=found.rules.alarms.gap_windows,
            listed=listed_alarms(found, LISTED_IN_STATE),
        ),
        digest=digest_of(found),
    )


def digest_of(found: Analysis) -> str:
    """What tells that the document is another one: the files it is made of, and how they are read."""
    files = found.files
    tables = [t.facts for t in (*files.scores, files.normal, files.calibration) if t is not None]
    facts = (*tables, files.thresholds, files.report)
    seen = [(f.path, f.exists, f.size_bytes, f.modified_at) for f in facts if f is not None]
    return short_digest(f"{found.rules.model_dump_json()}\n{found.streams}\n{seen!r}", 24)


def _instant(found: Analysis) -> datetime | None:
    return utc(found.scored_at)


def _files(found: Analysis, belongs: bool | None) -> Iterator[Artifact]:
    for table in found.files.scores[:MOST_SERIES]:
        broken = "; ".join(table.errors()[:1])
        if not broken and table.is_cut:
            broken = f"only its first {table.rows:,} rows were read"
        yield _artifact(table.facts, broken or plural(table.rows, "window"), bool(broken), belongs)
    if found.files.report is not None:
        problems = found.files.report_evidence.findings if found.files.report_evidence else ()
        broken = "; ".join(str(f) for f in problems)
        yield _artifact(found.files.report, broken or "report", bool(broken), belongs)
    if found.files.thresholds is not None:
        block = "calibrated" if found.thresholds.calibration else "not recorded what they were calibrated on"
        findings = [str(f) for f in found.files.thresholds_findings if f.severity == "error"]
        broken = "; ".join((*findings, *(f"{name}: {told}" for name, told in found.thresholds.problems.items())))
        yield _artifact(found.files.thresholds, broken or f"thresholds, {block}", bool(broken), None)


def _artifact(facts: FileFacts, detail: str, is_broken: bool, belongs: bool | None) -> Artifact:
    level = Level.PRESENT if is_broken or facts.problem else Level.READABLE
    told = detail if is_broken else facts.problem or detail
    return Artifact(
        path=facts.path,
        stream=None,
        level=level if facts.exists else Level.MISSING,
        size_bytes=facts.size_bytes,
        modified_at=utc(facts.modified_at),
        sha256=None,
        detail=told if facts.exists or is_broken else "missing",
        belongs_to_run=belongs if facts.exists else None,
    )


def _lines(found: Analysis, name: str) -> ThresholdLines | None:
    lines, block = found.lines_of(name), found.thresholds.calibration
    if lines is None:
        return None
    is_of_file = name in found.thresholds.lines and block is not None
    both = (block.quantiles.get("warn"), block.quantiles.get("anomaly")) if block and is_of_file else (None, None)
    return ThresholdLines(
        warn=lines.warn,
        anomaly=lines.anomaly,
        origin="calibrated" if is_of_file else "unknown",
        quantiles=(both[0], both[1]) if both[0] is not None and both[1] is not None else None,
        windows=block.windows if block and is_of_file else None,
    )


def notices_of(found: Analysis | None) -> tuple[str, ...]:
    """What a person should know of a scoring that is no fault of it."""
    if found is None:
        return ()
    told = []
    ratios = max((table.mask_ratios for table in found.files.scores), default=0)
    if ratios > 1:
        told.append(
            "Decisions: windows were scored with a random mask (`mask_ratio_effective` differs between them):"
            " the same window scored again gets another score, and perhaps another word."
        )
    quiet = _over_their_own_line(found)
    if quiet:
        told.append(f"Decisions: {quiet}")
    return tuple(told)


def _over_their_own_line(found: Analysis) -> str:
    """Streams over a line of their own in windows that the fused series calls normal."""
    fused = found.judged.get(FUSED)
    if fused is None:
        return ""
    words = []
    for stream in fused.series.parts:
        one = found.judged.get(stream)
        if one is None or len(one.series) != len(fused.series):
            continue
        over = int(((one.states == State.WARN) | (one.states == State.ANOMALY))[fused.states == State.NORMAL].sum())
        if over:
            words.append(
                f"{stream} is over its own line in {plural(over, 'window')} that the fused series calls normal"
            )
    return "; ".join(words) + "." if words else ""
