"""Loss histories of every usual writer and dialect give the same rows."""

from __future__ import annotations

import csv
import json
import math
import time

import numpy as np
import pytest
from support.build_tables import HUGGING_FACE, KERAS, LIGHTNING, REFERENCE, Row, csv_table, json_lines, trainer_state
from support.event_reading import DATA, only_file, points, read_file

from collectors.evidence.table_rows import LossRows
from collectors.evidence.tables import LossRow, LossTableEvidence
from collectors.readers.tables.columns import LossColumns
from collectors.readers.tables.read import read_loss_table


def row(epoch: float | None, step: int | None = None, **values: float) -> LossRow:
    """Make one expected row."""
    return LossRow(epoch, step, None, values)


EXPECTED = [row(epoch, train_loss=train, val_loss=val) for epoch, train, val in REFERENCE[1:]]


def said(evidence: LossTableEvidence) -> list[str]:
    """Return findings with their severity."""
    return [f"{f.severity}: {f}" for f in evidence.findings]


@pytest.mark.parametrize("stream", ["patchtst", "swinmae"])
def test_recorded_loss_history_agrees_with_the_recorded_events(stream: str) -> None:
    data = (DATA / "recorded" / stream / f"{stream}_loss_history.csv").read_bytes()

    evidence = read_loss_table(data)

    events = read_file(only_file(f"recorded/{stream}"))
    for series, tag in (("train_loss", "loss/train"), ("val_loss", "loss/val")):
        assert [(r.epoch, float(np.float32(r.values[series]))) for r in evidence.rows] == points(events, tag)
    assert (evidence.format, evidence.findings, evidence.partial_tail) == ("csv", (), False)
    assert evidence.columns == ("epoch", "train_loss", "val_loss")


DIALECTS = {
    "CRLF": csv_table(),
    "LF": csv_table(end="\n"),
    "CR": csv_table(end="\r"),
    "no line end at the end": csv_table()[:-2],
    "semicolons": csv_table(delimiter=";"),
    "semicolons and decimal commas": csv_table(delimiter=";", decimal=","),
    "tabs": csv_table(delimiter="\t"),
    "tabs and decimal commas": csv_table(delimiter="\t", decimal=","),
    "bars": csv_table(delimiter="|"),
    "blanks": csv_table(delimiter=" "),
    "columns held apart by many blanks": b"epoch   train_loss  val_loss\n1  0.5   0.75\n 2 0.25  0.5\n3 0.125 0.25\n",
    "blanks behind commas": csv_table().replace(b",", b", "),
    "all quoted": csv_table(quoting=csv.QUOTE_ALL),
    "quoted decimal commas": csv_table(decimal=","),
    "texts quoted": csv_table(quoting=csv.QUOTE_NONNUMERIC),
    "UTF-8 with mark": csv_table(encoding="utf-8-sig"),
    "UTF-16 with mark": csv_table(encoding="utf-16"),
    "UTF-16 little endian": csv_table(encoding="utf-16-le"),
    "UTF-16 big endian": csv_table(encoding="utf-16-be"),
    "UTF-32 with mark": csv_table(encoding="utf-32"),
    "Excel's sep line": b"sep=;\r\n" + csv_table(delimiter=";", decimal=","),
    "comments": b"# run 7\n" + csv_table(end="\n").replace(b"2,", b"# between\n2,", 1) + b"# end\n",
    "header in a comment": b"# " + csv_table(end="\n"),
    "blank lines": csv_table(end="\n").replace(b"\n", b"\n\n  \n"),
    "names in another case": csv_table().replace(b"train_loss", b"Train Loss").replace(b"epoch", b"EPOCH"),
    "more columns": csv_table([(*r, n, "a text") for n, r in enumerate(REFERENCE)]),
    "columns in another order": csv_table([r[::-1] for r in REFERENCE]),
    "a quoted text over two lines": csv_table([(*r, "note\nand more") for r in REFERENCE]),
    "a text with quotes and delimiters": csv_table([(*r, 'say "a, b"') for r in REFERENCE]),
    "a bell and a line separator in a text": csv_table([(*r, "a\x0b\x1c\u2028b") for r in REFERENCE]),
    "names in Latin-1 beside them": csv_table([(*r, "größe") for r in REFERENCE], encoding="latin-1"),
    "epochs as floats": csv_table([REFERENCE[0], *((float(e), t, v) for e, t, v in REFERENCE[1:])]),
    "numbers with signs and exponents": b"epoch,train_loss,val_loss\n1,+5e-1,7.5E-01\n2,.25,0.5e0\n3,1.25e-1,25.e-2\n",
    "JSON lines": json_lines(),
    "JSON lines without the last line end": json_lines()[:-1],
    "JSON lines with blank lines and CRLF": json_lines().replace(b"\n", b"\r\n\r\n"),
    "a JSON list": b"[" + b",".join(json_lines().splitlines()) + b"]",
    "JSON in UTF-16": b"[".decode().encode("utf-16")
    + ",".join(json_lines().decode().splitlines()).encode("utf-16-le")
    + "]".encode("utf-16-le"),
    "JSON with numbers as texts": json_lines().replace(b"0.5,", b'"0.5",'),
}


@pytest.mark.parametrize("data", DIALECTS.values(), ids=DIALECTS)
def test_every_dialect_gives_the_same_rows(data: bytes) -> None:
    evidence = read_loss_table(data)

    assert list(evidence.rows) == EXPECTED
    assert (evidence.sound, evidence.partial_tail, evidence.skipped_rows) == (True, False, 0)


def test_lightning_rows_of_one_epoch_are_merged() -> None:
    evidence = read_loss_table(LIGHTNING)

    assert list(evidence.rows) == [
        row(0.0, 19, train_loss=2.375, val_loss=2.0),
        row(1.0, 39, train_loss=1.625, val_loss=1.25),
    ]
    assert evidence.findings == ()


def test_keras_counts_epochs_from_zero() -> None:
    evidence = read_loss_table(KERAS)

    assert list(evidence.rows) == [row(0.0, train_loss=2.0, val_loss=2.5), row(1.0, train_loss=1.0, val_loss=1.5)]


def test_trainer_state_mixes_train_eval_and_summary_rows() -> None:
    evidence = read_loss_table(trainer_state(HUGGING_FACE))

    assert list(evidence.rows) == [
        row(0.5, 5, train_loss=2.0),
        row(1.0, 10, train_loss=1.5, val_loss=1.75),
        row(1.5, 15, train_loss=1.25),
        row(2.0, 20, train_loss=1.0, val_loss=1.5),
    ]
    assert (evidence.format, evidence.findings) == ("trainer_state", ())


def test_a_log_by_steps_stays_a_log_by_steps() -> None:
    table: list[Row] = [("epoch", "step", "train_loss"), (0, 10, 3.0), (0, 20, 2.0), (1, 30, 1.0)]

    evidence = read_loss_table(csv_table(table))

    assert list(evidence.rows) == [row(0, 10, train_loss=3.0), row(0, 20, train_loss=2.0), row(1, 30, train_loss=1.0)]
    assert evidence.duplicate_epochs == 0


def test_a_table_with_steps_but_without_epochs() -> None:
    table: list[Row] = [("step", "loss", "eval_loss"), (10, 3.0, ""), (10, "", 4.0), (20, 2.0, "")]

    evidence = read_loss_table(csv_table(table))

    assert list(evidence.rows) == [row(None, 10, train_loss=3.0, val_loss=4.0), row(None, 20, train_loss=2.0)]
    assert evidence.findings == (), "many trainers count steps alone: nothing is missing"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("nan", math.nan),
        ("NaN", math.nan),
        ("-nan", math.nan),
        ("nan(ind)", math.nan),
        ("np.float64(0.5)", 0.5),  # as NumPy 2 spells what NumPy 1 wrote as 0.5
        ("np.float32(nan)", math.nan),
        ("1.#QNAN", math.nan),
        ("inf", math.inf),
        ("-Infinity", -math.inf),
        ("-1.#INF", -math.inf),
        ("1e999", math.inf),
        ("-1e999", -math.inf),
        ("9" * 400, math.inf),
    ],
)
@pytest.mark.parametrize("form", ["csv", "json"])
def test_values_that_are_not_finite_are_kept(cell: str, expected: float, form: str) -> None:
    """They are what a diverged training writes, and check 8 must see them."""
    spelled = json.dumps(cell)
    data = {"csv": f"epoch,train_loss\n1,{cell}\n", "json": f'{{"epoch":1,"train_loss":{spelled}}}\n'}[form]

    (only,) = read_loss_table(data.encode()).rows

    assert repr(only.values["train_loss"]) == repr(expected)


def test_json_literals_that_json_does_not_know_are_numbers() -> None:
    data = (
        b'{"epoch":1,"loss":NaN}\n{"epoch":2,"loss":Infinity}\n{"epoch":3,"loss":-Infinity}\n{"epoch":4,"loss":1e999}\n'
    )

    values = [r.values["train_loss"] for r in read_loss_table(data).rows]

    assert repr(values) == "[nan, inf, -inf, inf]"


@pytest.mark.parametrize("cell", ["", " ", "NA", "n/a", "null", "None", "-"])
def test_a_missing_value_is_missing_and_not_a_number(cell: str) -> None:
    evidence = read_loss_table(f"epoch,train_loss,val_loss\n1,0.5,{cell}\n".encode())

    assert list(evidence.rows) == [row(1, train_loss=0.5)]
    assert evidence.findings == ()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1795435105.5", 1795435105.5),
        ("2026-11-23T11:58:25+00:00", 1795435105.0),
        ("2026-11-23 11:58:25", 1795435105.0),
        ("12.5", None),
        ("00:01:30", None),
        ("nan", None),
        ("", None),
        ("1e30", None),
    ],
)
def test_times_are_instants_or_unknown(cell: str, expected: float | None) -> None:
    """Seconds since the start, as many tools write them, are no instant."""
    (only,) = read_loss_table(f"epoch,time,train_loss\n1,{cell},0.5\n".encode()).rows

    assert only.time == expected


def test_columns_may_be_named() -> None:
    columns = LossColumns(epoch=("ep",), series={"val_loss": ("mse", "mae"), "extra": ("lr",)})

    evidence = read_loss_table(b"ep,lr,mae,mse\n1,0.1,3,4\n", columns=columns)

    assert list(evidence.rows) == [row(1, val_loss=4.0, extra=0.1)]


def test_the_first_accepted_name_wins_over_the_whole_file() -> None:
    """A column that only later rows have counts as much as one that the first row has."""
    data = b'{"epoch":1,"loss":9}\n{"epoch":2,"loss":8,"train_loss":2}\n'

    evidence = read_loss_table(data)

    assert list(evidence.rows) == [row(2, train_loss=2.0)]


def test_a_live_table_leaves_its_unfinished_line_alone() -> None:
    """`0.1` may become `0.125`: while it is written nobody can tell."""
    data = csv_table()[: -len(b"25,0.25\r\n")]

    live, ended = read_loss_table(data, live=True), read_loss_table(csv_table()[:-2])

    assert list(live.rows) == EXPECTED[:2]
    assert live.partial_tail and live.sound
    assert said(live) == ["note: the last line is not finished: it is being written, or was cut off (line 4)"]
    assert list(ended.rows) == EXPECTED
    assert not ended.partial_tail


@pytest.mark.parametrize("last", ["0.437519", "0.4375", "0.437500\n", "0.4\n", "1.0,"])
def test_a_last_number_without_a_line_end_counts_where_it_is_as_fine_as_the_others(last: str) -> None:
    head = "epoch,train_loss,val_loss\n" + "".join(f"{n},0.5,{1 / n + 0.04371:.6f}\n" for n in (1, 2, 3))
    is_whole = not last.endswith(",")

    evidence = read_loss_table(f"{head}4,0.5,{last}".encode())

    assert (len(evidence.rows), evidence.partial_tail) == (4 if is_whole else 3, not is_whole)


@pytest.mark.parametrize("form", [csv_table(), json_lines()], ids=["csv", "jsonl"])
def test_a_table_cut_anywhere_is_never_broken(form: bytes) -> None:
    """Cut behind any byte of its rows: whole rows stay, the half one is a live writer."""
    first_row = form.index(b"\n") + 1

    for size in range(first_row, len(form)):
        evidence = read_loss_table(form[:size], live=True)
        assert list(evidence.rows) == EXPECTED[: len(evidence.rows)]
        assert evidence.partial_tail is not form[:size].endswith((b"\n", b"\r", b"}"))
        assert [f for f in evidence.findings if f.severity == "error"] == [] or not evidence.rows


def test_rows_of_the_same_epoch_keep_the_last_value() -> None:
    table = [*REFERENCE, (2, 8.0, 9.0)]

    evidence = read_loss_table(csv_table(table))

    assert list(evidence.rows) == [EXPECTED[0], row(2, train_loss=8.0, val_loss=9.0), EXPECTED[2]]
    assert evidence.duplicate_epochs == 2
    assert said(evidence) == [
        "warning: epochs go back from 3 to 2: out of order (line 5)",
        "warning: epoch 2 occurs twice: the last one is kept (line 5)",
    ]


def test_rows_are_a_sequence_that_travels_as_columns() -> None:
    rows = read_loss_table(LIGHTNING).rows
    assert isinstance(rows, LossRows)

    again = LossRows.from_columns(**rows.columns())

    assert again == rows == list(again)
    assert (rows[-1], list(rows[1:]), len(rows)) == (again[1], [again[1]], 2)
    with pytest.raises(IndexError):
        rows[2]
    assert json.loads(json.dumps(rows.columns())) == rows.columns()


def test_a_million_rows_are_read_in_a_time_that_the_numbers_take() -> None:
    """Measured against turning the same numbers from text, which is the least there is to do."""
    rng = np.random.default_rng(0)
    lines = [f"{n},{a!r},{b!r}" for n, (a, b) in enumerate(rng.random((200_000, 2)).tolist())]
    data = ("epoch,train_loss,val_loss\n" + "\n".join(lines) + "\n").encode()
    started = time.process_time()
    for line in data.decode().split("\n")[1:-1]:
        [float(cell) for cell in line.split(",")]
    least = time.process_time() - started
    started = time.process_time()

    evidence = read_loss_table(data)

    assert len(evidence.rows) == 200_000
    assert time.process_time() - started < 5 * least


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_more_rows_than_the_limit_are_said(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("parts", "csv_file", "json_file"):
        monkeypatch.setattr(f"collectors.readers.tables.{module}.MAX_ROWS", 1000)
    table: list[Row] = [("epoch", "loss"), *((n, 0.5) for n in range(1005))]

    evidence = read_loss_table(csv_table(table) if form == "csv" else json_lines(table))

    assert "error: has more than 1,000 rows: the rest is not read" in said(evidence)
    assert (len(evidence.rows), evidence.rows[-1]) == (1000, row(999, train_loss=0.5))
