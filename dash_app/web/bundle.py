"""The folder of styles and scripts -> one answer of all styles and one of all scripts, in the order of the page.

Fifty small files would be fifty requests, and packed one by one they are half as large again. It takes nothing from
them but comments that stand alone and what lines are indented by: their place gives a style sheet its layer, and a
script that breaks is told in the console and does not take the others along.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
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
IN_LAYER = "/* {name} */\n@layer {layer} {{\n{text}\n}}\n"
IN_NO_LAYER = "/* {name} */\n{text}\n"
LAYERS = ("tokens", "page", "regions", "embed")
"""The later wins, whatever its selectors weigh; a sheet that is not named below is of a region."""
LAYER_OF = {
    "tokens.css": "tokens",
    "icons.css": "page",
    "page.css": "page",
    "share/embed.css": "embed",
    "foreign.css": None,  # styles of libraries are in no layer, and so are ours that stand against them
}
UNSENT = re.compile(r"^[ \t]*(?:/\*.*?\*/|//[^\n]*)[ \t]*\n|^[ \t]+", re.MULTILINE | re.DOTALL)
"""Comments that have their lines for themselves, and what a line is indented by: a fifth of what would be sent."""
FIRST = ("tokens", "icons", "page", "core")
"""What others build on, at the top; folders follow by their names, and so do files in them."""
FLEET = "fleet/"
"""The room of the page of many workspaces: no workspace's page loads it."""
OF_FLEET = (
    "tokens.css", "icons.css", "page.css", "core.js", "bar/", "files/dialogs", "live/times.js", "live/signed_out.js",
    "share/share.css", FLEET,
)  # fmt: skip
"""What that page loads; of `bar/` no script but the menus'."""
NOT_OF_FLEET = ("bar/shortcuts.js", "bar/title.js", "bar/pickers.js")


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


def bundled(folder: Path, more_styles: Mapping[str, str] | None = None) -> Bundles:
    """Read what a workspace's page loads; `more_styles` are sheets that do not stand in the folder. Raises OSError."""
    return _bundled(folder, lambda name: not name.startswith(FLEET), more_styles or {})


def bundled_for_fleet(folder: Path) -> Bundles:
    """Read what the page of many workspaces loads. Raises OSError."""
    return _bundled(folder, lambda name: name.startswith(OF_FLEET) and name not in NOT_OF_FLEET, {})


def _bundled(folder: Path, is_wanted: Callable[[str], bool], more_styles: Mapping[str, str]) -> Bundles:
    sheets, codes = ([one for one in _in_order(folder, kind) if is_wanted(one[0])] for kind in ("*.css", "*.js"))
    styles = f"@layer {', '.join(LAYERS)};\n" + "".join(_styles(*file) for file in (*sheets, *more_styles.items()))
    scripts = "".join(ALONE.format(name=name, text=text) for name, text in codes)
    return Bundles(
        styles=Bundle("assets/page.css", "text/css", styles.encode()),
        scripts=Bundle("assets/page.js", "text/javascript", scripts.encode()),
    )


def _styles(name: str, text: str) -> str:
    layer = LAYER_OF.get(name, "regions")
    return (IN_LAYER if layer else IN_NO_LAYER).format(name=name, layer=layer, text=text)


def _in_order(folder: Path, pattern: str) -> list[tuple[str, str]]:
    """Names below the folder and texts, without what is for readers."""
    names = sorted((file.relative_to(folder) for file in folder.rglob(pattern)), key=_place)
    return [(name.as_posix(), UNSENT.sub("", (folder / name).read_text(encoding="utf-8"))) for name in names]


def _place(name: Path) -> tuple[object, ...]:
    is_first = len(name.parts) == 1 and name.stem in FIRST
    return len(name.parts) > 1, not is_first, FIRST.index(name.stem) if is_first else 0, name.parts


def add_bundles(server: FastAPI, bundles: Bundles) -> None:
    """Hang both into the server, before the folder that they come from."""
    for bundle in (bundles.styles, bundles.scripts):
        server.router.routes.append(Route(f"/{bundle.path}", bundle.answer))
