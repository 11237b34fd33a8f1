"""A `dashboard.yaml` that is watched -> whether it is another one than when it was last read.

Input: the workspace and what was asked for. Output: a sign; equal means unchanged. It reads nothing.
"""

from __future__ import annotations

from pathlib import Path

from collectors.collect import CollectOptions
from collectors.files.workspace import Identity, identity_of
from collectors.observe.described import CONFIG_NAME


class Description:
    """The file that describes the pipeline, there or not."""

    def __init__(self, workspace: Path, options: CollectOptions) -> None:
        self._path = None if options.pipeline else options.config_file or workspace / CONFIG_NAME
        self._seen = self._sign()

    @property
    def name(self) -> str:
        """As a person knows it, without its folder."""
        return self._path.name if self._path else ""

    @property
    def is_there(self) -> bool:
        """Whether there was one at the last look."""
        return self._seen is not None

    def has_changed(self) -> bool:
        """Whether it is another one than at the last look."""
        before, self._seen = self._seen, self._sign()
        return before != self._seen

    def _sign(self) -> Identity | None:
        try:
            return identity_of(self._path.stat()) if self._path else None
        except OSError:
            return None
