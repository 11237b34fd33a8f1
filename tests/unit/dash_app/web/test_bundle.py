"""All styles as one answer, all scripts as another: in their order, unchanged, and kept exactly as long as right."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from support.asking import ask

from dash_app.app import assets_folder
from dash_app.web.bundle import add_bundles, bundled, bundled_for_fleet
from dash_app.web.caching import FOREVER

NAMED = re.compile(r"/\* (\S+\.(?:css|js)) \*/")


def _write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("a {}")


def served(folder: Path) -> tuple[FastAPI, str, str]:
    """An application, and the addresses of styles and scripts."""
    server, bundles = FastAPI(), bundled(folder)
    add_bundles(server, bundles)
    return server, bundles.styles.address, bundles.scripts.address


def code_lines(text: str) -> list[str]:
    """Lines of a style sheet or a script that are more than a comment, without what they are indented by."""
    kept, within = [], False
    for line in text.splitlines():
        bare = line.strip()
        begins = bare.startswith("/*") and ("*/" not in bare or bare.endswith("*/"))
        if not (within or begins or bare.startswith("//")):
            kept.append(line.lstrip())
        within = (within or begins) and "*/" not in bare
    return kept


def test_both_hold_every_file_word_for_word_but_for_its_comments() -> None:
    """A workspace's page has all but the room of the page of many, which has that and what both have."""
    server, styles, scripts = served(assets_folder())
    of_fleet = bundled_for_fleet(assets_folder())

    for address, fleets, pattern in ((styles, of_fleet.styles, "*.css"), (scripts, of_fleet.scripts, "*.js")):
        found, other = ask(server, address).text, fleets.content.decode()
        texts = {file: "\n".join(code_lines(file.read_text())) for file in assets_folder().rglob(pattern)}
        rooms = {file: found if file.parent.name != "fleet" else other for file in texts}
        assert [file for file, text in texts.items() if text not in rooms[file]] == [] and len(texts) > 10
        assert not re.search("fleet/", found)
        assert NAMED.findall(other)[0] in ("tokens.css", "core.js")
        own = re.findall(r"^ *(?://|/\*).*", found, re.MULTILINE)
        assert all(NAMED.fullmatch(line) for line in own), "a comment is sent"


def test_what_others_build_on_comes_first_and_then_folders_by_their_names(tmp_path: Path) -> None:
    names = ["tokens.css", "icons.css", "page.css", "cards.css", "bar/bar.css", "bar/menus.css", "zoom/core.css"]
    _write(tmp_path, *names)
    _write(tmp_path, "core.js", "a.js", "bar/title.js", "graph/core.js", "graph/away.js")

    server, *addresses = served(tmp_path)
    styles, scripts = ([*NAMED.findall(ask(server, address).text)] for address in addresses)

    assert styles == names
    assert scripts == ["core.js", "a.js", "bar/title.js", "graph/away.js", "graph/core.js"]


def test_a_sheet_stands_in_the_layer_of_its_place(tmp_path: Path) -> None:
    """An unnamed one is of a region; against what is in no layer only what is in none can stand."""
    _write(tmp_path, "tokens.css", "icons.css", "bar/new.css", "share/embed.css", "foreign.css")

    found = ask(*served(tmp_path)[:2]).text

    assert found.startswith("@layer tokens, page, regions, embed;\n")
    assert re.findall(r"/\* (\S+) \*/\n@layer (\w+) {", found) == [
        ("tokens.css", "tokens"),
        ("icons.css", "page"),
        ("bar/new.css", "regions"),
        ("share/embed.css", "embed"),
    ]
    assert "/* foreign.css */\na {}" in found


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
