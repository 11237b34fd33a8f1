"""The folder of styles and scripts -> one answer of all styles and one of all scripts, in the order of their names.

Forty small files would be forty requests, and packed one by one they are half as large again. It changes nothing in
them: the cascade is the order, and a script that breaks is told in the console and does not take the others along.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dash_app.web.answers import FRESHNESS, has_already
from dash_app.web.caching import FOREVER

# Each file is a function that is called at once; one that throws would end the script it stands in.
ALONE = "/* {name} */\ntry {{\n{text}\n}} catch (problem) {{\n  reportError(problem);\n}}\n"
AFTER_ANOTHER = "/* {name} */\n{text}\n"


@dataclass(frozen=True)
class Bundle:
    """All files of one kind as one."""

    path: str
    """Below the page's prefix, without a slash before it."""
    media_type: str
    content: bytes

    @property
    def version(self) -> str:
        """Another one whenever the content is another one."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    @property
    def address(self) -> str:
        """Where it is asked for, version included; below the page's prefix."""
        return f"{self.path}?v={self.version}"

    async def answer(self, request: Request) -> Response:
        """Answer the file, for a year to whoever asks for this very version.

        Another version may be asked for while servers are being replaced; nobody must keep this one under that name.
        """
        is_this = request.query_params.get("v") == self.version
        headers = {"Cache-Control": FOREVER} if is_this else FRESHNESS
        headers = headers | {"ETag": f'W/"{self.version}"'}
        if has_already(request, self.version):
            return Response(status_code=304, headers=headers)
        return Response(self.content, media_type=self.media_type, headers=headers)


@dataclass(frozen=True)
class Bundles:
    """What the page loads of ours."""

    styles: Bundle
    scripts: Bundle


def bundled(folder: Path) -> Bundles:
    """Read the folder. Raises OSError."""
    return Bundles(
        styles=Bundle("assets/page.css", "text/css", _joined(folder, "*.css", AFTER_ANOTHER)),
        scripts=Bundle("assets/page.js", "text/javascript", _joined(folder, "*.js", ALONE)),
    )


def _joined(folder: Path, pattern: str, form: str) -> bytes:
    files = sorted(folder.glob(pattern))
    return "".join(form.format(name=file.name, text=file.read_text(encoding="utf-8")) for file in files).encode()


def add_bundles(server: FastAPI, bundles: Bundles) -> None:
    """Hang both into the server, before the folder that they come from."""
    for bundle in (bundles.styles, bundles.scripts):
        server.router.routes.append(Route(f"/{bundle.path}", bundle.answer))
