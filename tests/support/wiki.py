"""A wiki on another site: serves one page with a frame in it, and follows the height that is announced.

The names `wiki.example` and `dash.example` are two sites for a browser that was started with
`two_sites()`; both lead to this machine. Nothing is looked up elsewhere.
"""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from selenium import webdriver
from support.browsers import chromium_options
from support.server import ROOT

WIKI, DASHBOARD = "wiki.example", "dash.example"
FRAME = """<!doctype html><meta charset="utf-8"><title>wiki</title><body style="margin:0">
<iframe id="training" src="{address}" style="border:0;width:{width}px;height:150px"></iframe>
<script>
window.heard = [];
addEventListener("message", (event) => heard.push(event.data));
</script>
{listener}"""
LISTENER = re.search(
    r"```html\n(<script>.*?</script>)\n```", (ROOT / "docs/wiki.md").read_text(encoding="utf-8"), re.DOTALL
)
"""The script that docs/wiki.md gives to a wiki."""


def two_sites() -> webdriver.ChromeOptions:
    """Options for a Chromium that knows both names, and gives third parties neither cookies nor storage.

    Frames run in the page's own process, so that the driver hears their console as well.
    """
    options = chromium_options()
    options.add_argument(f"--host-resolver-rules=MAP {WIKI} 127.0.0.1, MAP {DASHBOARD} 127.0.0.1")
    options.add_argument("--disable-site-isolation-trials")
    options.add_argument("--disable-features=ThirdPartyStoragePartitioning")
    blocked = {"profile.block_third_party_cookies": True, "profile.cookie_controls_mode": 1}
    options.add_experimental_option("prefs", blocked)
    return options


class Wiki:
    """One page of another site, on a free port; use it in a `with`."""

    def __init__(self) -> None:
        self.page = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.origin = f"http://{WIKI}:{self._server.server_address[1]}"

    def __enter__(self) -> Wiki:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def frames(self, address: str, width: int) -> None:
        """Let the page hold a frame of this address, in CSS pixels wide."""
        listener = LISTENER.group(1) if LISTENER else "docs/wiki.md holds no listener"
        self.page = FRAME.format(address=address.replace("&", "&amp;"), width=width, listener=listener)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wiki = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = wiki.page.encode() if self.path == "/" else b""
                self.send_response(200 if content else 204)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler
