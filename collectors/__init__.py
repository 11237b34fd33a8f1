"""Disk -> DashboardState -> JSON. Judges training outputs; never draws, never executes them."""

from __future__ import annotations

__version__ = "0.1.0"
