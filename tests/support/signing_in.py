"""A page that asks who asks -> requests of everybody: nobody, and a token of each role; in this process, no server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
from fastapi import FastAPI
from support.asking import ask

from collectors.contract.access import Role, Token
from collectors.store.access import AccessStore
from dash_app.app import create_app
from dash_app.auth.config import Access
from dash_app.reading.reader import StateReader
from dash_app.settings import Settings


def new_token(store: AccessStore, role: Role, **more: Any) -> str:
    """A token of this role, as the command makes it."""
    about = {"name": role.value, "made_by": "a test", "made_at": datetime.now(UTC), "role": role} | more
    return store.add_token(lambda token_id, digest: Token(id=token_id, sha256=digest, **about))


@dataclass
class Answer:
    """What an application sent."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def knocked(app: Any, asked: Iterable[tuple[str, str]], **headers: str) -> dict[tuple[str, str], Answer]:
    """Answers to methods and targets, each spelt as it is here: a client would tidy `..` and `//` up."""
    named = {"host": "localhost"} | {name.replace("_", "-"): value for name, value in headers.items()}

    async def every() -> dict[tuple[str, str], Answer]:
        return {(method, target): await _knocked(app, method, target, named) for method, target in asked}

    return asyncio.run(every())


def scope_of(method: str, target: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """A request as a server hands it on, spelt as it is here."""
    path, _, query = target.partition("?")
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": method,
        "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("203.0.113.7", 50000), "server": ("localhost", 80),
    }  # fmt: skip


async def _knocked(app: Any, method: str, target: str, headers: Mapping[str, str]) -> Answer:
    answer = Answer()

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    await app(scope_of(method, target, headers), receive, send)
    return answer


@dataclass
class Guarded:
    """The whole application behind its gate."""

    home: Path
    access: Access = field(default_factory=lambda: Access(mode="token"))
    prefix: str = "/"

    def __post_init__(self) -> None:
        self.store = AccessStore(self.home)
        self.settings = Settings(
            workspace=self.home, state_dir=self.home, access=self.access, url_prefix=self.prefix, trusted_hosts=("*",)
        )
        self.app = create_app(self.settings, StateReader(self.home))
        self.server: FastAPI = self.app.server
        self.tokens = {role: new_token(self.store, role) for role in Role}

    def ask(self, path: str, role: Role | None = None, *, method: str = "GET", **wishes: Any) -> httpx.Response:
        """One request, of a program with a token of this role, or of nobody."""
        headers = dict(wishes.pop("headers", {}))
        if role is not None:
            headers["Authorization"] = f"Bearer {self.tokens[role]}"
        return ask(self.server, path, method=method, headers=headers, **wishes)
