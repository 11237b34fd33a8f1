"""One row of the corpus, and the court that tries it: a whole workspace in, state, faces and HTTP out."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
from support.breakages import CANARY, Broken, Edit, backup, write_secrets
from support.nobody import as_nobody
from support.server import ROOT
from support.workspaces import Stream, good_streams, write_good

from collectors.collect import CollectOptions, Collector
from collectors.contract.state import DashboardState
from collectors.contract.values import Outcome
from collectors.observe.load_pipeline import ConfigProblem
from collectors.presentation.checklist import as_json, as_junit, as_markdown, as_text
from collectors.presentation.page import as_html
from collectors.readers.child.process import ReaderProcess
from collectors.store.store import Store
from dash_app.app import create_app
from dash_app.reading.reader import StateReader
from dash_app.settings import settings_from

SECONDS = 60.0
"""Generous: machines are noisy, and a hang is longer."""
MEMORY_BYTES = 1536 << 20
HIDDEN = ("\x1b", "\u202e", "\u200b", "\x00")
"""Characters that would touch a terminal or hide a part of the text."""


@dataclass(frozen=True)
class Case:
    """Input, expected outcome, words that must be said, and why it is so."""

    name: str
    edit: Edit
    expected: str
    """Checks that differ from a good workspace (all pass, 6 is skipped): `1 fail, 9 skip`; `refused` for a
    configuration that cannot be used; `as good` where nothing differs."""
    words: str
    """What must be said in the checklist (or the refusal); several pieces are divided by ` | `."""
    why: str
    verdict: str = ""
    """Only where it does not follow from the outcomes (one fails: not_ready; else incomplete)."""
    nobody: bool = False
    """Collected without the rights of root, which no permission stops."""


@dataclass
class Trial:
    """What came out of one case."""

    outcomes: dict[int, str]
    verdict: str
    said: str
    """The text face, in which words are looked for."""
    everything: str
    """State, faces, notices and HTTP answers."""
    seconds: float
    peak_bytes: int
    state: DashboardState | None = None


@dataclass
class Court:
    """What all cases share: a good workspace to copy, a reading child, a page."""

    home: Path
    child: ReaderProcess
    streams: tuple[Stream, Stream] = field(default_factory=good_streams)

    def __post_init__(self) -> None:
        write_good(self.home / "good", self.streams[0].start)
        for path in (self.home / "good/configs").iterdir():
            when = path.stat().st_mtime
            path.write_text(path.read_text() + f"wandb:\n  api_key: {CANARY}\n")
            os.utime(path, (when, when))
        backup(Broken(self.home / "good", *self.streams))
        self.state_dir = self.home / "state"
        self.store = Store(self.state_dir)
        settings = settings_from(["--state-dir", str(self.state_dir), "--no-collect"], {})
        self.page = create_app(settings, StateReader(self.state_dir)).server
        self._collect(Broken(self.home / "good", *self.streams), [], nobody=False)  # starts the child, as root

    def workspace(self, folder: Path) -> Broken:
        """A copy of the good workspace, with the secrets beside it."""
        write_secrets(folder / "outside")
        shutil.copytree(self.home / "good", folder / "ws", copy_function=shutil.copy2)
        return Broken(folder / "ws", *self.streams)

    def try_case(self, case: Case, folder: Path) -> Trial:
        """Break a workspace, collect, store, write every face and ask the page."""
        w = self.workspace(folder)
        case.edit(w)
        shutil.rmtree(self.state_dir)
        self.store = Store(self.state_dir)
        told: list[str] = []
        began = time.monotonic()
        try:
            state = self._collect(w, told, nobody=case.nobody)
        except ConfigProblem as problem:
            return Trial({}, "refused", str(problem), "\n".join([*told, str(problem)]), time.monotonic() - began, 0)
        finally:
            for kept in w.notes:
                kept.close()
        seconds = time.monotonic() - began
        faces = [face(state) for face in (as_text, as_json, as_markdown, as_junit, as_html)]
        answers = asyncio.run(self._ask_page())
        raw = (self.state_dir / "dashboard-state.json").read_text()
        assert self.store.read_state() == state, "what was written does not read back equal"
        outcomes = {c.index: c.outcome.value for c in state.checklist}
        everything = "\n".join([*told, raw, *faces, *answers])
        return Trial(outcomes, state.verdict.value, faces[0], everything, seconds, self._peak(), state)

    def _collect(self, w: Broken, told: list[str], *, nobody: bool) -> DashboardState:
        with Collector(w.root, self.store, CollectOptions(announce=told.append)) as collector:
            # One child for all cases: starting one takes a second.
            collector._cache._child = collector._cache.event_files._child = self.child
            if not nobody:
                return collector.export()
            with as_nobody():
                state = collector.collect()
            self.store.write_state(state)
            return state

    async def _ask_page(self) -> list[str]:
        transport = httpx.ASGITransport(app=cast(Any, self.page))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            paths = ("api/state", "api/pulse", "api/runs", "readyz", "_dash-layout")
            answers = [await client.get(f"/{path}") for path in paths]
        assert answers[0].status_code == 200
        return [a.text for a in answers]

    def _peak(self) -> int:
        """The most memory that this process or the reading child ever took."""
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return max(own, _peak_of(self.child.pid))


def _peak_of(pid: int | None) -> int:
    if pid is None:
        return 0
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found.group(1)) * 1024 if found else 0


GOOD = dict.fromkeys(range(1, 10), "pass") | {6: "skip"}


def expected_outcomes(case: Case) -> dict[int, str]:
    """The whole checklist that a row's short form stands for."""
    outcomes = dict(GOOD)
    for number, outcome in re.findall(r"(\d+) (pass|fail|skip)", case.expected):
        outcomes[int(number)] = outcome
    return outcomes


def expected_verdict(case: Case) -> str:
    """The verdict that follows from the outcomes, where the row does not name one."""
    if case.verdict:
        return case.verdict
    return "not_ready" if Outcome.FAIL.value in expected_outcomes(case).values() else "incomplete"


def leaks_of(trial: Trial, folder: Path) -> list[str]:
    """Pieces of text that must never come out: the canary, and any absolute path of this machine."""
    hidden = [*HIDDEN, CANARY, str(folder), str(folder.resolve()), str(Path.home()), str(ROOT)]
    return [text for text in hidden if text in trial.everything]
