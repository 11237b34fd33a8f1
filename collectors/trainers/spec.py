"""The record of one trainer: how its outputs are recognised and what they mean. Pure, and it judges nothing itself.

A new trainer is a file with its `SPEC`, a line in `modules.TRAINERS`, a recorded folder and its test. What `init`,
`validate`, the page, `runs import` and the documentation know of it follows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from collectors.trainers.folder import Folder

Raw = dict[str, Any]
"""A `dashboard.yaml` as plain values."""


class Sureness(IntEnum):
    """How much what was found says. A name alone is never enough."""

    BESIDE = 0
    """It is there, and stores what others write: their own logs tell more."""
    PERHAPS = 1
    """Many programs write such files."""
    LIKELY = 2
    """One thing inside a file agrees with its name."""
    SURE = 3
    """What only this trainer writes stands in a file, or two things agree."""


@dataclass(frozen=True, slots=True)
class Run:
    """One training that was found, or, with nothing in it, one that may come."""

    root: str = ""
    """Its folder, relative to the workspace; empty for the workspace itself."""
    because: tuple[str, ...] = ()
    """What says so: paths in backticks, counts."""
    sure: Sureness = Sureness.LIKELY
    about: str = ""
    """How far it is, where its files say so: `120 steps, 6 epochs`."""
    at: float = 0.0
    """When it last wrote, seconds since the Unix epoch."""
    trained: bool = True
    """It has a training series; a test of a finished model has none."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What its module found and needs again to describe it."""


@dataclass(frozen=True, slots=True)
class Documented:
    """What the documentation says of a trainer."""

    recognised_by: str
    reads: str
    judged: str
    """Which checkpoint."""
    proven: str
    """`recorded with NAME VERSION`, or `format only: SOURCE`."""
    opaque: str = ""
    """What is named and not read."""


@dataclass(frozen=True, slots=True)
class TrainerSpec:
    """One trainer."""

    id: str
    """What `trainer:` in a description and `--trainer` call it."""
    label: str
    """Its name on screen."""
    recognise: Callable[[Folder], Sequence[Run]]
    """Every run of it below a folder, in any order; none where nothing inside a file agrees."""
    describe: Callable[[Folder, Run], Raw]
    """The description of a run; of an empty `Run()`, of one that may come."""
    documented: Documented
