"""What each check says and what helps -> the steps to READY, and which checks only repeat another one's failure. Pure.

One remedy clears all that comes of one cause: what several checks ask for is one step, and the check that stands
nearest to the cause keeps it. Refuses to count waiting as a step, and to promise that a check is cleared before the
last thing is done that it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from collectors.contract.state import MOST_STEPS, Check, Step
from collectors.contract.values import Outcome
from collectors.judge.remedy import Kind, Remedy
from collectors.numbers import joined

ROOT = "training"
"""Check whose failure explains what is missing after it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One check, and all that helps against what it found."""

    check: Check
    remedies: tuple[Remedy, ...] = ()


@dataclass
class _Fold:
    """One step on its way: a remedy, and the checks that ask for it, the cause first."""

    remedy: Remedy
    checks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Judged:
    """The checklist with its consequences marked, and what to do about it."""

    checks: tuple[Check, ...]
    steps: tuple[Step, ...]


def judged(answers: Sequence[Answer]) -> Judged:
    """Fold the remedies of all checks that stand in the way."""
    asking = sorted((a for a in answers if _stands_in_the_way(a.check)), key=lambda a: a.check.id != ROOT)
    asking = [replace(a, remedies=tuple(_settled(a.remedies, asking))) for a in asking]
    folds = _folded(asking)
    numbers = {a.check.id: str(a.check.index) for a in answers}
    by_id = {a.check.id: a for a in (*answers, *asking)}
    causes = {a.check.id: _causes(a, folds) for a in asking}
    return Judged(
        checks=tuple(_marked(by_id[a.check.id], causes.get(a.check.id, ()), numbers) for a in answers),
        steps=tuple(_steps(asking, _merged(folds)))[:MOST_STEPS],
    )


def _stands_in_the_way(check: Check) -> bool:
    return check.blocking and check.outcome is not Outcome.PASS


def _settled(remedies: Iterable[Remedy], asking: Sequence[Answer]) -> Iterable[Remedy]:
    """A backup that differs is right once the files are brought back: then no other one is asked for."""
    back = {p: r for a in asking for r in a.remedies if r.kind is Kind.RESTORE for p in r.paths}
    for remedy in remedies:
        if remedy.kind is Kind.BACK_UP and remedy.paths and set(remedy.paths) <= back.keys():
            yield from dict.fromkeys(back[path] for path in remedy.paths)
        else:
            yield remedy


def _folded(asking: Sequence[Answer]) -> dict[object, _Fold]:
    folds: dict[object, _Fold] = {}
    order = {answer.check.id: answer.check.index for answer in asking}
    for answer in asking:
        for remedy in answer.remedies:
            if remedy.kind is Kind.WAIT:
                continue
            fold = folds.setdefault(_key(remedy), _Fold(remedy))
            fold.checks += [answer.check.id] if answer.check.id not in fold.checks else []
    for fold in folds.values():
        if fold.remedy.kind is not Kind.TRAIN:  # what a file or the description lacks is missed by the training too
            fold.checks.sort(key=order.__getitem__)
    return folds


def _key(remedy: Remedy) -> object:
    """What makes two remedies one: who trains a stream again, or packs a new backup, does it once."""
    if remedy.kind is Kind.BACK_UP:
        return remedy.kind
    if remedy.kind is Kind.TRAIN and remedy.names:
        return remedy.kind, remedy.names
    return remedy.kind, remedy.action, remedy.names


def _merged(folds: dict[object, _Fold]) -> list[_Fold]:
    """Steps in the order in which they are done; the same for several streams or files is one."""
    found: dict[object, _Fold] = {}
    for fold in sorted(folds.values(), key=lambda f: f.remedy.kind):
        key = (fold.remedy.kind, fold.remedy.action)
        if key in found:
            before = found[key]
            checks = list(dict.fromkeys([*before.checks, *fold.checks]))
            found[key] = _Fold(before.remedy.with_more(fold.remedy), checks)
        else:
            found[key] = fold
    return list(found.values())


def _steps(asking: Sequence[Answer], folds: Sequence[_Fold]) -> Iterable[Step]:
    waiting = {a.check.id for a in asking if any(r.kind is Kind.WAIT for r in a.remedies)}
    last = {check: number for number, fold in enumerate(folds) for check in fold.checks}
    order = {a.check.id: a.check.index for a in asking}
    for number, fold in enumerate(folds):
        checks = sorted(fold.checks, key=order.__getitem__)
        cleared = tuple(c for c in checks if last[c] == number and c not in waiting)
        yield Step(
            action=fold.remedy.words,
            command=fold.remedy.command,
            clears=cleared,
            needed_for=tuple(c for c in checks if c not in cleared),
        )


def _causes(answer: Answer, folds: dict[object, _Fold]) -> tuple[str, ...]:
    """Checks whose step clears this one too; none where it asks for anything of its own."""
    check = answer.check
    if check.not_yet or not answer.remedies:
        return ()
    found: list[str] = []
    for remedy in answer.remedies:
        cause = _cause(remedy, folds)
        if cause is None or cause == check.id:
            return ()
        found.append(cause)
    return tuple(dict.fromkeys(found))


def _cause(remedy: Remedy, folds: dict[object, _Fold]) -> str | None:
    if remedy.kind is Kind.WAIT:
        return None
    if remedy.is_after_training:
        trained = next((fold for fold in folds.values() if fold.remedy.kind is Kind.TRAIN), None)
        if trained is not None:
            return trained.checks[0]
    return folds[_key(remedy)].checks[0]


def _marked(answer: Answer, causes: Sequence[str], numbers: Mapping[str, str]) -> Check:
    """The check with what it follows from, and the hint of what is really to be done."""
    check, news = answer.check, dict[str, object]()
    if answer.remedies and check.hint is not None:
        news["hint"] = answer.remedies[0].words
    if causes:
        news["follows_from"] = causes
        news["detail"] = f"{check.detail} (follows from {joined([numbers[cause] for cause in causes])})"
    return Check.model_validate({**dict(check), **news}) if news else check  # a copy would take names as they are
