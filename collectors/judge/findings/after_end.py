"""Checkpoints, configs and scalers that were written after their run's end, or are not what they were then. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.judge.checks.bring_back import and_pack, bring_back
from collectors.judge.findings.spec import FindingSpec, Found
from collectors.numbers import duration_words, instant_words
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.run_end import CONFIG, end_of_run, files_of_ended_runs, is_changed, settled_at

DIGITS = 12
"""Of a digest: enough to tell two files apart."""


def find_changed(seen: WorkspaceEvidence) -> Iterator[Found]:
    """The file has other bytes than an earlier observation saw after the run's end."""
    for what, s, file in ((what, s, one) for what, s, whole in files_of_ended_runs(seen) for one in whole.files):
        before = seen.after_end.get(file.path)
        if before is None or file.sha256 is None or not is_changed(file, before, s):
            continue
        today = f"sha256 {file.sha256[:DIGITS]}, of {instant_words(file.facts.modified_at)}"
        then = f"sha256 {before.sha256[:DIGITS]}, seen {instant_words(before.seen_at)}"
        text = f"{s.id}: the {what} {file.path} ({today}) is not the one after the run's end ({then})"
        words = f"Put back {s.stream.label}'s own {what}, or train again{and_pack(seen, file)}."
        yield Found(file.path, s.id, text, bring_back(seen, file, f"{s.stream.label}'s {what}") or words)


def find_written_late(seen: WorkspaceEvidence) -> Iterator[Found]:
    """The file was written later after the run's end than a last save comes."""
    for what, s, file in files_of_ended_runs(seen):
        if what == CONFIG:
            continue  # `config_rewritten` tells it
        ended, settled, modified = end_of_run(s), settled_at(s), file.facts.modified_at
        if ended is None or settled is None or modified is None or modified <= settled:
            continue
        if any(is_changed(one, seen.after_end.get(one.path), s) for one in file.files):
            continue  # told as what it is
        text = (
            f"{s.id}: the {what} {file.path} was written {instant_words(modified)}, {duration_words(modified - ended)} "
            f"after its run had ended ({instant_words(ended)})"
        )
        hint = f"Put back {s.stream.label}'s own {what} with its time (`cp -p`), or train again."
        yield Found(file.path, s.id, text, hint)


CHANGED = FindingSpec(
    id="changed_after_end",
    check="provenance",
    looks_at="a checkpoint or scaler has another sha256, or a config other values, than an earlier observation (same "
    "state directory) saw after its run had ended; a last save within ten minutes, or three epochs' time, is honest",
    default="fail",
    short="{}'s files changed after its training had ended",
    find=find_changed,
)
LATE = FindingSpec(
    id="written_after_end",
    check="provenance",
    looks_at="a checkpoint or scaler was written more than ten minutes, and more than three epochs' time, after its "
    "run had ended",
    default="warn",
    find=find_written_late,
)
