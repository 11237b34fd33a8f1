"""The words above the charts of decisions: what is wrong with the files is said, whether or not a check asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from support.scorings import LINES, noisy, rules, scoring, table
from support.states import ready_state

from collectors.decisions.summary import summary_of
from collectors.evidence.files import FileFacts, Finding
from collectors.evidence.scores import DecisionReportEvidence, ScoreTable
from collectors.presentation.markup import Element
from collectors.presentation.regions.decisions import decisions

ITS = rules(fused=None, columns={})
GOOD = table("swinmae.csv", score=noisy(20), time=range(20))


def words(node: Any) -> str:
    """The text of a tree."""
    return node if isinstance(node, str) else "".join(map(words, node.children))


def said(*tables: ScoreTable, **more: Any) -> tuple[str, list[str]]:
    """The sentence, and what is wrong."""
    state = ready_state().model_copy(update={"decisions": summary_of(scoring(*tables, its=ITS, **more), None)})
    parts = [part for part in decisions(state) or () if isinstance(part, Element)]
    troubles = [words(item) for part in parts if part.tag == "ul" for item in part.children]
    return words(parts[0]), troubles


def test_each_file_with_which_something_is_wrong_has_its_sentence() -> None:
    assert said(GOOD) == ("No alarm in 20 windows.", [])
    unsound = {**LINES, "swinmae": {"warn": 0.9, "anomaly": 0.8}}
    assert said(GOOD, lines=unsound)[1] == ["t.json: swinmae: warn 0.9, anomaly 0.8: expected 0 < warn < anomaly"]
    report = DecisionReportEvidence((Finding("error", "is no JSON"),))
    assert said(GOOD, report=FileFacts("r.json", True, 1, 1.0), report_evidence=report)[1] == ["r.json: is no JSON"]
    assert said(replace(GOOD, is_cut=True))[1] == ["swinmae.csv: only its first 20 rows were read"]


def test_a_table_that_cannot_be_read_is_not_called_one_that_is_to_come() -> None:
    blank = ScoreTable(FileFacts("s.csv", True, 1, 1.0), (Finding("error", "has no column of scores"),))

    assert said(blank) == ("No score could be read.", ["s.csv: has no column of scores"])
    assert said(replace(blank, findings=())) == ("No window has been scored yet.", [])


def test_a_fused_series_is_no_name_inside_a_sentence() -> None:
    one = table("swinmae.csv", stream="dual", score=[0.1, -float("inf")], word=[0, 0])
    its = rules(columns={})
    state = ready_state().model_copy(update={"decisions": summary_of(scoring(one, its=its), None)})
    sentence = next(iter(decisions(state) or ()))

    assert words(sentence) == "No alarm in 2 windows; 1 fused score not finite."
