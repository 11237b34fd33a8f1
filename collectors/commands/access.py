"""`python -m collectors access ...`: tokens, sessions, links, the signing secret and the audit of one state directory.

A new token is told once, alone on standard output; only its SHA-256 is kept. What is not there is a usage error.
"""

from __future__ import annotations

import argparse
import getpass
import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from collectors.commands.from_options import runs_folder
from collectors.commands.shared_options import PLACE
from collectors.contract.access import Link, Role, Session, Token, is_good
from collectors.numbers import instant_words, visible_text
from collectors.options import Commands, Option, Parser, UsageError, finish
from collectors.store.access import AccessProblem, AccessStore

OK: Final = 0
LONGEST_DAYS: Final = 3650
UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
NAME: Final = re.compile(r"[\w .:@/+-]{1,64}")


def add_access(commands: Commands[Parser]) -> None:
    """Add `access` with its own commands."""
    parser = commands.add_parser("access", help="tokens, sessions and the audit of a page", allow_abbrev=False)
    own = parser.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    _add_token(own)
    for kind in ("tokens", "sessions", "links"):
        listing = own.add_parser(kind, help=f"every one of the {kind}", allow_abbrev=False)
        finish(listing, PLACE, _listed(kind))
    _add_revoke(own)
    rotate = own.add_parser("rotate", help="sign sessions with a new secret; nobody is signed out", allow_abbrev=False)
    finish(rotate, PLACE, _rotate)
    audit = own.add_parser("audit", help="who did what, and who was refused", allow_abbrev=False)
    finish(
        audit, [*PLACE, Option("--format", choices=("text", "json"), help="text, or one JSON object a line")], _audit
    )


def _add_token(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("token", help="make a token, which is told once", allow_abbrev=False)
    options = [
        *PLACE,
        Option(
            "--role", choices=[role.value for role in Role], default=Role.VIEWER.value, help="what it may do (viewer)"
        ),
        Option("--expires", usable=_duration, default="90d", metavar="90d", help="m, h, d or w; `never` (90d)"),
        Option("--name", usable=_name, default="token", metavar="NAME", help="what it is for"),
        Option("--pictures-only", action="store_true", help="for badges and pictures alone, also in their address"),
    ]
    finish(parser, options, _token)


def _add_revoke(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("revoke", help="end a token, a session, a link, or all of a user", allow_abbrev=False)
    parser.add_argument("id", metavar="ID", nargs="?", help="as `tokens`, `sessions` and `links` tell it")
    user = Option("--user", metavar="NAME", has_variable=False, help="end every session of this user")
    finish(parser, [*PLACE, user], _revoke)


def _duration(text: str) -> timedelta | None:
    if text == "never":
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,5})([mhdw])", text)
    length = timedelta(**{UNITS[found[2]]: int(found[1])}) if found else timedelta(days=LONGEST_DAYS + 1)
    if length > timedelta(days=LONGEST_DAYS):
        raise ValueError(f"{text!r} is no time; write 12h, 90d, 26w or never")
    return length


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValueError(f"{text[:80]!r} is no name; write up to 64 letters, digits, spaces and signs such as - and @")
    return text


def _store(options: argparse.Namespace) -> AccessStore:
    return AccessStore(runs_folder(options))


def _token(options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    about = {
        "name": options.name,
        "role": Role(options.role),
        "pictures_only": options.pictures_only,
        "made_by": _typist(),
        "made_at": now,
        "expires_at": now + options.expires if options.expires is not None else None,
    }
    if options.pictures_only and options.role != Role.VIEWER:
        raise UsageError("--pictures-only shows pictures: its role is viewer")
    store = _store(options)
    text = store.add_token(lambda token_id, digest: Token(id=token_id, sha256=digest, **about))
    store.note("token made", user=_typist(), how="command", name=options.name, role=options.role)
    print(text)
    return OK


def _typist() -> str:
    try:
        return f"{getpass.getuser()} (command)"
    except (KeyError, OSError):
        return "command"


def _listed(kind: str) -> Callable[[argparse.Namespace], int]:
    def listed(options: argparse.Namespace) -> int:
        rows = list(_rows(getattr(_store(options).records(), kind)))
        print("\n".join(rows) or f"no {kind}")
        return OK

    return listed


def _rows(records: Iterable[Token | Session | Link]) -> Iterable[str]:
    now = datetime.now(UTC)
    for one in records:
        about = [one.user, one.role.value] if isinstance(one, Session) else [one.name, f"by {one.made_by}"]
        if isinstance(one, Token):
            about.insert(1, "pictures" if one.pictures_only else one.role.value)
        if isinstance(one, Link):
            about.insert(1, f"{one.run or 'current'} {one.panel or 'whole page'}")
        until = f"until {instant_words(one.expires_at)}" if one.expires_at else "without an end"
        state = until if is_good(one, now) else "revoked" if one.ended_at else "expired"
        yield "  ".join([one.id, *(str(visible_text(word)) for word in about), state])


def _revoke(options: argparse.Namespace) -> int:
    if (options.id is None) == (options.user is None):
        raise UsageError("name what to end by its id, or a --user")
    store = _store(options)
    if options.user is not None:
        count = store.end("sessions", lambda one: isinstance(one, Session) and one.user == options.user)
    else:
        count = sum(store.end(kind, lambda one: one.id == options.id) for kind in ("tokens", "sessions", "links"))
    if not count:
        raise AccessProblem(f"nothing that counts is called {options.id or options.user}")
    store.note("revoked", user=_typist(), how="command", what=options.id or options.user, count=count)
    print(f"ended: {count}")
    return OK


def _rotate(options: argparse.Namespace) -> int:
    store = _store(options)
    store.rotate()
    store.note("secret rotated", user=_typist(), how="command")
    print("sessions are signed with a new secret; those of the last one still count")
    return OK


def _audit(options: argparse.Namespace) -> int:
    lines = [json.dumps(line) if options.format == "json" else _told(line) for line in _store(options).audit()]
    print("\n".join(lines) if lines or options.format == "json" else "nothing is written down yet")
    return OK


def _told(line: dict[str, object]) -> str:
    at, event, rest = line.get("at"), line.get("event"), {k: v for k, v in line.items() if k not in ("at", "event")}
    words = [f"{key}={value}" for key, value in rest.items() if value not in ("", None)]
    return str(visible_text("  ".join([str(at)[:19].replace("T", " "), str(event), *words])))
