"""A workspace -> what describes it: `dashboard.yaml`, or the trainer whose outputs lie in it, or nothing.

Input: an open workspace, and a file that was named instead. Output: `Described`, again whenever what lies there makes
another description. Refuses a file that cannot be used: ConfigProblem.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import Final

from collectors.contract.pipeline import PipelineConfig
from collectors.files.workspace import CannotRead, Workspace
from collectors.observe.load_pipeline import ConfigProblem, checked_config, parse_config
from collectors.trainers.beginning import beginning
from collectors.trainers.folder import Folder
from collectors.trainers.modules import trainer
from collectors.trainers.recognise import Candidates, recognise
from collectors.trainers.spec import Run

CONFIG_NAME: Final = "dashboard.yaml"
CONFIG_LIMIT: Final = 1 << 20
"""Bytes; a configuration is written by hand."""
FALLBACK: Final = "plain"
"""What is looked for where nothing is there yet."""
AGAIN_SECONDS: Final = 5.0
"""A workspace is looked at for what it is no more often than this..."""
SHARE: Final = 20
"""...and for no more than this part of the time."""


INSTEAD: Final = f"What is to be read can be said in `{CONFIG_NAME}`:"


@dataclass(frozen=True, slots=True)
class Described:
    """A pipeline's description, and what it comes from."""

    config: PipelineConfig
    trainer: str | None = None
    """Whose outputs these are, by its id; None where a file says everything, or nothing was recognised."""
    recognised: str | None = None
    """Which trainer, and why, in one line."""
    also: str | None = None
    """Which others it may be."""
    unrecognised: str | None = None
    """What lies there by kind, where nothing was recognised."""
    begin: str | None = None
    """How to begin where nothing was recognised: the lines of a `dashboard.yaml`."""

    @property
    def words(self) -> str:
        """What a person is told of it; empty where a file says everything."""
        if self.begin is None:
            return "; ".join(filter(None, (self.recognised, self.also)))
        return f"{self._nothing}. {INSTEAD}\n{indent(self.begin, '    ')}"

    @property
    def _nothing(self) -> str:
        found = self.unrecognised
        return f"No trainer is recognised here; found: {found}" if found else "Nothing is here yet"

    @property
    def notices(self) -> tuple[str, ...]:
        """What stands on the page besides: the others, or how to begin."""
        if self.begin is not None:
            return (self.words,)
        return (self.also,) if self.also else ()


def load_config(workspace: Workspace, named: Path | None = None) -> PipelineConfig:
    """The pipeline's description: `named`, else the workspace's own file, else its trainer's. Raises ConfigProblem."""
    return describe(workspace, named).config


def describe(workspace: Workspace, named: Path | None = None) -> Described:
    """What describes a workspace now. Raises ConfigProblem."""
    written = written_in(workspace, named)
    if written is None:
        return by_trainer(Folder(workspace))
    return Described(parse_config(written, named.name if named else CONFIG_NAME, lambda: Folder(workspace)))


def written_in(workspace: Workspace, named: Path | None = None) -> bytes | None:
    """The file that describes a workspace; None where there is none. Raises ConfigProblem."""
    folder, name = (workspace, CONFIG_NAME) if named is None else (_folder_of(named), named.name)
    facts = folder.facts(name)
    if named is None and not facts.exists and not facts.problem:  # one that cannot be read is not none
        return None
    try:
        return folder.read_bytes(name, CONFIG_LIMIT)
    except CannotRead as error:
        raise ConfigProblem(f"{name}: {error.problem}") from None


def _folder_of(named: Path) -> Workspace:
    try:
        return Workspace(named.parent)
    except ValueError as error:
        raise ConfigProblem(f"{named.name}: {error}") from None


def by_trainer(folder: Folder) -> Described:
    """The surest trainer's description; that of any event files where nothing is recognised."""
    found = recognise(folder)
    best = found.best
    if best is None:
        return _nothing(folder, found)
    config = checked_config(best.description(folder), best.spec.id)
    return Described(config, best.spec.id, best.words, found.others_words)


def by_name(folder: Folder, name: str) -> Described:
    """The description of a trainer that a person named. Raises LookupError for one that is not known."""
    spec = trainer(name)
    if spec is None:
        raise LookupError(name)
    found = recognise(folder, [spec]).best
    run = found.run if found is not None else Run()
    return Described(checked_config(spec.describe(folder, run), name), name, found.words if found is not None else None)


def _nothing(folder: Folder, found: Candidates) -> Described:
    config = by_name(folder, FALLBACK).config
    return Described(config, unrecognised=found.found_words if found.kinds else None, begin=beginning(found))


class Sight:
    """Looks again at what describes a workspace, where that is a trainer: the next run is described anew."""

    def __init__(self, workspace: Workspace, named: Path | None, given: PipelineConfig | None = None) -> None:
        """`named`: a file instead of the workspace's own; `given`: a description instead of any."""
        self._workspace, self._named, self._given = workspace, named, given
        self._next_at = 0.0
        self.seen = self._look()

    def _look(self) -> Described:
        if self._given is not None:
            return Described(self._given)
        began = time.monotonic()
        found = describe(self._workspace, self._named)
        ended = time.monotonic()
        self._next_at = ended + max(AGAIN_SECONDS, SHARE * (ended - began))
        return found

    def again(self) -> Described | None:
        """The description, where it is another one than before; None while it is the same, or a file's alone."""
        if self._by_file_alone or time.monotonic() < self._next_at:
            return None
        before, self.seen = self.seen, self._look()
        return self.seen if self.seen != before else None

    @property
    def _by_file_alone(self) -> bool:
        return self._given is not None or (self.seen.config.trainer is None and not self.seen.words)
