"""When a run had ended, and which of its files are another one than was seen after that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from support.curves import T0, one_run
from support.evidence_parts import BROKEN, END, checkpoint, scaler, stream, table, training_config, untrained, workspace

from collectors.contract.remembered import SeenFile
from collectors.contract.values import Status
from collectors.training.evidence import StreamEvidence
from collectors.training.run_end import LAST_SAVE_SECONDS, end_of_run, files_of_ended_runs, is_changed, settled_at

FILE_END = one_run().latest_file.facts.modified_at
"""When the event file was last written."""
assert FILE_END is not None


def test_a_run_ended_when_its_last_event_file_was_written_or_else_its_table() -> None:
    for status in (Status.DONE, Status.FAIL, Status.STALLED):
        assert end_of_run(stream(status=status)) == FILE_END
    for status in (Status.RUNNING, Status.IDLE):
        assert end_of_run(stream(status=status)) is None
    assert end_of_run(stream(times_trusted=False)) is None
    by_table = stream(run=None, loss_table=table("t.csv", at=END + 50))
    assert end_of_run(by_table) == END + 50
    assert end_of_run(stream(run=None, loss_table=None)) is None


def settled(**progress: Any) -> float | None:
    found = settled_at(stream(progress_=progress))
    return None if found is None or FILE_END is None else found - FILE_END


def test_its_last_file_is_written_within_ten_minutes_or_three_epochs_or_as_long_as_it_took() -> None:
    assert settled(gap=10.0) == LAST_SAVE_SECONDS == 600.0
    assert settled(gap=200.0) == 600.0
    assert settled(gap=1000.0) == 3000.0
    assert settled(gap=None, started_at=T0, last_at=T0 + 5000) == 5000.0
    assert settled(gap=None, started_at=None, last_at=T0 + 5000) == 600.0
    assert settled(gap=None, started_at=T0, last_at=None) == 600.0
    assert settled_at(stream(status=Status.RUNNING)) is None


def listed(*streams: StreamEvidence, **more: Any) -> list[tuple[str, str]]:
    return [(kind, s.id) for kind, s, _ in files_of_ended_runs(workspace(*streams, **more))]


def test_checkpoint_config_and_scaler_of_ended_runs_are_looked_at() -> None:
    whole = stream("patchtst")
    seen = workspace(whole)
    spec = seen.config.scaler
    assert spec is not None
    owner, other = (stream("patchtst"), stream("swinmae")) if spec.stream == "patchtst" else (stream("swinmae"), whole)

    assert listed(owner) == [("checkpoint", owner.id), ("config", owner.id), ("scaler", owner.id)]
    assert listed(other) == [("checkpoint", other.id), ("config", other.id)]
    assert listed(stream(status=Status.RUNNING), untrained("swinmae")) == []
    assert listed(replace(other, checkpoint=replace(checkpoint(), being_written=True))) == [("config", other.id)]
    assert listed(replace(other, checkpoint=None)) == [("config", other.id)]
    for config in (None, replace(training_config(), evidence=None), training_config(findings=BROKEN)):
        assert listed(replace(other, config=config)) == [("checkpoint", other.id)]
    for beside in (None, replace(scaler(), being_written=True)):
        assert listed(owner, scaler=beside) == [("checkpoint", owner.id), ("config", owner.id)]


def test_a_config_in_another_order_is_the_same_one() -> None:
    def digest(data: Any) -> str | None:
        files = files_of_ended_runs(workspace(stream(config=training_config(data=data))))
        return next(file.sha256 for kind, _, file in files if kind == "config")

    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 1, "b": 3})
    assert digest({"a": "\ud800"}) is not None


def test_a_file_is_changed_where_it_is_another_one_long_after_the_end() -> None:
    s = stream()
    ended, late = end_of_run(s), settled_at(s)
    assert ended is not None
    assert late is not None
    now = replace(checkpoint(at=ended), sha256="a" * 64)

    def changed(sha256: str | None, seen_at: float, modified: float | None, *, of: float = ended) -> bool:
        file = replace(now, facts=replace(now.facts, modified_at=modified))
        return is_changed(file, None if sha256 is None else SeenFile(sha256, seen_at, of), s)

    other = "b" * 64
    assert changed(other, late + 1, ended)
    assert changed(other, ended, late + 1)
    assert not changed(other, late, late), "a last save explains it"
    assert not changed(other, late, None)
    assert not changed("a" * 64, late + 1, late + 1)
    assert not changed(None, late + 1, late + 1)
    assert not changed(other, late + 1, late + 1, of=ended + 1), "it was seen after another end"
    before = SeenFile(other, late + 1, ended)
    assert not is_changed(replace(now, sha256=None), before, s)
    assert not is_changed(now, before, stream(status=Status.RUNNING))


def test_what_was_seen_soon_after_the_end_is_no_change_though_the_file_server_is_hours_behind() -> None:
    s = stream()
    assert s.run is not None
    files = tuple(replace(f, facts=replace(f.facts, modified_at=s.run.last_at - 7200.0)) for f in s.run.files)
    s = replace(s, run=replace(s.run, files=files))
    ended, settled = end_of_run(s), settled_at(s)
    assert ended is not None
    assert settled is not None
    now = replace(checkpoint(at=ended), sha256="a" * 64)

    assert not is_changed(now, SeenFile("b" * 64, settled + 7200.0, ended), s)
    assert is_changed(now, SeenFile("b" * 64, settled + 7201.0, ended), s)
