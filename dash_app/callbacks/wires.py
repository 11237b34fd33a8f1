"""One way to wire a function that runs in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
from dash import ClientsideFunction


def in_browser(app: dash.Dash, script: str, function: str, *wires: Any) -> None:
    """Wire `window.dash_clientside[script][function]`: outputs first, then inputs and states."""
    app.clientside_callback(ClientsideFunction(script, function), *wires)  # type: ignore[no-untyped-call] # Dash's gap


def known_digests(sent: Any) -> Mapping[str, str]:
    """What the browser says it shows; anything but a mapping, which only a forger sends, is nothing."""
    return sent if isinstance(sent, dict) else {}
