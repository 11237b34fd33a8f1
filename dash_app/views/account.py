"""Who asks, and how the page is served -> the account in the top bar, and the way back in for who was signed out.

Where nobody has to sign in there is no account; where everybody may look who reaches the page, it says so.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from collectors.contract.access import Role
from dash_app.auth.identity import Identity
from dash_app.views.markup import attributes

MAY = {
    Role.VIEWER: "You may look. Pinning a baseline needs the role operator.",
    Role.OPERATOR: "You may look, and pin a baseline.",
    Role.ADMIN: "You may do everything: look, pin a baseline, end sessions and tokens.",
}
OPEN_TO_ALL = "Nobody has to sign in: whoever reaches this machine sees this page"


def render_account(who: Identity, *, is_open: bool) -> Component | None:
    """Return the menu of who is signed in; `is_open` where other machines may ask and nobody is."""
    if who.how == "link":  # a frame has no bar, and nobody is signed in
        return None
    if who.how == "nobody asks":
        return html.Span("open to everybody", className="open-to-all", title=OPEN_TO_ALL) if is_open else None
    summary = html.Summary(
        [html.Span(who.user, className="account-name"), html.Span(who.role.value, className="account-role")],
        title="Account",
    )
    inside: list[Component] = [html.P([html.B(who.user), f" is {who.role.value}."]), html.P(MAY[who.role])]
    if who.session is not None:
        inside += [_leave("sign-out", "Sign out"), _leave("sign-out-everywhere", "Sign out everywhere")]
    panel = html.Div(inside, className="menu-panel")
    return html.Details([summary, panel], className="menu account-menu")


def _leave(address: str, words: str) -> Component:
    """A form: what ends a session is no link, which a browser might follow by itself."""
    return html.Form(html.Button(words, type="submit"), action=address, method="post")


def render_sign_in() -> Component:
    """Return the link, which is seen only where somebody was signed out; `signed_out.js` gives it the view."""
    return html.A("Sign in again", href="", className="plain-button sign-in", **attributes(data_sign_in=""))
