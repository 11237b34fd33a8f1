"""Patterns for text logs: what names a value is taken, and what could take for ever is refused by name."""

from __future__ import annotations

import pytest

from collectors.contract.line_pattern import EXAMPLE, LONGEST, checked_pattern


@pytest.mark.parametrize(
    "pattern",
    [
        EXAMPLE,
        r"^(?P<time>\S+ \S+): +train_loss (?P<train_loss>-?\d+(?:\.\d+)?)",
        r"Epoch (?P<epoch>\d+)$|train_loss (?P<train_loss>\S+)",
        r"(?P<a>[(+*|?)]+)\)\(",
        r"[]a](?P<a>[^]+*]*)",
        r"(?P<year>\d{4})-(?:ab){2} loss: *(?P<a>.+)",
        r"(?P<a>(?:x|y)z)?.*",
    ],
)
def test_a_pattern_that_names_a_value_is_taken(pattern: str) -> None:
    assert checked_pattern(pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(", "is no regular expression"),
        (r"loss \S+", "names nothing"),
        ("(?P<a>x)" + "y" * LONGEST, "at most 500"),
        (r"(?P<a>(x+)+)y", "a repeat inside a repeat before `+`"),
        (r"(?P<a>x*){2,}", "a repeat inside a repeat before `{2,}`"),
        (r"(?P<a>x?){30}", "a repeat inside a repeat before `{30}`"),
        (r"(?P<a>(?:(x+)y?)z)*?", "a repeat inside a repeat before `*?`"),
        (r"(?:a|ab)+(?P<c>.)", "alternatives that are repeated before `+`"),
        (r"(?:(?:a|ab))*(?P<c>.)", "alternatives that are repeated before `*`"),
        (r"(?P<a>.*).*x", "two `.*` side by side"),
        (r"(?P<a>.*?)(?P<b>.+)x", "two `.*` side by side"),
        (r"(?P<a>x)(?=y)", "holds `(?=`"),
        (r"(?P<a>x)(?<!y)z", "holds `(?<`"),
        (r"(?P<a>x)(?P=a)", "holds `(?P`"),
        (r"(?i)(?P<a>x)", "holds `(?i`"),
        (r"(?P<a>x)\1", r"the back reference `\1`"),
        ("(?P<a>x)" + "y*z" * 9, "has 9 open repeats"),
    ],
)
def test_what_could_take_for_ever_or_names_nothing_is_refused_with_an_example(pattern: str, words: str) -> None:
    with pytest.raises(ValueError) as refused:
        checked_pattern(pattern)

    assert words in str(refused.value)
    assert str(refused.value).endswith(f"write it like `{EXAMPLE}`")
