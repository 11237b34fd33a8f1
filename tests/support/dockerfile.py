"""The Dockerfile and the compose file of docs/deploy.md -> what they say, instruction by instruction.

Only what stands there is read; nothing is built or run.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from support.pages import blocks
from support.server import ROOT

DOCKERFILE = ROOT / "Dockerfile"


class Instruction(NamedTuple):
    """One instruction: its word and all that follows, on one line."""

    word: str
    rest: str

    @property
    def words(self) -> list[str]:
        """What follows as a list: JSON where it is written as one, else as a shell would split it."""
        found = re.search(r"\[.*\]$", self.rest)
        return list(json.loads(found.group())) if found else shlex.split(self.rest)


def stages(text: str | None = None) -> list[list[Instruction]]:
    """Every build stage, each beginning with its FROM."""
    lines = [line for line in (text or DOCKERFILE.read_text()).splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines()
    found: list[list[Instruction]] = []
    for line in joined:
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append(Instruction(word, rest.strip()))
    return found


def final(word: str) -> Instruction:
    """The last instruction of this word in the image itself."""
    return [one for one in stages()[-1] if one.word == word][-1]


def pairs(word: str) -> dict[str, str]:
    """All `KEY=value` of ENV, LABEL or ARG in the image itself."""
    words = [part for one in stages()[-1] if one.word == word for part in one.words]
    return {part.partition("=")[0]: part.partition("=")[2] for part in words}


def environment() -> dict[str, str]:
    """What a process of the image finds set; without a home, as for a user without a name."""
    base = {"PATH": "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/"}
    named = {key: value.replace("$PATH", base["PATH"]) for key, value in pairs("ENV").items()}
    return base | named


def copy_context(target: Path) -> None:
    """Copy what the first stage copies, as far as `.dockerignore` lets it through, and nothing else."""
    allowed = (ROOT / ".dockerignore").read_text().split()
    ignored = shutil.ignore_patterns(*[line.removeprefix("**/") for line in allowed if line.startswith("**/")])
    target.mkdir(parents=True, exist_ok=True)
    for name in [name for one in stages()[0] if one.word == "COPY" for name in one.words[:-1]]:
        if allowed[0] == "*" and f"!{name}" in allowed and (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=ignored)
        elif allowed[0] == "*" and f"!{name}" in allowed:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def compose_example() -> dict[str, Any]:
    """The compose file of docs/deploy.md, parsed."""
    (text,) = [b.text for b in blocks(ROOT / "docs/deploy.md", "yaml") if b.text.startswith("services:")]
    found: dict[str, Any] = yaml.safe_load(text)
    return found
