"""What an access log keeps of an address that holds a token."""

from __future__ import annotations

import logging

import pytest

from dash_app.web.access_log import LOGGER, keep_tokens_out_of_logs


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/badge.svg?stream=a&token=tdt_0_secret", "/badge.svg?stream=a&token=..."),
        ("/?embed=1&embed_token=tdl_0_secret&panel=graph", "/?embed=1&embed_token=...&panel=graph"),
        ("/auth/callback?code=secret&state=secret", "/auth/callback?code=...&state=..."),
        ("/api/state?stream=a", "/api/state?stream=a"),
    ],
)
def test_a_line_tells_the_address_and_no_token(path: str, kept: str, caplog: pytest.LogCaptureFixture) -> None:
    keep_tokens_out_of_logs()
    keep_tokens_out_of_logs()
    with caplog.at_level(logging.INFO, LOGGER):
        logging.getLogger(LOGGER).info('%s - "%s %s HTTP/%s" %d', "203.0.113.7:1", "GET", path, "1.1", 200)

    assert caplog.messages == [f'203.0.113.7:1 - "GET {kept} HTTP/1.1" 200']
    assert len(logging.getLogger(LOGGER).filters) == 1
