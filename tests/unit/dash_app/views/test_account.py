"""What the bar says of who is signed in."""

from __future__ import annotations

import json

import pytest
from support.components import parts, text_of

from collectors.contract.access import Role
from dash_app.auth.identity import ANYBODY, Identity, Scope
from dash_app.views.account import render_account, render_sign_in


def said(who: Identity, *, is_open: bool = False) -> str:
    shown = render_account(who, is_open=is_open)
    return json.dumps(shown.to_plotly_json(), default=lambda one: one.to_plotly_json()) if shown else ""


@pytest.mark.parametrize(
    ("role", "words"),
    [(Role.VIEWER, "Pinning a baseline needs the role operator"), (Role.OPERATOR, "and pin a baseline"),
     (Role.ADMIN, "You may do everything")],
)  # fmt: skip
def test_the_account_says_who_is_signed_in_and_what_they_may_do(role: Role, words: str) -> None:
    told = said(Identity("ann", role, "session", "id"))

    assert "ann" in told and role.value in told and words in told
    assert "sign-out-everywhere" in told


def test_who_came_by_a_proxy_signs_out_there() -> None:
    assert "sign-out" not in said(Identity("ann", Role.VIEWER, "proxy"))


def test_where_nobody_signs_in_it_says_so_if_others_can_reach_it_and_a_frame_says_nothing() -> None:
    assert "open to everybody" in said(ANYBODY, is_open=True)
    assert said(ANYBODY) == said(Identity("link wiki", Role.VIEWER, "link", scope=Scope("1", None, ""))) == ""


def test_a_session_can_be_left_and_each_way_out_is_a_form() -> None:
    told = render_account(Identity("ann", Role.VIEWER, "session", "id"), is_open=False)
    forms = [part for part in parts(told) if type(part).__name__ == "Form"]

    assert [(form.action, form.method, text_of(form)) for form in forms] == [
        ("sign-out", "post", "Sign out"), ("sign-out-everywhere", "post", "Sign out everywhere"),
    ]  # fmt: skip
    assert text_of(told).startswith("ann viewer ann is viewer. You may look.")
    assert render_account(Identity("link wiki", Role.VIEWER, "link", scope=Scope("1", None, "")), is_open=True) is None
    assert (text_of(render_sign_in()), render_sign_in().href) == ("Sign in again", "")
