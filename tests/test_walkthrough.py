"""One value from disk to pixel: the patchtst checkpoint, door by door."""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType

from support.components import of_class, text_of
from support.server import ROOT
from support.workspaces import write_good

from collectors.collect import Collector
from collectors.contract.values import Outcome, Status
from collectors.files.workspace import Workspace
from collectors.judge.checks.checkpoints import check_checkpoints
from collectors.judge.stages import Judged, stage_statuses
from collectors.observe.cache import ReadCache
from collectors.observe.gather import Gatherer
from collectors.observe.load_pipeline import default_config
from collectors.presentation.regions.cards import cards
from collectors.readers.checkpoint.read import read_checkpoint
from collectors.store.folder import STATE_FILE
from collectors.store.store import Store
from dash_app.callbacks.regions import changed_regions
from dash_app.reading.reader import StateReader
from dash_app.views.graph.elements import graph_elements
from dash_app.views.page import Seen, drawn_page
from dash_app.views.tree import components

PATH = "checkpoints/patchtst_ssl.pt"


def test_the_patchtst_checkpoint_from_disk_to_css_class(tmp_path: Path) -> None:
    """`dashboard.yaml` -> files -> reader -> check -> stage -> collect -> store -> reader -> wire -> view -> class."""
    root, state_dir = tmp_path / "ws", tmp_path / "state"
    write_good(root)

    # dashboard.yaml names it
    config = default_config()
    assert config.stream("patchtst").checkpoint.path == (PATH,)

    # files opens it safely, and the reader turns it into evidence without judging it
    with Workspace(root) as workspace, workspace.open(PATH) as opened:
        evidence = read_checkpoint(opened.handle, opened.size, name=PATH)
    assert evidence.format == "torch-zip"
    assert any(t.name.endswith("input_proj.weight") and t.shape == (48, 16) for t in evidence.tensors)

    # the check judges it
    store = Store(state_dir)
    with Collector(root, store) as collector:
        cache = ReadCache(collector.workspace, collector._child, config.limits)
        seen = Gatherer(config, cache, store.smoke_result).gather(1.0)
        judgement = check_checkpoints(seen)
        assert judgement.outcome is Outcome.PASS
        assert "patchtst: " in judgement.detail

        # collect puts it in the state, store writes it
        state = collector.export()
    checks = {c.id: c for c in state.checklist}
    assert checks["checkpoints"].passed
    assert (state_dir / STATE_FILE).is_file()

    # stage artifact-save takes its status from it
    judged = Judged(seen, MappingProxyType(checks), state.verdict, snapshot_stored=False)
    assert stage_statuses(judged)["artifact-save"].status is Status.DONE
    assert state.nodes["artifact-save"].status is Status.DONE
    assert PATH in state.nodes["artifact-save"].artifacts

    # state_reader loads it, the wire hands it on
    observed = StateReader(state_dir).current()
    shown = observed.state
    assert shown == state
    news = changed_regions(drawn_page(Seen(observed.etag, shown, observed.sentence)), {})
    assert any("patchtst" in text_of(part) for part in news)

    # the presentation maps a status to a class, and the stylesheet knows that class
    (card,) = [c for c in of_class(components(cards(shown)), "card") if "Trained checkpoints" in text_of(c)]
    assert card.className == "card is-done"
    element = next(e for e in graph_elements(shown) if e["data"]["id"] == "artifact-save")
    assert element["data"]["status"] == "done"
    styles = "".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "assets").rglob("*.css")))
    assert re.search(r"\.card\b", styles)
    assert re.search(r"\.is-done\b", styles)
