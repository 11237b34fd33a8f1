"""Where a request comes from, as the browser tells it."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from dash_app.web.origin import is_from_this_page, is_in_frame, is_navigation


@pytest.mark.parametrize(
    ("method", "headers", "is_one"),
    [
        ("GET", {"sec-fetch-mode": "navigate"}, True),
        ("HEAD", {"sec-fetch-mode": "navigate"}, True),
        ("POST", {"sec-fetch-mode": "navigate"}, False),
        ("GET", {"sec-fetch-mode": "cors", "accept": "text/html"}, False),
        ("GET", {"accept": "text/html,*/*"}, True),
        ("GET", {"accept": "application/json"}, False),
        ("GET", {}, False),
    ],
)
def test_a_page_is_opened_by_who_says_so_or_takes_html(method: str, headers: dict[str, str], is_one: bool) -> None:
    assert is_navigation(method, Headers(headers)) is is_one


def test_a_frame_is_everything_that_is_opened_but_no_document() -> None:
    told = [is_in_frame(Headers({"sec-fetch-dest": where})) for where in ("document", "iframe", "embed")]

    assert (told, is_in_frame(Headers({}))) == ([False, True, True], False)


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "http://evil", "host": "h"}, True),
        ({"sec-fetch-site": "none", "origin": "http://h", "host": "h"}, False),
        ({"origin": "http://H:80", "host": "h:80"}, True),
        ({"origin": "http://h", "host": "h:80"}, False),
        ({"origin": "null", "host": ""}, False),
        ({"origin": "http://[::1", "host": "[::1"}, False),
        ({"host": "h"}, False),
    ],
)
def test_this_page_is_where_site_or_origin_say_so(headers: dict[str, str], is_ours: bool) -> None:
    assert is_from_this_page(Headers(headers)) is is_ours
