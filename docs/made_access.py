"""The table of needs -> the table of `access.md`."""

from __future__ import annotations

from dash_app.auth.needs import NEEDS


def needs_table() -> str:
    """Method, address, role and purpose of every address of ours."""
    rows = [
        f"| {' '.join(sorted(n.methods - {'HEAD'}))} | `{n.path}` | {n.role or 'everybody'} | {n.what} |" for n in NEEDS
    ]
    return "\n".join(["| method | address | needs | what |", "|---|---|---|---|", *rows])
