"""One list of ids: unique, all on the page, and nothing on the page that is not in the list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support.components import parts
from support.states import ready_state, write_state

from collectors.store.fleet import Moment, Wish, paged
from dash_app import ids
from dash_app.layout import build_layout
from dash_app.reading.reader import StateReader
from dash_app.settings import Settings
from dash_app.views.first_html import ENTRY
from dash_app.views.fleet.page import Frame, fleet_document

ROOT = Path(__file__).resolve().parents[2]


def layout_of(state_dir: Path) -> Any:
    settings = Settings(workspace=state_dir, state_dir=state_dir)
    return build_layout(settings, StateReader(state_dir))


def test_ids_are_unique() -> None:
    constants = [value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)]

    assert len(set(ids.ALL_IDS)) == len(ids.ALL_IDS)
    assert sorted(constants) == sorted(ids.ALL_IDS)


def test_every_id_is_on_the_page_once_with_and_without_a_state(tmp_path: Path) -> None:
    empty = layout_of(tmp_path)
    write_state(tmp_path, ready_state())
    full = layout_of(tmp_path)

    for page in (empty, full):
        found = [part.id for part in parts(page) if isinstance(getattr(part, "id", None), str)]
        assert sorted(one for one in found if not one.startswith("check-")) == sorted(ids.ALL_IDS)


def test_scripts_speak_only_of_ids_in_the_list() -> None:
    own = [path for path in (ROOT / "assets").rglob("*.js") if path.parent.name != "fleet"]
    found = spoken_of(own)

    around = {"_dash-config", *re.findall(r'id="([\w-]+)"', ENTRY)}
    assert found <= {*ids.ALL_IDS, *around}
    assert found


def test_scripts_of_the_fleet_speak_only_of_what_stands_on_its_page() -> None:
    page = paged((), Wish(), Moment(datetime.now(UTC), 15.0))
    drawn = re.findall(r' id="([\w-]+)"', fleet_document(page, {}, Frame("/", "styles", "scripts")))

    assert len({*drawn}) == len(drawn)
    assert spoken_of((ROOT / "assets/fleet").glob("*.js")) <= {*drawn}
    assert spoken_of((ROOT / "assets/fleet").glob("*.js"))


def spoken_of(scripts: Iterable[Path]) -> set[str]:
    """Ids of which they speak."""
    spoken = re.compile(r'(?:getElementById|set_props|\bset)\(\s*"([\w-]+)"\s*[,)]')
    return {name for path in scripts for name in spoken.findall(path.read_text(encoding="utf-8"))}
