"""Disk -> DashboardState -> JSON. Judges training outputs; never draws, never executes what it reads."""

__version__ = "0.1.0"
