"""The released files -> one zip in ``artifacts/bundles``, written whole and named by the time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from .layout import Layout, write_whole


def contents(layout: Layout, streams: Iterable[str]) -> list[Path]:
    """Name what a backup holds, as far as it exists."""
    wanted = [layout.scaler, layout.policy]
    for stream in streams:
        wanted += [
            layout.checkpoint(stream),
            layout.config(stream),
            layout.history(stream),
            layout.baseline(stream),
        ]
    return [path for path in wanted if path.is_file()]


def write_bundle(layout: Layout, streams: Iterable[str]) -> Path:
    """Write the backup and give its path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in contents(layout, streams):
            archive.write(path, layout.relative(path))
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = layout.bundles / f"run_bundle_{stamp}.zip"
    write_whole(target, buffer.getvalue())
    return target
