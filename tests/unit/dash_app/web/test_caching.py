"""For how long an answer may be kept, by its address and its status."""

from __future__ import annotations

import pytest

from dash_app.web.caching import FOREVER, cache_policy

SUITE = "/_dash-component-suites/dash/deps/"


@pytest.mark.parametrize(
    ("path", "query", "status", "is_forever"),
    [
        ("/assets/a.css", "m=1700000000.5", 200, True),
        ("/assets/a.css", "m=17", 304, True),
        ("/assets/a.css", "m=17", 206, False),
        ("/assets/a.css", "m=17", 404, False),
        ("/assets/a.css", "", 200, False),
        ("/assets/a.css", "m=", 200, False),
        ("/assets/a.css", "m=1x", 200, False),
        ("/assets/a.css", "x&m=1", 200, False),
        ("/api/state", "m=17", 200, False),
        (SUITE + "react.v3_1m123.js", "", 200, True),
        (SUITE + "react.js", "m=17", 200, False),
    ],
)
def test_what_has_its_version_in_its_address_may_be_kept_for_a_year(
    path: str, query: str, status: int, is_forever: bool
) -> None:
    assert cache_policy(path, query, status) == (FOREVER if is_forever else None)
    assert "max-age=31536000" in FOREVER
