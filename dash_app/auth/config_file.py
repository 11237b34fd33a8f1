"""`--access`, other options and variables -> `Access`: the file and its secrets are read here, and nowhere else.

Secrets come from a variable or from a file that nobody but its owner may read; neither file nor secret may lie in the
workspace, which training writes. Whatever cannot work is a UsageError that says what to do, and never shows a secret.
"""

from __future__ import annotations

import argparse
import difflib
import stat
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from collectors.numbers import visible_text
from collectors.options import UsageError, name_of
from dash_app.auth.config import EVERYWHERE, Access, AccessFile, Mode, Proxy, general_roles

SESSION_SECRET: Final = "TRAINING_DASHBOARD_SESSION_SECRET"  # noqa: S105 -- a name
CLIENT_SECRET: Final = "TRAINING_DASHBOARD_OIDC_CLIENT_SECRET"  # noqa: S105 -- a name
SECRET_VARIABLES: Final = (SESSION_SECRET, CLIENT_SECRET)
"""Read here alone: no option has them, for a command line is seen by everybody on a machine."""
NEEDED_FOR_OIDC: Final = ("authlib", "httpx2")
SHORTEST_SECRET: Final = 32
MOST_TOLD: Final = 5


def access_from(options: argparse.Namespace, environ: Mapping[str, str], workspace: Path | None) -> Access:
    """Read and check who may do what; `workspace` is None for a demonstration. Raises UsageError."""
    path: Path | None = options.access
    file = _read(path, workspace) if path is not None else AccessFile()
    mode: Mode = options.access_mode or file.mode or "none"
    name = name_of(options, "access") if path is not None else "--access FILE"
    _refuse_contradictions(file, mode, options, name)
    secret = SecretSource(environ, workspace)
    client_secret = secret.text(CLIENT_SECRET, file.oidc.client_secret_file if file.oidc else None)
    if mode == "oidc" and not client_secret:
        raise UsageError(
            f"mode oidc needs the client's secret: {CLIENT_SECRET}, or `oidc.client_secret_file` in {name}"
        )
    peers = {"peers": tuple(options.proxy_peer)} if options.proxy_peer else {}
    access = Access(
        mode=mode,
        allow_anonymous=options.allow_anonymous,
        general=general_roles(file),
        workspaces=file.workspaces,
        preview_role=file.preview_role,
        open_pictures=file.open_pictures,
        session_seconds=file.session_hours * 3600,
        public_url=file.public_url or "",
        proxy=Proxy.model_validate(file.proxy.model_dump() | peers),
        oidc=file.oidc if mode == "oidc" else None,
        client_secret=client_secret if mode == "oidc" else "",
        session_secrets=secret.session_secrets(file.session_secret_file),
    )
    return access.of_fleet() if options.fleet else access.of(workspace.name if workspace else "")


def _refuse_contradictions(file: AccessFile, mode: Mode, options: argparse.Namespace, name: str) -> None:
    if mode == "oidc" and (file.oidc is None or not file.public_url):
        raise UsageError(f"mode oidc needs `oidc:` and `public_url:` in {name}")
    if mode == "oidc" and not all(map(find_spec, NEEDED_FOR_OIDC)):
        raise UsageError("mode oidc needs what is not installed: pip install 'training-dashboard[oidc]'")
    if mode == "oidc" and file.roles is None and not file.workspaces:
        raise UsageError(f"mode oidc needs `roles:` in {name}: a provider may know the whole world")
    if mode == "none" and file.mode is None and options.access is not None:
        raise UsageError(f"{name} says no `mode:`; write proxy, oidc or token")
    if options.fleet and file.open_pictures:
        raise UsageError(
            f"`open_pictures` in {name} would tell everybody the names of a fleet's workspaces: leave it out, "
            "and make a token by `python -m collectors access token --pictures-only`"
        )
    if mode == "none" and options.proxy_peer:
        raise UsageError(f"{name_of(options, 'proxy_peer')} is for mode proxy; add --access-mode proxy")


def _read(path: Path, workspace: Path | None) -> AccessFile:
    _refuse_in_workspace(path, workspace)
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise UsageError(f"--access {path} cannot be read ({problem.strerror}); name a YAML or JSON file") from None
    return parse_access(raw, path.name)


def parse_access(raw: bytes, name: str) -> AccessFile:
    """Check the contents of a file. Raises UsageError: file, line, key, and the nearest key that there is."""
    from collectors.readers.text.read_config import read_config  # who shows a page without such a file needs no reader

    read = read_config(raw, name=name)
    errors = [finding for finding in read.findings if finding.severity == "error"]
    if errors or not isinstance(read.data, dict):
        told = str(errors[0]) if errors else f"expected keys such as `mode:`, found {type(read.data).__name__}"
        raise UsageError(str(visible_text(f"{name}: {told}")))
    try:
        return AccessFile.model_validate(read.data)
    except ValidationError as problem:
        told = "; ".join(_explain(name, one, read.lines) for one in problem.errors()[:MOST_TOLD])
        raise UsageError(str(visible_text(told))) from None


def _explain(name: str, error: ErrorDetails, lines: dict[tuple[str | int, ...], int]) -> str:
    from collectors.readers.text.plain import nearest_line

    place = _as_written(error["loc"])
    line, dotted = nearest_line(lines, place), ".".join(map(str, place))
    where = f"{name}, line {line}" if line else name
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(error["loc"][-1]), _known_keys(), n=1, cutoff=0.5)
        return f"{where}: unknown key `{dotted}`" + (f"; did you mean `{near[0]}`?" if near else "")
    if error["type"] == "missing":
        return f"{where}: `{dotted}` is missing"
    return f"{where}: `{dotted}`: {error['msg'].removeprefix('Value error, ')}"


def _as_written(place: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Without the pattern that stands for every workspace where a list was written alone."""
    behind = (*place[1:], "")
    return tuple(part for part, then in zip(place, behind, strict=True) if part != EVERYWHERE or isinstance(then, str))


def _known_keys() -> list[str]:
    schema = AccessFile.model_json_schema()
    return [*schema["properties"], *(key for one in schema["$defs"].values() for key in one.get("properties", ()))]


def _refuse_in_workspace(path: Path, workspace: Path | None) -> None:
    if workspace is not None and path.resolve().is_relative_to(workspace):
        raise UsageError(f"{path} lies in the workspace, which training writes: put it elsewhere")


class SecretSource:
    """Where secrets come from: variables, and files that only their owner may read."""

    def __init__(self, environ: Mapping[str, str], workspace: Path | None) -> None:
        self._environ = environ
        self._workspace = workspace

    def text(self, variable: str, path: Path | None) -> str:
        """A secret, without the line end of its file; empty where there is none. Raises UsageError."""
        if path is None or self._environ.get(variable):
            return self._environ.get(variable, "").strip()
        _refuse_in_workspace(path, self._workspace)
        try:
            mode, text = stat.S_IMODE(path.stat().st_mode), path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise UsageError(f"{path} cannot be read; it should hold a secret") from None
        if mode & 0o077:
            raise UsageError(f"{path} holds a secret, and others may read it: chmod 600 {path}")
        return text.strip()

    def session_secrets(self, path: Path | None) -> tuple[bytes, ...]:
        """What signs sessions, the newest first; none where the store is to make its own. Raises UsageError."""
        words = self.text(SESSION_SECRET, path).split()
        if any(len(word) < SHORTEST_SECRET for word in words) or len(words) > 2:
            where = path if path is not None and not self._environ.get(SESSION_SECRET) else SESSION_SECRET
            raise UsageError(
                f"{where} takes one secret, or a new and an old one, of {SHORTEST_SECRET} characters or more"
            )
        return tuple(word.encode() for word in words)
