"""Any bytes, any cut, any change: the table reader never raises, and what it reads was written."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.build_tables import HUGGING_FACE, KERAS, LIGHTNING, csv_table, json_lines, trainer_state

from collectors.evidence.table_rows import LossRows
from collectors.readers.tables.read import read_loss_table

SAMPLES = [
    csv_table(),
    csv_table(delimiter=";", decimal=",", quoting=csv.QUOTE_ALL),
    csv_table(encoding="utf-16"),
    LIGHTNING,
    KERAS,
    json_lines(),
    trainer_state(HUGGING_FACE),
]
samples = st.sampled_from(SAMPLES)
alphabet = st.sampled_from([*'epoch,train_loss;0123456789.-e+nainf"\n\r\t #{}[]:\0é'])
losses = st.floats()


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(alphabet, max_size=300).map(str.encode)), st.booleans())
def test_any_bytes_give_evidence(data: bytes, live: bool) -> None:
    evidence = read_loss_table(data, live=live)

    assert len(evidence.rows) or evidence.findings or evidence.columns
    assert all(row.values for row in evidence.rows)


@settings(deadline=None)
@given(st.text(alphabet, max_size=300))
def test_any_rows_below_a_header_give_evidence(text: str) -> None:
    evidence = read_loss_table(b"epoch,train_loss,val_loss\n" + text.encode())

    assert evidence.format == "csv"
    assert len(evidence.rows) or evidence.findings or not text.strip(",\n\r 0123456789.")


@settings(deadline=None)
@given(samples, st.data(), st.booleans())
def test_any_cut_and_any_change_give_evidence(sample: bytes, draw: st.DataObject, live: bool) -> None:
    changed = bytearray(sample[: draw.draw(st.integers(0, len(sample)))])
    for place in draw.draw(st.lists(st.integers(0, max(len(changed) - 1, 0)), max_size=3)) if changed else []:
        changed[place] = draw.draw(st.integers(0, 255))

    evidence = read_loss_table(bytes(changed), live=live)

    assert evidence.findings or list(evidence.rows)


@settings(deadline=None)
@given(st.lists(st.tuples(losses, losses), min_size=1, max_size=30), st.sampled_from([",", ";", "\t", "|"]))
def test_every_float_comes_back_as_it_was(pairs: list[tuple[float, float]], delimiter: str) -> None:
    rows: list[tuple[Any, ...]] = [(n, *map(repr, pair)) for n, pair in enumerate(pairs)]
    table = csv_table([("epoch", "train_loss", "val_loss"), *rows], delimiter=delimiter)
    lines = "".join(json.dumps({"epoch": n, "loss": a, "eval_loss": b}) + "\n" for n, (a, b) in enumerate(pairs))

    for data in (table, lines.encode()):
        found = [(row.values["train_loss"], row.values["val_loss"]) for row in read_loss_table(data).rows]
        assert repr(found) == repr(pairs)


@settings(deadline=None)
@given(st.lists(st.lists(st.text(alphabet, max_size=6), min_size=3, max_size=3), max_size=12), st.sampled_from(",;"))
def test_lines_cut_at_once_and_one_by_one_agree(rows: list[list[str]], delimiter: str) -> None:
    """A comment behind the last line sends all lines the careful way, and says nothing else."""
    table = "".join(delimiter.join(row) + "\n" for row in [["epoch", "train_loss", "val_loss"], *rows])

    fast, careful = (read_loss_table((table + end).encode()) for end in ("", "# end\n"))

    assert repr(list(fast.rows)) == repr(list(careful.rows))
    assert fast.findings == careful.findings


cells = st.one_of(st.none(), st.floats(0, 9, width=16), st.just(math.nan))
sparse_rows = st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(0, 9)), cells, cells), max_size=25)


@settings(deadline=None)
@given(sparse_rows)
def test_merging_keeps_the_last_value_of_each_epoch(rows: list[tuple[Any, ...]]) -> None:
    """Without steps there is one row an epoch, and it holds what came last."""
    rows = sorted(rows, key=lambda row: row[0])
    table = [("epoch", "train_loss", "val_loss"), *((e, _cell(a), _cell(b)) for e, _, a, b in rows)]
    expected: dict[float, dict[str, float]] = {}
    for epoch, _, train, val in rows:
        for name, value in (("train_loss", train), ("val_loss", val)):
            if value is not None:
                expected.setdefault(epoch, {})[name] = value

    evidence = read_loss_table(csv_table(table))

    assert {row.epoch: repr(sorted(row.values.items())) for row in evidence.rows} == {
        epoch: repr(sorted(values.items())) for epoch, values in expected.items()
    }


@settings(deadline=None)
@given(sparse_rows)
def test_merging_at_once_equals_merging_row_by_row(rows: list[tuple[Any, ...]]) -> None:
    """Rows in epoch order may go the fast way; an epoch that is written twice sends them the careful way."""
    rows = sorted(rows, key=lambda row: row[0])
    table = [(e + 1, _cell(s), _cell(a), _cell(b)) for e, s, a, b in rows]
    head = ("epoch", "step", "train_loss", "val_loss")

    fast = list(read_loss_table(csv_table([head, *table])).rows)
    careful = list(read_loss_table(csv_table([head, *[(0, "", 1.0, 1.0)] * 2, *table])).rows)[1:]

    assert repr(fast) == repr(careful)


@settings(deadline=None)
@given(sparse_rows)
def test_rows_travel_as_columns(rows: list[tuple[Any, ...]]) -> None:
    table = [("epoch", "step", "train_loss", "val_loss"), *((e, _cell(s), _cell(a), _cell(b)) for e, s, a, b in rows)]
    read = read_loss_table(csv_table(table)).rows
    assert isinstance(read, LossRows) or not read

    if isinstance(read, LossRows):
        assert repr(list(LossRows.from_columns(**read.columns()))) == repr(list(read))
        assert [repr(read[n]) for n in range(len(read))] == [repr(row) for row in read]


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=4))
def test_texts_in_other_columns_never_matter(texts: list[str]) -> None:
    """Python's own csv module is the judge of what a quoted text is."""
    texts = [text.replace("\0", "").replace("\r", "\n").replace("\n\n", "\n") for text in texts]
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("epoch", "note", "loss"), *((n, f"a{text}b", n / 4) for n, text in enumerate(texts))])

    evidence = read_loss_table(out.getvalue().encode())

    assert [(row.epoch, row.values["train_loss"]) for row in evidence.rows] == [(n, n / 4) for n in range(len(texts))]


def _cell(value: float | None) -> Any:
    return "" if value is None else value
