"""Tokens, sessions, links, the secrets that sign sessions, and the audit: what the store knows of who may do what.

Input: a store. Output: records, and for a new token or link its text, which is told once and kept as SHA-256 alone.
All processes that serve the page see the same records, at the latest with their next request. Raises StoreProblem
where something cannot be kept; records that cannot be read count for nobody and are never written over.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from pydantic import ValidationError

from collectors.contract.access import AccessRecords, Link, Role, Session, Token, is_good
from collectors.store.backend import ACCESS, AUDIT, SECRETS, StoreProblem, Version, is_there
from collectors.store.place import Place, backend_at

SECRET_BYTES: Final = 32
ID_BYTES: Final = 6
MOST_SECRETS: Final = 2
"""The one that signs, and the one before it, for those who signed in under that."""
KEPT_AFTER: Final = timedelta(days=90)
"""So long what has ended stays in the lists."""
TOKEN_PREFIX: Final = "tdt"  # noqa: S105 -- what every token begins with
LINK_PREFIX: Final = "tdl"
_TEXT: Final = re.compile(r"(?P<prefix>td[tl])_(?P<id>[0-9a-f]{12})_(?P<secret>[A-Za-z0-9_-]{43})")
_UNKNOWN: Final = "0" * 64
Record = TypeVar("Record", Token, Session, Link)


class AccessProblem(ValueError):
    """What was asked of a token, session or link cannot be done; the message is one line for a person."""


def id_in(text: str, prefix: str) -> str:
    """The id at the beginning of a token's or a link's text; empty for what is none."""
    found = _TEXT.fullmatch(text)
    return found["id"] if found and found["prefix"] == prefix else ""


class AccessStore:
    """What one store knows of who may do what; may be asked from several threads."""

    def __init__(self, place: Place) -> None:
        self._backend = backend_at(place)
        self._lock = threading.Lock()
        self._seen: tuple[Version, Version] | None = None
        self._records = AccessRecords()
        self._sessions: Mapping[str, Session] = {}
        self._secrets: tuple[bytes, ...] = ()

    def records(self) -> AccessRecords:
        """All records as they are now; none where they cannot be read."""
        self._look()
        return self._records

    def session(self, session_id: str) -> Session | None:
        """One session by its id."""
        self._look()
        return self._sessions.get(session_id)

    def _look(self) -> None:
        """Read again what somebody wrote since."""
        seen = self._backend.versions(ACCESS, SECRETS)
        if seen == self._seen:
            return
        with self._lock:
            try:
                self._records = self._read()
            except StoreProblem:
                self._records = AccessRecords()
            self._sessions = {one.id: one for one in self._records.sessions}
            with suppress(StoreProblem):  # told to whoever asks for them
                self._secrets = ()
                self._secrets = self._read_secrets()
            self._seen = (seen[0], seen[1])

    def _read(self) -> AccessRecords:
        try:
            return AccessRecords.model_validate_json(self._backend.read(ACCESS))
        except FileNotFoundError:
            return AccessRecords()
        except (OSError, ValidationError):
            raise StoreProblem(f"{self._backend.called(ACCESS)} cannot be read: restore it, or remove it") from None

    def _change(self, change: Callable[[AccessRecords], AccessRecords]) -> None:
        self._backend.make()
        with self._backend.writing():
            records = change(_without_old(self._read(), datetime.now(UTC)))
            self._backend.write(ACCESS, records.model_dump_json(indent=1).encode() + b"\n")

    def add_token(self, token: Callable[[str, str], Token]) -> str:
        """Keep what `token` makes of an id and a digest; return the token's text, which nobody can tell again."""
        made, text = _made(TOKEN_PREFIX, token)
        self._change(lambda records: records.model_copy(update={"tokens": (*records.tokens, made)}))
        return text

    def add_link(self, link: Callable[[str, str], Link]) -> tuple[Link, str]:
        """Keep what `link` makes of an id and a digest; return it, and the text that goes into its address."""
        made, text = _made(LINK_PREFIX, link)
        self._change(lambda records: records.model_copy(update={"links": (*records.links, made)}))
        return made, text

    def begin_session(self, user: str, role: Role, seconds: float, *, groups: tuple[str, ...] = ()) -> Session:
        """Keep a new session, which counts until it ends."""
        now = datetime.now(UTC)
        made = Session(
            id=secrets.token_hex(16),
            user=user,
            role=role,
            groups=groups,
            made_at=now,
            expires_at=now + timedelta(seconds=seconds),
        )
        self._change(lambda records: records.model_copy(update={"sessions": (*records.sessions, made)}))
        return made

    def token_of(self, text: str, now: datetime) -> Token | None:
        """The good token of this text; compared in the same time whether there is one or not."""
        return _good(self.records().tokens, text, TOKEN_PREFIX, now)

    def link_of(self, text: str, now: datetime) -> Link | None:
        """The good link of this text, likewise."""
        return _good(self.records().links, text, LINK_PREFIX, now)

    def end(self, kind: str, is_meant: Callable[[Token | Session | Link], bool]) -> int:
        """End all `tokens`, `sessions` or `links` that are meant and still count; how many that were."""
        now, ended = datetime.now(UTC), 0

        def with_ends(records: AccessRecords) -> AccessRecords:
            nonlocal ended
            changed = []
            for one in getattr(records, kind):
                is_one = is_good(one, now) and is_meant(one)
                ended += is_one
                changed.append(one.model_copy(update={"ended_at": now}) if is_one else one)
            return records.model_copy(update={kind: tuple(changed)})

        self._change(with_ends)
        return ended

    def secrets(self) -> tuple[bytes, ...]:
        """What sessions are signed with, the newest first; made when it is first asked for."""
        self._look()
        if not self._secrets:
            self._keep_secrets(lambda known: known or (secrets.token_bytes(SECRET_BYTES),))
            self._look()
        return self._secrets

    def rotate(self) -> None:
        """Sign with a new secret from now on; who signed in under the last one stays signed in."""
        self._keep_secrets(lambda known: (secrets.token_bytes(SECRET_BYTES), *known)[:MOST_SECRETS])

    def _keep_secrets(self, change: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]) -> None:
        self._backend.make()
        with self._backend.writing():
            kept = change(self._read_secrets())
            self._backend.write(SECRETS, "".join(f"{one.hex()}\n" for one in kept).encode())

    def _read_secrets(self) -> tuple[bytes, ...]:
        (version,) = self._backend.versions(SECRETS)
        if not is_there(version):
            return ()
        try:
            return tuple(bytes.fromhex(line) for line in self._backend.read(SECRETS).decode("ascii").split())
        except (OSError, ValueError):
            raise StoreProblem(f"{self._backend.called(SECRETS)} cannot be read: remove it to sign all out") from None

    def note(self, event: str, **about: object) -> None:
        """Add one line to the audit, durably."""
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **about}
        self._backend.make()
        with self._backend.writing():
            self._backend.append(AUDIT, json.dumps(line, ensure_ascii=True, allow_nan=False).encode())

    def audit(self) -> Iterator[dict[str, object]]:
        """Every line of the audit, oldest first; one that cannot be read is skipped."""
        try:
            lines = self._backend.read(AUDIT).splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found


def digest_of(text: str) -> str:
    """What is kept of a token's or a link's text: 32 random bytes need no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()


def _made(prefix: str, record: Callable[[str, str], Record]) -> tuple[Record, str]:
    record_id = secrets.token_hex(ID_BYTES)
    text = f"{prefix}_{record_id}_{secrets.token_urlsafe(SECRET_BYTES)}"
    return record(record_id, digest_of(text)), text


def _good(records: tuple[Record, ...], text: str, prefix: str, now: datetime) -> Record | None:
    wanted = id_in(text, prefix)
    found = next((one for one in records if one.id == wanted), None)
    known = _UNKNOWN if found is None or isinstance(found, Session) else found.sha256
    is_right = hmac.compare_digest(known, digest_of(text))
    return found if found is not None and is_right and is_good(found, now) else None


def _without_old(records: AccessRecords, now: datetime) -> AccessRecords:
    """The records without what ended long ago, so that the file does not grow for ever."""
    kept = {
        "tokens": tuple(one for one in records.tokens if not _is_old(one, now)),
        "sessions": tuple(one for one in records.sessions if one.expires_at > now),
        "links": tuple(one for one in records.links if not _is_old(one, now)),
    }
    return records.model_copy(update=kept)


def _is_old(one: Token | Link, now: datetime) -> bool:
    ends = [end for end in (one.ended_at, one.expires_at) if end is not None]
    return bool(ends) and min(ends) + KEPT_AFTER < now
