"""State directories side by side: which are told, in which order, to whom; and what is news of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.fleets import put
from support.states import failing_state, ready_state, write_state

from collectors.contract.workspace_row import Standing
from collectors.store.backend import StoreProblem
from collectors.store.fleet import FleetPage, Moment, Wish, key_in
from collectors.store.fleet_folder import TAIL_BYTES, FolderFleet, newest_rows
from collectors.store.folder import Folder
from collectors.store.runs import RunStore

ALL = Wish()


def everybody(_name: str) -> bool:
    return True


def moment(later: timedelta = timedelta()) -> Moment:
    return Moment(datetime.now(UTC) + later, 15.0)


def asked(root: Path, wish: Wish = ALL, **more: object) -> FleetPage:
    return FolderFleet(root).page(replace(wish, **more), everybody, moment())  # type: ignore[arg-type]


def names(page: FleetPage) -> list[str]:
    return [one.row.name for one in page.rows]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """One workspace of each standing; `a-` to `g-` would be their order by name."""
    put(tmp_path, "a-ready", "ready", labels={"team": "red"})
    put(tmp_path, "b-training", "training", labels={"team": "blue"})
    put(tmp_path, "c-silent", "silent")
    put(tmp_path, "d-incomplete", "incomplete", labels={"team": "red", "line": "4"})
    (tmp_path / "e-damaged").mkdir()
    (tmp_path / "e-damaged/dashboard-state.json").write_text('{"schema_version": "2"')
    put(tmp_path, "f-stalled", "stalled")
    put(tmp_path, "g-not-ready", "not_ready", title="Gearbox")
    return tmp_path


def test_first_comes_what_needs_a_person(root: Path) -> None:
    page = asked(root)

    assert names(page) == [
        "g-not-ready", "f-stalled", "e-damaged", "d-incomplete", "c-silent", "b-training", "a-ready",
    ]  # fmt: skip
    assert page.counts == dict.fromkeys(Standing, 1)
    assert (page.known, page.observed) == (7, 5)
    damaged = page.rows[2].row
    assert (damaged.verdict, damaged.last) == (None, ())
    assert damaged.reason.startswith("dashboard-state.json cannot be read: ")


def test_a_workspace_that_nobody_looks_at_any_more_is_silent_whatever_it_was(root: Path) -> None:
    page = FolderFleet(root).page(ALL, everybody, moment(timedelta(seconds=16)))

    assert {one.standing for one in page.rows} == {Standing.SILENT, Standing.DAMAGED}


def test_among_equals_the_newest_change_comes_first(tmp_path: Path) -> None:
    for hour, name in ((7, "oldest"), (9, "newest"), (8, "middle")):
        put(tmp_path, name, "ready", timestamp=datetime(2026, 11, 27, hour, tzinfo=UTC))

    assert names(asked(tmp_path)) == ["newest", "middle", "oldest"]


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        (Wish(standings=frozenset({Standing.NOT_READY})), ["g-not-ready"]),
        (Wish(standings=frozenset({Standing.READY})), ["a-ready"]),  # what was ready when it was last seen is not found
        (Wish(check="provenance"), ["g-not-ready"]),
        (Wish(check="backup"), ["f-stalled", "b-training"]),
        (Wish(stage="swinmae"), ["f-stalled", "b-training"]),
        (Wish(label="team:red"), ["d-incomplete", "a-ready"]),
        (Wish(label="team:re"), []),
        (Wish(text="GEARBOX"), ["g-not-ready"]),
        (Wish(text="line:4"), ["d-incomplete"]),
        (Wish(text="older patchtst"), ["g-not-ready"]),
        (Wish(text="red", standings=frozenset({Standing.READY})), ["a-ready"]),
    ],
)
def test_a_wish_finds_what_it_says_and_nothing_else(root: Path, wish: Wish, found: list[str]) -> None:
    page = asked(root, wish)

    assert names(page) == found
    assert page.known == 7


def test_counts_are_of_what_the_other_wishes_leave(root: Path) -> None:
    page = asked(root, Wish(label="team:red", standings=frozenset({Standing.READY})))

    assert page.counts == {Standing.INCOMPLETE: 1, Standing.READY: 1}
    assert page.offers.labels == {"line:4": 1, "team:blue": 1, "team:red": 2}
    assert {mark.id: count for mark, count in page.offers.checks.items()} == {"backup": 2, "provenance": 1}
    assert page.offers.stages["swinmae", "SwinMAE"] == 2


def test_pages_follow_each_other_and_together_are_everything_once(root: Path) -> None:
    fleet, wish, found = FolderFleet(root), Wish(most=2), []
    while True:
        page = fleet.page(wish, everybody, moment())
        found.append(names(page))
        if page.after is None:
            break
        assert key_in(page.after.text) == page.after
        wish = replace(wish, before=page.after)

    assert [len(one) for one in found] == [2, 2, 2, 1]
    assert [name for one in found for name in one] == names(asked(root))


@pytest.mark.parametrize(
    "text", ["", "x", "1~2", "1~2~", "-1~2~a", "1~x~a", "1~99999999999999999999~a", "²~1~a", "~~~"]
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert key_in(text) is None


def test_what_somebody_may_not_see_is_not_told_in_any_way(root: Path) -> None:
    def seen(name: str) -> bool:
        return name in ("a-ready", "b-training")

    fleet = FolderFleet(root)
    page, sign = fleet.page(ALL, seen, moment()), fleet.sign(seen, moment())

    assert names(page) == ["b-training", "a-ready"]
    assert page.counts == {Standing.TRAINING: 1, Standing.READY: 1}
    assert (page.known, page.observed) == (2, 2)
    assert set(page.offers.labels) == {"team:red", "team:blue"}
    assert {mark.id for mark in page.offers.checks} == {"backup"}
    assert fleet.page(Wish(text="gearbox"), seen, moment()).rows == ()

    put(root, "h-new", "not_ready")
    write_state(root / "g-not-ready", ready_state())
    again = FolderFleet(root)

    assert again.sign(seen, moment()) == sign
    assert again.page(ALL, seen, moment()).etag == page.etag
    assert again.sign(everybody, moment()) != fleet.sign(everybody, moment())


def test_a_heartbeat_is_no_news_and_another_state_is(tmp_path: Path) -> None:
    put(tmp_path, "one", "ready")
    before = FolderFleet(tmp_path).sign(everybody, moment())
    write_state(tmp_path / "one", ready_state(), observed_at=datetime.now(UTC) + timedelta(seconds=1))
    beaten = FolderFleet(tmp_path).sign(everybody, moment())
    write_state(tmp_path / "one", failing_state())

    assert beaten == before
    assert FolderFleet(tmp_path).sign(everybody, moment()) != before
    assert FolderFleet(tmp_path).sign(everybody, moment(timedelta(minutes=1))) != before


def test_the_same_fleet_sees_what_came_changed_and_went(tmp_path: Path) -> None:
    fleet = FolderFleet(tmp_path, look_seconds=0)
    put(tmp_path, "one", "ready")
    assert [row.name for row in fleet.rows()] == ["one"]
    write_state(tmp_path / "one", failing_state())
    put(tmp_path, "two", "ready")
    assert {row.name: row.verdict for row in fleet.rows()} == {"one": "not_ready", "two": "ready"}
    for file in (tmp_path / "one").iterdir():
        file.unlink()
    assert [row.name for row in fleet.rows()] == ["two"]
    assert (fleet.place("one"), fleet.place("two")) == (None, tmp_path / "two")


def test_the_strip_is_of_the_last_ten_runs_oldest_first(tmp_path: Path) -> None:
    verdicts = ["not_ready"] * 3 + ["ready", "incomplete"] * 5
    put(tmp_path, "one", "ready", runs=verdicts)
    RunStore(tmp_path / "one").delete(["run-20261113-000000"])

    (stood,) = asked(tmp_path).rows

    assert [run.verdict for run in stood.row.last] == verdicts[2:12]
    assert stood.row.last[-1].run_id == "run-20261112-000000"


def test_of_a_long_index_the_end_is_enough(tmp_path: Path) -> None:
    put(tmp_path, "one", "ready", runs=["ready", "incomplete", "not_ready"])
    home = Folder(tmp_path / "one")
    index = home.path / "runs/index.jsonl"
    lines = index.read_bytes().splitlines(keepends=True)
    index.write_bytes(lines[0] * (TAIL_BYTES // len(lines[0]) + 2) + lines[1] + lines[2])

    assert index.stat().st_size > TAIL_BYTES
    assert [row["verdict"] for row in newest_rows(home)] == ["not_ready", "incomplete", "ready"]


HOSTILE = [
    "a..b",
    "a%2Fb",
    "%2e%2e",
    "größe",
    "数据",
    "a b",
    "<b>",
    'q"uote',
    "new\nline",
    "a&b",
    "~x",
    "-rf",
    "{%css%}",
]


def test_names_are_taken_as_they_are_and_none_becomes_a_path(tmp_path: Path) -> None:
    root = tmp_path / "fleet"
    for name in HOSTILE:
        put(root, name, "ready")
    put(root, ".hidden", "ready")
    put(tmp_path, "outside", "ready")
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "plain-folder").mkdir()
    (root / "file").write_text("x")
    fleet = FolderFleet(root)

    assert {row.name for row in fleet.rows()} == {*HOSTILE}
    assert fleet.place("a%2Fb") == root / "a%2Fb"
    for other in ("", ".", "..", "../outside", "link", ".hidden", "plain-folder", "file", "a/b", "größe/", "GRÖSSE"):
        assert fleet.place(other) is None, other


def test_a_name_that_is_no_text_is_told_and_cannot_be_opened(tmp_path: Path) -> None:
    put(tmp_path, "bad\udcff", "ready")
    fleet = FolderFleet(tmp_path)

    (row,) = fleet.rows()

    assert (row.name, row.verdict) == ("bad\\udcff", None)
    assert "UTF-8" in row.reason
    assert fleet.place(row.name) is None


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreProblem, match="not there"):
        FolderFleet(tmp_path / "none").rows()
