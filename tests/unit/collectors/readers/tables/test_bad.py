"""Broken loss histories: what each costs, and what is said about it. One readable table."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import time
import tracemalloc
import zipfile
from dataclasses import dataclass

import pytest
from support.build_tables import HUGGING_FACE, csv_table, json_lines, trainer_state

from collectors.evidence.tables import LossTableEvidence
from collectors.readers.tables.dialect import MAX_COLUMNS
from collectors.readers.tables.read import MAX_BYTES, read_loss_table

HEAD = "epoch,train_loss,val_loss\n"
CUT = HEAD + "".join(f"{n},{1 / n + 0.0375:.6f},{1 / n + 0.0437:.6f}\n" for n in (1, 2, 3))
SMALL = HEAD + "".join(f"{n},0.5,{1.25e-5 / n:.3e}\n" for n in (1, 2, 3))
NOT_FINISHED = "note: the last line is not finished"


def zipped() -> bytes:
    """Make a zip archive with a table in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("loss.csv", csv_table())
    return out.getvalue()


@dataclass(frozen=True)
class Bad:
    """One broken table and what is expected of its evidence."""

    why: str
    data: bytes | str
    epochs: tuple[float | None, ...] = ()
    """Rows that are still read."""
    says: str = ""
    """Part of a finding, with its severity first; empty: nothing is said."""
    skipped: int = 0
    partial: bool = False


TABLE = [
    # Files that are no table
    Bad("empty", b"", says="error: is empty"),
    Bad("blanks only", b"  \n\n\t\n", says="error: holds only blank or comment lines"),
    Bad("comments only", b"# epoch,train_loss\n# 1,2\n", says="error: holds only blank or comment lines"),
    Bad("zeros only", bytes(100), says="error: holds nothing but 100 zero bytes"),
    Bad("a byte order mark and nothing else", b"\xef\xbb\xbf", says="error: holds only blank or comment lines"),
    Bad("a PNG picture", b"\x89PNG\r\n\x1a\n" + bytes(99), says="error: is a PNG picture, not a table"),
    Bad("gzip", gzip.compress(csv_table()), says="error: is gzip data, not a table"),
    Bad("a zip archive", zipped(), says="error: is a zip archive, not a table"),
    Bad("a pickle", pickle.dumps([1, 2]), says="error: is a pickle, not a table"),
    Bad("a text", "Training went well.\nReally.\n", says="error: has no column for `train_loss`", skipped=1),
    Bad("an HTML page", "<html><body>404</body></html>\n", says="error: has no column for `train_loss`"),
    # Headers
    Bad("header only", HEAD, says="error: holds only its header (`epoch`, `train_loss`, `val_loss`), no row"),
    Bad("header without a line end", HEAD[:-1], says="error: holds only its header", partial=True),
    Bad("half a header", HEAD[:9], says="error: holds only its header (`epoch`, `tra`), no row", partial=True),
    Bad(
        "no header", "1,0.5,0.6\n2,0.4,0.5\n", says="error: has no header: its first line holds numbers (`1, 0.5, 0.6`)"
    ),
    Bad("no loss column", "epoch,accuracy\n1,0.9\n", says="error: has no column for `train_loss`: expected"),
    Bad("a name nearly right", "epoch,trian_loss\n1,2\n", says="error: has no column for `train_loss`"),
    Bad("one of two losses", "epoch,train_loss\n1,2\n", (1,), "warning: has no column for `val_loss`: expected"),
    Bad("no epoch column", "train_loss,val_loss\n1,2\n", (None,), "warning: has no epoch column: expected `epoch`"),
    Bad(
        "a name twice", "epoch,val_loss,val_loss,train_loss\n1,2,3,4\n", (1,), "warning: has two columns called `val_lo"
    ),
    Bad("an open quote in the header", '"epoch,loss\n1,2\n', says="error: has no column for", skipped=1),
    # Rows
    Bad("a field too few", HEAD + "1,2,3\n2,3\n3,4,5\n", (1, 3), "warning: has 2 fields, the header has 3", 1),
    Bad("a field too many", HEAD + "1,2,3\n2,3,4,5\n3,4,5\n", (1, 3), "warning: has 4 fields, the header has 3", 1),
    Bad("one field", HEAD + "1,2,3\nkilled\n", (1,), "warning: has 1 field, the header has 3", 1),
    Bad("a word for a loss", HEAD + "1,2,3\n2,x,4\n", (1,), "warning: train_loss is `x`, a number was expected", 1),
    Bad("a word for an epoch", HEAD + "1,2,3\nlast,3,4\n", (1,), "warning: epoch is `last`, a number was expected", 1),
    Bad("a tensor", HEAD + "1,tensor(0.5),3\n", says="error: none of its 1 rows can be read", skipped=1),
    Bad("an underscore in a number", HEAD + "1,1_000,3\n2,3,4\n", (2,), "warning: train_loss is `1_000`", 1),
    Bad("digits of another script", HEAD + "1,१,3\n2,3,4\n", (2,), "warning: train_loss is `१`", 1),
    Bad("a NUL byte", HEAD + "1,2,3\n2,3\0,4\n3,4,5\n", (1, 3), "warning: holds a NUL byte", 1),
    Bad(
        "a line of NUL bytes (power was lost)",
        HEAD + "1,2,3\n" + "\0" * 50 + "\n",
        (1,),
        "warning: holds a NUL byte",
        1,
    ),
    Bad("a huge epoch", HEAD + "1,2,3\n1e30,3,4\n", (1,), "warning: epoch 1e+30 is no possible count", 1),
    Bad("a huge whole number", HEAD + "9" * 5000 + ",2,3\n2,3,4\n", (2,), "warning: epoch inf is no possible count", 1),
    Bad("an epoch that is NaN", HEAD + "nan,2,3\n2,3,4\n", (2,), "warning: epoch is NaN, a number was expected", 1),
    Bad("an infinite epoch", HEAD + "inf,2,3\n2,3,4\n", (2,), "warning: epoch inf is no possible count", 1),
    Bad("half a step", "step,epoch,loss\n1.5,1,2\n2,2,3\n", (2,), "warning: step 1.5 is no possible count", 1),
    Bad("an epoch twice", HEAD + "1,2,3\n1,4,5\n", (1,), "warning: epoch 1 occurs twice: the last one is kept"),
    Bad(
        "a second run behind the first",
        HEAD + "1,2,3\n2,3,4\n1,5,6\n",
        (1,),
        "warning: epochs go back from 2 to 1: the table begins again",
    ),
    Bad(
        "epochs out of order",
        HEAD + "1,1,1\n3,2,3\n2,3,4\n",
        (1, 3, 2),
        "warning: epochs go back from 3 to 2: out of order",
    ),
    Bad("a second header in the middle", HEAD + "1,2,3\n" + HEAD + "2,3,4\n", (1, 2), "warning: epoch is `epoch`", 1),
    Bad("no row that can be read", HEAD + "a,b,c\n", says="error: none of its 1 rows can be read", skipped=1),
    Bad("all values missing", HEAD + "1,,\n2,,\n", ()),
    Bad("a line that is cut", HEAD + "1,2,3\n2,3", (1,), "note: the last line is not finished", partial=True),
    Bad("a cut before a field", HEAD + "1,2,3\n2,3,", (1,), "note: the last line is not finished", partial=True),
    Bad("a number that is cut", HEAD + "1,2,3\n2,3,1e", (1,), "note: the last line is not finished", partial=True),
    Bad("a number that is cut and is one still", CUT + "4,0.437,0.4", (1, 2, 3), NOT_FINISHED, partial=True),
    Bad("a number that is cut behind its point", CUT + "4,0.437519,0.", (1, 2, 3), NOT_FINISHED, partial=True),
    Bad("an exponent that is cut", SMALL + "4,0.5,1.25e-0", (1, 2, 3), NOT_FINISHED, partial=True),
    Bad("a cut inside a quote", HEAD + '1,2,3\n2,3,"4', (1,), "note: the last line is not finished", partial=True),
    # Encodings
    Bad("Latin-1", (HEAD + "1,2,3\n").encode() + b"# gr\xfc\xdfe\n", (1,), "warning: byte 0xFC is not UTF-8"),
    Bad("UTF-16", csv_table(encoding="utf-16"), (1, 2, 3), "warning: is UTF-16-LE; UTF-8 was expected"),
    Bad(
        "UTF-16 with half a character", csv_table(encoding="utf-16")[:-1], (1, 2, 3), "warning: ends inside a character"
    ),
    Bad("half a character", HEAD.encode() + b"1,2,3\n2,3,\xe2\x82", (1,), "warning: ends inside", partial=True),
    # JSON
    Bad(
        "a broken line", b'{"epoch":1,"loss":2}\n{"epoch":2,\n{"epoch":3,"loss":4}\n', (1, 3), "warning: is not JSON", 1
    ),
    Bad(
        "a line that is a list",
        b'{"epoch":1,"loss":2}\n[2,3]\n',
        (1,),
        "warning: holds a list, an object was expected",
        1,
    ),
    Bad(
        "two objects in a line",
        b'{"epoch":1,"loss":2}\n{"epoch":2}{"loss":3}\n',
        (1,),
        "warning: is not JSON (Extra",
        1,
    ),
    Bad(
        "a key twice", b'{"epoch":1,"loss":2}\n{"epoch":2,"loss":3,"loss":4}\n', (1,), "warning: names `loss` twice", 1
    ),
    Bad(
        "a loss that is a list", b'{"epoch":1,"loss":[2]}\n{"epoch":2,"loss":3}\n', (2,), "warning: `loss` is `[2]`", 1
    ),
    Bad(
        "a loss that is true", b'{"epoch":1,"loss":true}\n{"epoch":2,"loss":3}\n', (2,), "warning: `loss` is `True`", 1
    ),
    Bad(
        "a loss that is a word",
        b'{"epoch":1,"loss":"low"}\n{"epoch":2,"loss":3}\n',
        (2,),
        "warning: `loss` is `low`",
        1,
    ),
    Bad(
        "a huge whole number in JSON",
        b'{"epoch":' + b"9" * 5000 + b',"loss":1}\n',
        says="error: none of its",
        skipped=1,
    ),
    Bad(
        "lists without end in a line",
        b'{"epoch":1,"loss":2}\n' + b"[" * 99999 + b"\n",
        (1,),
        "warning: is nested too",
        1,
    ),
    Bad("lists without end", b"[" * 200_000, says="error: is nested too deep to be a table"),
    Bad("objects without end", b'{"a":' * 200_000, says="error: is nested too deep to be a table"),
    Bad("an empty list", b"[]", says="error: holds no row"),
    Bad("an empty object", b"{}", says="error: has no column"),
    Bad(
        "a config",
        json.dumps({"lr": 1, "epochs": 2}, indent=1).encode(),
        says="error: is JSON without rows: a list, or",
    ),
    Bad("log_history is no list", b'{"log_history": {"loss": 1}}', says="error: is JSON without rows"),
    Bad("log_history twice", b'{"log_history": [], "log_history": []}', says="error: names `log_history` twice"),
    Bad("an empty log_history", trainer_state([]), says="error: holds no row"),
    Bad("only a summary", trainer_state(HUGGING_FACE[-1:]), says="error: holds no row"),
    Bad("a word in log_history", b'{"log_history": [{"epoch":1,"loss":2}, "x"]}', (1,), "warning: x: the row is", 1),
    Bad("a comma too many", b'[{"epoch":1,"loss":2},]', says="error: is not JSON"),
    Bad("a cut document", trainer_state(HUGGING_FACE)[:200], says="error: ends too early", partial=True),
    Bad("a cut JSON line", json_lines()[:-5], (1, 2), "note: the last line is not finished", partial=True),
]


def said(evidence: LossTableEvidence) -> list[str]:
    """Return findings as the table spells them."""
    return [f"{f.severity}: {f.text}" for f in evidence.findings]


def as_bytes(bad: Bad) -> bytes:
    """Return the table's bytes."""
    return bad.data if isinstance(bad.data, bytes) else bad.data.encode()


@pytest.mark.parametrize("bad", TABLE, ids=[bad.why for bad in TABLE])
def test_broken_table_costs_only_what_is_broken(bad: Bad) -> None:
    evidence = read_loss_table(as_bytes(bad))

    assert tuple(row.epoch for row in evidence.rows) == bad.epochs
    assert (evidence.skipped_rows, evidence.partial_tail) == (bad.skipped, bad.partial), said(evidence)
    assert any(text.startswith(bad.says) for text in said(evidence)) or not (bad.says or evidence.findings), said(
        evidence
    )
    assert evidence.sound or not bad.epochs


@pytest.mark.parametrize("bad", TABLE, ids=[bad.why for bad in TABLE])
def test_broken_table_of_a_running_training_says_no_less(bad: Bad) -> None:
    """Live, only the last line is forgiven: what is an error otherwise stays one, but for a cut document."""
    ended, live = read_loss_table(as_bytes(bad)), read_loss_table(as_bytes(bad), live=True)

    assert live.sound == (ended.sound or bad.why == "a cut document")
    assert len(live.rows) <= len(ended.rows)


def test_the_table_is_long_enough() -> None:
    assert len({bad.why for bad in TABLE}) == len(TABLE) >= 70


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (HEAD + "1,2,3\n\n# note\n2,x,3\n", "line 5"),
        (HEAD.replace("\n", "\r\n") + "1,2,3\r\n2,x,3\r\n", "line 3"),
        ("# one\n" + HEAD + "1,2\n", "line 3"),
        (HEAD + '1,2,3\n2,"3,4\n', "line 3"),
        ('{"epoch":1,"loss":2}\n\n{"epoch":2,"loss":[]}\n', "line 3"),
        ('[{"epoch":1,"loss":2},{"epoch":2,"loss":[]}]', "row 1"),
        ('{"log_history":[{"epoch":1,"loss":2},{"epoch":2,"loss":[]}]}', "log_history[1]"),
        ('[{"epoch":1,\n"loss":2},,]', "line 2, column 11"),
    ],
)
def test_findings_name_their_place(data: str, where: str) -> None:
    evidence = read_loss_table(data.encode())

    assert where in [f.where for f in evidence.findings]


def test_the_nearest_name_is_named() -> None:
    evidence = read_loss_table(b"epoch,trian_loss,lr\n1,2,3\n")

    assert "found `epoch`, `trian_loss`, `lr`; nearest is `trian_loss`" in said(evidence)[0]


def test_a_million_columns_are_counted_and_not_kept() -> None:
    names = ["epoch", "train_loss", "val_loss", *(f"c{n}" for n in range(1_000_000))]
    data = (",".join(names) + "\n" + ",".join(["1"] * len(names)) + "\n1,2\n").encode()
    started = time.perf_counter()

    evidence = read_loss_table(data)

    assert len(evidence.rows) == 1
    assert said(evidence)[0] == f"warning: has 1,000,003 columns: only the first {MAX_COLUMNS:,} are looked at"
    assert len(evidence.columns) <= 1000
    assert time.perf_counter() - started < 5


def test_a_field_of_megabytes_costs_its_row() -> None:
    evidence = read_loss_table((HEAD + '1,2,3\n2,3,"' + "4" * 2_000_000 + '"\n3,4,5\n').encode())

    assert [row.epoch for row in evidence.rows] == [1, 3]
    assert "cannot be split into fields" in said(evidence)[0]


def test_many_broken_rows_are_counted_and_few_are_told() -> None:
    evidence = read_loss_table((HEAD + "1,2,3\n" + "x,y,z\n" * 5000).encode())

    assert evidence.skipped_rows == 5000
    assert len(evidence.findings) < 30
    assert "warning: 4,988 more rows are skipped" in said(evidence)


def test_too_many_bytes_are_said_and_the_first_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.readers.tables.read.MAX_BYTES", 40)

    evidence = read_loss_table((HEAD + "1,2,3\n2,3,4\n3,4,5\n").encode())

    assert MAX_BYTES == 64 << 20
    assert said(evidence)[0] == "error: has 44 bytes; only the first 40 are read"
    assert [row.epoch for row in evidence.rows] == [1, 2]


@pytest.mark.parametrize(
    "piece", [b",", b'"', b"\n", b"1,2,3\n", b"[", b"{},", b'{"a":1}\n', b"#\n", b"\0", b"\xff", b" "]
)
def test_megabytes_of_the_same_stay_bounded(piece: bytes) -> None:
    data = (HEAD.encode() + b"1,2,3\n" if piece[:1] not in b"[{" else b"") + piece * ((1 << 20) // len(piece))
    tracemalloc.start()
    started = time.process_time()

    evidence = read_loss_table(data[: 1 << 18])

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000
    assert time.process_time() - started < 20
    assert len(evidence.findings) < 80
