"""`access`: a token told once, lists without secrets, what is ended, and the audit."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors.__main__ import main
from collectors.contract.access import Role
from collectors.store.access import AccessStore


def run(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    code = main(["access", *words, "--state-dir", str(home)])
    told = capsys.readouterr()
    return told.out.rstrip("\n") if code == 0 else f"{code} {told.err.rstrip()}"


def test_a_token_is_told_once_and_counts_as_it_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = run(tmp_path, capsys, "token", "--role", "operator", "--name", "nightly CI", "--expires", "90d")
    found = AccessStore(tmp_path).token_of(text, datetime.now(UTC) + timedelta(days=89))
    listed, audit = run(tmp_path, capsys, "tokens"), run(tmp_path, capsys, "audit", "--format", "json")

    assert found is not None and (found.role, found.name) == (Role.OPERATOR, "nightly CI")
    assert AccessStore(tmp_path).token_of(text, datetime.now(UTC) + timedelta(days=91)) is None
    assert listed.startswith(f"{found.id}  nightly CI  operator  by ")
    assert json.loads(audit)["event"] == "token made"
    assert text not in listed + audit + run(tmp_path, capsys, "audit")


def test_what_is_named_is_ended_and_what_is_not_there_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = AccessStore(tmp_path)
    sessions = [store.begin_session("ann", Role.VIEWER, 60) for _ in range(2)]
    run(tmp_path, capsys, "token")
    token = store.records().tokens[0]

    assert run(tmp_path, capsys, "revoke", token.id) == "ended: 1"
    assert run(tmp_path, capsys, "revoke", "--user", "ann") == "ended: 2"
    assert run(tmp_path, capsys, "revoke", token.id) == f"2 error: nothing that counts is called {token.id}"
    assert "revoked" in run(tmp_path, capsys, "tokens") and "ann  viewer  revoked" in run(tmp_path, capsys, "sessions")
    assert all(store.session(one.id).ended_at for one in sessions)  # type: ignore[union-attr] # they are there


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["token", "--expires", "soon"], "--expires 'soon' is no time; write 12h, 90d, 26w or never"),
        (["token", "--role", "king"], "--role"),
        (["token", "--name", "a\nb"], "--name"),
        (["token", "--pictures-only", "--role", "admin"], "its role is viewer"),
        (["revoke"], "name what to end"),
        ([], "ACTION"),
    ],
)
def test_what_cannot_be_meant_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    found = run(tmp_path, capsys, *words)

    assert found.startswith("2 error: ") and told in found and "\n" not in found
