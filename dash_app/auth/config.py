"""The file that `--access` names -> who may do what, checked; and what of it is decided by options and variables.

It is a description and opens nothing (`config_file.py` does). Unknown keys, contradictions and what would leave a door
open by a slip of the pen are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from collectors.contract.access import RANK, Role
from collectors.contract.shapes import Section, as_list

Mode = Literal["none", "proxy", "oidc", "token"]
MODES: Final[tuple[Mode, ...]] = ("none", "proxy", "oidc", "token")
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
EVERYWHERE: Final = "*"
"""The pattern that every workspace's name fits."""
UNIX: Final = "unix"
"""The peer of a connection that comes by a socket file."""
_WHO: Final = re.compile(r"\*|(user|group):\S.*")
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def _who(text: str) -> str:
    if not _WHO.fullmatch(text):
        raise ValueError("write `user:NAME`, `group:NAME` or `*` (everybody who is signed in)")
    return text


def checked_peer(text: str) -> str:
    """An address of a proxy. Raises ValueError."""
    if text == UNIX:
        return text
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(f"{text!r} is no address; write one such as 10.0.0.2, or `unix`") from None


def _header(text: str) -> str:
    if not _HEADER.fullmatch(text):
        raise ValueError("this is no name of a header")
    return text


def _secure(text: str) -> str:
    parts = urlsplit(text)
    is_secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not (is_secure and parts.netloc) or parts.query or parts.fragment:
        raise ValueError("write an address that begins with https:// (http:// on this machine alone)")
    return text.rstrip("/")


Who = Annotated[tuple[Annotated[str, AfterValidator(_who)], ...], BeforeValidator(as_list)]
Peers = Annotated[
    tuple[Annotated[str, AfterValidator(checked_peer)], ...], BeforeValidator(as_list), Field(min_length=1)
]
Header = Annotated[str, AfterValidator(_header)]
Address = Annotated[str, AfterValidator(_secure)]


def _by_pattern(value: object) -> object:
    """Who has a role without saying where has it everywhere."""
    return value if isinstance(value, Mapping) else {EVERYWHERE: value}


Granted = Annotated[Mapping[str, Who], BeforeValidator(_by_pattern, json_schema_input_type=Who | Mapping[str, Who])]
"""Pattern of a workspace's name -> who."""


class Roles(Section):
    """Who has which role, and where; whoever is nowhere has none."""

    viewer: Granted = Field(default_factory=dict)
    operator: Granted = Field(default_factory=dict)
    admin: Granted = Field(default_factory=dict)

    def role_of(self, user: str, groups: Iterable[str]) -> Role | None:
        """The highest role that somebody has anywhere; None for nobody we know."""
        names = {"*", f"user:{user}", *(f"group:{group}" for group in groups)}
        return next((role for role in reversed(RANK) if names & self.who(role)), None)

    def who(self, role: Role) -> set[str]:
        """Everybody who has exactly this role somewhere."""
        granted: Mapping[str, tuple[str, ...]] = getattr(self, role.value)
        return {one for several in granted.values() for one in several}

    def where(self, fits: Callable[[str], bool]) -> Roles:
        """Those of patterns that fit."""
        return Roles(**{role.value: {p: w for p, w in getattr(self, role.value).items() if fits(p)} for role in Role})


EVERYBODY: Final = Roles.model_validate({"viewer": ["*"]})
NOBODY: Final = Roles()


class Proxy(Section):
    """A proxy that has its own login and says who asks."""

    peers: Peers = ("127.0.0.1", "::1", UNIX)
    user_header: Header = "X-Forwarded-User"
    groups_header: Header = "X-Forwarded-Groups"


class Oidc(Section):
    """An identity provider that speaks OpenID Connect."""

    issuer: Address
    client_id: str = Field(min_length=1)
    client_secret_file: Path | None = None
    scopes: Annotated[tuple[str, ...], BeforeValidator(as_list)] = ("openid", "profile", "email")
    user_claim: str = "email"
    groups_claim: str = "groups"
    ca_file: Path | None = None


class AccessFile(Section):
    """The whole file."""

    mode: Mode | None = None
    roles: Roles | None = None
    workspaces: Mapping[str, Roles] = Field(default_factory=dict)
    preview_role: Role = Role.VIEWER
    open_pictures: bool = False
    session_hours: float = Field(default=8.0, gt=0, le=24 * 31)
    session_secret_file: Path | None = None
    public_url: Address | None = None
    proxy: Proxy = Proxy()
    oidc: Oidc | None = None


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who may do what on this page, checked and complete."""

    mode: Mode = "none"
    allow_anonymous: bool = False
    roles: Roles = EVERYBODY
    """Of the workspace that is shown; of a fleet what `of_fleet` says."""
    general: Roles = EVERYBODY
    """As the file has them."""
    workspaces: Mapping[str, Roles] = field(default_factory=dict)
    """What stands in their place for workspaces of a name that fits; the first that fits counts."""
    preview_role: Role = Role.VIEWER
    open_pictures: bool = False
    session_seconds: float = 8 * 3600.0
    public_url: str = ""
    proxy: Proxy = field(default_factory=Proxy)
    oidc: Oidc | None = None
    client_secret: str = field(default="", repr=False)
    session_secrets: tuple[bytes, ...] = field(default=(), repr=False)
    """From the environment or a file; none leaves them to the store."""

    @property
    def is_on(self) -> bool:
        """Whether somebody has to say who they are."""
        return self.mode != "none"

    def named_groups(self, groups: Iterable[str]) -> tuple[str, ...]:
        """Those groups of somebody that a role is given to somewhere: a provider may know hundreds."""
        every = (self.general, *self.workspaces.values())
        named = {one for roles in every for role in Role for one in roles.who(role)}
        return tuple(group for group in groups if f"group:{group}" in named)

    def of(self, workspace: str) -> Access:
        """The same for one workspace by its name."""
        fitting = (roles for pattern, roles in self.workspaces.items() if fnmatchcase(workspace, pattern))
        roles = next(fitting, self.general)
        return replace(self, roles=roles.where(lambda pattern: fnmatchcase(workspace, pattern)))

    def of_fleet(self) -> Access:
        """The same for the page of all: who has a role anywhere may look, what is more must be had everywhere."""
        everywhere = self.general.where(lambda pattern: pattern == EVERYWHERE)
        every = (self.general, *self.workspaces.values())
        anybody = tuple(sorted({one for roles in every for role in Role for one in roles.who(role)}))
        return replace(self, roles=everywhere.model_copy(update={"viewer": {EVERYWHERE: anybody}}))


def general_roles(file: AccessFile) -> Roles:
    """The roles that no pattern of `workspaces` replaces. Who names some workspaces alone opens no other one."""
    return file.roles or (NOBODY if file.workspaces else EVERYBODY)
