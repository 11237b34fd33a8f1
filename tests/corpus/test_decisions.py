"""The recorded scoring of the reference pipeline, as it is and broken: each copy fails by its true cause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from decision_rows import RECORDED, ROWS, Decided
from support.decisions import SCORED, asked, checks_of, collected, outcomes, write_recorded
from support.fused_scoring import BEGIN, FAULTS, STRIDE, write_fused
from support.workspaces import write

from collectors.observe.load_pipeline import default_config
from collectors.readers.child.process import ReaderProcess

LONG = (
    "event_id,stream,timestamp,window_index,score,decision,warn_threshold,anomaly_threshold\n"
    "{s}:0,{s},2026-01-01T00:00:02Z,0,0.1,normal,{w},{a}\n"
    "{s}:1,{s},2026-01-01T00:00:04Z,1,0.7,warn,{w},{a}\n"
    "{s}:2,{s},2026-01-01T00:00:06Z,2,0.9,anomaly,{w},{a}\n"
)
NORMAL = "stream,t,score\n" + "".join(f"swinmae,{4 * n},0.2\n" for n in range(89)) + "swinmae,356,{worst}\n"


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    """One reading child for all rows."""
    with ReaderProcess() as process:
        yield process


def expected(*tables: str) -> dict[int, str]:
    """Number -> outcome, the later tables over the earlier ones."""
    return {int(n): found for table in tables for n, found in re.findall(r"(\d+) (\w+)", table)}


def test_as_it_was_recorded(child: ReaderProcess, tmp_path: Path) -> None:
    write_recorded(tmp_path)

    checks = checks_of(collected(tmp_path, asked(), child))

    assert outcomes(checks) == expected(RECORDED)
    assert checks[11].detail.startswith("not recorded what they were calibrated on")
    assert "0 of 7 windows over `anomaly` would bound the share at 34.8 % only; 299 independent" in checks[13].detail
    assert checks[14].detail.startswith("25 windows of patchtst were never judged: windows 7 to 31")


def test_nothing_is_asked_where_the_description_does_not_ask(child: ReaderProcess, tmp_path: Path) -> None:
    write_recorded(tmp_path)

    state = collected(tmp_path, default_config(), child)

    assert checks_of(state) == {}
    assert (state.verdict.evidence or "").startswith("6. ")


def test_one_check_can_be_asked_by_its_own_id(child: ReaderProcess, tmp_path: Path) -> None:
    write_recorded(tmp_path)
    config = asked({"enabled": False}, checks={"scores": {"enabled": True}})

    assert outcomes(checks_of(collected(tmp_path, config, child))) == {12: "pass"}


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_broken_copy(row: Decided, child: ReaderProcess, tmp_path: Path) -> None:
    write_recorded(tmp_path)
    row.edit(tmp_path)

    checks = checks_of(collected(tmp_path, asked(), child))

    said = "\n".join(f"{number}: {check.detail}" for number, check in checks.items())
    assert outcomes(checks) == expected(RECORDED, row.expected), said
    assert [words for words in row.words.split(" | ") if words not in said] == []
    assert not any("this check broke" in check.detail for check in checks.values())


@dataclass(frozen=True)
class Layout:
    """Somebody's files, how they are described, and what checks 11 to 14 say."""

    name: str
    files: dict[str, str]
    rules: dict[str, Any]
    expected: str
    words: str = ""


TWO_WORDS = {"words": {"normal": "ok", "warn": [], "anomaly": "bad"}, "fused": None, "report": None}
LAYOUTS = [
    Layout(
        "a table a stream, with the stream in a column, as the local layout writes them",
        {
            "out/r1/patchtst_events.csv": LONG.format(s="patchtst", w=0.65, a=0.85),
            "out/r1/swinmae_events.csv": LONG.format(s="swinmae", w=0.6, a=0.82),
        },
        {"scores": "out/**/*_events.csv", "report": None},
        "11 skip, 12 pass, 13 skip, 14 pass",
        "all 6 windows judged, each by itself",
    ),
    Layout(
        "JSON lines, two words, lower is worse, thresholds in YAML",
        {
            "out/s.jsonl": '{"a": {"s": 0.9}, "at": 1, "w": "ok"}\n{"a": {"s": 0.1}, "at": 2, "w": "bad"}\n',
            "out/t.yaml": "limits:\n  swin: {below: 0.2}\n",
        },
        TWO_WORDS
        | {
            "scores": "out/s.jsonl",
            "worse": "lower",
            "columns": {"score": "a.s", "decision": "w", "time": "at", "stream": []},
            "thresholds": {"path": "out/t.yaml", "sections": {"scores": "limits.swin"}, "anomaly": "below"},
        },
        "11 skip, 12 pass, 13 skip, 14 fail",
        "scores: 2 words made again, all agree",
    ),
    Layout(
        "two words of which one is wrong, lower is worse",
        {"out/s.csv": "v,w\n0.9,ok\n0.1,ok\n", "out/t.yaml": "low: 0.2\n"},
        TWO_WORDS
        | {
            "scores": "out/s.csv",
            "worse": "lower",
            "columns": {"score": "v", "decision": "w"},
            "thresholds": {"path": "out/t.yaml", "sections": {"scores": "."}, "anomaly": "low"},
        },
        "11 skip, 12 fail, 13 skip, 14 fail",
        "scores: window 1 is called normal, its own numbers say anomaly (score 0.1, anomaly 0.2)",
    ),
    Layout(
        "scores without words",
        {"out/swinmae.csv": "t;score\n1;0,1\n2;0,95\n"},
        {"scores": "out/*.csv", "fused": None, "report": None, "columns": {"time": "t"}},
        "11 skip, 12 pass, 13 skip, 14 fail",
        "swinmae: 2 windows, no word recorded; made from scores and thresholds",
    ),
    Layout(
        "windows paired in time, a mean",
        {
            "out/p.csv": "patchtst,at,swinmae,sat,fused_score,decision\n"
            "0.5,10,0.7,11,0.6,normal\n0.6,12.56,0.9,13.5,0.75,warn\n"
        },
        {
            "scores": "out/p.csv",
            "report": None,
            "fused": {"rule": "mean"},
            "columns": {
                "time": "at",
                "series": {"patchtst": "patchtst", "swinmae": "swinmae"},
                "times": {"patchtst": "at", "swinmae": "sat"},
            },
        },
        "11 skip, 12 pass, 13 skip, 14 pass",
        "2 pairs, at most 1 s apart",
    ),
    Layout(
        "a pair too far apart",
        {"out/p.csv": "patchtst,at,swinmae,sat,decision\n0.5,10,0.7,11,normal\n0.6,12,0.9,15,anomaly\n"},
        {
            "scores": "out/p.csv",
            "report": None,
            "fused": {"rule": "max"},
            "columns": {
                "time": "at",
                "series": {"patchtst": "patchtst", "swinmae": "swinmae"},
                "times": {"patchtst": "at", "swinmae": "sat"},
            },
        },
        "11 skip, 12 pass, 13 skip, 14 fail",
        "the pair of row 1 lies 3 s apart; half a window is 2 s",
    ),
    Layout(
        "normal windows that are called anomalies",
        {"out/swinmae.csv": "t,score\n1,0.1\n", "out/normal.csv": NORMAL.format(worst=0.9)},
        {"scores": "out/swin*.csv", "fused": None, "report": None, "columns": {"time": "t"}}
        | {"alarm_rate": {"target": 0.05, "normal": "out/normal.csv"}},
        "11 skip, 12 pass, 13 fail, 14 fail",
        "swinmae: 1 of 90 normal windows over `anomaly`, 1 of 90 that do not overlap: at most 5.2 % at 95 %",
    ),
    Layout(
        "normal windows, few enough of them called anomalies",
        {"out/swinmae.csv": "t,score\n1,0.1\n", "out/normal.csv": NORMAL.format(worst=0.3)},
        {"scores": "out/swin*.csv", "fused": None, "report": None, "columns": {"time": "t"}}
        | {"alarm_rate": {"target": 0.05, "normal": "out/normal.csv"}},
        "11 skip, 12 pass, 13 pass, 14 fail",
        "at most 3.3 % at 95 %, 5 % is allowed",
    ),
    Layout(
        "too few normal windows",
        {"out/swinmae.csv": "t,score\n1,0.1\n", "out/normal.csv": NORMAL.format(worst=0.3)},
        {"scores": "out/swin*.csv", "fused": None, "report": None, "columns": {"time": "t"}}
        | {"alarm_rate": {"normal": "out/normal.csv"}},
        "11 skip, 12 pass, 13 skip, 14 fail",
        "too few: 299 without one are needed for 1 %",
    ),
    Layout(
        "a table with a header alone",
        {"out/swinmae.csv": "t,score\n"},
        {"scores": "out/swin*.csv", "fused": None, "report": None},
        "11 skip, 12 skip, 13 skip, 14 skip",
        "out/swinmae.csv: no window has been scored yet",
    ),
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=[one.name for one in LAYOUTS])
def test_anybodys_layout(layout: Layout, child: ReaderProcess, tmp_path: Path) -> None:
    write_recorded(tmp_path)
    for path, text in layout.files.items():
        write(tmp_path / path, text, SCORED)

    checks = checks_of(collected(tmp_path, asked(layout.rules), child))

    said = "\n".join(f"{number}: {check.detail}" for number, check in checks.items())
    assert outcomes(checks) == expected(layout.expected), said
    assert layout.words in said
    assert "this check broke" not in said


def test_a_calibrated_scoring_passes_and_its_faults_are_its_alarms(child: ReaderProcess, tmp_path: Path) -> None:
    write_fused(tmp_path)

    state = collected(tmp_path, asked(), child)

    checks = checks_of(state)
    said = "\n".join(f"{number}: {check.detail}" for number, check in checks.items())
    assert outcomes(checks) == expected("11 pass, 12 pass, 13 pass, 14 pass"), said
    assert state.decisions is not None
    alarms = sorted(state.decisions.alarms.listed, key=lambda alarm: alarm.start)
    assert [(a.start, a.end, a.windows, a.dominant) for a in alarms] == [
        (pytest.approx(BEGIN + STRIDE * first - 4), pytest.approx(BEGIN + STRIDE * last), last - first + 1, stream)
        for first, last, stream in FAULTS
    ]
