"""Losses that the description names and nothing holds, though other metrics were recorded. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.judge.findings.sources import configured_losses, sources_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import listed
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence
from collectors.training.series import is_loss


def find_no_loss(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each stream whose loss tags no event file holds, and whose losses no table holds either."""
    for s in ended_streams(seen):
        wanted = [tag for name, tags in s.stream.tags.items() if is_loss(name) for tag in tags]
        if not wanted or not s.losses.curves or any(sources_of(s)):
            continue
        where = s.events[-1].facts.path if s.events else s.stream.events.folder if s.stream.events else None
        looked_for = listed(f"`{tag}`" for tag in wanted)
        text = f"{s.id}: no loss was recorded: {where} holds none of {looked_for}{_in_table(s)}"
        hint = (
            f"Train {s.stream.label} with loss logging on, or name the tag of its loss under `events: {{tags: ...}}`."
        )
        yield Found(where, s.id, text, hint)


def _in_table(s: StreamEvidence) -> str:
    held = listed(s.losses.curves)
    if s.loss_table is None or not s.losses.table:
        return f"; what is there: {held}"
    return f", and {s.loss_table.path} holds no {listed(sorted(configured_losses(s)))}; what is there: {held}"


SPEC = FindingSpec(
    id="no_loss",
    check="logs",
    looks_at="tags of losses are configured, no event file holds one of them, and no table holds the losses",
    default="fail",
    short="{} has not recorded one loss",
    find=find_no_loss,
)
