"""An MLflow file store (`mlruns/EXPERIMENT/RUN/`) -> its runs, the oldest first, as those of a database.

Input: an open folder that holds `mlruns`, or is one. Output: `MlflowRun`s with the metrics that are wanted. Deleted
runs and experiments are left out. It reads bounded files and refuses, by name, a metric of more than `METRIC_BYTES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from collectors.evidence.mlflow import MlflowCurve, MlflowRun
from collectors.files.workspace import CannotRead, Workspace
from collectors.readers.mlflow.files import META, curve_in, is_active, is_run, status_of
from collectors.readers.mlflow.points import LONGEST_TEXT, MOST_NAMES, MOST_PARAMS, seconds
from collectors.readers.text.read_config import read_config
from collectors.trainers.folder import parent

META_BYTES: Final = 64 << 10
METRIC_BYTES: Final = 32 << 20
PARAM_BYTES: Final = 64 << 10
Say = Callable[[str], None]


class FileStore:
    """The files of one store, by the run they belong to."""

    def __init__(self, workspace: Workspace, say: Say) -> None:
        self._workspace, self._say = workspace, say
        self._files: dict[str, list[str]] = {}
        every = workspace.tree().files
        self._metas = [path for path in every if path == META or path.endswith(f"/{META}")]
        for path in every:
            for part in ("/metrics/", "/params/"):
                place, found, _ = path.partition(part)
                if found:
                    self._files.setdefault(place, []).append(path)

    def runs(self, tags: Mapping[str, Sequence[str]]) -> Iterator[MlflowRun]:
        """Every run that was not deleted, the oldest first."""
        found = [(path, meta) for path in self._metas if is_run(meta := self._document(path))]
        experiments = {place: self._document(f"{place}/{META}") for place in {parent(parent(p)) for p, _ in found}}
        for path, meta in sorted(found, key=lambda one: (seconds(one[1].get("start_time")) or 0.0, one[0])):
            experiment = experiments[parent(parent(path))]
            if is_active(meta) and is_active(experiment):
                yield self._run(parent(path), meta, str(experiment.get("name", "")), tags)

    def _run(
        self, place: str, meta: Mapping[str, Any], experiment: str, tags: Mapping[str, Sequence[str]]
    ) -> MlflowRun:
        metrics = self._named(place, "metrics")
        curves = {series: self._curve(metrics, names) for series, names in tags.items()}
        params = list(self._named(place, "params").items())[:MOST_PARAMS]
        return MlflowRun(
            run_id=meta["run_id"],
            name=str(meta.get("run_name") or ""),
            experiment=experiment,
            status=status_of(meta),
            started_at=seconds(meta.get("start_time")),
            ended_at=seconds(meta.get("end_time")),
            params={name: self._text(path) for name, path in params},
            curves={series: curve for series, curve in curves.items() if curve is not None},
            metrics=tuple(sorted(metrics)[:MOST_NAMES]),
            metric_count=len(metrics),
        )

    def _named(self, place: str, kind: str) -> dict[str, str]:
        """Name of each metric or param of a run -> its file; a name may hold slashes."""
        start = f"{place}/{kind}/"
        return {path.removeprefix(start): path for path in self._files.get(place, ()) if path.startswith(start)}

    def _curve(self, metrics: Mapping[str, str], names: Sequence[str]) -> MlflowCurve | None:
        """The first of the metrics that the run has."""
        found = (curve_in(name, self._bytes(metrics[name], METRIC_BYTES)) for name in names if name in metrics)
        return next((curve for curve in found if curve is not None), None)

    def _document(self, path: str) -> Mapping[str, Any]:
        data = read_config(self._bytes(path, META_BYTES), name=path).data
        return data if isinstance(data, Mapping) else {}

    def _text(self, path: str) -> str:
        return self._bytes(path, PARAM_BYTES).decode("utf-8", "replace")[:LONGEST_TEXT].rstrip("\n")

    def _bytes(self, path: str, limit: int) -> bytes:
        """A file, whole; empty, and said, where it cannot be read."""
        try:
            return self._workspace.read_bytes(path, limit)
        except CannotRead as problem:
            self._say(f"{path}: {problem.problem}")
            return b""
