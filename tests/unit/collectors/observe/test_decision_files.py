"""Tables of scores are read on where they have grown, anew where they were replaced, and never twice."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.decisions import EVENTS, asked, write_recorded

from collectors.contract.decision_rules import Decisions
from collectors.decisions.series import Word, series_of
from collectors.files.workspace import Workspace
from collectors.observe.cache import ReadCache
from collectors.observe.decision_files import DecisionReader
from collectors.observe.event_files import AGAIN_SECONDS
from collectors.readers.child.process import ReaderProcess

HEAD = "t,score,word,stream\n"


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


@pytest.fixture
def cache(child: ReaderProcess, tmp_path: Path) -> ReadCache:
    return ReadCache(Workspace(tmp_path), child, asked().limits)


def rules() -> Decisions:
    return Decisions.model_validate({"scores": "out/**/*.csv", "columns": {"time": "t", "decision": "word"}})


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_table_that_has_grown_is_read_on(cache: ReadCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first_rows = HEAD + "1,0.5,normal,a\n2,0.7,warn,b\n"
    write(tmp_path / "out/a.csv", first_rows)
    reader = DecisionReader(rules(), cache)
    (first,) = reader.files().scores
    offsets: list[int] = []
    read_part = cache.read_part

    def noted(*args: object, **options: object) -> object:
        offsets.append(options["behind"].offset)  # type: ignore[attr-defined]
        return read_part(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(cache, "read_part", noted)
    with (tmp_path / "out/a.csv").open("a") as handle:
        handle.write("3,nan,anomaly,c\n4,0.1,normal,a\n")
    (grown,) = reader.files().scores

    assert (first.rows, grown.rows, offsets) == (2, 4, [len(first_rows)])
    assert np.array_equal(grown.columns["score"], [0.5, 0.7, -np.inf, 0.1])
    assert [grown.words[int(n)] for n in grown.columns["word"]] == ["normal", "warn", "anomaly", "normal"]
    assert [grown.streams[int(n)] for n in grown.columns["stream"]] == ["a", "b", "c", "a"]


def test_what_did_not_change_is_not_read_again(cache: ReadCache, tmp_path: Path) -> None:
    write_recorded(tmp_path)
    config = asked()
    assert config.decisions is not None
    reader = DecisionReader(config.decisions, cache)
    first, readings = reader.files(), cache.readings

    assert reader.files() is first
    assert cache.readings == readings
    os.utime(tmp_path / EVENTS, (1, 1))
    assert reader.files() is not first


def test_a_table_that_was_replaced_is_read_anew(cache: ReadCache, tmp_path: Path) -> None:
    write(tmp_path / "out/a.csv", HEAD + "1,0.5,normal,a\n")
    reader = DecisionReader(rules(), cache)
    assert reader.files().scores[0].rows == 1
    write(tmp_path / "out/a.csv", HEAD + "1,0.6,normal,b\n2,0.6,normal,b\n3,0.6,normal,b\n")

    (table,) = reader.files().scores

    assert (table.rows, table.streams, table.columns["score"].tolist()) == (3, ("b",), [0.6, 0.6, 0.6])


def test_the_newest_table_counts_with_those_beside_it(cache: ReadCache, tmp_path: Path) -> None:
    for place, name in enumerate(("r1/a.csv", "r1/b.csv", "r2/a.csv", "r2/b.csv")):
        write(tmp_path / "out" / name, HEAD + "1,0.5,normal,a\n")
        os.utime(tmp_path / "out" / name, (1000 + place, 1000 + place))

    assert sorted(t.path for t in DecisionReader(rules(), cache).files().scores) == ["out/r2/a.csv", "out/r2/b.csv"]


def test_a_table_that_cannot_be_opened_says_why(cache: ReadCache, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.csv").symlink_to("/etc/hostname")

    (table,) = DecisionReader(rules(), cache).files().scores

    assert table.rows == 0
    assert "leads out of the workspace" in table.errors()[0]


def test_a_reading_that_failed_here_is_tried_again_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy machine is no broken table: neither the rows that were read before nor the words of the failure stay."""
    write(tmp_path / "out/a.csv", HEAD + "1,0.5,normal,a\n")
    with ReaderProcess() as child:
        cache = ReadCache(Workspace(tmp_path), child, asked().limits)
        reader = DecisionReader(rules(), cache)
        assert reader.files().scores[0].rows == 1
        with (tmp_path / "out/a.csv").open("a") as handle:
            handle.write("2,0.7,warn,a\n")
        whole, child._readers = child._readers, {"scores": replace(child._readers["scores"], module="no.such")}
        (starved,) = reader.files().scores
        assert (starved.rows, starved.is_cut, len(starved.errors()), child.failures) == (1, True, 1, 1)

        child._readers = whole
        assert reader.files().scores[0] is starved
        monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + AGAIN_SECONDS)
        (again,) = reader.files().scores

    assert (again.rows, again.is_cut, again.errors()) == (2, False, [])


def test_of_a_table_that_is_too_long_the_first_rows_are_read(
    cache: ReadCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In parts, until there are enough; what is appended changes nothing."""
    monkeypatch.setattr("collectors.observe.decision_files.MOST_ROWS", 3)
    write(tmp_path / "out/a.csv", HEAD + "1,0.5,normal,a\n2,0.6,warn,b\n")
    reader = DecisionReader(rules(), cache)
    found = []
    for row in ("3,0.7,anomaly,c\n", "4,0.8,anomaly,d\n"):
        found.append(reader.files().scores[0])
        with (tmp_path / "out/a.csv").open("a") as handle:
            handle.write(row)

    (table,) = reader.files().scores
    assert [(one.rows, one.is_cut) for one in (*found, table)] == [(2, False), (3, False), (3, True)]
    assert table.columns["score"].tolist() == [0.5, 0.6, 0.7]


def test_names_that_come_only_with_later_rows_are_of_those_rows(cache: ReadCache, tmp_path: Path) -> None:
    """JSON lines of which the first have no word and no stream: they are no row of the first name."""
    lines = Decisions.model_validate({"scores": "out/a.jsonl", "columns": {"time": "t", "decision": "word"}})
    write(tmp_path / "out/a.jsonl", '{"t": 1, "score": 0.5}\n')
    reader = DecisionReader(lines, cache)
    reader.files()
    with (tmp_path / "out/a.jsonl").open("a") as handle:
        handle.write('{"t": 2, "score": 0.7, "word": "warn", "stream": "a"}\n')

    files = reader.files()

    assert files.scores[0].columns["word"].tolist() == files.scores[0].columns["stream"].tolist() == [-1, 0]
    assert [(one.id, one.word.tolist()) for one in series_of(lines, ("a",), files.scores)] == [
        ("a", [Word.NONE, Word.WARN]),
    ]  # fmt: skip
