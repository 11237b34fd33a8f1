"""Command line and environment -> `Settings`, the one description of how the page is served.

It looks whether the folders are there, opens nothing and starts nothing. Whatever cannot work is a
`UsageError` of one line that says what to do.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from collectors.options import UsageError, name_of
from dash_app.auth.config import LOOPBACK, Access, Proxy
from dash_app.options import FLEET_ADVICE, config_file, options_from, readable_folder, state_folder

LOOPBACK_HOSTS = tuple(sorted(LOOPBACK))
"""Names of this machine for itself: always trusted, no other site can make a browser send them."""
NOT_IN_A_DEMO = ("config", "no_collect", "run_smoke", "run_validator")
ONLY_IN_A_DEMO = ("demo_fault", "demo_pause", "demo_speed")
ONLY_WHILE_COLLECTING = ("keep", "notify", "notify_command")
"""Whoever types one of these waits for something that only a collector does."""
OF_ONE_WORKSPACE = ("state_dir", "config", "demo", "run_smoke", "run_validator", "allow_root")
FLEET_STATE = ".fleet"
"""In the folder of a fleet: what is known of who may do what, beside the state directories."""


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
    keep_runs: int | None = None
    """How many runs are kept as new ones end; null keeps all."""
    notify_address: str | None = field(default=None, repr=False)
    """Webhook told once how each run ended; it may hold a secret."""
    notify_command: tuple[str, ...] = field(default=(), repr=False)
    """Command given the same JSON on standard input."""
    allow_pin: bool = False
    """Whether a baseline may be pinned from other machines too."""
    access: Access = field(default_factory=Access)
    """Who may do what."""
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
    fleet: Path | None = None
    """The folder of many state directories, which are shown instead of one workspace."""
    home: str = ""
    """Address of the fleet's page, of which this workspace is one; empty for none."""

    @property
    def is_on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)

    @property
    def may_pin(self) -> bool:
        """Whether the page may pin a baseline; where people sign in, their roles say who may."""
        return self.allow_pin or self.is_on_loopback or self.access.is_on


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    return host in LOOPBACK_HOSTS or host.startswith("127.")


def settings_from(argv: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """Read and check settings. Raises UsageError; `--help` prints and raises SystemExit."""
    options = options_from(argv, environ)
    settings = _of_fleet(options, environ) if options.fleet else _of_workspace(options, environ)
    _refuse_unnamed_hosts(settings)
    refuse_open_doors(settings, settings.host)
    _refuse_another_prefix(settings)
    return settings


def _of_workspace(options: argparse.Namespace, environ: Mapping[str, str]) -> Settings:
    workspace = readable_folder(options.workspace, "workspace")
    return Settings(
        workspace=workspace,
        state_dir=state_folder(options.state_dir, workspace),
        **_demo(options),
        config=config_file(options.config),
        access=_access(options, environ, None if options.demo else workspace),
        **_serving(options),
        **_collecting(options),
    )


def _of_fleet(options: argparse.Namespace, environ: Mapping[str, str]) -> Settings:
    """A page of many workspaces collects nothing and knows no folder that training writes into."""
    odd = [name_of(options, dest) for dest in OF_ONE_WORKSPACE if getattr(options, dest)]
    odd += ["a WORKSPACE"] if options.workspace != Path() else []
    odd += [name_of(options, dest) for dest in ONLY_WHILE_COLLECTING if getattr(options, dest)]
    if odd:
        raise UsageError(f"{odd[0]} is of one workspace: it does not go with --fleet; leave one of them out")
    root = readable_folder(options.fleet, "--fleet", FLEET_ADVICE)
    return Settings(
        workspace=root,
        state_dir=root / FLEET_STATE,
        access=_access(options, environ, root),
        fleet=root,
        **_serving(options) | {"preview": False},
        collect=False,
    )


def _serving(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "host": options.host,
        "port": options.port,
        "url_prefix": options.url_prefix,
        "trusted_hosts": options.trusted_hosts,
        "frame_ancestors": options.frame_ancestors,
        "stale_after_seconds": options.stale_after,
        "allow_pin": options.allow_pin,
        "preview": not options.no_preview,
    }


def _collecting(options: argparse.Namespace) -> dict[str, Any]:
    _refuse_what_nobody_would_do(options)
    return {
        "collect": not options.no_collect,
        "allow_roots": tuple(readable_folder(root, "--allow-root") for root in options.allow_root),
        "run_smoke": options.run_smoke,
        "run_validator": options.run_validator,
        "smoke_timeout_seconds": options.smoke_timeout,
        "smoke_python": options.smoke_python,
        "keep_runs": options.keep,
        "notify_address": options.notify,
        "notify_command": options.notify_command or (),
    }


def _refuse_what_nobody_would_do(options: argparse.Namespace) -> None:
    """A variable may be meant for the collector beside this page; what was typed is meant for us."""
    typed = [dest for dest in ONLY_WHILE_COLLECTING if getattr(options, dest) and dest not in options.from_variables]
    if options.no_collect and typed:
        collector = "give it to `python -m collectors watch`"
        raise UsageError(f"{name_of(options, typed[0])} is for a collector, and this page has none; {collector}")


def _demo(options: argparse.Namespace) -> dict[str, Any]:
    _refuse_options_that_do_not_go_with_a_demo(options)
    return {
        "demo": options.demo,
        "demo_speed": options.demo_speed,
        "demo_pause_seconds": options.demo_pause,
        "demo_fault": options.demo_fault,
        "has_temporary_state": options.demo and options.state_dir is None,
    }


def _refuse_options_that_do_not_go_with_a_demo(options: argparse.Namespace) -> None:
    against = NOT_IN_A_DEMO if options.demo else ONLY_IN_A_DEMO
    odd = [name_of(options, dest) for dest in against if getattr(options, dest)]
    if odd and options.demo:
        raise UsageError(f"--demo replays a recording: {odd[0]} does not go with it; leave one of them out")
    if odd:
        raise UsageError(f"{odd[0]} is for --demo; add that, or leave it out")


def _refuse_unnamed_hosts(settings: Settings) -> None:
    if not settings.is_on_loopback and not settings.trusted_hosts:
        raise UsageError(
            f"{settings.host} can be reached from other machines: name the hosts that browsers "
            "will use, by --trusted-hosts or TRAINING_DASHBOARD_TRUSTED_HOSTS"
        )


def _access(options: argparse.Namespace, environ: Mapping[str, str], workspace: Path | None) -> Access:
    if not (options.access or options.access_mode or options.proxy_peer):
        return Access(allow_anonymous=options.allow_anonymous)
    from dash_app.auth.config_file import access_from  # a page of one person needs none of it

    return access_from(options, environ, workspace)


def _refuse_another_prefix(settings: Settings) -> None:
    told = urlsplit(settings.access.public_url).path.rstrip("/") + "/"
    if settings.access.public_url and told != settings.url_prefix:
        raise UsageError(
            f"`public_url` ends with {told}, and the page hangs at {settings.url_prefix}: name one path by --url-prefix"
        )


def refuse_open_doors(settings: Settings, host: str) -> None:
    """Refuse to listen where other machines can ask and nobody has to say who they are. Raises UsageError."""
    access = settings.access
    if is_loopback(host):
        return
    if not access.is_on and not access.allow_anonymous:
        raise UsageError(
            f"{host} can be reached from other machines, and nobody would have to sign in: say who may do what "
            "by --access FILE (docs/access.md), or say --allow-anonymous (TRAINING_DASHBOARD_ALLOW_ANONYMOUS=1)"
        )
    if access.mode == "proxy" and access.proxy.peers == Proxy().peers:
        raise UsageError(
            f"{host} can be reached past the proxy: name the proxy's address by --proxy-peer, "
            "or listen on 127.0.0.1 or on a socket"
        )
