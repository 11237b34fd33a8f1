"""Files of two runs -> which are alike and which are not. Pure.

Input: the artifacts of two states. Output: one record a file. It calls content the same only where
both hashes are known; equal sizes alone prove nothing. A file that is missing from a list that was
cut short is told of neither way: it may well be there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from collectors.contract.artifacts import Artifact, Artifacts
from collectors.contract.delta import ArtifactChange, ArtifactSide

GROUPS = ("checkpoints", "scaler", "logs", "configs", "backup", "loss_files", "documents")
Pair = tuple[Artifact | None, Artifact | None]
Difference = Literal["path", "level", "size_bytes", "sha256"]


def artifact_changes(run: Artifacts, baseline: Artifacts) -> Iterable[ArtifactChange]:
    """Every file of either side, group by group."""
    for group in GROUPS:
        ours, theirs = getattr(run, group), getattr(baseline, group)
        is_cut = bool(run.not_listed.get(group) or baseline.not_listed.get(group))
        for one, other in _same_paths(ours, theirs) if is_cut else _paired(ours, theirs):
            yield _artifact_change(group, one, other)


def _same_paths(run: tuple[Artifact, ...], baseline: tuple[Artifact, ...]) -> list[Pair]:
    theirs = {(a.stream, a.path): a for a in baseline}
    return [(a, theirs[a.stream, a.path]) for a in run if (a.stream, a.path) in theirs]


def _paired(run: tuple[Artifact, ...], baseline: tuple[Artifact, ...]) -> list[Pair]:
    """Files of the same path belong together; of those left over, the first ones of each stream."""
    theirs = {(a.stream, a.path): a for a in baseline}
    pairs: list[Pair] = [(a, theirs.pop((a.stream, a.path), None)) for a in run]
    left = list(theirs.values())
    for place, (one, other) in enumerate(pairs):
        fitting = next((a for a in left if one is not None and a.stream == one.stream), None)
        if other is None and fitting is not None:
            left.remove(fitting)
            pairs[place] = (one, fitting)
    return pairs + [(None, a) for a in left]


def _artifact_change(group: str, run: Artifact | None, baseline: Artifact | None) -> ArtifactChange:
    known = run or baseline
    return ArtifactChange(
        group=group,
        stream=known.stream if known else None,
        run=_artifact_side(run),
        baseline=_artifact_side(baseline),
        content=_content(run, baseline),
        differs=_artifact_differences(run, baseline),
    )


def _artifact_side(file: Artifact | None) -> ArtifactSide | None:
    if file is None:
        return None
    return ArtifactSide(path=file.path, level=file.level, size_bytes=file.size_bytes, sha256=file.sha256)


def _content(run: Artifact | None, baseline: Artifact | None) -> Literal["same", "different", "unknown"]:
    if run is None or baseline is None or run.size_bytes != baseline.size_bytes:
        return "different"
    if run.sha256 is None or baseline.sha256 is None:
        return "unknown"
    return "same" if run.sha256 == baseline.sha256 else "different"


def _artifact_differences(run: Artifact | None, baseline: Artifact | None) -> tuple[Difference, ...]:
    if run is None or baseline is None:
        return ()
    fields: tuple[Difference, ...] = ("path", "level", "size_bytes")
    found: list[Difference] = [f for f in fields if getattr(run, f) != getattr(baseline, f)]
    hashes = (run.sha256, baseline.sha256)
    return (*found, "sha256") if None not in hashes and hashes[0] != hashes[1] else tuple(found)
