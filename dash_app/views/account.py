"""Who asks, and how the page is served -> the account in the top bar, and the way back in for who was signed out.

Where nobody has to sign in there is no account; where everybody may look who reaches the page, it says so.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from collectors.contract.access import Role
from collectors.presentation.markup import Element, el
from dash_app.auth.identity import Identity
from dash_app.views.markup import attributes
from dash_app.views.tree import component

MAY = {
    Role.VIEWER: "You may look. Pinning a baseline needs the role operator.",
    Role.OPERATOR: "You may look, and pin a baseline.",
    Role.ADMIN: "You may do everything: look, pin a baseline, end sessions and tokens.",
}
OPEN_TO_ALL = "Nobody has to sign in: whoever reaches this machine sees this page"


def account(who: Identity, home: str = "", *, is_open: bool) -> Element | None:
    """Return the menu of who is signed in; `is_open` where other machines may ask and nobody is.

    `home` is where signing out hangs, where that is not this page's own folder.
    """
    if who.how == "link":  # a frame has no bar, and nobody is signed in
        return None
    if who.how == "nobody asks":
        return el("span", "open to everybody", class_="open-to-all", title=OPEN_TO_ALL) if is_open else None
    told = (el("span", who.user, class_="account-name"), el("span", who.role.value, class_="account-role"))
    inside = [el("p", el("b", who.user), f" is {who.role.value}."), el("p", MAY[who.role])]
    if who.session is not None:
        inside += [_leave(f"{home}sign-out", "Sign out"), _leave(f"{home}sign-out-everywhere", "Sign out everywhere")]
    summary = el("summary", told, title="Account")
    return el("details", summary, el("div", inside, class_="menu-panel"), class_="menu account-menu")


def render_account(who: Identity, home: str = "", *, is_open: bool) -> Component | None:
    """Return the same as a component."""
    found = account(who, home, is_open=is_open)
    drawn: Component | None = component(found) if found else None
    return drawn


def _leave(address: str, words: str) -> Element:
    """A form: what ends a session is no link, which a browser might follow by itself."""
    return el("form", el("button", words, type="submit"), action=address, method="post")


def render_sign_in() -> Component:
    """Return the link, which is seen only where somebody was signed out; `signed_out.js` gives it the view."""
    return html.A("Sign in again", href="", className="plain-button sign-in", **attributes(data_sign_in=""))
