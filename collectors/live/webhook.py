"""A document and an address -> posted there, or in words why not. It refuses to be redirected."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

from collectors import __version__


def post(address: str, data: bytes, seconds: float) -> str | None:
    """Post JSON, waiting at most `seconds`; what went wrong holds no part of the address. None: it was taken."""
    headers = {"Content-Type": "application/json", "User-Agent": f"training-dashboard/{__version__}"}
    request = urllib.request.Request(address, data, headers, method="POST")  # noqa: S310 -- checked_address
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=seconds):
            return None
    except urllib.error.HTTPError as error:
        return f"answered {error.code}"
    except (OSError, ValueError) as error:
        return type(error).__name__


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A webhook that redirects could carry the message elsewhere: it counts as an error."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Refuse."""
        return
