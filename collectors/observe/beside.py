"""A path or a folder in which nothing was found -> what lies there instead, and outputs that lie elsewhere.

Names only: nothing is opened. Listings are bounded, and hidden files are left out.
"""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from collectors.contract.shapes import is_pattern
from collectors.files.problems import shown
from collectors.files.workspace import Workspace
from collectors.numbers import listed
from collectors.training.evidence import ReadFile

MOST_NAMES: Final = 200
"""Names looked at in one folder."""
MOST_OUTPUTS: Final = 20
"""Outputs elsewhere that are looked for."""
_ENDINGS: Final = ("pt", "pth", "ckpt", "safetensors", "keras", "h5", "pth.tar", "cbm", "ubj", "onnx", "npz", "joblib")
_NAMES: Final = ("*tfevents*", "trainer_state.json", "metrics.csv", "results.csv", "summary.csv", "training.csv",
    "history.csv", "history.json", "pytorch_model.bin", "scalars.json", "mlflow.db")  # fmt: skip
OUTPUTS: Final = tuple(
    f"{'*/' * depth}{name}" for depth in range(4) for name in (*(f"*.{ending}" for ending in _ENDINGS), *_NAMES)
)
"""What trainers leave, not deeper than three folders."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Looks around in one workspace."""

    workspace: Workspace

    def told(self, file: ReadFile[Any]) -> ReadFile[Any]:
        """The same file; where nothing is there, with what lies beside it."""
        return replace(file, beside=self._names(_plain_part(file.path))) if file.absent else file

    def of_folder(self, folder: str) -> str:
        """What lies in a folder without event files, in words."""
        facts = self.workspace.facts(folder)
        if not facts.exists:
            if facts.problem:
                return f"{folder}: {facts.problem}"
            around = self._names(_plain_part(folder))
            return f"no such folder; beside it: {listed(around)}" if around else "no such folder"
        place = glob.escape(folder)
        names = self._found([f"{place}/*", f"{place}/*/*"])
        return f"it holds {listed(names)}" if names else "it is empty"

    def outputs(self) -> tuple[str, ...]:
        """Files anywhere near the top that some trainer may have left."""
        return self._found(OUTPUTS, MOST_OUTPUTS)

    def _names(self, folder: str) -> tuple[str, ...]:
        return self._found([f"{glob.escape(folder)}/*" if folder else "*"])

    def _found(self, patterns: Sequence[str], limit: int = MOST_NAMES) -> tuple[str, ...]:
        return tuple(shown(path) for path in self.workspace.glob(patterns, limit=limit))


def _plain_part(path: str) -> str:
    """The folder in which a path stands, or the one before the first part that is a pattern."""
    parts = path.split("/")[:-1]
    first = next((n for n, part in enumerate(parts) if is_pattern(part)), len(parts))
    return "/".join(parts[:first])
