"""The trainers' own records -> the tables of `trainers.md`."""

from __future__ import annotations

from collectors.trainers.modules import TRAINERS


def trainers_table() -> str:
    """Id, how it is recognised, what is read, what is judged, what is only named."""
    rows = [
        f"| {one.label} | `{one.id}` | {one.documented.recognised_by} | {one.documented.reads} "
        f"| {one.documented.judged} | {one.documented.opaque or '-'} |"
        for one in TRAINERS
    ]
    head = [
        "| trainer | `trainer:` | recognised by | what is read | judged | named, not read |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows])


def trainers_proofs() -> str:
    """What each module was proven with."""
    rows = [f"| `{one.id}` | {one.documented.proven} |" for one in TRAINERS]
    return "\n".join(["| `trainer:` | proven |", "|---|---|", *rows])
