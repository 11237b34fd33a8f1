"""What the gate costs each request: processor time of this process around an application that only answers.

    python tests/bench/bench_access.py [REQUESTS]

The same requests are answered without a gate, where nobody has to sign in, and for a session's cookie, a token, a
proxy's word and a frame's link; 1,000 other sessions and 100 tokens are kept beside them. Ends with 1 where a gate
costs more than `MOST_MS` of a request.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from collectors.contract.access import AccessRecords, Link, Role, Session, Token  # noqa: E402 -- after the path
from collectors.store.access import AccessStore  # noqa: E402
from dash_app.auth.config import Access, Mode  # noqa: E402
from dash_app.auth.doorman import Doorman  # noqa: E402
from dash_app.auth.links import LINK, SALT  # noqa: E402
from dash_app.web.audit import Audit, Audited  # noqa: E402
from dash_app.web.gate import Gate  # noqa: E402

MOST_MS = 0.3
REQUESTS = 5000
NOW = datetime.now(UTC)


async def answer(_scope: Any, _receive: Any, send: Any) -> None:
    """The smallest application."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def nothing(*_: Any) -> Any:
    """Neither a request's body nor anybody who reads the answer."""


def filled(home: Path) -> tuple[AccessStore, dict[str, str]]:
    """A store with many sessions and tokens, and what one of each is shown by."""
    store = AccessStore(home)
    until = NOW + timedelta(hours=1)
    others = [
        Session(id=f"{n:032x}", user=f"u{n}", role=Role.VIEWER, made_at=NOW, expires_at=until) for n in range(1000)
    ]
    tokens = [
        Token(id=f"{n:012x}", name="t", sha256="0" * 64, role=Role.VIEWER, made_by="b", made_at=NOW) for n in range(100)
    ]
    store._change(lambda _: AccessRecords(sessions=tuple(others), tokens=tuple(tokens)))
    token = store.add_token(
        lambda one, digest: Token(id=one, name="n", sha256=digest, role=Role.VIEWER, made_by="b", made_at=NOW)
    )
    link, _ = store.add_link(lambda one, digest: Link(id=one, name="n", sha256=digest, made_by="b", made_at=NOW))
    door = Doorman(Access(mode="oidc"), store)
    session = store.begin_session("ann", Role.OPERATOR, 3600)
    return store, {
        "session": f"{door.cookie}={door.sessions.cookie_for(session)}",
        "token": f"Bearer {token}",
        "frame": f"{door.frames.cookie_name(link.id)}={door.sessions.signed({'link': link.id}, SALT)}",
        "referer": f"https://dash.test/?embed=1&{LINK}={link.id}",
    }


def milliseconds(app: Any, headers: Mapping[str, str], count: int) -> float:
    """Processor time of one request: the best of five rounds."""
    raw = [(name.encode(), value.encode()) for name, value in {"host": "localhost", **headers}.items()]
    scope = {
        "type": "http", "method": "GET", "path": "/api/pulse", "query_string": b"", "headers": raw,
        "client": ("127.0.0.1", 50000), "scheme": "http",
    }  # fmt: skip

    async def many() -> float:
        begun = time.process_time()
        for _ in range(count):
            await app({**scope}, nothing, nothing)
        return (time.process_time() - begun) / count * 1000

    return min(asyncio.run(many()) for _ in range(5))


def main() -> int:
    """Print the figures; 1 where one is too large."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    with tempfile.TemporaryDirectory() as home:
        store, shown = filled(Path(home))
        cases: dict[str, tuple[Mode, dict[str, str]]] = {
            "nobody signs in": ("none", {}),
            "a session": ("oidc", {"cookie": shown["session"]}),
            "a token": ("token", {"authorization": shown["token"]}),
            "a proxy's word": ("proxy", {"x-forwarded-user": "ann", "x-forwarded-groups": "release,other"}),
            "a frame": ("oidc", {"cookie": shown["frame"], "referer": shown["referer"]}),
            "refused": ("oidc", {}),
        }
        bare, worst = milliseconds(answer, {}, count), 0.0
        print(f"without a gate      {bare:.4f} ms a request")
        for name, (mode, headers) in cases.items():
            audit = Audit(Path(home))
            door = Doorman(Access(mode=mode), store)
            gate = Audited(answer, audit) if mode == "none" else Gate(answer, door, audit)
            cost = milliseconds(gate, headers, count) - bare
            worst = max(worst, cost)
            print(f"{name:18}  {cost:+.4f} ms")
    print(f"most: {worst:.4f} ms of {MOST_MS} ms")
    return 1 if worst > MOST_MS else 0


if __name__ == "__main__":
    raise SystemExit(main())
