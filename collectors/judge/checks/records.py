"""What brings back the records of a stream's training: one remedy for every check that misses them. Pure."""

from __future__ import annotations

from collectors.judge.remedy import Kind, Remedy, training
from collectors.training.evidence import StreamEvidence


def records_again(s: StreamEvidence) -> Remedy:
    """Bring back the event files or the table of what was trained; train where nothing was."""
    events, table, label = s.stream.events, s.loss_table, s.stream.label
    if events is not None and not s.is_told_by_table_alone:
        path = "this folder" if events.folder == "." else events.folder
        back = "Bring back {names}'s event files below {paths}, or train again with its event writer on."
        write = "Train {names} with its event writer on; it should write below {paths}."
    else:
        path = table.path if table is not None else "of losses"
        back, write = "Bring back {names}'s table {paths}, or train again.", "Train {names}; it should write {paths}."
    # What only another training mends is none of what lost records explain, nor mended by bringing them back.
    return Remedy(back, Kind.RESTORE, (label,), paths=(path,)) if left_traces(s) else training(write, label, path=path)


def left_a_model(s: StreamEvidence) -> bool:
    """Whether a checkpoint lies there, whatever is in it."""
    return s.checkpoint is not None and not s.checkpoint.absent


def left_traces(s: StreamEvidence) -> bool:
    """Whether anything says that it was trained."""
    return left_a_model(s) or bool(s.losses.curves or s.events or s.unreadable_events)
