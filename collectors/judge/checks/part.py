"""What a check says: outcome, detail, remedy and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from collectors.contract.shapes import is_pattern
from collectors.contract.state import CheckEvidence
from collectors.contract.values import Outcome, Status
from collectors.evidence.files import NOT_READ_HERE, FileFacts, Finding
from collectors.judge.remedy import Command, Kind, Remedy, waiting
from collectors.numbers import joined as joined_words
from collectors.numbers import listed, named
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence

PULL = Remedy(
    "Run `git lfs pull` in the workspace: pointers lie there instead of the files.",
    Kind.SETTLE,
    commands=(Command(("git", "lfs", "pull")),),
)
NAME_TAGS = Remedy("Name one of these under `events: {tags: ...}`.", Kind.SETTLE)
MEND_LINK = Remedy("Mend the link, or put the file itself in its place.", Kind.SETTLE)
TRUST = Remedy(
    "Put the file itself in the link's place, or trust the folder that it leads to: `--allow-root DIR`.", Kind.SETTLE
)
LIMITS = Remedy(
    "Raise the limits of this machine or job (`ulimit -a`, its memory), or validate on another one.", Kind.SETTLE
)
ALLOW = Remedy("Let the user who validates read it (`ls -ld` shows who may).", Kind.SETTLE)
PLACE = Remedy("Put the file itself in the place of what lies there.", Kind.SETTLE)
SLOW = Remedy("Give its reading more time: `limits: {seconds: ...}`.", Kind.SETTLE)
LARGE = Remedy("Give its reading more memory: `limits: {memory_bytes: ...}`.", Kind.SETTLE)
SIGNS = {
    "git lfs pull": PULL,
    " leads to nothing": MEND_LINK,
    "leads out of the workspace": TRUST,
    "no permission to": ALLOW,
    "a regular file was expected": PLACE,
    "reading took longer than": SLOW,
    "reading did not end within": SLOW,
    "reading needed more than": LARGE,
}
"""What a failure speaks of -> what helps there, whichever file it is."""
MOST_ALIKE = 3
"""Names beside the first of which the same is true."""
WAIT = waiting("It is being written; look again in a moment.")


@dataclass(frozen=True, slots=True)
class Short:
    """What a failure comes to in a few words, the thing first; files and figures stand in the detail."""

    words: str
    """One sentence without its full stop, `{}` for the name."""
    name: str = ""
    """Whose it is, as screens say it."""

    @property
    def sentence(self) -> str:
        """The words with the name in them."""
        return self.words.replace("{}", self.name)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of one check, before it gets its number and title."""

    outcome: Outcome
    detail: str
    remedies: tuple[Remedy, ...] = ()
    """What to do next, that against its worst part first; none on a pass."""
    evidence: tuple[CheckEvidence, ...] = ()
    not_yet: bool = False
    """A skip of what a training cannot have yet."""
    short: str | None = None
    """What its worst part comes to; None where the detail says so by itself."""

    @property
    def hint(self) -> str | None:
        """What to do next, in words."""
        return self.remedies[0].words if self.remedies else None


@dataclass(frozen=True, slots=True)
class Part:
    """What one file contributes to a check."""

    path: str | None
    stream: str | None
    outcome: Outcome
    text: str
    remedies: tuple[Remedy, ...] = ()
    extra: tuple[str, ...] = field(default_factory=tuple)
    """Warnings that are told but do not fail."""
    not_yet: bool = False
    short: Short | None = None


def passing(path: str | None, stream: str | None, text: str, extra: Iterable[Any] = ()) -> Part:
    """A part that holds."""
    return Part(path, stream, Outcome.PASS, text, extra=tuple(str(e) for e in extra))


def failing(
    path: str | None, stream: str | None, text: str, remedy: str | Remedy, *, short: Short | None = None
) -> Part:
    """A part that does not hold, with what helps; it cannot be told where this machine let nothing look at it."""
    if NOT_READ_HERE in text:
        return skipping(path, stream, text, remedy)
    return Part(path, stream, Outcome.FAIL, text, (_helping(text, remedy),), short=short)


def skipping(
    path: str | None, stream: str | None, text: str, remedy: str | Remedy, *, short: Short | None = None
) -> Part:
    """A part that cannot be told."""
    return Part(path, stream, Outcome.SKIP, text, (_helping(text, remedy),), short=short)


def not_yet(path: str | None, stream: str | None, text: str, remedy: str | Remedy) -> Part:
    """A part that a training cannot have yet: it cannot be told, and nothing is wrong with it."""
    return replace(skipping(path, stream, text, remedy), not_yet=True)


@dataclass(frozen=True, slots=True)
class NotYet:
    """Why something cannot be there yet."""

    why: str
    wait: Remedy | None
    """None where nothing is under way that it could be waited for."""


def lacking(part: Part, yet: NotYet | None) -> Part:
    """What is missing: as it was found, or where it cannot be there yet no more than that."""
    if yet is None or part.outcome is Outcome.PASS:
        return part
    remedies = (yet.wait,) if yet.wait is not None else part.remedies
    text = f"{part.text} ({yet.why})"
    return replace(part, outcome=Outcome.SKIP, text=text, remedies=remedies, not_yet=True, short=None)


def _helping(text: str, said: str | Remedy) -> Remedy:
    """What helps against what a text speaks of, whichever file it is; else what is said."""
    known = next((known for sign, known in SIGNS.items() if sign in text), LIMITS if NOT_READ_HERE in text else said)
    return Remedy(known) if isinstance(known, str) else known


def judge_parts(parts: Iterable[Part]) -> Judgement:
    """One outcome of many parts: the worst one; its texts come first in the detail."""
    every = list(parts)
    worst = _worst(p.outcome for p in every)
    ordered = sorted(every, key=lambda p: p.outcome is not worst)
    remedies = (remedy for p in ordered if p.outcome is not Outcome.PASS for remedy in p.remedies)
    return Judgement(
        outcome=worst,
        detail="; ".join(_with_extra(p) for p in ordered),
        remedies=tuple(dict.fromkeys(remedies)),
        evidence=tuple(CheckEvidence(path=p.path, stream=p.stream, text=_with_extra(p)) for p in every),
        not_yet=worst is Outcome.SKIP and bool(every) and all(p.not_yet for p in every if p.outcome is worst),
        short=_in_short([p.short for p in ordered if p.outcome is worst]),
    )


def _in_short(worst: Sequence[Short | None]) -> str | None:
    """What the first comes to, and whose else."""
    first = worst[0] if worst else None
    if first is None:
        return None
    others = [one.name for one in worst[1:] if one is not None and one.words == first.words and one.name]
    if first.words.endswith("{}"):
        return first.words.replace("{}", named([first.name, *others], most=MOST_ALIKE + 1))
    return first.sentence + (f", {named(others, most=MOST_ALIKE)} as well" if others else "")


def joined(judged: Judgement, parts: Sequence[Part]) -> Judgement:
    """A judgement with further parts: what is worse than it leads, the rest is told behind it."""
    if not parts:
        return judged
    short = Short(judged.short) if judged.short is not None else None
    own = Part(None, None, judged.outcome, judged.detail, judged.remedies, not_yet=judged.not_yet, short=short)
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


def is_running(s: StreamEvidence) -> bool:
    """Whether the stream is training right now."""
    return s.progress.status is Status.RUNNING


def not_yet_there(seen: WorkspaceEvidence, s: StreamEvidence | None = None) -> NotYet | None:
    """Why a stream (None: what all of them share) cannot have a file yet; None where it should be there by now."""
    if seen.nothing_trained and not seen.elsewhere and seen.unrecognised is None:
        return NotYet("nothing has been trained yet", None)
    training = [one.stream.label for one in seen.streams if is_running(one) and not one.progress.silent]
    has_begun = s is not None and s.progress.status is not Status.IDLE and not is_running(s)
    if has_begun:
        return None
    if not training and seen.to_follow:
        names = joined_words([one.stream.label for one in seen.to_follow])
        return NotYet(f"{names} still to come", waiting(f"Wait until {names} has ended."))
    if not training:
        return None
    return NotYet(
        f"{joined_words(training)} still training", waiting(f"Wait until {joined_words(training)} has ended.")
    )
