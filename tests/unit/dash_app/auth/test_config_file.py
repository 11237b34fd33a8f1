"""The file that says who may do what: what is taken of it, and in which words the rest is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collectors.contract.access import Role
from collectors.options import UsageError
from dash_app.auth.config import Roles
from dash_app.settings import Settings, settings_from

OIDC = """
mode: oidc
public_url: https://dash.example.org/team/
roles: {viewer: "*", operator: ["group:release"], admin: ["user:ann@example.org"]}
oidc: {issuer: https://id.example.org, client_id: dash}
"""
SECRET = "0123456789abcdef" * 2


def settings(tmp_path: Path, text: str, **environ: str) -> Settings:
    workspace = tmp_path / "ws"
    workspace.mkdir(exist_ok=True)
    (tmp_path / "access.yaml").write_text(text)
    prefix = {"TRAINING_DASHBOARD_URL_PREFIX": "/team/"} if "/team/" in text else {}
    return settings_from([str(workspace), "--access", str(tmp_path / "access.yaml")], prefix | environ)


def refusal(tmp_path: Path, text: str, **environ: str) -> str:
    with pytest.raises(UsageError) as refused:
        settings(tmp_path, text, **environ)
    return str(refused.value)


def test_a_file_says_who_signs_people_in_and_who_has_which_role(tmp_path: Path) -> None:
    found = settings(tmp_path, OIDC, TRAINING_DASHBOARD_OIDC_CLIENT_SECRET=SECRET).access

    assert (found.mode, found.public_url, found.client_secret) == ("oidc", "https://dash.example.org/team", SECRET)
    assert found.roles.role_of("ann@example.org", []) is Role.ADMIN
    assert found.roles.role_of("bob@example.org", ["release", "other"]) is Role.OPERATOR
    assert found.roles.role_of("bob@example.org", ["user:ann@example.org"]) is Role.VIEWER
    assert SECRET not in repr(found)


def test_who_is_nowhere_has_no_role() -> None:
    assert Roles(operator=("group:release",)).role_of("eve", ["elsewhere"]) is None


def test_json_is_taken_too_and_a_workspace_may_have_roles_of_its_own(tmp_path: Path) -> None:
    told = {"mode": "proxy", "roles": {"viewer": ["*"]}, "workspaces": {"w?": {"admin": ["user:ann"]}, "*": {}}}

    found = settings(tmp_path, json.dumps(told)).access

    assert (found.roles.role_of("ann", []), found.roles.role_of("bob", [])) == (Role.ADMIN, None)


BY_NAME = """
mode: proxy
roles:
  viewer: {"team-a-*": ["group:a"], "*": ["user:sue"]}
  admin: {"team-a-1": "user:ada", "*": ["group:platform"]}
workspaces:
  "nightly-*": {viewer: ["group:nightly"], admin: ["user:nat"]}
"""


def test_a_role_may_be_given_by_the_name_of_a_workspace(tmp_path: Path) -> None:
    found = settings(tmp_path, BY_NAME).access
    asked = [("team-a-1", "ada", ()), ("team-a-2", "ada", ()), ("team-a-2", "bob", ("a",)), ("team-b-1", "bob", ("a",)),
             ("team-b-1", "sue", ()), ("team-b-1", "pat", ("platform",)), ("nightly-1", "sue", ()),
             ("nightly-1", "x", ("nightly",))]  # fmt: skip

    roles = [found.of(name).roles.role_of(user, groups) for name, user, groups in asked]

    assert roles == [Role.ADMIN, None, Role.VIEWER, None, Role.VIEWER, Role.ADMIN, None, Role.VIEWER]
    assert found.roles.role_of("bob", ["a"]) is None  # this workspace is called `ws`


def test_of_a_fleet_what_is_more_than_looking_must_be_had_everywhere(tmp_path: Path) -> None:
    found = settings(tmp_path, BY_NAME).access.of_fleet().roles

    assert [found.role_of(user, ()) for user in ("ada", "nat", "sue", "eve")] == [
        Role.VIEWER,
        Role.VIEWER,
        Role.VIEWER,
        None,
    ]
    assert found.role_of("pat", ["platform"]) is Role.ADMIN
    assert settings(tmp_path, BY_NAME).access.named_groups(["x", "a", "nightly"]) == ("a", "nightly")


def test_who_names_some_workspaces_alone_opens_no_other_one(tmp_path: Path) -> None:
    found = settings(tmp_path, "mode: proxy\nworkspaces: {other-*: {viewer: '*'}}\n").access

    assert found.roles.role_of("ann", []) is None
    assert found.of("other-1").roles.role_of("ann", []) is Role.VIEWER


def test_a_fleet_has_no_pictures_that_tell_names_to_everybody(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "access.yaml").write_text("mode: proxy\nopen_pictures: true\n")

    with pytest.raises(UsageError, match="would tell everybody the names"):
        settings_from(["--fleet", str(tmp_path / "root"), "--access", str(tmp_path / "access.yaml")], {})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mode: oicd", "access.yaml, line 1: `mode`: Input should be 'none', 'proxy', 'oidc' or 'token'"),
        ("mode: proxy\nrols: {}", "access.yaml, line 2: unknown key `rols`; did you mean `roles`?"),
        ("mode: proxy\nroles:\n  viewer: [bob]", "line 3: `roles.viewer.0`: write `user:NAME`, `group:NAME` or `*`"),
        ("roles: {}", "says no `mode:`"),
        ("mode: oidc\nroles: {}", "needs `oidc:` and `public_url:`"),
        (OIDC.replace("roles", "workspaces"), "line 3: `workspaces.viewer`"),
        (OIDC.replace("https://id", "http://id"), "begins with https://"),
        (OIDC, "mode oidc needs the client's secret: TRAINING_DASHBOARD_OIDC_CLIENT_SECRET"),
        ("mode: proxy\nproxy: {peers: [proxy.example]}", "no address"),
        ("mode: proxy\nsession_hours: 0", "`session_hours`: Input should be greater than 0"),
        ("- mode", "expected keys such as `mode:`, found list"),
        ("mode: [", "access.yaml:"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line_and_its_key(tmp_path: Path, text: str, told: str) -> None:
    assert told in refusal(tmp_path, text.lstrip())


def test_a_secret_that_others_may_read_or_that_training_may_write_is_none(tmp_path: Path) -> None:
    """And it is never repeated, whatever is wrong with it."""
    kept = tmp_path / "secret"
    kept.write_text(SECRET + "\n")
    named = OIDC.replace("client_id: dash", f"client_id: dash, client_secret_file: {kept}")
    kept.chmod(0o640)
    readable = refusal(tmp_path, named)
    kept.chmod(0o600)
    found = settings(tmp_path, named).access
    (tmp_path / "ws" / "secret").write_text(SECRET)
    inside = refusal(tmp_path, named.replace(str(kept), str(tmp_path / "ws" / "secret")))
    short = refusal(tmp_path, named, TRAINING_DASHBOARD_SESSION_SECRET="too short to sign")

    assert readable.endswith(f"others may read it: chmod 600 {kept}")
    assert found.client_secret == SECRET
    assert "lies in the workspace" in inside
    assert "takes one secret, or a new and an old one, of 32 characters" in short
    assert not [told for told in (readable, inside, short) if SECRET in told or "too short" in told]


def test_the_public_address_and_the_prefix_of_the_page_must_be_one(tmp_path: Path) -> None:
    told = refusal(
        tmp_path, OIDC, TRAINING_DASHBOARD_OIDC_CLIENT_SECRET=SECRET, TRAINING_DASHBOARD_URL_PREFIX="/other/"
    )

    assert told == "`public_url` ends with /team/, and the page hangs at /other/: name one path by --url-prefix"


def test_a_file_in_the_workspace_is_refused(tmp_path: Path) -> None:
    (tmp_path / "access.yaml").write_text("mode: proxy")

    with pytest.raises(UsageError, match="lies in the workspace"):
        settings_from([str(tmp_path), "--access", str(tmp_path / "access.yaml")], {})
