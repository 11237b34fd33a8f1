"""Every wire of the page, region by region. The only place that names Input, Output and State."""

from __future__ import annotations

from typing import Any

import dash


def register(app: dash.Dash, reader: Any, settings: Any) -> None:
    """Connect the page to `reader`. Call once for each app, after its layout is set."""
