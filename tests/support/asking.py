"""An application and a request -> its answer, in this process and without a server."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx


def ask(app: Any, path: str = "/", *, method: str = "GET", **wishes: Any) -> httpx.Response:
    """One request, as httpx takes it; what the application does not catch is its 500."""

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, **wishes)

    return asyncio.run(once())
