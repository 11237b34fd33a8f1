"""Check 9: the outputs belong to one run.

Times tell where they can be trusted; contents tell always: a contradiction fails whatever the
times say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.contract.values import Status
from collectors.evidence.documents import value_at
from collectors.judge.checks.backup_copies import copies_in
from collectors.judge.checks.bring_back import bring_back_checkpoint, new_backup, own_checkpoint
from collectors.judge.checks.ending import tell_end
from collectors.judge.checks.part import (
    NAME_TAGS,
    Judgement,
    Part,
    Short,
    failing,
    is_running,
    judge_parts,
    lacking,
    not_yet,
    not_yet_there,
    passing,
    skipping,
)
from collectors.judge.checks.records import records_again
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning
from collectors.judge.checks.table_run import LOST, SLACK_SECONDS, is_told_by_table, table_part
from collectors.judge.remedy import TRAIN, training, waiting
from collectors.numbers import instant_words, listed
from collectors.training.evidence import ReadFile, StreamEvidence, WorkspaceEvidence
from collectors.training.words import absent_tags, epoch_words

TO_A_GOOD_END = "Train {names} to a good end, or restore the run it belongs to."
AGAIN = training("Train again, or remove what is left of the other run.")


def check_provenance(seen: WorkspaceEvidence) -> Judgement:
    """Checkpoints, loss histories, scaler and backup are of one run, and sizes agree."""
    running = [s for s in seen.streams if is_running(s)]
    if running:
        return judge_parts(_while_running(s, seen) for s in running)
    parts = [p for s in seen.streams for p in _stream_parts(s, seen)]
    return judge_parts([*parts, *_scaler_parts(seen), *_shared_parts(seen), *_backup_parts(seen)])


def _while_running(s: StreamEvidence, seen: WorkspaceEvidence) -> Part:
    absent = None if s.losses.curves else absent_tags(s)
    if absent is not None:
        return skipping(None, s.id, f"{s.id}: {absent}", NAME_TAGS)
    label, where = s.stream.label, epoch_words(s)
    if s.progress.silent:
        return skipping(None, s.id, f"nothing says that {s.id} has ended ({where})", tell_end(s, seen))
    return not_yet(None, s.id, f"{s.id} is training ({where})", waiting(f"Wait until {label} has ended."))


def _stream_parts(s: StreamEvidence, seen: WorkspaceEvidence) -> Iterator[Part]:
    yield from _content_parts(s)
    yet = not_yet_there(seen, s) if s.progress.status is Status.IDLE and s.run is None else None
    if yet is not None:
        yield lacking(skipping(None, s.id, f"{s.id}: not trained", training(TRAIN, s.stream.label)), yet)
    elif is_told_by_table(s, seen.config):
        yield table_part(s, seen.config.limits.trusted_time_seconds)
    elif s.run is None:
        is_there = bool(s.events or s.unreadable_events)
        what = "no event file with a record that can be read" if is_there else "no event file"
        yield skipping(None, s.id, f"{s.id}: {what}, so nothing says when its run began", records_again(s))
    elif not s.times_trusted:
        yield skipping(None, s.id, f"{s.id}: times were lost", LOST)
    else:
        yield from _time_parts(s)


def _time_parts(s: StreamEvidence) -> Iterator[Part]:
    files = [("checkpoint", s.checkpoint), ("loss history", s.loss_table)]
    old = [(what, f) for what, f in files if f is not None and is_older_than_run(f, s)]
    for what, file in old:
        whose = "is from the previous run; the latest" if s.previous_run else "was written before its run, which"
        began = instant_words(s.run.started_at if s.run else None)
        text = f"{s.id}: the {what} {file.path} ({instant_words(file.facts.modified_at)}) {whose} began {began}"
        short = Short(f"{{}}'s {what} is from another run", s.stream.label)
        yield failing(file.path, s.id, text, training(TO_A_GOOD_END, s.stream.label), short=short)
    if not old:
        previous = "" if s.in_current_run else " (from the previous run)"
        there = s.checkpoint if s.checkpoint is not None and not s.checkpoint.missing else None
        what, path = ("checkpoint and losses", there.path) if there is not None else ("losses", None)
        yield passing(path, s.id, f"{s.id}: {what} of one run{previous}", _beside(s))


def is_older_than_run(file: ReadFile[Any], s: StreamEvidence) -> bool:
    """Whether an existing file was last written before the stream's latest run began, by one and the same clock."""
    modified = file.facts.modified_at
    if modified is None or s.run is None:
        return False
    return modified + s.run.clock_lag + s.run.set_back < s.run.started_at - SLACK_SECONDS


def _beside(s: StreamEvidence) -> list[str]:
    """What lies beside the run and is not shown."""
    if s.run is None or not s.run.rivals:
        return []
    shown = s.run.latest_file.folder
    return [f"another training ran at the same time in {listed(s.run.rivals)}; {shown} is shown, as it began last"]


def _content_parts(s: StreamEvidence) -> Iterator[Part]:
    if s.run is not None and s.run.at_odds:
        text = f"{s.id}: two writers recorded different values at the same steps: {listed(s.run.at_odds)}"
        yield failing(
            s.run.latest_file.folder, s.id, text, "Let one process write each series, or give each its folder."
        )


def _scaler_parts(seen: WorkspaceEvidence) -> Iterator[Part]:
    file, spec = seen.scaler, seen.config.scaler
    if file is None or spec is None or file.evidence is None:
        return
    owner = seen.of(spec.stream)
    yield from _channel_parts(seen, owner)
    previous = owner.previous_run
    modified = file.facts.modified_at
    written = modified + owner.run.clock_lag if modified is not None and owner.run is not None else None
    if owner.times_trusted and previous and written is not None and written < previous.last_at - SLACK_SECONDS:
        text = f"the scaler {file.path} ({instant_words(modified)}) is from {owner.id}'s previous run"
        again = f"Fit the scaler again with {owner.stream.label}'s training data."
        yield failing(file.path, owner.id, text, again, short=Short("The scaler is from another run"))


def _channel_parts(seen: WorkspaceEvidence, owner: StreamEvidence) -> Iterator[Part]:
    named, scaler = owner.stream.channels, seen.scaler.evidence if seen.scaler else None
    wanted = value_at(owner.config_data, named) if isinstance(named, str) else named
    if isinstance(wanted, int) and scaler and scaler.center and len(scaler.center) != wanted:
        text = f"the scaler has {len(scaler.center)} channels, {owner.id}'s config says {wanted}"
        yield failing(seen.scaler.path if seen.scaler else None, owner.id, text, AGAIN)


def _shared_parts(seen: WorkspaceEvidence) -> Iterator[Part]:
    """The same checkpoint bytes under two streams' names: one was taken from the other."""
    by_hash: dict[str, StreamEvidence] = {}
    for s in seen.streams:
        digest = s.checkpoint_evidence.sha256 if s.checkpoint_evidence else None
        if digest is None or s.checkpoint is None:
            continue
        other = by_hash.setdefault(digest, s)
        if other is not s:
            text = f"{s.id}'s checkpoint is {other.id}'s, byte for byte"
            backs = (back for one in (s, other) if (back := bring_back_checkpoint(seen, one)) is not None)
            short = Short(f"{s.stream.label}'s checkpoint is {other.stream.label}'s")
            yield failing(s.checkpoint.path, s.id, text, next(backs, None) or own_checkpoint(seen, s), short=short)


def _backup_parts(seen: WorkspaceEvidence) -> Iterator[Part]:
    newest = seen.backups[0] if seen.backups else None
    if newest is None or newest.evidence is None or not newest.evidence.sound:
        return
    differing = copies_in(newest.evidence, seen).differing()
    if differing:
        text = f"the backup {newest.path} holds another {', '.join(differing)}"
        short = Short("The newest backup holds other files than today's")
        yield failing(newest.path, None, text, new_backup(seen, differing), short=short)
    elif newest.evidence.tested == "all":
        yield passing(newest.path, None, "the backup holds today's checkpoints and configs")
    else:
        text = f"the backup {newest.path} was not compared in full"
        yield skipping(newest.path, None, text, "Raise `limits.read_bytes` in dashboard.yaml to compare it.")


SPEC = CheckSpec(
    number=9,
    id="provenance",
    title="Same run",
    judge=check_provenance,
    gate=GatePlace("provenance-check", "judgement"),
    meaning=Meaning(
        passes_when="checkpoint, losses, scaler and backup are of one run, and their sizes agree",
        proves=(
            "nothing is older than the run it should belong to, tables and events hold the same losses, sizes agree, "
            "layer names are this stream's, a checkpoint's own words (where the description maps them) are those of "
            "table, events and config, the backup's copies equal today's files, and what was seen after the end "
            "is still the same"
        ),
        cannot_prove=(
            "where file times were lost (a copy, a checkout) it says so and compares contents only; layers that no "
            "`layers:` entry names cannot be told apart; another training's file with this one's time, sizes and "
            "words, put there before anybody looked, looks the same"
        ),
    ),
    at_saving=True,
    may_be_skipped=True,
    follows_external=True,
)
