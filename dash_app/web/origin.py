"""A request's headers -> where it comes from, as the browser tells it. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers


def is_from_this_page(headers: Headers) -> bool:
    """Whether a browser says that the request comes from this very origin.

    Where the browser does not tell by itself (no TLS), its Origin must name the host it asked.
    """
    told = headers.get("sec-fetch-site")
    if told is not None:
        return told == "same-origin"
    try:
        origin = urlsplit(headers.get("origin", ""))
    except ValueError:
        return False
    return bool(origin.netloc) and origin.netloc.lower() == headers.get("host", "").lower()


def is_navigation(method: str, headers: Headers) -> bool:
    """Whether a person opens a page by it, in a tab or a frame; programs and scripts want another answer."""
    mode = headers.get("sec-fetch-mode")
    if method not in ("GET", "HEAD"):
        return False
    return mode == "navigate" if mode is not None else "text/html" in headers.get("accept", "")


def is_in_frame(headers: Headers) -> bool:
    """Whether the page that is opened stands in another one."""
    return headers.get("sec-fetch-dest", "document") != "document"
