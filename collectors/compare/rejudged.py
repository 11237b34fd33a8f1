"""One run, judged by two versions of the collector -> what changed, and why. Pure.

Input: two states of the same run. Output: sentences; none where both say the same. It says whether the files are
the ones that were judged then, and draws no conclusion beyond that. Checks that rest on something else than the
run's files (a smoke test that has been run since, another pinned baseline) are left out.
"""

from __future__ import annotations

from collectors.compare.artifacts import GROUPS
from collectors.contract.state import Check, DashboardState, EarlierJudgement
from collectors.contract.values import Outcome
from collectors.digest import short_digest

NOT_OF_THE_FILES = frozenset({"smoke", "baseline"})


def judgement_of(state: DashboardState) -> EarlierJudgement:
    """What a state said, for the version after it."""
    return EarlierJudgement(
        collector_version=state.meta.collector_version,
        verdict=state.verdict.value,
        outcomes={check.id: check.outcome for check in state.checklist},
        files=_files_of(state),
    )


def _files_of(state: DashboardState) -> str:
    every = (artifact for group in GROUPS for artifact in getattr(state.artifacts, group))
    # A hash says more than a time, which a copy changes.
    facts = ((a.path, a.size_bytes, a.sha256 or a.modified_at) for a in every)
    return short_digest("\n".join(map(str, facts)))


def rejudged(before: EarlierJudgement, state: DashboardState) -> tuple[str, ...]:
    """What the state says otherwise than another version did, one sentence each; nothing where it does not."""
    if before.collector_version == state.meta.collector_version:
        return ()
    changes = [change for check in state.checklist if (change := _change(before, check))]
    gone = [i for i in before.outcomes if i not in {c.id for c in state.checklist} | NOT_OF_THE_FILES]
    changes += [f"`{check}`, {before.outcomes[check].value} then, is not asked any more" for check in gone]
    if not changes:
        return ()
    same = before.files == _files_of(state)
    files = "The files are the same as then" if same else "The files have changed since, too"
    head = (
        f"Version {before.collector_version} judged this run {before.verdict.word}, version "
        f"{state.meta.collector_version} {state.verdict.value.word}. {files}."
    )
    return (head, *changes)


def _change(before: EarlierJudgement, check: Check) -> str:
    known = before.outcomes.get(check.id)
    if check.id in NOT_OF_THE_FILES or known is check.outcome or (known is None and check.outcome is Outcome.PASS):
        return ""
    then = "was not asked" if known is None else f"was {known.value}"
    return f"{check.index}. {check.title} {then}, is {check.outcome.value}: {check.detail}"
