"""Settings -> the middlewares around the application, as one list in the order in which a request meets them.

Every request goes down the list, `/api/state` too, until one refuses it or the router finds its route; its answer
goes up. Before the first lies only the server's own edge (Starlette's), and in a demonstration what tells that
somebody looks; behind the last, Dash's. Before the pages of a fleet's workspaces its own gate stands (`workspaces`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import dash
from fastapi import FastAPI
from starlette.middleware import Middleware

from dash_app.settings import Settings
from dash_app.web.audit import Audit, Audited
from dash_app.web.body_limit import BodyLimit
from dash_app.web.dash_shims import DashGuard, RememberedFiles
from dash_app.web.packing import Compression
from dash_app.web.trust import AnswerHeaders, LastResort, TrustedHosts, UrlPrefix, content_security_policy

if TYPE_CHECKING:
    from dash_app.auth.doorman import Doorman


def middlewares(app: dash.Dash, settings: Settings, gate: Sequence[Middleware]) -> list[Middleware]:
    """Return them, the first that a request meets first; `gate` is `gate_of`, or nothing where one stands outside."""

    def policy() -> str:
        return content_security_policy(app.csp_hashes(), settings.frame_ancestors)

    return [
        *outermost(settings, policy),
        *gate,  # before anything is done for whoever may not ask
        Middleware(BodyLimit),  # before anybody waits for a body
        Middleware(Compression),  # packs the answers of all that follows
        Middleware(RememberedFiles),  # a file that did not change asks no more of Dash
        Middleware(DashGuard, dash_app=app),  # the last before Dash: what would make it stumble
    ]


def outermost(settings: Settings, policy: Callable[[], str]) -> list[Middleware]:
    """Return what every request meets first, whatever page it asks."""
    return [
        Middleware(UrlPrefix, prefix=settings.url_prefix),  # all others know paths without it
        Middleware(AnswerHeaders, policy=policy),  # refusals and failures carry them too
        Middleware(LastResort),  # whatever breaks further inside
        Middleware(TrustedHosts, trusted=settings.trusted_hosts),  # before anything is read of a stranger's request
    ]


def gate_of(doorman: Doorman | None, settings: Settings) -> Middleware:
    """Return the gate; where nobody has to say who they are, what is left of it."""
    audit = Audit(settings.state_dir)
    if doorman is None:
        return Middleware(Audited, audit=audit)
    from dash_app.web.gate import Gate

    return Middleware(Gate, doorman=doorman, audit=audit)


def put_around(server: FastAPI, layers: list[Middleware]) -> None:
    """Put the layers around the server; the first of them becomes the outermost."""
    for layer in reversed(layers):  # each goes around those that were added before it
        server.add_middleware(layer.cls, *layer.args, **layer.kwargs)
