"""Tables of scores in anybody's layout, whole and in parts, and what is wrong with one in a sentence."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import numpy as np
import pytest

from collectors.evidence.scores import ReadTo, ScorePart, unpacked
from collectors.readers.scores import read as reading
from collectors.readers.scores.read import read_scores
from collectors.readers.scores.report import read_report

WANTED = {"time": ["t"], "word": ["word"], "score": ["score"], "stream": ["stream"], "details": ["aux"]}
NAN = math.nan


def read(text: str, **options: Any) -> ScorePart:
    data = text.encode()
    return read_scores(io.BytesIO(data), len(data), wanted={**WANTED, **options.pop("wanted", {})}, **options)


def column(part: ScorePart, name: str) -> list[float]:
    return unpacked(part.columns[name]).tolist()


@pytest.mark.parametrize(
    "text",
    [
        "t,score,word\n1,0.5,normal\n2,0.75,warn\n",
        "t;score;word\n1;0,5;normal\n2;0,75;warn\n",
        "t\tscore\tword\r\n1\t0.5\tnormal\r\n2\t0.75\twarn\r\n",
        '\ufefft,"score",word\n1,0.5,"normal"\n2,0.75,warn',
        "# made by hand\nscore,word,t\n0.5,normal,1\n0.75,warn,2\n",
        '{"t": 1, "score": 0.5, "word": "normal"}\n{"t": 2, "score": 0.75, "word": "warn"}\n',
    ],
    ids=["commas", "semicolons and decimal commas", "tabs", "no last line end", "a comment", "JSON lines"],
)
def test_every_layout_says_the_same(text: str) -> None:
    part = read(text)

    assert (part.rows, column(part, "score"), column(part, "time")) == (2, [0.5, 0.75], [1, 2])
    assert (part.words, column(part, "word"), part.clocks) == (("normal", "warn"), [0, 1], ("relative",))
    assert part.findings == ()


def test_no_value_and_no_finite_value_are_told_apart() -> None:
    part = read("score\n0.5\nnan\n-inf\ninf\n\n0.1\n")

    assert column(part, "score") == [0.5, -np.inf, np.inf, np.inf, 0.1]
    assert column(read("score,word\n,normal\nNaN,normal\n"), "score")[1] == -np.inf
    assert math.isnan(column(read("score,word\n,normal\nNaN,normal\n"), "score")[0])


@pytest.mark.parametrize("cell", ["true", "high", "1_000", "0x10"])
def test_what_is_no_number_costs_its_cell_and_is_told_with_its_row(cell: str) -> None:
    part = read(f"score,word\n0.5,normal\n{cell},normal\n0.25,warn\n")

    assert [str(f) for f in part.findings] == [f"`score` holds `{cell}`, which is no number (row 2)"]
    assert np.array_equal(column(part, "score"), [0.5, NAN, 0.25], equal_nan=True)


def test_true_is_no_number_in_json_either() -> None:
    part = read('{"score": true}\n{"score": NaN}\n[1]\n{"score": 0.5}\n')

    assert [str(f) for f in part.findings] == [
        "is no JSON object (line 3)",
        "`score` holds `true`, which is no number (row 1)",
    ]
    assert np.array_equal(column(part, "score"), [NAN, -np.inf, NAN, 0.5], equal_nan=True)


@pytest.mark.parametrize(
    ("times", "clocks", "seconds"),
    [
        (["2026-01-01T00:00:01Z", "2026-01-01T02:00:02+02:00"], ("utc",), [1767225601, 1767225602]),
        (["2026-01-01 00:00:01", "2026-01-01 00:00:02.5"], ("naive",), [1767225601, 1767225602.5]),
        (["1767225601", "1767225602500"], ("utc",), [1767225601, 1767225602.5]),
        (["0.5", "1"], ("relative",), [0.5, 1]),
        (["2026-01-01T00:00:01Z", "2026-01-01 00:00:02"], ("utc", "naive"), [1767225601, 1767225602]),
        (["0.5", "2026-01-01 00:00:02"], ("relative", "naive"), [0.5, 1767225602]),
        (["", "3"], ("relative",), [NAN, 3]),
    ],
)
def test_times_are_seconds_of_a_named_clock(times: list[str], clocks: tuple[str, ...], seconds: list[float]) -> None:
    part = read("t,score\n" + "".join(f"{t},0.5\n" for t in times))

    assert part.clocks == clocks
    assert np.allclose(column(part, "time"), seconds, equal_nan=True)
    assert part.unreadable_times == 0


def test_a_time_that_is_none_is_counted() -> None:
    part = read("t,score\nsoon,0.5\n2,0.5\n")

    assert part.unreadable_times == 1
    assert math.isnan(column(part, "time")[0])


def test_a_table_is_read_on_from_where_the_reading_ended() -> None:
    text = "t,score,word\n1,0.5,normal\n2,0.75,warn\n3,0.2"
    first = read(text)
    grown = read(text + "5,normal\n4,x,normal\n", behind=ReadTo(first.end_offset, first.header, first.rows))

    assert (first.rows, first.end_offset) == (2, text.index("3,0.2"))
    assert np.array_equal(column(grown, "score"), [0.25, NAN], equal_nan=True)
    assert [str(f) for f in grown.findings] == ["`score` holds `x`, which is no number (row 4)"]


def test_a_long_table_is_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PART_BYTES", 40)
    text = 'score,aux\n0.5,"{""a"": ""two\nlines""}"\n' + "".join(f"0.{n},x\n" for n in range(1, 9))
    values, behind = [], ReadTo()
    while True:
        part = read(text, behind=behind)
        values += column(part, "score")
        behind = ReadTo(part.end_offset, part.header, behind.rows + part.rows)
        if not part.more_to_read:
            break

    assert values == [0.5, *(n / 10 for n in range(1, 9))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty; a table of scores was expected"),
        ("a,b\n1,2\n", "has no column of scores: expected `score`, found `a`, `b`"),
        ("PK\x03\x04rest", "is a zip archive, not a table of scores"),
        (',,t,score\n,\r,,,""""\n', "its rows do not fit its header (no row that can be read)"),
    ],
)
def test_what_is_no_table_of_scores_is_told_in_a_sentence(text: str, words: str) -> None:
    part = read(text)

    assert (part.rows, [str(f) for f in part.findings]) == (0, [words])


def test_masks_that_differ_between_rows_are_counted() -> None:
    rows = "".join(
        f'0.5,"{json.dumps({"a": {"mask_ratio_effective": ratio}}).replace(chr(34), chr(34) * 2)}"\n'
        for ratio in (0.4, 0.4, 0.3)
    )

    assert read("score,aux\n" + rows).mask_ratios == 2


def test_a_report_is_what_it_counts_without_its_rows() -> None:
    events = [{"decision": "normal", "fused_score": 0.5}, {"decision": "warn", "score": 0.7}]
    document = {"run_id": "r", "events": events, "chart_payload": {"decision": ["normal"]}, "summary": {"n": 2}}

    found = read_report(json.dumps(document).encode())

    assert (found.data, found.events, found.event_words) == (
        {"run_id": "r", "summary": {"n": 2}}, 2, {"normal": 1, "warn": 1},
    )  # fmt: skip
    assert (unpacked(found.event_scores).tolist(), found.chart, found.chart_words) == ([0.5, 0.7], 1, {"normal": 1})
    assert read_report(b"[1]").findings[0].text == "expected a JSON object, found list"
