"""A folder -> what every Python process imports that is started with the environment given here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

HOOK = """
import os, sys

file = os.open(os.path.join({folder!r}, f"{{os.getpid()}}.imports"), os.O_CREAT | os.O_WRONLY)

def told(event, arguments):
    if event == "import":
        os.write(file, arguments[0].encode() + b"\\n")

told("import", [" ".join(sys.orig_argv[1:])])
sys.addaudithook(told)
"""
"""Written at each import: a process that is killed has told what it did until then."""


@dataclass(frozen=True)
class Imports:
    """What was imported, by process."""

    folder: Path

    def environment(self) -> dict[str, str]:
        """Variables for the process; its children inherit them."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / "sitecustomize.py").write_text(HOOK.format(folder=str(self.folder)), encoding="utf-8")
        return {"PYTHONPATH": os.pathsep.join([str(self.folder), os.environ.get("PYTHONPATH", "")])}

    def of(self, command: str) -> set[str]:
        """Modules that were asked for by the only process whose command line holds these words."""
        told = [file.read_text(encoding="utf-8").splitlines() for file in self.folder.glob("*.imports")]
        (names,) = [set(names) for started, *names in told if command in started]
        return names
