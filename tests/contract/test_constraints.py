"""One file names the exact versions everything is tested with; make and the image use it, ranges stay ranges."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from support.dockerfile import stages
from support.server import ROOT, clean_environment

CONSTRAINTS = ROOT / ".ci" / "constraints.txt"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TAKES_TESTED = "--constraint .ci/constraints.txt"


def pinned() -> dict[str, Version]:
    """Every package of the file by its canonical name; a line that is no exact version fails the test."""
    lines = CONSTRAINTS.read_text().splitlines()
    parts = [re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9A-Za-z.!]+)", line) for line in lines]
    assert lines and all(parts), [line for line, part in zip(lines, parts, strict=True) if not part]
    return {canonicalize_name(part[1]): Version(part[2]) for part in parts if part}


def commands(*arguments: str) -> str:
    """What make would run in a fresh checkout, without running it; `VENV` is a folder that is not there."""
    make = ["make", "--dry-run", "PYTHON=python3", "VENV=build/no-such-venv", *arguments]
    env = clean_environment(LATEST="0", TRAIN="0", MAKEFLAGS="")
    return subprocess.run(make, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout


def installs(*arguments: str) -> list[str]:
    return [
        line
        for line in commands(*arguments).splitlines()
        if " install " in line and not {"apt-get", "npm"} & {*line.split()}
    ]


def test_the_file_holds_names_and_exact_versions_alone_each_once() -> None:
    """No address, path or build of one machine; not the package itself."""
    found = pinned()

    assert len(found) == len(CONSTRAINTS.read_text().splitlines())
    assert canonicalize_name(PROJECT["name"]) not in found


@pytest.mark.parametrize("extra", ["", "test", "server", "oidc", "train", "live"])
def test_every_requirement_is_pinned_within_its_range(extra: str) -> None:
    asked = [
        Requirement(text) for text in (PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"])
    ]
    found = pinned()

    assert asked
    assert [str(one) for one in asked if canonicalize_name(one.name) not in found] == []
    assert [str(one) for one in asked if found[canonicalize_name(one.name)] not in one.specifier] == []


@pytest.mark.parametrize("target", [["demo"], ["lint"], ["test"], ["test", "TRAIN=1"], ["slow", "TRAIN=1"]])
def test_make_takes_the_tested_versions(target: list[str]) -> None:
    lines = installs(*target)

    assert lines
    assert [line for line in lines if TAKES_TESTED not in line] == []


def test_other_peoples_trainers_are_installed_for_the_slow_trainings_alone() -> None:
    asked = {tuple(target): [line for line in installs(*target) if "[live]" in line] for target in
             (["test"], ["test", "TRAIN=1"], ["slow"], ["slow", "TRAIN=1"])}  # fmt: skip

    assert [target for target, lines in asked.items() if lines] == [("slow", "TRAIN=1")]


def test_make_with_latest_takes_the_newest_and_renews_what_is_there() -> None:
    lines = installs("test", "TRAIN=1", "LATEST=1")

    assert lines
    assert [line for line in lines if "constraint" in line or "--upgrade-strategy eager" not in line] == []


def test_the_image_is_built_with_the_tested_versions() -> None:
    first = stages()[0]
    copied = [name for one in first if one.word == "COPY" for name in one.words[:-1]]
    (install,) = [one.rest for one in first if one.word == "RUN" and " install " in one.rest]

    assert ".ci/constraints.txt" in copied
    assert "!.ci/constraints.txt" in (ROOT / ".dockerignore").read_text().splitlines()
    assert "-c .ci/constraints.txt" in install


@pytest.mark.parametrize("target", ["sbom", "audit"])
def test_what_is_listed_and_audited_is_what_the_image_installs(target: str) -> None:
    """The same extra under the same constraints, into an environment without the tools that look at it."""
    image = next(one.rest for one in stages()[0] if one.word == "RUN" and " install " in one.rest)
    (shipped,) = [
        line
        for line in commands(target).replace("\\\n", " ").splitlines()
        if "build/shipped" in line and "install" in line
    ]

    assert "'.[server]'" in image and "'.[server]'" in shipped
    assert TAKES_TESTED in shipped
