"""What a state shows of a broken workspace: status of each stage, level of each file; and what it should show.

`faces.txt` holds the expectation: first the good workspace, then kinds of rows, each with what differs from
it and the rows' names. Whoever adds a row writes its name below its kind.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from collectors.contract.state import DashboardState

GROUPS = ("checkpoints", "scaler", "logs", "configs", "backup", "loss_files", "documents")
Faces = dict[str, str]
"""Stage -> status, group of artifacts -> levels of its files in order, such as `present, verified x2`."""


def faces_of(state: DashboardState) -> Faces:
    """Every stage and every group; stages that differ in their number alone stand together, as `name-#`."""
    statuses: dict[str, list[str]] = {}
    for stage, node in state.nodes.items():
        statuses.setdefault(_without_number(stage), []).append(node.status.value)
    levels = {group: [a.level.value for a in getattr(state.artifacts, group)] for group in GROUPS}
    return {name: _in_a_row(values) for name, values in (statuses | levels).items()}


def _without_number(stage: str) -> str:
    name = stage.rstrip("0123456789")
    return stage if name == stage else f"{name}#"


def _in_a_row(values: list[str]) -> str:
    counted = ((value, len(list(same))) for value, same in groupby(values))
    return ", ".join(value if count == 1 else f"{value} x{count}" for value, count in counted) or "none"


def expected_faces() -> dict[str, Faces]:
    """Row name -> its faces, as `faces.txt` has them. Raises ValueError for a name that stands twice."""
    text = Path(__file__).with_name("faces.txt").read_text()
    good, *kinds = [block.splitlines() for block in text.split("\n\n") if not block.startswith("#")]
    base = dict(line.split(": ", 1) for line in good)
    found: dict[str, Faces] = {}
    for lines in kinds:
        differs = dict(line.split(": ", 1) for line in lines if not line.startswith("- "))
        faces = {name: value for name, value in (base | differs).items() if value != "absent"}
        for line in lines:
            name = line.removeprefix("- ")
            if name != line and found.setdefault(name, faces) is not faces:
                raise ValueError(f"faces.txt: {name!r} stands twice")
    return found
