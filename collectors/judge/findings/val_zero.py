"""A validation loss that is exactly 0 from its first record on: nothing was measured. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.judge.findings.sources import configured_losses, is_val_loss, sources_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import plural
from collectors.training.evidence import WorkspaceEvidence


def find_val_zero(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each source in which a configured validation loss is nothing but 0."""
    for s in ended_streams(seen):
        for source in sources_of(s):
            names = sorted(filter(is_val_loss, configured_losses(s) & source.curves.keys()))
            zero = [name for name in names if bool((source.curves[name].value == 0).all())]
            if zero:
                count = plural(len(source.curves[zero[0]]), "record")
                text = f"{s.id}: {source.path}: {zero[0]} is exactly 0 in its first and in every other of {count}"
                yield Found(source.path, s.id, text, f"Look whether {s.stream.label} has any validation data.")


SPEC = FindingSpec(
    id="val_zero",
    check="training",
    looks_at="a validation loss is exactly 0 from the first record on",
    default="fail",
    short="{}'s validation loss is 0 from the beginning",
    find=find_val_zero,
)
