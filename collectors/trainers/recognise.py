"""A folder -> which trainers' outputs lie in it, the surest first, and in words which and why. Pure but for `Folder`.

Input: one look at a workspace. Output: `Candidates`. It refuses to guess: where nothing inside a file agrees with what
a trainer writes, there is no candidate, and what was found is counted by kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from collectors.numbers import joined, listed, numbers_in, plural
from collectors.trainers.folder import Folder, said
from collectors.trainers.modules import TRAINERS
from collectors.trainers.spec import Raw, Run, Sureness, TrainerSpec

_EVENTS: Final = "event file"
_KINDS: Final = {
    _EVENTS: (),
    "table": (".csv", ".tsv", ".jsonl", ".ndjson"),
    "checkpoint": (".pt", ".pth", ".ckpt", ".safetensors", ".keras", ".h5", ".tar", ".cbm", ".ubj", ".onnx", ".npz",
                   ".joblib", ".bin", ".msgpack", ".distcp", ".pkl"),
    "config": (".yaml", ".yml", ".toml"),
    "JSON document": (".json",),
    "text": (".log", ".txt"),
    "archive": (".zip", ".gz", ".xz", ".zst"),
    "database": (".db", ".sqlite"),
}  # fmt: skip
"""What files of these endings usually are."""
_KIND_OF: Final = {ending: kind for kind, endings in _KINDS.items() for ending in endings}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One trainer and its runs in the folder."""

    spec: TrainerSpec
    run: Run
    """The newest real one: it is shown."""
    others: tuple[Run, ...] = ()
    """Newest first."""

    @property
    def words(self) -> str:
        """Which and why: `Hugging Face Trainer, because ...; 120 steps, 6 epochs`."""
        place = f" in {said(self.run.root)}" if self.run.root else ""
        why = f"{self.spec.label}{place}, because {joined(self.run.because)}"
        more = f"the newest of {len(self.others) + 1:,} runs" if self.others else ""
        return "; ".join(part for part in (why, self.run.about, more) if part)

    def description(self, folder: Folder) -> Raw:
        """What this run's files mean."""
        return self.spec.describe(folder, self.run)


@dataclass(frozen=True, slots=True)
class Candidates:
    """All that was recognised in a folder."""

    every: tuple[Candidate, ...]
    """The surest first."""
    kinds: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Kind of file -> the files of it, nearest first."""
    is_whole: bool = True

    @property
    def best(self) -> Candidate | None:
        """The surest one."""
        return self.every[0] if self.every else None

    @property
    def others_words(self) -> str | None:
        """The other trainers that it may well be, in one line; None where there is none."""
        others = [c for c in self.every[1:] if c.run.sure > Sureness.PERHAPS]
        names = [f"{c.spec.label} ({joined(c.run.because)})" for c in others]
        return f"also possible: {listed(names)}" if names else None

    @property
    def found_words(self) -> str:
        """What lies in the folder, by kind."""
        told = [f"{plural(len(paths), kind)} ({listed(map(said, paths), most=2)})" for kind, paths in self.kinds]
        return listed(told, most=len(told)) or "nothing"


def recognise(folder: Folder, trainers: Sequence[TrainerSpec] = TRAINERS) -> Candidates:
    """Ask every trainer; the surest first, of equals the one that stands first among the trainers."""
    found = [_candidate(spec, spec.recognise(folder)) for spec in trainers]
    every = sorted((one for one in found if one is not None), key=_rank)
    return Candidates(tuple(every), tuple(_kinds_in(folder).items()), folder.is_whole)


def run_of(spec: TrainerSpec, folder: Folder) -> Run:
    """The newest real run of one trainer; an empty one where it has none yet."""
    found = _candidate(spec, spec.recognise(folder))
    return found.run if found is not None else Run()


def _rank(one: Candidate) -> tuple[bool, int]:
    return not one.run.trained, -one.run.sure


def _candidate(spec: TrainerSpec, runs: Iterable[Run]) -> Candidate | None:
    """The newest run that trained something, and the others; None without any."""
    ordered = sorted(runs, key=lambda run: (run.trained, run.at, numbers_in(run.root)), reverse=True)
    return Candidate(spec, ordered[0], tuple(ordered[1:])) if ordered else None


def _kinds_in(folder: Folder) -> dict[str, tuple[str, ...]]:
    """Kind -> its files, nearest first."""
    kinds: dict[str, list[str]] = {_EVENTS: folder.event_files} if folder.event_files else {}
    for ending, paths in folder.by_ending.items():
        kind = _KIND_OF.get(ending.lower())
        if kind is not None:
            kinds.setdefault(kind, []).extend(paths)
    return {kind: tuple(sorted(kinds[kind], key=_depth)) for kind in _KINDS if kind in kinds}


def _depth(path: str) -> int:
    return path.count("/")
