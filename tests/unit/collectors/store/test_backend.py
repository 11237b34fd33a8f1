"""What every store does, whatever keeps the documents: the same tests for each of them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from collectors.store.backend import (
    FILES,
    HEARTBEAT,
    INDEX,
    POLICY,
    RUNS,
    STATE,
    Backend,
    Key,
    Kind,
    StateKept,
    StoreProblem,
    is_there,
    mapping_in,
)
from collectors.store.folder import Folder
from collectors.store.place import backend_at

ROWS = Key(Kind.POINTS, f"{'a' * 20}-{'b' * 20}.points")
NAMES = dict.fromkeys((Kind.RUN, Kind.EVENTS, Kind.DECISIONS), "one") | {Kind.CURVES: "one/a.0123456789abcdef0123"}
EVERY_KEY = [Key(kind, NAMES.get(kind, "")) for kind in Kind if kind != Kind.POINTS]
BACKENDS: dict[str, Callable[[Path], Backend]] = {"folder": Folder}


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    """A new store of each kind."""
    made = BACKENDS[request.param](tmp_path / "state")
    made.make()
    return made


def test_each_document_is_its_own(backend: Backend) -> None:
    for number, key in enumerate(EVERY_KEY):
        backend.write(key, b"%d" % number)

    assert [backend.read(key) for key in EVERY_KEY] == [b"%d" % n for n in range(len(EVERY_KEY))]


@pytest.mark.parametrize("key", [STATE, Key(Kind.RUN, "one"), FILES, ROWS])
def test_what_is_not_there_is_said_and_has_no_facts(backend: Backend, key: Key) -> None:
    with pytest.raises(FileNotFoundError):
        backend.read(key)
    assert backend.facts(key) is None
    assert not is_there(backend.versions(key)[0])


def test_a_version_changes_with_its_document_and_with_no_other(backend: Backend) -> None:
    seen = [backend.versions(STATE, HEARTBEAT)]
    for key, data in ((STATE, b"a"), (HEARTBEAT, b"a"), (STATE, b"b"), (STATE, b"b")):
        backend.write(key, data)
        seen.append(backend.versions(STATE, HEARTBEAT))

    changed = [tuple(a != b for a, b in zip(*pair, strict=True)) for pair in pairwise(seen)]
    assert changed == [(True, False), (False, True), (True, False), (True, False)]
    assert backend.versions(STATE, HEARTBEAT) == seen[-1]
    assert all(map(is_there, seen[-1]))


def test_the_runs_as_a_whole_have_a_version_that_follows_them(backend: Backend) -> None:
    seen = [backend.versions(RUNS)]
    for change in (
        lambda: backend.write(Key(Kind.RUN, "one"), b"1"),
        lambda: backend.write(Key(Kind.RUN, "two"), b"1"),
        lambda: backend.delete(Key(Kind.RUN, "one")),
    ):
        change()
        seen.append(backend.versions(RUNS))

    assert len(set(seen)) == 4
    backend.write(POLICY, b"{}")
    assert backend.versions(RUNS) == seen[-1]


def test_names_of_a_kind_are_listed_with_the_facts_that_writing_told(backend: Backend) -> None:
    told = {name: backend.write(Key(Kind.RUN, name), name.encode()) for name in ("run.json", "b")}
    backend.append(INDEX, b"a line")

    assert dict(backend.list(Kind.RUN)) == told
    assert {name: backend.facts(Key(Kind.RUN, name)) for name in told} == told
    assert [size for size, _ in told.values()] == [8, 1]


def test_lines_are_added_and_nothing_else_moves(backend: Backend) -> None:
    backend.append(INDEX, b"one")
    backend.append(INDEX, b"two")

    assert backend.read(INDEX) == b"one\ntwo\n"


def test_rows_are_put_where_they_belong_and_never_leave_a_gap(backend: Backend) -> None:
    """What a killed writer left behind them is dropped."""
    assert backend.extend(ROWS, 0, b"aabb")
    assert backend.extend(ROWS, 4, b"cc")
    assert backend.extend(ROWS, 2, b"dd")
    with backend.open(ROWS) as rows:
        assert rows.read() == b"aadd"
        rows.seek(2)
        assert rows.read(1) == b"d"

    assert not backend.extend(ROWS, 5, b"ee")
    with backend.open(ROWS) as rows:
        assert rows.read() == b"aadd"


def test_a_document_can_be_removed_twice(backend: Backend) -> None:
    backend.write(STATE, b"1")
    backend.delete(STATE)
    backend.delete(STATE)

    assert backend.facts(STATE) is None


def test_one_keeps_the_state_and_the_second_is_told_who_it_is(backend: Backend) -> None:
    with backend.keeping(0.0), pytest.raises(StateKept, match="process"), backend.keeping(0.0):
        pass
    with backend.keeping(0.0):
        pass


def test_a_document_is_called_by_a_name_that_tells_no_place(backend: Backend) -> None:
    assert all("/" not in backend.called(key) for key in (*EVERY_KEY, ROWS))
    assert backend.called(Key(Kind.RUN, "run-1")).startswith("run-1")


@pytest.mark.parametrize("data", [b"", b"[1]", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_counts_as_empty(backend: Backend, data: bytes) -> None:
    assert mapping_in(backend, POLICY) == {}
    backend.write(POLICY, data)

    assert mapping_in(backend, POLICY) == {}
    backend.write(POLICY, b'{"a": 1}')
    assert mapping_in(backend, POLICY) == {"a": 1}


def test_a_place_that_cannot_be_made_is_one_line_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StoreProblem, match=r"^state cannot be written: ") as refused:
        Folder(tmp_path / "file/state").make()
    assert str(tmp_path) not in str(refused.value)


def test_a_backend_is_its_own_place_and_a_path_is_a_folder(tmp_path: Path) -> None:
    folder = backend_at(tmp_path)

    assert isinstance(folder, Folder) and folder.where == str(tmp_path)
    assert backend_at(folder) is folder
