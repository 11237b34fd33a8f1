"""A refusal -> its answer: the way to sign in for who opens a page, a page of words in a frame, JSON for the rest.

A redirect would lead what a script asks to another origin, where it sees an error of its own and no reason.
"""

from __future__ import annotations

import html
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Scope

from dash_app.auth.doorman import Doorman
from dash_app.auth.refusal import HIDDEN, Refusal
from dash_app.web.answers import failure
from dash_app.web.origin import is_in_frame, is_navigation

UNKNOWN: Final = 401
WORDS: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} · Training Dashboard</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;padding:0 1rem;max-width:36rem}}</style></head>
<body><h1>{title}</h1><p>{words}</p>{link}</body></html>
"""


def refused(refusal: Refusal, scope: Scope, doorman: Doorman) -> Response:
    """The answer to who is not let in; nobody keeps it."""
    headers = Headers(scope=scope)
    answer = _answer(refusal, scope, headers, doorman)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Vary"] = "Cookie"
    if refusal.retry_seconds:
        answer.headers["Retry-After"] = str(refusal.retry_seconds)
    if answer.status_code == UNKNOWN:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="training-dashboard"'
    return answer


def _answer(refusal: Refusal, scope: Scope, headers: Headers, doorman: Doorman) -> Response:
    mode = doorman.access.mode
    if not is_navigation(scope["method"], headers):
        return _json(refusal)
    if refusal is HIDDEN:
        return words("There is nothing here", "No page has this address, or none that you may see.", refusal.status)
    if refusal.status != UNKNOWN:
        return words("You may not see this", refusal.message, refusal.status)
    if is_in_frame(headers):
        link = '<p><a href="" target="_blank" rel="noopener">Open it in a new tab</a></p>'
        told = "This frame shows a page that you have to sign in to, which cannot be done inside of a frame."
        return words("Signed out", told, refusal.status, link)
    if mode == "oidc":
        return RedirectResponse(doorman.login_address(_here(scope)), 303)
    told = "Sign in at the proxy in front of this page." if mode == "proxy" else "Programs show a token here."
    return words("Signed out", told, refusal.status)


def _json(refusal: Refusal) -> JSONResponse:
    if not refusal.more:
        return failure(refusal.status, refusal.error, refusal.message)
    content = {"error": refusal.error, "message": refusal.message, **refusal.more}
    return JSONResponse(content, refusal.status)


def words(title: str, told: str, status: int = 200, link: str = "") -> HTMLResponse:
    """A page of a few words; `link` is markup, the rest is not."""
    return HTMLResponse(WORDS.format(title=html.escape(title), words=html.escape(told), link=link), status)


def _here(scope: Scope) -> str:
    """The address that was asked for, below the prefix."""
    query = scope["query_string"].decode("latin-1")
    return str(scope["path"]) + (f"?{query}" if query else "")
