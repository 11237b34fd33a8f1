"""Logs that are read as tables: JSON behind a prefix, and values found by patterns with named groups."""

from __future__ import annotations

import time

import pytest

from collectors.evidence.tables import LossTableEvidence
from collectors.readers.tables import text_log
from collectors.readers.tables.columns import LossColumns
from collectors.readers.tables.read import read_loss_table
from collectors.readers.tables.written import Written

FAIRSEQ = """\
2026-11-20 10:00:00 | INFO | fairseq_cli.train | num. shared model params: 1,234 {'_name': None}
2026-11-20 10:00:05 | INFO | train_inner | {"epoch": 1, "update": 0.5, "loss": "11.2", "gnorm": "3"}
2026-11-20 10:01:05 | INFO | train | {"epoch": 1, "train_loss": "10.9", "train_num_updates": "200"}
2026-11-20 10:01:15 | INFO | valid | {"epoch": 1, "valid_loss": "10.1", "valid_num_updates": "200"}
2026-11-20 10:02:05 | INFO | train | {"epoch": 2, "train_loss": "9.2", "train_num_updates": "400"}
"""
NNUNET = """\
#######################################################################
2026-01-10 10:00:00.123456: unpacking done...
2026-01-10 10:00:01.123456: Epoch 0
2026-01-10 10:00:01.200000: Current learning rate: 0.01
2026-01-10 10:00:31.123456: train_loss 0.25
2026-01-10 10:00:31.123457: val_loss -0.125
2026-01-10 10:00:31.123458: Pseudo dice [0.7, 0.6]
2026-01-10 10:00:31.123459: Epoch time: 30.0 s
2026-01-10 10:00:32.123456: Epoch 1
2026-01-10 10:01:02.123456: train_loss -0.5
2026-01-10 10:01:02.123457: val_loss nan
"""
NNUNET_LINES = (
    r"Epoch (?P<epoch>\d+)\s*$",
    r"^(?P<time>[\d-]+ [\d:.]+): (?:train_loss (?P<train_loss>\S+)|val_loss (?P<val_loss>\S+))",
)
ASKED = LossColumns(series={"train_loss": ("train_loss",), "val_loss": ("valid_loss", "val_loss")})


def read(text: str, *, live: bool = False, columns: LossColumns = ASKED, **written: object) -> LossTableEvidence:
    return read_loss_table(text.encode(), columns=columns, written=Written(**written), live=live)


def errors(found: LossTableEvidence) -> list[str]:
    return [f.text for f in found.findings if f.severity == "error"]


def test_json_behind_a_prefix_is_read_with_its_numbers_written_as_texts() -> None:
    found = read(FAIRSEQ, prefix=True)

    assert [(row.epoch, row.values) for row in found.rows] == [
        (1, {"train_loss": 10.9, "val_loss": 10.1}),
        (2, {"train_loss": 9.2}),
    ]
    assert (found.format, found.findings, found.skipped_rows) == ("text", (), 0)


def test_without_being_asked_the_error_says_what_it_is_and_the_line_to_add() -> None:
    (finding,) = read(FAIRSEQ).findings

    assert str(finding) == "holds JSON behind a prefix: add `prefix: true` beside its `path` (line 2)"
    assert finding.severity == "error"


@pytest.mark.parametrize(
    "text",
    [
        'epoch\ttrain_loss\tmore\n1\t0.5\t{"a": 1}\n',
        '{"epoch": 1, "train_loss": 0.5, "more": {"a": 1}}\n',
        '[\n {"epoch": 1, "train_loss": 0.5}\n]\n',
    ],
)
def test_a_table_with_json_in_a_cell_stays_what_it_is(text: str) -> None:
    found = read(text)

    assert [row.values for row in found.rows] == [{"train_loss": 0.5}]
    assert errors(found) == []


def test_a_bracket_before_the_time_is_a_prefix_too() -> None:
    text = '[2026-11-20 10:00] INFO {"epoch": 1, "train_loss": 0.5} in 3 s\n'

    assert [row.values for row in read(text, prefix=True).rows] == [{"train_loss": 0.5}]
    assert "JSON behind a prefix" in errors(read(text.replace(" in 3 s", "")))[0]


def test_a_line_that_is_half_written_waits_and_a_broken_one_costs_itself() -> None:
    half = FAIRSEQ + '2026-11-20 10:02:15 | INFO | valid | {"epoch": 2, "valid_lo'
    found = read(half, prefix=True, live=True)

    assert (found.partial_tail, found.skipped_rows, len(found.rows)) == (True, 0, 2)
    broken = read(FAIRSEQ.replace('"10.1",', '"10.1"'), prefix=True)
    assert (broken.skipped_rows, [row.values for row in broken.rows]) == (
        1,
        [{"train_loss": 10.9}, {"train_loss": 9.2}],
    )
    assert "holds no JSON behind its prefix" in broken.findings[0].text


def test_a_log_without_json_says_so() -> None:
    assert "has no line with JSON behind a prefix" in errors(read(NNUNET, prefix=True))[0]


def test_patterns_find_values_and_an_epoch_holds_on_until_the_next() -> None:
    found = read(NNUNET, lines=NNUNET_LINES)

    assert [(row.epoch, row.values["train_loss"]) for row in found.rows] == [(0, 0.25), (1, -0.5)]
    assert found.rows[0].values["val_loss"] == -0.125
    assert found.rows[0].time == 1768039231.123456
    assert found.rows[1].values["val_loss"] != found.rows[1].values["val_loss"], "NaN is a value"
    assert (found.format, found.findings) == ("text", ())


def test_a_value_that_may_be_half_written_is_not_read_yet() -> None:
    cut = NNUNET.replace("val_loss nan\n", "val_loss -0.1")

    assert [sorted(row.values) for row in read(cut, lines=NNUNET_LINES, live=True).rows] == [
        ["train_loss", "val_loss"],
        ["train_loss"],
    ]
    assert read(cut, lines=NNUNET_LINES, live=True).partial_tail
    assert read(cut, lines=NNUNET_LINES).rows[1].values["val_loss"] == -0.1


def test_where_no_line_fits_the_first_is_shown() -> None:
    (error,) = errors(read(NNUNET, lines=(r"loss=(?P<train_loss>\S+)",)))

    assert error.startswith("none of its 11 lines fits `lines`; the first is `####")


def test_a_pattern_that_names_no_wanted_column_is_an_error_with_the_names() -> None:
    assert "found `loss`" in errors(read(NNUNET, lines=(r"train_loss (?P<loss>\S+)",)))[0]


def test_a_pattern_that_could_take_for_ever_is_refused_by_the_reader_too() -> None:
    (error,) = errors(read("a" * 5000, lines=(r"(?P<train_loss>(a+)+)b",)))

    assert "a repeat inside a repeat" in error


def test_a_search_that_takes_too_long_stops_and_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_log, "MOST_SECONDS", 0.0)
    text = "".join(f"loss {n}\n" for n in range(1000))
    found = read(text, lines=(r"loss (?P<train_loss>\S+)",))

    assert 0 < len(found.rows) < 1000
    assert "s of processor time: the rest is not read" in errors(found)[0]


def test_a_long_line_is_searched_at_its_beginning_only() -> None:
    began = time.process_time()
    found = read("ab " * 3_000_000 + "\nloss 0.5\n", lines=(r"b a.*z (?P<val_loss>\S+)|loss (?P<train_loss>\S+)",))

    assert [row.values for row in found.rows] == [{"train_loss": 0.5}]
    assert time.process_time() - began < 50  # ten times what it needs


@pytest.mark.parametrize(
    "written", [{"prefix": True}, {"lines": (r"(?P<epoch>\d+), \"train_loss\": (?P<train_loss>\S+)}",)}]
)
def test_a_log_of_200_000_lines_is_read_in_seconds(written: dict[str, object]) -> None:
    text = "".join(f'10:00 | INFO | {{"epoch": {n}, "train_loss": 0.5}}\n' for n in range(200_000))
    began = time.process_time()

    assert len(read(text, **written).rows) == 200_000
    assert time.process_time() - began < 60  # the same
