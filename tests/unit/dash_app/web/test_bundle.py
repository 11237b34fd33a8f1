"""All styles as one answer, all scripts as another: in their order, unchanged, and kept exactly as long as right."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from support.asking import ask

from dash_app.app import assets_folder
from dash_app.web.bundle import add_bundles, bundled
from dash_app.web.caching import FOREVER


def served(folder: Path) -> tuple[FastAPI, str, str]:
    """An application, and the addresses of styles and scripts."""
    server, bundles = FastAPI(), bundled(folder)
    add_bundles(server, bundles)
    return server, bundles.styles.address, bundles.scripts.address


def test_both_hold_every_file_word_for_word_in_the_order_of_the_cascade() -> None:
    server, styles, scripts = served(assets_folder())

    for address, pattern in ((styles, "*.css"), (scripts, "*.js")):
        found = ask(server, address).text
        texts = [file.read_text() for file in sorted(assets_folder().glob(pattern))]
        places = [found.find(text) for text in texts]
        assert -1 not in places and places == sorted(places) and len(texts) > 10


def test_the_very_version_is_kept_for_a_year_and_another_one_is_not(tmp_path: Path) -> None:
    """While servers are replaced, an old one may be asked for what only the new one has."""
    (tmp_path / "a.css").write_text("a {}")
    server, styles, _ = served(tmp_path)
    other = styles.partition("?")[0] + "?v=0123456789abcdef"

    answers = [ask(server, address) for address in (styles, other, styles.partition("?")[0])]

    assert [answer.headers["cache-control"] for answer in answers] == [FOREVER, "no-cache", "no-cache"]
    assert ask(server, other, headers={"If-None-Match": answers[1].headers["etag"]}).status_code == 304


@pytest.mark.parametrize("name", ["a.css", "b.js"])
def test_another_content_has_another_address(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("one")
    before = served(tmp_path)[1:]
    (tmp_path / name).write_text("two")
    after = served(tmp_path)[1:]

    assert [one == other for one, other in zip(before, after, strict=True)].count(False) == 1


def test_they_are_what_a_browser_takes_for_styles_and_scripts(tmp_path: Path) -> None:
    """With `nosniff` it takes nothing else."""
    server, *addresses = served(tmp_path)
    answers: list[httpx.Response] = [ask(server, address) for address in addresses]

    kinds = [answer.headers["content-type"].partition(";")[0] for answer in answers]
    assert kinds == ["text/css", "text/javascript"]
