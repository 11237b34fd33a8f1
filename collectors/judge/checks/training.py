"""Check 8: every stream completed, and every loss is finite."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from collectors.contract.values import Status
from collectors.judge.checks.ending import tell_end
from collectors.judge.checks.part import (
    NAME_TAGS,
    Judgement,
    Part,
    Short,
    failing,
    first_error,
    judge_parts,
    lacking,
    missing_text,
    not_yet,
    not_yet_there,
    passing,
    skipping,
)
from collectors.judge.checks.records import left_a_model, records_again
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning
from collectors.judge.remedy import RESUME, TRAIN, Remedy, training, waiting
from collectors.numbers import listed, silence_words
from collectors.training.axes import BY_COUNT, ROWS_BY_COUNT
from collectors.training.divergence_words import divergence_words
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence
from collectors.training.gradients import norm_words
from collectors.training.series import is_gradient_norm, is_loss, is_validation
from collectors.training.words import absent_tags, epoch_words, is_short


def check_training(seen: WorkspaceEvidence) -> Judgement:
    """Every stream reached its configured end or a recorded early stop, with finite losses."""
    return judge_parts(_still_to_come(_training(s, seen), s, seen) for s in seen.streams)


def _still_to_come(part: Part, s: StreamEvidence, seen: WorkspaceEvidence) -> Part:
    """What has not begun while others train, or anywhere, is not late."""
    has_begun = s.progress.status is not Status.IDLE or left_a_model(s) or bool(s.unreadable_events)
    return part if has_begun or table_problem(s) else lacking(part, not_yet_there(seen, s))


def _training(s: StreamEvidence, seen: WorkspaceEvidence) -> Part:
    path = source_of(s)
    norms = _gradient_warnings(s, _table_warnings(s))
    odd = [*(divergence_words(d) for d in s.progress.odd if not is_gradient_norm(d.series)), *norms]
    if s.progress.status is Status.DONE:
        part = _ended(s, path)
    else:
        part, problem = _not_ended(s, path, seen), table_problem(s)
        odd += _table_warnings(s)
        odd += [problem] if problem is not None and problem not in part.text else []
    return replace(part, extra=(*part.extra, *odd)) if odd else part


def source_of(s: StreamEvidence) -> str | None:
    """Where its metrics are recorded."""
    table = s.loss_table if s.losses.source == "loss_history" or s.stream.events is None else None
    return table.path if table else s.stream.events.folder if s.stream.events else None


def _not_ended(s: StreamEvidence, path: str | None, seen: WorkspaceEvidence) -> Part:
    label, there = s.stream.label, epoch_words(s)
    where, at = f"{s.id}: {there}", f" at {there}" if there.startswith(s.progress.target.unit) else ""
    absent = None if s.losses.curves else absent_tags(s)
    if absent is not None and (s.progress.silent or s.progress.status is not Status.RUNNING):
        return failing(path, s.id, f"{s.id}: {absent}", NAME_TAGS)
    doubt = _doubt(s)
    if doubt:
        short = Short("It cannot be told whether {} has ended", label)
        return skipping(path, s.id, where + doubt, tell_end(s, seen), short=short)
    diverged = training("Find out why {names} diverged (learning rate, data), and train again.", label)
    by_status = {
        Status.FAIL: (failing, _failure(s), diverged, _failed(s)),
        Status.RUNNING: (not_yet, f"{where}, still training", waiting(f"Wait until {label} has ended."), None),
        Status.STALLED: (failing, f"{where}, then silent", training(RESUME, label), f"{{}} fell silent{at}"),
        Status.IDLE: (failing, f"{s.id}: {_nothing(s)}", _beginning(s), _nothing_in_short(s)),
    }
    judge, text, hint, words = by_status[s.progress.status]
    part = judge(path, s.id, text, hint)
    return replace(part, short=Short(words, label)) if words is not None else part


def _doubt(s: StreamEvidence) -> str:
    """Why it cannot be told whether a silent stream ended; nothing where it can."""
    p = s.progress
    is_alive = p.writer is not None and p.writer.alive is True
    told = f": {p.cannot_tell}" if p.cannot_tell is not None and (p.silent or p.status is Status.STALLED) else ""
    if not p.silent or (told and not is_alive):
        return told
    life = "its process lives" if is_alive else "nothing says that it stopped"
    return f"{told}; {life}, {silence_words(p.last_at)}"


def _ended(s: StreamEvidence, path: str | None) -> Part:
    label = s.stream.label
    problem = table_problem(s)
    if problem:
        short = Short("{}'s loss history is not sound", label)
        return failing(path, s.id, f"{s.id}: {problem}", f"Write {label}'s loss history again.", short=short)
    if not s.losses.curves:
        again = NAME_TAGS if absent_tags(s) is not None else records_again(s)
        text = f"{s.id}: ended, but no loss was recorded"
        return failing(path, s.id, text, again, short=Short("{} recorded no loss", label))
    ended = "stopped early" if s.progress.early_stop else "completed"
    if s.unnamed_tables:
        return _half_read(s, path, f"{s.id}: {epoch_words(s)}, {ended}")
    previous = "" if s.in_current_run else " (from the previous run)"
    text = f"{s.id}: {_logged(s)}{epoch_words(s)}, {ended}, all {_kind(s)} finite{previous}{_assumed(s)}"
    return passing(path, s.id, text, _table_warnings(s))


def _logged(s: StreamEvidence) -> str:
    """Of a training whose recorded end lies behind its last loss, what the number is of."""
    return "" if s.progress.early_stop or not is_short(s) else "losses logged to "


def _half_read(s: StreamEvidence, path: str | None, where: str) -> Part:
    """The losses of a part of the data lie in a file that nothing names: whether all are finite nobody has seen."""
    part = "training" if all(map(is_validation, s.losses.curves)) else "validation"
    files = [s.loss_table.path if s.loss_table else "", *s.unnamed_tables]
    text = f"{where}, but {listed(s.unnamed_tables)} beside its table holds its {part}, and nothing names it"
    return skipping(path, s.id, text, f"Name both as one table: `path: [{', '.join(files)}]`.")


def _kind(s: StreamEvidence) -> str:
    """What its series are called: a metric is no loss."""
    return "losses" if any(map(is_loss, s.losses.curves)) else "values"


def _assumed(s: StreamEvidence) -> str:
    """What was concluded about steps or rows from their count alone."""
    told_by = s.losses.told_by or ""
    what = {told_by.startswith(BY_COUNT): "steps", told_by.startswith(ROWS_BY_COUNT): "rows"}.get(True)
    return f" ({what} taken as epochs by {told_by})" if what else ""


def _nothing(s: StreamEvidence) -> str:
    unreadable = [f"{path}: {problem}" for path, problem in s.unreadable_events]
    how = "nothing says how it was trained" if left_a_model(s) else "not trained"
    return table_problem(s) or "; ".join(unreadable) or f"{how}: {_absent(s)}"


def _nothing_in_short(s: StreamEvidence) -> str:
    """What it comes to: what cannot be read is no training that was not."""
    if table_problem(s):
        return "{}'s loss history cannot be read"
    if s.unreadable_events:
        return "{}'s event files cannot be read"
    return "Nothing says how {} was trained" if left_a_model(s) else "{} was not trained"


def _beginning(s: StreamEvidence) -> str | Remedy:
    """What makes a stream of which nothing is known tell something."""
    table = s.loss_table
    if table is not None and table.evidence is not None and table_problem(s):
        return f"Correct {table.path}, or its section in dashboard.yaml."
    return records_again(s) if left_a_model(s) or s.unreadable_events else training(TRAIN, s.stream.label)


def _absent(s: StreamEvidence) -> str:
    """What was looked for and is not there."""
    if s.stream.events is None and s.loss_table is not None:
        return missing_text(s.loss_table.facts, s.loss_table.beside)
    return "no event file and no loss history" if s.stream.loss_history else "no event file"


def table_problem(s: StreamEvidence) -> str | None:
    """What breaks the loss history, where the stream has one that can be judged."""
    table = s.loss_table
    if table is None or table.being_written or (table.missing and not table.facts.problem):
        return None
    if table.evidence is None:
        return missing_text(table.facts)
    if s.losses.table_belongs is False:
        return None  # an old table is provenance's matter
    error = first_error(table.evidence.findings)
    return f"{table.path}: {error}" if error else None


def _table_warnings(s: StreamEvidence) -> list[str]:
    table = s.loss_table
    if table is None or table.evidence is None:
        return []
    return [f"{table.path}: {f}" for f in table.evidence.findings if f.severity == "warning"]


def _gradient_warnings(s: StreamEvidence, told: list[str]) -> list[str]:
    """The first gradient norm that is not finite, where the table does not tell of one already."""
    curves = {**s.losses.others, **s.losses.curves}
    norms = {name: c for name, c in curves.items() if is_gradient_norm(name)} | dict(s.run.gradients if s.run else {})
    words = (f"{name}: {found}" for name, c in norms.items() if (found := norm_words(c, s.losses.curves)) is not None)
    return [] if any("gradient norm" in one for one in told) else list(islice(words, 1))


def _failed(s: StreamEvidence) -> str:
    return "{} diverged" if s.progress.divergences else "{}'s training recorded that it failed"


def _failure(s: StreamEvidence) -> str:
    if not s.progress.divergences:
        return f"{s.id}: the training recorded that it failed"
    return f"{s.id}: diverged, " + "; ".join(divergence_words(d) for d in s.progress.divergences)


SPEC = CheckSpec(
    number=8,
    id="training",
    title="Training finished",
    judge=check_training,
    gate=GatePlace("training-check", "judgement"),
    meaning=Meaning(
        passes_when="every stream reached its last epoch or a recorded early stop, and every loss is finite",
        proves=(
            "the configured last epoch or step, or an early stop, was recorded, and no loss of the run is NaN or "
            "infinite in either source"
        ),
        cannot_prove="that the losses are low, or were written honestly",
    ),
    follows_external=True,
)
