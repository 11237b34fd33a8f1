"""An address -> Lighthouse's scores, where Node and the tool are; `make` installs it into `build/lighthouse`.

Exactly this version: another one weighs other things. It drives the same Chromium as the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Literal

from support.browsers import FLAGS, chromium_binary

TOOL = Path(__file__).resolve().parents[2] / "build/lighthouse/node_modules/.bin/lighthouse"
MISSING = "Lighthouse is not there: `make lighthouse` installs it where Node 18 or newer is"
Form = Literal["desktop", "phone"]


def is_there() -> bool:
    """Whether it can be run here."""
    return shutil.which("node") is not None and TOOL.exists()


def audited(url: str, *categories: str, form: Form = "desktop") -> dict[str, Any]:
    """Return its report. Raises CalledProcessError where it could not look."""
    flags = " ".join(flag for flag in FLAGS if not flag.startswith(("--window-size", "--force-device")))
    chosen = [f"--only-categories={','.join(categories)}", *(["--preset=desktop"] if form == "desktop" else [])]
    done = subprocess.run(
        [str(TOOL), url, "--quiet", "--output=json", *chosen, f"--chrome-flags={flags}"],
        env={**os.environ, "CHROME_PATH": chromium_binary()},
        stdout=subprocess.PIPE,
        check=True,
        timeout=300,
    )
    return dict(json.loads(done.stdout))


def scores(report: dict[str, Any]) -> dict[str, int]:
    """Category -> points of 100."""
    return {name: round(100 * (one["score"] or 0)) for name, one in report["categories"].items()}


def lost_points(report: dict[str, Any]) -> list[str]:
    """What in its categories cost points, with the first elements that did."""
    weighed = {ref["id"] for one in report["categories"].values() for ref in one["auditRefs"] if ref["weight"]}
    failed = [audit for name, audit in report["audits"].items() if name in weighed and audit["score"] not in (1, None)]
    return [f"{audit['id']}: {json.dumps(audit.get('details', {}).get('items', []))[:300]}" for audit in failed]
