"""What the newest backup holds besides the bytes that checks 5 and 9 ask for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collectors.judge.checks.backup_copies import Copies, copies_in
from collectors.judge.checks.part import is_running
from collectors.judge.findings.spec import FindingSpec, Found
from collectors.judge.remedy import Kind, Remedy
from collectors.numbers import listed
from collectors.training.evidence import WorkspaceEvidence

AGAIN = Remedy(
    "Make a new backup of this run alone: checkpoints, configs, scaler and loss histories under one folder.",
    Kind.BACK_UP,
)


def _newest(seen: WorkspaceEvidence) -> tuple[str, Copies] | None:
    """Path and copies of the newest archive, where it is sound and no stream trains."""
    newest = seen.backups[0] if seen.backups else None
    if newest is None or newest.evidence is None or newest.being_written or not newest.evidence.sound:
        return None
    return None if any(map(is_running, seen.streams)) else (newest.path, copies_in(newest.evidence, seen))


def _of_newest(
    find: Callable[[str, Copies, WorkspaceEvidence], Iterator[Found]],
) -> Callable[[WorkspaceEvidence], Iterator[Found]]:
    def found(seen: WorkspaceEvidence) -> Iterator[Found]:
        newest = _newest(seen)
        return iter(()) if newest is None else find(*newest, seen)

    return found


def _scattered(path: str, copies: Copies, seen: WorkspaceEvidence) -> Iterator[Found]:
    places = [f"{name} under `{root or './'}`" for name, root in copies.scattered]
    if places:
        yield Found(path, None, f"{path} holds {listed(places)}, and no folder of it holds them all", AGAIN)


def _several(path: str, copies: Copies, seen: WorkspaceEvidence) -> Iterator[Found]:
    if copies.root is not None and len(copies.roots) > 1:
        others = listed(f"`{root or './'}`" for root in copies.roots if root != copies.root)
        text = f"{path} holds a complete set of copies under `{copies.root or './'}` and further ones under {others}"
        yield Found(path, None, text, AGAIN)


def _without_scaler(path: str, copies: Copies, seen: WorkspaceEvidence) -> Iterator[Found]:
    scaler, spec = seen.scaler, seen.config.scaler
    if scaler is None or spec is None or scaler.evidence is None or not copies.lacks(scaler):
        return
    beside = f" beside the checkpoints under `{copies.root}`" if copies.root else ""
    text = f"{path} holds no {scaler.path}{beside}, without which its checkpoint cannot be used"
    yield Found(path, spec.stream, text, AGAIN, level="fail" if spec.written == "each_run" else None)


def _without_losses(path: str, copies: Copies, seen: WorkspaceEvidence) -> Iterator[Found]:
    tables = [s.loss_table for s in seen.streams if s.loss_table is not None and s.loss_table.evidence is not None]
    absent = [table.path for table in tables if copies.lacks(table)]
    if absent:
        yield Found(path, None, f"{path} holds no {listed(absent)}: what it was trained to is not in it", AGAIN)


SCATTERED = FindingSpec(
    id="backup_scattered",
    check="backup",
    looks_at="the backup holds every checkpoint and config, and no one folder of it holds them all",
    default="fail",
    short="No folder of the newest backup holds all that it must",
    find=_of_newest(_scattered),
)
SEVERAL = FindingSpec(
    id="backup_sets",
    check="backup",
    looks_at="the backup holds a second complete set of copies: which one is restored is chance",
    default="warn",
    find=_of_newest(_several),
)
SCALER = FindingSpec(
    id="backup_scaler",
    check="backup",
    looks_at="the backup holds no copy of the scaler (with `scaler: {written: each_run}`: fails)",
    default="warn",
    find=_of_newest(_without_scaler),
)
LOSSES = FindingSpec(
    id="backup_losses",
    check="backup",
    looks_at="the backup holds no copy of a stream's loss history",
    default="warn",
    find=_of_newest(_without_losses),
)
