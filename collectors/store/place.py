"""Where a store is: an address -> its backend.

Input: a folder, or a backend that is open already. Output: the backend. It makes and opens nothing.
"""

from __future__ import annotations

from pathlib import Path

from collectors.digest import short_digest
from collectors.store.backend import Backend
from collectors.store.folder import Folder

Place = Path | Backend


def backend_at(place: Place) -> Backend:
    """The backend of a state directory; a backend is its own place."""
    return Folder(place) if isinstance(place, Path) else place


def default_state_dir(workspace: Path) -> Path:
    """The state directory of a workspace in the platform's state folder for this user."""
    import platformdirs  # by who names no state directory

    real = workspace.resolve()
    name = "".join(c if c.isalnum() or c in "._-" else "_" for c in real.name)[:40] or "root"
    return Path(platformdirs.user_state_dir("training-dashboard")) / f"{name}-{short_digest(str(real), 10)}"
