"""Documents of longer curves beside a state: read when they are asked for, a few of them kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.states import ready_state

from collectors.contract.metrics import CurveDocument, Series
from collectors.contract.state import DashboardState
from collectors.store.place import backend_at
from dash_app.reading import documents
from dash_app.reading.documents import Documents, curves_version

LONG = Series(epoch=(1, 2), step=(None, None), time=(None, None), value=(0.5, 0.25))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Digests of the documents that were read from the store, in order; all are there but `gone`."""
    asked: list[str] = []

    def read_curves(_backend: object, _run_id: str, stream: str, digest: str) -> CurveDocument | None:
        asked.append(digest)
        return None if digest == "gone" else CurveDocument(stream=stream, series={"val_loss": LONG})

    monkeypatch.setattr(documents, "read_curves", read_curves)
    return asked


def test_four_documents_are_kept_and_of_more_the_least_recent_is_read_again(tmp_path: Path, read: list[str]) -> None:
    kept = Documents(backend_at(tmp_path))
    for digest in ("a", "b", "c", "d", "a", "e", "gone", "gone", "c", "a", "b"):
        kept.document("run", "s", digest)

    assert read == ["a", "b", "c", "d", "e", "gone", "gone", "b"]


def with_digests(**digests: str) -> DashboardState:
    state = ready_state()
    sparks = {"val_loss": Series(epoch=(), step=(), time=(), value=(0.5, 0.25))}
    changed = {
        s: run.model_copy(update={"curves": digests.get(s), "series": sparks}) for s, run in state.metrics.items()
    }
    return state.model_copy(update={"metrics": changed})


def test_a_state_gets_the_curves_of_the_streams_that_are_asked_for(tmp_path: Path, read: list[str]) -> None:
    state = with_digests(patchtst="a", swinmae="b")
    kept = Documents(backend_at(tmp_path))

    one = kept.whole(state, ["swinmae"])
    assert read == ["b"]
    assert one.metrics["swinmae"].series["val_loss"] == LONG and one.metrics["patchtst"] == state.metrics["patchtst"]
    assert kept.whole(state).metrics["patchtst"].series["val_loss"] == LONG
    alone = kept.whole(with_digests()).metrics["patchtst"].series["val_loss"]
    assert (alone.value, alone.epoch, read) == ((0.5, 0.25), (None, None), ["b", "a"])
    assert kept.whole(state, []) == state


def test_charts_are_another_version_where_they_are_drawn_otherwise_and_only_there() -> None:
    run = ready_state().metrics["patchtst"]
    done = run.completion
    before = curves_version(run)
    same = run.model_copy(update={"completion": done.model_copy(update={"epoch": 99, "quiet": True})})
    others = [
        run.model_copy(update={"label": "Another"}),
        run.model_copy(update={"curves": "a" * 20}),
        run.model_copy(update={"completion": done.model_copy(update={"epochs": 99})}),
        run.model_copy(update={"completion": done.model_copy(update={"steps": 99})}),
        run.model_copy(update={"completion": done.model_copy(update={"expected_end_at": done.started_at})}),
    ]

    assert curves_version(same) == before
    assert len({before, *map(curves_version, others)}) == 1 + len(others)
