"""Any bytes in any input file give a state, never an exception; and the state can be shown."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from any_inputs import FILES, any_bytes, bounded
from hypothesis import given, note
from hypothesis import strategies as st
from support.workspaces import write, write_good

from collectors.collect import CollectOptions, Collector
from collectors.contract.state import DashboardState, state_from_json
from collectors.observe.load_pipeline import ConfigProblem
from collectors.presentation.checklist import as_json, as_junit, as_markdown, as_text
from collectors.readers.child.process import ReaderProcess
from collectors.store.store import Store
from dash_app.views.graph.pipeline_graph import render_graph_panel
from dash_app.views.page import digests, render_page


class Bench:
    """A good workspace that is put right again after each example, and a reading child for all of them."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="any-bytes-"))
        self.child = ReaderProcess()
        atexit.register(self.close)
        write_good(self.home / "good")
        write(self.home / "good/run_status.json", '{"stream": "swinmae", "outcome": "completed"}')
        default = Path(__file__).parents[2] / "collectors/trainers/reference.yaml"
        write(self.home / "good/dashboard.yaml", default.read_bytes())

    def close(self) -> None:
        self.child.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def path(self, name: str) -> str:
        """The file's path in the workspace."""
        return next((self.home / "good").glob(name)).relative_to(self.home / "good").as_posix()

    def collect(self, files: dict[str, bytes]) -> DashboardState | None:
        """Put these contents in place and collect; None where `dashboard.yaml` is refused in words."""
        shutil.rmtree(self.home / "ws", ignore_errors=True)
        shutil.rmtree(self.home / "state", ignore_errors=True)
        shutil.copytree(self.home / "good", self.home / "ws", copy_function=shutil.copy2)
        for name, data in files.items():
            target = self.home / "ws" / name
            write(target, data, target.stat().st_mtime)
        store = Store(self.home / "state")
        try:
            with Collector(self.home / "ws", store, CollectOptions(announce=lambda _: None)) as collector:
                collector._cache._child = collector._cache.event_files._child = (
                    self.child
                )  # starting one takes a second
                state = collector.export()
        except ConfigProblem as problem:
            assert str(problem).startswith("dashboard.yaml")
            return None
        assert store.read_state() == state
        return state


@cache
def bench() -> Bench:
    return Bench()


@st.composite
def damages(draw: st.DrawFn) -> dict[str, bytes]:
    """One to three files with other contents."""
    names = draw(st.lists(st.sampled_from(FILES), min_size=1, max_size=3, unique=True))
    paths = [bench().path(name) for name in names]
    return {path: draw(any_bytes((bench().home / "good" / path).read_bytes())) for path in paths}


@bounded
@given(damages())
def test_any_bytes_in_any_file_give_a_state(files: dict[str, bytes]) -> None:
    """Whatever the files hold: nine checks with a detail each, faces that are well-formed, a page that draws."""
    note(str({name: data[:200] for name, data in files.items()}))

    state = bench().collect(files)

    if state is None:
        assert "dashboard.yaml" in files
        return
    assert all(check.detail for check in state.checklist)
    assert all("this check broke" not in check.detail for check in state.checklist)
    assert str(bench().home) not in faces_of(state)
    digests(render_page(state, None))
    render_graph_panel(state)


def faces_of(state: DashboardState) -> str:
    """Every face of the checklist; each must be what it says it is."""
    xml, markdown = as_junit(state), as_markdown(state)
    assert len(ElementTree.fromstring(xml.encode()).findall(".//testcase")) == len(state.checklist)
    assert state_from_json(json.dumps(state.model_dump(mode="json"))) == state
    parsed: dict[str, Any] = json.loads(as_json(state))
    assert len(parsed["checklist"]) == len(state.checklist)
    assert "<" not in markdown
    return "\n".join([xml, markdown, as_text(state), as_json(state)])
