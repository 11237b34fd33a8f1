"""What a document says outside comments and code: whole words and sentences."""

from __future__ import annotations

import pytest

from collectors.judge.prose import prose_of, sentences, speaks_of


@pytest.mark.parametrize(
    "text",
    [
        "before <!-- hidden --> after",
        "before <!-- hidden\n\nhidden --> after",
        "after before <!-- hidden",
        "before\n```\nhidden\n```\nafter",
        "before\n~~~ python\nhidden\n~~~\nafter",
        "before\n````\n```\nhidden\n```\n````\nafter",
        "before\n- ```\n  hidden\n  ```\nafter",
        "before after\n```\nhidden",
        "before `hidden` after",
        "before ``hidden ` hidden`` after",
        "before\n[//]: # (hidden)\nafter",
        "before\n[comment]: <> (hidden)\nafter",
        "before\n```\n<!-- hidden\n```\nafter",
        "before <!-- ``` --> after <!-- hidden -->",
    ],
)
def test_comments_and_code_are_no_prose(text: str) -> None:
    prose = prose_of(text)

    assert not speaks_of(prose, "hidden")
    assert speaks_of(prose, "before") and speaks_of(prose, "after")


@pytest.mark.parametrize(
    "text",
    [
        "a lone ` before shown",
        "`` ` shown",
        "one ` here\n\nshown, and one ` there",
        "[link]: https://x/shown",
        "# shown",
    ],
)
def test_what_is_neither_stays(text: str) -> None:
    assert speaks_of(prose_of(text), "shown")


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("train", "train Train TRAINS trained training trainings train's train_set pre-train"),
        ("calibration", "calibration calibrations calibrate calibrates calibrated calibrating"),
        ("normal", "normal normals normally normality"),
        ("split", "split splits splitting"),
        ("validate", "validate validated validating validation"),
        ("tr.in", "tr.in"),
    ],
)
def test_a_whole_word_and_its_inflections_are_spoken_of(word: str, forms: str) -> None:
    assert [form for form in forms.split() if not speaks_of(f"the {form}.", word)] == []


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("train", "constrain trainee trainer untrained strain trains2"),
        ("calibration", "recalibration uncalibrated calibrator"),
        ("normal", "abnormal normalization normalize normalised"),
        ("tr.in", "train"),
    ],
)
def test_a_part_of_another_word_is_not(word: str, others: str) -> None:
    assert [other for other in others.split() if speaks_of(f"the {other}.", word)] == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One is here. Two is there! Is three?", 3),
        ("A line that\ngoes on, and ends.", 1),
        ("- one item\n- two items\n* three items\n1. four items", 4),
        ("| part | rows |\n|---|---|\n| train | 80 % |", 2),
        ("# A heading of words\n\nTitle of it\n===\n\n---", 1),
        ("See data/watch_*.csv, or v1.2 of it.", 1),
        ('He said "it is so." And left.', 2),
        ("TODO.", 0),
        ("", 0),
    ],
)
def test_sentences_items_and_rows_are_counted_and_headings_are_not(text: str, count: int) -> None:
    assert len(sentences(text)) == count
