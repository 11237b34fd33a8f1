"""Check 4: each stream's final config holds its required keys, sane in type and range."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from support.gathered import ERROR, WARNING, evidence_of, good, patchtst, reread, told, unread, with_rules, with_stream

from collectors.contract.streams import KeyRule
from collectors.evidence.documents import MISSING, value_at
from collectors.judge.checks.configs import check_configs, shown_value
from collectors.judge.checks.part import Judgement

FILE = patchtst().config
PATH = FILE.path
OTHER = "swinmae: fs=64, lr=0.002, epochs=5, mask_ratio=0.4, amp=false, source='csv', window=4"
OWN = "patchtst: lr=0.002, epochs=8, mask_ratio=0.4, amp=false, source='csv', window=128"
GENERAL_HINT = f"Write PatchTST's final config to {PATH}."


def holding(**changes: Any) -> Judgement:
    return check_configs(with_stream(good(), config=reread(FILE, **changes)))


def problem_of(value: Any, rule: dict[str, Any], lines: dict[tuple[str, ...], int] | None = None) -> str | None:
    """What is told of one value under one rule; None where it is sane."""
    config = dict(patchtst().stream.config.model_dump(), required={"a.b": rule}, highlights={})
    seen = with_rules(
        with_stream(good(), config=reread(FILE, data={"a": {"b": value}}, lines=lines or {})), config=config
    )
    found = check_configs(seen)
    if found.outcome == "pass":
        return None
    return found.detail.removesuffix(f"; {OTHER}").removeprefix(f"patchtst: {PATH}: `a.b`")


def test_good_configs_pass_and_show_their_highlights() -> None:
    found = check_configs(good())

    assert told(found) == ("pass", f"{OWN}; {OTHER}", None)
    assert evidence_of(found) == [(PATH, "patchtst"), (good().streams[1].config.path, "swinmae")]


def test_a_config_without_highlights_is_named_by_its_path() -> None:
    config = dict(patchtst().stream.config.model_dump(), highlights={"gone": "no.such.key"})

    assert check_configs(with_rules(good(), config=config)).detail == f"patchtst: {PATH}; {OTHER}"


def test_a_warning_is_told_and_does_not_fail() -> None:
    assert told(holding(findings=(WARNING,))) == ("pass", f"{OWN} [warning: an odd thing]; {OTHER}", None)


def test_a_missing_config_says_where_to_write_it() -> None:
    found = check_configs(replace(with_stream(good(), config=unread(FILE)), backups=()))

    assert told(found) == ("fail", f"patchtst: {PATH} is missing; {OTHER}", GENERAL_HINT)
    assert evidence_of(found)[0] == (PATH, "patchtst")


def test_a_config_that_cannot_be_read_tells_its_errors() -> None:
    found = holding(findings=(WARNING, ERROR), data=None)

    assert told(found) == (
        "fail", f"patchtst: {PATH}: expected this, found that (line 3); {OTHER}", GENERAL_HINT,
    )  # fmt: skip
    assert evidence_of(found)[0] == (PATH, "patchtst")


@pytest.mark.parametrize(("data", "found"), [([1, 2], "list"), (None, "NoneType"), ("text", "str")])
def test_a_config_that_is_no_mapping_says_what_it_is(data: Any, found: str) -> None:
    judged = holding(data=data)

    assert told(judged) == (
        "fail", f"patchtst: {PATH}: expected a mapping of keys, found {found}; {OTHER}", GENERAL_HINT,
    )  # fmt: skip
    assert evidence_of(judged)[0] == (PATH, "patchtst")


def test_every_key_that_is_wrong_is_told_with_the_file_to_correct() -> None:
    found = holding(data={"training": {"lr": 0, "epochs": 8}, "device": {"amp": False}, "data": {"source": "csv"}})

    assert told(found) == (
        "fail",
        f"patchtst: {PATH}: `training.lr` (line 12) is 0: expected more than 0, `model.mask_ratio` is missing; {OTHER}",
        f"Correct it in {PATH}.",
    )
    assert evidence_of(found)[0] == (PATH, "patchtst")


def test_a_key_without_a_value_is_missing() -> None:
    assert problem_of(None, {}) == " is missing"


def test_the_line_of_a_wrong_value_is_told_where_it_is_known() -> None:
    assert problem_of(-1, {"above": 0}, {("a", "b"): 7}) == " (line 7) is -1: expected more than 0"
    assert problem_of(-1, {"above": 0}, {("a",): 7}) == " is -1: expected more than 0"


BAD_TYPES: list[tuple[str, Any, str]] = [
    ("number", "2e-3", "'2e-3': expected a finite number"),
    ("number", True, "true: expected a finite number"),
    ("number", math.nan, "nan: expected a finite number"),
    ("number", math.inf, "inf: expected a finite number"),
    ("number", [1], "[1]: expected a finite number"),
    ("integer", 2.5, "2.5: expected a whole number"),
    ("integer", True, "true: expected a whole number"),
    ("integer", math.inf, "inf: expected a whole number"),
    ("integer", "8", "'8': expected a whole number"),
    ("boolean", 1, "1: expected true or false"),
    ("boolean", "yes", "'yes': expected true or false"),
    ("string", 3, "3: expected text"),
    ("string", "  ", "'  ': expected text"),
]


@pytest.mark.parametrize(("kind", "value", "words"), BAD_TYPES)
def test_a_value_of_another_type_is_refused(kind: str, value: Any, words: str) -> None:
    assert problem_of(value, {"type": kind}) == f" is {words}"


def test_an_integer_beyond_every_float_is_no_finite_number_and_breaks_nothing() -> None:
    assert (problem_of(10**400, {"type": "number"}) or "").endswith("…: expected a finite number")
    assert (problem_of(10**400, {"type": "integer"}) or "").endswith("…: expected a whole number")


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", 1), ("number", 0.5), ("integer", 8), ("integer", 8.0), ("boolean", False), ("string", "csv")],
)
def test_a_value_of_its_type_is_taken(kind: str, value: Any) -> None:
    assert problem_of(value, {"type": kind}) is None


@pytest.mark.parametrize(
    ("rule", "good_value", "bad_value", "words"),
    [
        ({"above": 0}, 0.001, 0, "0: expected more than 0"),
        ({"below": 1}, 0.999, 1, "1: expected less than 1"),
        ({"at_least": 2}, 2, 1.5, "1.5: expected at least 2"),
        ({"at_most": 9}, 9, 9.5, "9.5: expected at most 9"),
        ({"type": "integer", "at_least": 1}, 1, 0, "0: expected at least 1"),
        ({"above": 0, "below": 1, "at_least": 0.25, "at_most": 0.75}, 0.75, 0.8, "0.8: expected at most 0.75"),
    ],
)
def test_a_value_outside_its_range_is_refused_at_the_border(
    rule: dict[str, Any], good_value: float, bad_value: float, words: str
) -> None:
    assert problem_of(good_value, rule) is None
    assert problem_of(bad_value, rule) == f" is {words}"


def test_a_range_says_nothing_of_text_and_switches() -> None:
    assert problem_of("csv", {"type": "string", "above": 5}) is None
    assert problem_of(False, {"type": "boolean", "above": 5}) is None
    assert KeyRule().type == "number"


def test_a_dotted_key_leads_into_mappings_only() -> None:
    data = {"a": {"b": None, "c": [1]}}

    assert value_at(data, "a.b") is None
    assert value_at(data, "a") == {"b": None, "c": [1]}
    assert value_at(data, "a.x") is MISSING
    assert value_at(data, "a.c.0") is MISSING
    assert value_at(None, "a") is MISSING


def test_highlights_are_plain_values_and_nothing_for_the_rest() -> None:
    names = {n: n for n in ("nan", "huge", "border", "flag", "text", "list", "gone")}
    config = dict(patchtst().stream.config.model_dump(), highlights=names)
    data = {"nan": math.nan, "huge": -(2**53) - 1, "border": 2**53, "flag": True, "text": "csv", "list": [1]}
    seen = with_rules(with_stream(good(), config=reread(FILE, data=data)), config=config)

    assert patchtst(seen).metrics.config == {
        "nan": "nan", "huge": "-9007199254740993", "border": 2**53, "flag": True, "text": "csv",
        "list": None, "gone": None,
    }  # fmt: skip
    assert set(patchtst(with_stream(good(), config=unread(FILE))).metrics.config.values()) == {None}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "true"), (False, "false"), (8, "8"), (8.0, "8"), (1e-5, "1e-05"), (10**14, "100000000000000"),
        (10**15, "1e+15"), (-1234567890123456789, "-1.235e+18"), (math.nan, "nan"), ("a'b", '"a\'b"'),
        ("x" * 58, f"'{'x' * 58}'"), ("x" * 59, f"'{'x' * 58}…"), ([1, "a"], "[1, 'a']"),
    ],
)  # fmt: skip
def test_a_value_is_shown_as_a_person_writes_it_and_bounded(value: Any, words: str) -> None:
    assert shown_value(value) == words
