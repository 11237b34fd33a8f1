"""The parameters of the fleet's address <-> what is wished of it. Pure.

What cannot be meant is no wish: a page is shown all the same. What it does not know it leaves alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from collectors.contract.workspace_row import NEEDS_SOMEBODY, Standing
from collectors.store.fleet import Wish, key_in

NEEDS: Final = "needs_you"
"""Word for all that need somebody."""
KNOWN: Final = ("verdict", "stage", "check", "label", "text", "before", "theme")
THEMES: Final = ("light", "dark")
LONGEST: Final = 200
SEVERAL: Final = {NEEDS: NEEDS_SOMEBODY, **{one.value: frozenset({one}) for one in Standing}}
"""Word in the address -> what it stands for."""


def asked(given: Mapping[str, str]) -> dict[str, str]:
    """The parameters that are known and can be meant, each cut where nobody would type more."""
    found = {name: given[name].strip()[:LONGEST] for name in KNOWN if given.get(name, "").strip()}
    is_odd = {
        "verdict": found.get("verdict", NEEDS) not in SEVERAL,
        "before": key_in(found.get("before", "0~0~x")) is None,
        "theme": found.get("theme", THEMES[0]) not in THEMES,
    }
    return {name: value for name, value in found.items() if not is_odd.get(name)}


def wish_of(given: Mapping[str, str]) -> Wish:
    """What `asked` parameters wish."""
    return Wish(
        standings=SEVERAL.get(given.get("verdict", ""), frozenset()),
        stage=given.get("stage", ""),
        check=given.get("check", ""),
        label=given.get("label", ""),
        text=given.get("text", ""),
        before=key_in(given.get("before", "")),
    )


def address_with(given: Mapping[str, str], **changes: str) -> str:
    """The query with some parameters changed, without those that are empty. Another wish begins at its first page."""
    told = {**{name: value for name, value in given.items() if name != "before"}, **changes}
    query = urlencode({name: told[name] for name in KNOWN if told.get(name)})
    return f"?{query}" if query else "?"
