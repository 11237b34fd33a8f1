"""A folder in which nothing was recognised -> the four lines of a `dashboard.yaml` to begin with. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from collectors.trainers.folder import parent

if TYPE_CHECKING:
    from collectors.trainers.recognise import Candidates


def beginning(found: Candidates) -> str:
    """Lines that name the files which are there, or stand for those that will be."""
    kinds = dict(found.kinds)
    table, events, model = (kinds.get(kind, (None,))[0] for kind in ("table", "event file", "checkpoint"))
    losses = f"table: {{path: {_quoted(table or 'TABLE.csv')}, columns: {{train_loss: COLUMN}}}}"
    if table is None and events is not None:
        losses = f"events: {{folder: {_quoted(parent(events) or '.')}, tags: {{train_loss: TAG}}}}"
    lines = ("trainer: plain", "streams:", f"  - {losses}", f"    checkpoint: {_quoted(model or 'MODEL_FILE')}")
    return "\n".join(lines)


def _quoted(path: str) -> str:
    """A path as YAML takes it, in quotes where it holds anything but plain signs."""
    is_plain = path.replace("/", "").replace("_", "").replace(".", "").replace("-", "").isalnum() and path[0].isalnum()
    return path if is_plain else json.dumps(path)
