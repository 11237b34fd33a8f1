"""Tokens, sessions and secrets as they are kept: by digest, for their owner alone, seen by everybody at once."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.signing_in import new_token

from collectors.contract.access import Role
from collectors.store.access import AccessStore
from collectors.store.backend import StoreProblem

NOW = datetime.now(UTC)


def test_a_token_counts_until_it_ends_and_its_text_is_nowhere(tmp_path: Path) -> None:
    store, other = AccessStore(tmp_path), AccessStore(tmp_path)
    text = new_token(store, Role.OPERATOR, expires_at=NOW + timedelta(days=1))
    found = other.token_of(text, NOW)

    assert found is not None and found.role is Role.OPERATOR
    assert other.token_of(text, NOW + timedelta(days=2)) is None
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("access.json",)} == {0o600}
    assert [store.end("tokens", lambda one: one.id == found.id) for _ in range(2)] == [1, 0]
    assert other.token_of(text, NOW) is None, "another process sees it with its next request"


@pytest.mark.parametrize("spoil", [lambda t: t[:-1] + "_", lambda t: t.upper(), lambda t: "tdl" + t[3:], lambda _: ""])
def test_what_is_not_the_token_to_its_last_letter_is_none(tmp_path: Path, spoil: object) -> None:
    store = AccessStore(tmp_path)
    text = new_token(store, Role.ADMIN)

    assert callable(spoil) and store.token_of(spoil(text), NOW) is None


def test_records_that_cannot_be_read_let_nobody_in_and_are_not_written_over(tmp_path: Path) -> None:
    store = AccessStore(tmp_path)
    text = new_token(store, Role.ADMIN)
    (tmp_path / "access.json").write_text("{")

    assert store.token_of(text, NOW) is None
    with pytest.raises(StoreProblem, match=r"access\.json cannot be read: restore it, or remove it"):
        new_token(store, Role.ADMIN)
    assert (tmp_path / "access.json").read_text() == "{"


def test_a_new_secret_signs_and_the_last_one_still_counts(tmp_path: Path) -> None:
    store, other = AccessStore(tmp_path), AccessStore(tmp_path)
    first = store.secrets()
    other.rotate()

    assert len(first) == 1 and store.secrets() == other.secrets()
    assert len(store.secrets()) == 2 and store.secrets()[1] == first[0]
    other.rotate()
    assert first[0] not in store.secrets()
    assert stat.S_IMODE((tmp_path / ".session.secrets").stat().st_mode) == 0o600


def test_the_audit_grows_by_whole_lines_and_skips_what_is_none(tmp_path: Path) -> None:
    store = AccessStore(tmp_path)
    store.note("sign-in", user="ann\n<b>")
    with (tmp_path / "audit.jsonl").open("a") as torn:
        torn.write('{"at": "half')
    store.note("write", user="bob")

    assert [(line["event"], line["user"]) for line in store.audit()] == [("sign-in", "ann\n<b>"), ("write", "bob")]
    assert stat.S_IMODE((tmp_path / "audit.jsonl").stat().st_mode) == 0o600


def test_ended_sessions_are_forgotten_when_they_would_have_ended_anyway(tmp_path: Path) -> None:
    store = AccessStore(tmp_path)
    short = store.begin_session("ann", Role.VIEWER, -1)
    long = store.begin_session("ann", Role.VIEWER, 3600)

    assert [one.id for one in store.records().sessions] == [long.id]
    assert short.id != long.id
