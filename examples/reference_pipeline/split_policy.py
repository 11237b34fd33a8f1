"""Divided recordings -> the document that says what trained, what validates, what calibrates."""

from __future__ import annotations

from collections.abc import Mapping

from .inference.windows import PARTS
from .prepare import Data

TEXT = """\
# Split policy

All recordings are of normal operation; nothing in them is labelled as a fault.

- **train**: of every seven recordings of a file, in file order, the first five. Weights and scalers
  are learnt from these only.
- **validation**: the sixth. It chooses the released checkpoint and is never trained on.
- **calibration**: the seventh. It is never trained on and chooses nothing.

Thresholds between normal and anomaly are set on the first half of each calibration recording. Its
second half is the operation set, with faults put into some of them (`artifacts/operation/faults.json`).
The second half of each validation recording is held out: it says how often normal windows are called
an anomaly. Where a half holds no window it is left out.

A file with fewer than seven recordings is divided in the same shares by time, each recording for
itself: its first five sevenths, the next one, and the last one. Windows are cut after the division,
so no window crosses from one recording or part into another.

| stream | part | recordings | rows |
|---|---|---|---|
"""


def policy(data: Mapping[str, Data]) -> str:
    """Write the document, with what each part really holds."""
    rows = [
        f"| {stream} | {part} | {len(one.parts[part])} | {sum(map(len, one.parts[part]))} |"
        for stream, one in data.items()
        for part in PARTS
    ]
    return TEXT + "\n".join(rows) + "\n"
