"""Command line and environment -> `Settings`, the one description of how the page is served.

It looks whether the folders are there, opens nothing and starts nothing. Whatever cannot work is a
`UsageError` of one line that says what to do.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import stat
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collectors.options import UsageError
from collectors.store.place import default_state_dir
from dash_app.options import options_from

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
"""Names of this machine for itself: always trusted, no other site can make a browser send them."""
HOST_PATTERN = r"\*|(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+"
ORIGIN_PATTERN = r"https?://(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?"
PREFIX_PATTERN = r"/([A-Za-z0-9][A-Za-z0-9._~-]*/)*"
OWN_PATHS = ("/api/", "/assets/")
NOT_IN_A_DEMO = {"--config", "--no-collect", "--run-smoke", "--run-validator"}
ONLY_IN_A_DEMO = {"--demo-fault", "--demo-pause", "--demo-speed"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this page is served, checked and complete."""

    workspace: Path
    """The folder that training writes into; absolute."""
    state_dir: Path
    """The folder that holds `dashboard-state.json`; absolute."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8050
    """Port to listen on; 0 takes a free one."""
    url_prefix: str = "/"
    """Where the page hangs behind a proxy; begins and ends with a slash."""
    trusted_hosts: tuple[str, ...] = ()
    """Names browsers may use besides those of loopback; `*.example.org` and `*` are allowed."""
    frame_ancestors: tuple[str, ...] = ()
    """Origins that may show the page in a frame, besides its own."""
    stale_after_seconds: float = 15.0
    """Age of the heartbeat from which the observer counts as dead."""
    collect: bool = True
    """Whether this process also collects."""
    config: Path | None = None
    """A `dashboard.yaml` outside the workspace; null looks inside."""
    allow_roots: tuple[Path, ...] = ()
    """Further folders that links inside the workspace may lead to."""
    run_smoke: bool = False
    """Whether the workspace's own scoring command may be run."""
    run_validator: bool = False
    """Whether the configured external validator may be run."""
    smoke_timeout_seconds: float | None = None
    """Time limit of the scoring command; null leaves it to the collector."""
    smoke_python: str = sys.executable
    """Python that runs the scoring command."""
    allow_pin: bool = False
    """Whether a baseline may be pinned from other machines too."""
    preview: bool = True
    """Whether files that the state names may be looked into."""
    demo: bool = False
    """Whether a recorded training is replayed into a temporary workspace, which is shown then."""
    demo_speed: float | None = None
    """Times as fast as it was recorded; null takes about a minute."""
    demo_pause_seconds: float | None = None
    """Seconds that whoever looks first sees the replay idle; null takes the usual 4."""
    demo_fault: str | None = None
    """How the replayed training goes wrong; null lets it end well."""
    has_temporary_state: bool = False
    """Whether the state directory goes with the demonstration."""

    @property
    def is_on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK_HOSTS or self.host.startswith("127.")

    @property
    def may_pin(self) -> bool:
        """Whether the page may pin a baseline."""
        return self.allow_pin or self.is_on_loopback


def settings_from(argv: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """Read and check settings. Raises UsageError; `--help` prints and raises SystemExit."""
    options = options_from(argv, environ)
    workspace = _folder(options.workspace, "workspace")
    settings = Settings(
        workspace=workspace,
        state_dir=_state_dir(options.state_dir, workspace),
        **_demo(options),
        config=_file(options.config),
        **_serving(options),
        **_collecting(options),
    )
    _refuse_unnamed_hosts(settings)
    return settings


def _serving(options: argparse.Namespace) -> dict[str, Any]:
    origins = [origin.rstrip("/") for origin in options.frame_ancestors]
    return {
        "host": options.host,
        "port": _port(options.port),
        "url_prefix": _prefix(options.url_prefix),
        "trusted_hosts": _matching(HOST_PATTERN, options.trusted_hosts, "--trusted-hosts"),
        "frame_ancestors": _matching(ORIGIN_PATTERN, origins, "--frame-ancestors"),
        "stale_after_seconds": _seconds(options.stale_after, "--stale-after"),
        "allow_pin": options.allow_pin,
        "preview": not options.no_preview,
    }


def _collecting(options: argparse.Namespace) -> dict[str, Any]:
    limit = options.smoke_timeout
    return {
        "collect": not options.no_collect,
        "allow_roots": tuple(_folder(root, "--allow-root") for root in options.allow_root),
        "run_smoke": options.run_smoke,
        "run_validator": options.run_validator,
        "smoke_timeout_seconds": None if limit is None else _seconds(limit, "--smoke-timeout"),
        "smoke_python": options.smoke_python,
    }


def _folder(path: Path, name: str) -> Path:
    advice = "name the folder that training writes into"
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except OSError as problem:
        raise UsageError(f"{name} {path} {_in_words(problem)}; {advice}") from problem
    if not is_folder:
        raise UsageError(f"{name} {path} is a file; {advice}")
    if not os.access(path, os.R_OK | os.X_OK):
        raise UsageError(f"{name} {path} may not be read by this user; {advice}")
    return path.resolve()


def _demo(options: argparse.Namespace) -> dict[str, Any]:
    _refuse_options_that_do_not_go_with_a_demo(options)
    return {
        "demo": options.demo,
        "demo_speed": None if options.demo_speed is None else _speed(options.demo_speed),
        "demo_pause_seconds": None if options.demo_pause is None else _seconds(options.demo_pause, "--demo-pause"),
        "demo_fault": options.demo_fault,
        "has_temporary_state": options.demo and options.state_dir is None,
    }


def _refuse_options_that_do_not_go_with_a_demo(options: argparse.Namespace) -> None:
    chosen = {f"--{name.replace('_', '-')}" for name, value in vars(options).items() if value}
    odd = sorted(chosen & (NOT_IN_A_DEMO if options.demo else ONLY_IN_A_DEMO))
    if odd and options.demo:
        raise UsageError(f"--demo replays a recording: {odd[0]} does not go with it; leave one of them out")
    if odd:
        raise UsageError(f"{odd[0]} is for --demo; add that, or leave it out")


def _speed(value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise UsageError(f"--demo-speed {value:g} is no speed; write a number above 0, such as 2")
    return value


def _in_words(problem: OSError) -> str:
    if isinstance(problem, FileNotFoundError):
        return "does not exist"
    return f"cannot be reached ({problem.strerror})"


def _state_dir(named: Path | None, workspace: Path) -> Path:
    path = (named or default_state_dir(workspace)).absolute()
    if path.exists() and not path.is_dir():
        raise UsageError(f"--state-dir {path} is a file; name a folder")
    return path


def _file(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise UsageError(f"--config {path} is not a file; name a dashboard.yaml")
    return path and path.absolute()


def _port(port: int) -> int:
    if not 0 <= port <= 65535:
        raise UsageError(f"--port {port} is out of range; ports go from 1 to 65535, 0 takes any")
    return port


def _prefix(typed: str) -> str:
    prefix = f"/{typed.strip('/')}/" if typed.strip("/") else "/"
    if not re.fullmatch(PREFIX_PATTERN, prefix):
        raise UsageError(f"--url-prefix {typed!r} is no path; write it like /team/dash/")
    if prefix.startswith((*OWN_PATHS, "/_dash-")):
        raise UsageError(f"--url-prefix {typed!r} begins with a path the page needs itself")
    return prefix


def _matching(pattern: str, words: Sequence[str], option: str) -> tuple[str, ...]:
    for word in words:
        if not re.fullmatch(pattern, word):
            example = "https://wiki.example.org" if "://" in pattern else "dashboard.example.org"
            raise UsageError(f"{option}: {word!r} is not understood; write it like {example}")
    return tuple(word.lower() for word in words)


def _seconds(value: float, option: str) -> float:
    if not (math.isfinite(value) and value > 0):
        raise UsageError(f"{option} {value:g} is no time; write seconds greater than 0")
    return value


def _refuse_unnamed_hosts(settings: Settings) -> None:
    if not settings.is_on_loopback and not settings.trusted_hosts:
        raise UsageError(
            f"{settings.host} can be reached from other machines: name the hosts that browsers "
            "will use, by --trusted-hosts or TRAINING_DASHBOARD_TRUSTED_HOSTS"
        )
