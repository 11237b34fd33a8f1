"""What a check says: outcome, detail, remedy and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from collectors.contract.shapes import is_pattern
from collectors.contract.state import CheckEvidence
from collectors.contract.values import Outcome, Status
from collectors.evidence.files import NOT_READ_HERE, FileFacts, Finding
from collectors.numbers import listed
from collectors.training.evidence import StreamEvidence

PULL = "Run `git lfs pull` in the workspace: pointers lie there instead of the files."
NAME_TAGS = "Name one of these under `events: {tags: ...}`."
MEND_LINK = "Mend the link, or put the file itself in its place."
TRUST = "Put the file itself in the link's place, or trust the folder that it leads to: `--allow-root DIR`."
LIMITS = "Raise the limits of this machine or job (`ulimit -a`, its memory), or validate on another one."
REMEDIES = {"git lfs pull": PULL, " leads to nothing": MEND_LINK, "leads out of the workspace": TRUST}
"""What a failure speaks of -> what helps there, whichever file it is."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of one check, before it gets its number and title."""

    outcome: Outcome
    detail: str
    hint: str | None = None
    """What to do next; dropped on a pass."""
    evidence: tuple[CheckEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What one file contributes to a check."""

    path: str | None
    stream: str | None
    outcome: Outcome
    text: str
    hint: str | None = None
    extra: tuple[str, ...] = field(default_factory=tuple)
    """Warnings that are told but do not fail."""


def passing(path: str | None, stream: str | None, text: str, extra: Iterable[Any] = ()) -> Part:
    """A part that holds."""
    return Part(path, stream, Outcome.PASS, text, extra=tuple(str(e) for e in extra))


def failing(path: str | None, stream: str | None, text: str, hint: str) -> Part:
    """A part that does not hold, with its remedy; it cannot be told where this machine let nothing look at it."""
    if NOT_READ_HERE in text:
        return skipping(path, stream, text, LIMITS)
    better = next((remedy for sign, remedy in REMEDIES.items() if sign in text), hint)
    return Part(path, stream, Outcome.FAIL, text, better)


def skipping(path: str | None, stream: str | None, text: str, hint: str) -> Part:
    """A part that cannot be told."""
    return Part(path, stream, Outcome.SKIP, text, hint)


def judge_parts(parts: Iterable[Part]) -> Judgement:
    """One outcome of many parts: the worst one; its texts come first in the detail."""
    every = list(parts)
    worst = _worst(p.outcome for p in every)
    ordered = sorted(every, key=lambda p: p.outcome is not worst)
    hint = next((p.hint for p in every if p.outcome is worst and p.hint), None)
    return Judgement(
        outcome=worst,
        detail="; ".join(_with_extra(p) for p in ordered),
        hint=None if worst is Outcome.PASS else hint,
        evidence=tuple(CheckEvidence(path=p.path, stream=p.stream, text=_with_extra(p)) for p in every),
    )


def joined(judged: Judgement, parts: Sequence[Part]) -> Judgement:
    """A judgement with further parts: what is worse than it leads, the rest is told behind it."""
    if not parts:
        return judged
    own = Part(None, None, judged.outcome, judged.detail, judged.hint)
    told = judge_parts([own, *(p for p in parts if p.outcome is not Outcome.PASS)])
    warnings = Part(None, None, told.outcome, told.detail, extra=tuple(e for p in parts for e in p.extra))
    further = tuple(CheckEvidence(path=p.path, stream=p.stream, text=_with_extra(p)) for p in parts)
    return replace(told, detail=_with_extra(warnings), evidence=(*judged.evidence, *further))


def _with_extra(part: Part) -> str:
    return " ".join([*filter(None, [part.text]), *(f"[warning: {e}]" for e in part.extra)])


def _worst(outcomes: Iterable[Outcome]) -> Outcome:
    found = set(outcomes)
    if Outcome.FAIL in found:
        return Outcome.FAIL
    return Outcome.SKIP if Outcome.SKIP in found or not found else Outcome.PASS


def warnings_of(findings: Iterable[Finding]) -> list[str]:
    """Findings that are told on a pass."""
    return [str(f) for f in findings if f.severity == "warning"]


def first_error(findings: Iterable[Finding]) -> str:
    """The errors in words, the first three."""
    errors = [str(f) for f in findings if f.severity == "error"]
    more = f" and {len(errors) - 3} more" if len(errors) > 3 else ""
    return "; ".join(errors[:3]) + more


def missing_text(facts: FileFacts, beside: Sequence[str] = (), named: Sequence[str] = ()) -> str:
    """Why a file was not read, in words, with what lies in its place, or what only the operator can do about it.

    `beside`: names of what lies in its folder. `named`: all that it was looked for by, where that is several.
    """
    if facts.problem is None:
        what = f"{facts.path} is missing"
        if len(named) > 1 or is_pattern(facts.path):
            what = f"nothing matches {listed(f'`{path}`' for path in named or [facts.path])}"
        return f"{what}; beside it: {listed(beside)}" if beside else what
    outside = ", which --allow-root may trust" if "leads out of the workspace" in facts.problem else ""
    return f"{facts.path}: {facts.problem}{outside}"


WAIT_HINT = "It is being written; look again in a moment."


def is_running(s: StreamEvidence) -> bool:
    """Whether the stream is training right now."""
    return s.progress.status is Status.RUNNING
