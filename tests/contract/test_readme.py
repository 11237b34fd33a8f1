"""The README's commands run as they stand there; those that cannot stand here, each with its reason."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support.server import ROOT, clean_environment
from support.workspaces import write_good

from collectors.__main__ import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
NOT_RUN_HERE = {
    "make test": "it is what runs this test",
    "make demo": "serves until stopped; the demonstration is driven in tests/browser/test_demo.py",
    "make demo DEMO=--demo-fault=diverge": "as make demo",
    "pip install -e .": "done by make test before this test can run",
    "python -m dash_app WORKSPACE": "serves until stopped; every browser test runs it",
    **dict.fromkeys(
        [
            "docker build -t training-dashboard .",
            "docker run --read-only --tmpfs /tmp -p 127.0.0.1:8050:8050 -v WORKSPACE:/workspace:ro -v state:/state "
            "training-dashboard",
            "docker run --read-only --tmpfs /tmp -v WORKSPACE:/workspace:ro -v state:/state --no-healthcheck "
            "training-dashboard python -m collectors watch",
        ],
        "needs docker; tests/container/ runs the same commands in a room like the image's",
    ),
    "python -m collectors watch WORKSPACE --state-dir STATE": "runs until stopped; tests/cli/test_watch.py runs it",
}
ANSWERS = {0, 4}
"""A good workspace without a smoke run is incomplete."""


def _commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [re.sub(r"\s+#.*", "", line).strip() for line in lines if line.strip() and not line.startswith("#")]


def _stored_run(folder: Path) -> str:
    """Export the workspace with a snapshot; the id of its run."""
    main(["export", str(folder / "ws"), "--state-dir", str(folder / "state"), "--snapshot"])
    return next((folder / "state/runs").glob("run-*.json")).stem


@pytest.mark.parametrize("command", [c for c in _commands() if c not in NOT_RUN_HERE])
def test_a_command_of_the_readme_runs(command: str, tmp_path: Path) -> None:
    write_good(tmp_path / "ws")
    run = _stored_run(tmp_path) if "STATE" in command and "export" not in command else ""
    places = {"RUN": run, "WORKSPACE": str(tmp_path / "ws"), "STATE": str(tmp_path / "state"), "python": sys.executable}
    arguments = [places.get(word, word) for word in shlex.split(command)]

    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
                          env=clean_environment(PYTHONPATH=str(ROOT), HOME=str(tmp_path)))  # fmt: skip

    assert done.returncode in ANSWERS, done.stderr
    assert done.stdout or "--output" in command


def test_what_is_not_run_here_is_in_the_readme() -> None:
    """A command that left the README leaves this list too."""
    commands = set(_commands())

    assert {c for c in NOT_RUN_HERE if c not in commands} <= {
        "make demo DEMO=--demo-fault=diverge",
        "python -m collectors watch WORKSPACE --state-dir STATE",
    }


def test_pictures_and_links_of_the_readme_exist() -> None:
    named = re.findall(r"\]\(([^)#]+)\)", README)
    local = [n for n in named if not n.startswith(("http://", "https://"))]

    assert local
    assert [n for n in local if not (ROOT / n).exists()] == []
    assert all((ROOT / n).stat().st_size < 300_000 for n in local if n.endswith(".png"))


def test_no_address_of_a_machine_or_a_registry_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    words = (
        "pypi" + ".org",
        "files.python" + "hosted",
        "registry.npm" + "js",
        "deb.debian" + ".org",
        "/wor" + "k/main",
    )
    texts = [p for p in tracked if p.endswith((".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".cfg", ".js", ".css"))]
    found = [
        (p, w) for p in texts if (ROOT / p).is_file() for w in words if w in (ROOT / p).read_text("utf-8", "replace")
    ]

    assert not found
