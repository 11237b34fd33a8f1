"""Disk -> DashboardState -> JSON. Judges training outputs; never draws, never executes them."""

__version__ = "0.1.0"
