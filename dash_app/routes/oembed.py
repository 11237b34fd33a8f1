"""An address of this page -> how another site may embed it: oEmbed 1.0, type `rich`, as JSON.

It answers for addresses of this very page only, fetches nothing, and puts nothing into the frame's
address but what the page understands. XML is refused with 501, as the specification has it.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collectors.digest import short_digest
from dash_app.reading.reader import StateReader
from dash_app.settings import Settings
from dash_app.views.share import PANEL_HEIGHTS
from dash_app.web.answers import failure, not_found, tagged_json

PROVIDER: Final = "Training Dashboard"
KNOWN: Final = ("tab", "view", "run", "baseline", "stage", "runs", "theme", "smoothing", "y", "x", "panel")
"""Parameters of a view that go on into the frame."""
USUAL_WIDTH: Final = 1000
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
LONGEST_ADDRESS: Final = 2000
CACHE_SECONDS: Final = 300


def add_oembed(server: FastAPI, reader: StateReader, settings: Settings) -> None:
    """Hang the route into the server, before anything that catches every path."""
    server.router.routes.append(Route("/oembed", OEmbed(reader, settings).answer))


class OEmbed:
    """The route, over one reader."""

    def __init__(self, reader: StateReader, settings: Settings) -> None:
        self._reader = reader
        self._prefix = settings.url_prefix

    async def answer(self, request: Request) -> Response:
        """Answer how to embed `url`, at most `maxwidth` wide and `maxheight` high."""
        wish = request.query_params
        asked = wish.get("format", "json")
        if asked == "xml":  # the other format that there is, and what its makers want said (oEmbed, 2.3.4)
            return failure(501, "not_implemented", "only format=json is answered")
        if asked != "json":
            return failure(400, "malformed", "format is json")
        address = wish.get("url")
        most = {name: _pixels(wish.get(name)) for name in ("maxwidth", "maxheight")}
        if not address:
            return failure(400, "malformed", "url names the address that is to be embedded")
        if 0 in most.values():
            return failure(400, "malformed", "maxwidth and maxheight are pixels, as whole numbers above 0")
        frame = embedded_address(address, request.headers.get("host", ""), self._prefix)
        if frame is None:
            return not_found()
        content = self._content(frame, most)
        return tagged_json(request, content, short_digest(json.dumps(content)))

    def _content(self, frame: str, most: Mapping[str, int | None]) -> dict[str, str | int]:
        state = self._reader.current().state
        title = f"{PROVIDER}: {state.meta.title}" if state else PROVIDER
        panel = dict(parse_qsl(urlsplit(frame).query)).get("panel", "")
        width = min(USUAL_WIDTH, most["maxwidth"] or USUAL_WIDTH)
        height = PANEL_HEIGHTS.get(panel, PANEL_HEIGHTS[""])
        height = min(height, most["maxheight"] or height)
        return {
            "version": "1.0",
            "type": "rich",
            "title": title,
            "provider_name": PROVIDER,
            "provider_url": frame.partition("?")[0],
            "cache_age": CACHE_SECONDS,
            "width": width,
            "height": height,
            "html": frame_markup(frame, title, width, height),
        }


def frame_markup(address: str, title: str, width: int, height: int) -> str:
    """Return the frame as HTML, everything in it escaped."""
    return (
        f'<iframe src="{html.escape(address)}" width="{width}" height="{height}" '
        f'title="{html.escape(title)}" style="border:0" loading="lazy"></iframe>'
    )


def embedded_address(address: str, host: str, prefix: str) -> str | None:
    """Return the address of a frame that shows `address`; null where it is none of this page.

    `host` is the name by which we are asked; only the page itself counts, at `prefix`.
    """
    try:
        asked, own = urlsplit(address), urlsplit(f"//{host}")
        is_ours = _place(asked.hostname, asked.port, asked.scheme) == _place(own.hostname, own.port, asked.scheme)
    except ValueError:
        return None
    is_page = asked.scheme in DEFAULT_PORTS and asked.path in (prefix, prefix.rstrip("/"))
    if not (is_ours and is_page and len(address) <= LONGEST_ADDRESS) or "@" in asked.netloc:
        return None
    given = dict(parse_qsl(asked.query))
    chosen = {name: given[name] for name in KNOWN if given.get(name)}
    return f"{asked.scheme}://{asked.netloc.lower()}{prefix}?{urlencode({**chosen, 'embed': '1'})}"


def _place(name: str | None, port: int | None, scheme: str) -> tuple[str | None, int | None]:
    return name, port or DEFAULT_PORTS.get(scheme)


def discovery_link(page: str, prefix: str) -> str:
    """Return the `<link>` by which others find this route; `page` is the address as it was asked."""
    asked = urlsplit(page)
    base = f"{asked.scheme}://{asked.netloc}{prefix}"
    shown = f"{base}?{asked.query}" if asked.query else base
    # Quoted whole: nothing of it is markup, and nothing a slot of the index.
    href = f"{html.escape(quote(base, safe=':/'))}oembed?format=json&amp;url={quote(shown, safe='')}"
    return f'<link rel="alternate" type="application/json+oembed" href="{href}" title="{PROVIDER}">'


def _pixels(text: str | None) -> int | None:
    """Return a wished size; null where none is wished, 0 for what is no size."""
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
