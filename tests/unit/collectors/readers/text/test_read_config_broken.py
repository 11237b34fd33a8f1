"""A broken config says what is wrong and where, and none of them hurts the reader."""

from __future__ import annotations

import gzip
import pickle
import time

import pytest

from collectors.readers.text.read_config import read_config


def _laughs() -> str:
    rows = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "\n".join(["l0: &l0 [x, x, x, x, x, x, x, x, x, x]", *rows])


YAML: list[tuple[str, str | bytes, str, str | None]] = [
    # what it is, the contents, what must be said, where
    ("empty", b"", "is empty (0 bytes)", None),
    ("only comments", "# lr: 0.1\n", "holds no value, at most comments", None),
    ("only space", " \n\n", "holds no value", None),
    ("a key twice", "lr: 1\nx: 2\nlr: 3\n", "the key `lr` stands twice, in line 1 and in line 3", "line 3"),
    ("a key twice in a nested mapping", "t:\n  lr: 1\n  lr: 2\n", "in line 2 and in line 3", "line 3"),
    ("a key twice in one line", "{lr: 1, lr: 2}\n", "stands twice, in one line", "line 1"),
    ("a key twice, once quoted", "lr: 1\n'lr': 2\n", "the key `lr` stands twice", "line 2"),
    ("two documents", "a: 1\n---\nb: 2\n", "a second document begins", "line 2"),
    ("a tab before a key", "a:\n\tb: 1\n", "a tab, where YAML wants spaces", "line 2, column 1"),
    ("bad indentation", "a:\n  b: 1\n c: 2\n", "the indentation does not fit", "line 3, column 2"),
    ("a second colon", "a: b: c\n", "a `:` where no value can begin", "line 1, column 5"),
    ("cut off in a quoted text", 'a: 1\nb: "x y', "ends too early: is it cut off? (while scanning a quoted", "line 2"),
    ("cut off in a list", "a: [1, 2,", "ends too early: is it cut off?", "line 1"),
    ("cut off in a mapping", "a: {b: 1,", "ends too early: is it cut off?", "line 1"),
    ("an unopened bracket", "a: 1]\nb: ]\n", "is not YAML", "line 2"),
    ("a backtick", "a: `x`\n", "cannot start any token", "line 1, column 4"),
    ("a percent sign", "a: %d\n", "cannot start any token", "line 1, column 4"),
    ("an alias without anchor", "a: *nothing\n", "the alias `*nothing` has no anchor before it", "line 1, column 4"),
    ("an alias to what holds it", "a: &a [*a]\n", "has no anchor before it", "line 1, column 8"),
    ("a billion laughs", _laughs(), "more than 50,000 values, aliases expanded", "line"),
    ("two thousand aliases", "a: &a 1\nb: [" + "*a, " * 2000 + "]\n", "more than 1,000 aliases", "line 2"),
    ("a list in a list, 100,000 deep", "[" * 100_000, "nested more than 64 deep", "line 1, column 66"),
    ("a mapping in a mapping, 100,000 deep", "{a: " * 100_000, "nested more than 64 deep", "line 1"),
    ("block lists 1,000 deep", "- " * 1000 + "x", "nested more than 64 deep", "line 1"),
    ("keys of keys 1,000 deep", "? " * 1000 + "x", "a key is a list, a mapping or an alias", "line 1"),
    ("a list as a key", "? [a, b]\n: c\n", "a key is a list, a mapping or an alias", "line 1"),
    ("an alias as a key", "a: &a x\n*a : 1\n", "a key is a list, a mapping or an alias", "line 2"),
    ("a merge of a number", "a:\n  <<: 5\n", "`<<` needs a mapping", "line 2"),
    ("a tag that runs code", "a: !!python/object/apply:os.system [ls]\n", "the tag `!!python/object/apply", "line 1"),
    ("a tag that makes a name", "a: !!python/name:os.system\n", "is refused: only plain values are read", "line 1"),
    ("a tag of its own", "a: 1\nb: !include other.yaml\n", "the tag `!include` is refused", "line 2"),
    ("a tag on a mapping", "a: !thing {b: 1}\n", "the tag `!thing` is refused", "line 1"),
    ("a tag on a key", "!thing a: 1\n", "the tag `!thing` is refused", "line 1"),
    ("binary data in YAML", "a: !!binary aGk=\n", "the tag `!!binary` is refused", "line 1"),
    ("a false type", "a: !!int five\n", "`five` is tagged `!!int` and is none", "line 1"),
    ("a number of 5,000 digits", "a: " + "9" * 5000, "a number of 5,000 digits; at most 4,300", "line 1"),
    ("an escape out of range", 'a: "\\UFFFFFFFF"\n', "out of range", None),
    ("a version of 5,000 digits", "%YAML " + "9" * 5000 + ".1\n---\na: 1\n", "out of range", None),
    ("an unknown directive twice", "%YAML 1.1\n%YAML 1.1\n---\na: 1\n", "is not YAML", "line 2"),
    ("a YAML of the future", "%YAML 2.0\n---\na: 1\n", "is not YAML", "line 1"),
    ("a control character", "a: 1\nb: \x01\n", "holds the character U+0001, not allowed in YAML", "line 2"),
    ("a NUL byte", "a: 1\nb: x\0y\n", "holds a NUL byte", "line 2"),
    ("nothing but NUL bytes", b"\0" * 4096, "holds nothing but 4,096 zero bytes", None),
    ("half of a UTF-16 character", "a: 1\n".encode("utf-16") + b"\x00\xd8\x41\x00", "is damaged", "line"),
    ("a zip file", b"PK\x03\x04" + b"\0" * 50, "is a zip archive; text was expected", None),
    ("gzip data", gzip.compress(b"a: 1"), "is gzip data", None),
    ("a pickle", pickle.dumps({"lr": 1}), "is a pickle", None),
    ("50,001 values", "[" + "1," * 50_001 + "]", "more than 50,000 values", "line 1"),
    ("more than 1 MiB", b"#" * (1 << 20) + b"\na: 1", "a config has at most 1,048,576", None),
]

JSON: list[tuple[str, str, str, str | None]] = [
    ("empty", " \n", "holds no value, only space", None),
    ("a trailing comma in an object", '{"a": 1,}', "a comma before `}`: the last item must have none", "column 8"),
    ("a trailing comma in a list", '{"a": [1,\n]}', "a comma before `]`", "line 1, column 9"),
    ("a missing comma", '{"a": 1\n "b": 2}', "expected `,` or `}`", "line 2, column 2"),
    ("a missing colon", '{"a" 1}', "expected `:`, found `1`", "line 1, column 6"),
    ("two commas", "[1,,2]", "expected a value, found `,`", "line 1, column 4"),
    ("a key without quotes", "{a: 1}", "expected a key in double quotes, found `a`", "line 1, column 2"),
    ("single quotes", "{'a': 1}", "JSON wants double quotes", "line 1, column 2"),
    ("a comment", '{"a": 1} // x', "a comment, which JSON does not have", "line 1, column 10"),
    ("text after it", '{"a": 1}\n{"b": 2}', "more text after the value", "line 2, column 1"),
    ("cut off in an object", '{\n"a": 1', "ends inside what was begun in line 1: is it cut off?", "line 2"),
    ("cut off in a list", '{"a": [1, 2', "is it cut off?", "line 1"),
    ("cut off in a text", '{"a": "x', "ends inside a quoted text: is it cut off?", "line 1"),
    ("cut off after a key", '{"a"', "is it cut off?", "line 1"),
    ("cut off after a colon", '{"a":', "is it cut off?", "line 1"),
    ("a key twice", '{"lr": 1,\n "lr": 2}', "the key `lr` stands twice, in line 1 and in line 2", "line 2"),
    ("a line end in a text", '{"a": "x\ny"}', "a text in quotes is damaged", "line 1"),
    ("an unknown escape", '{"a": "\\x41"}', "a text in quotes is damaged", "line 1"),
    ("a number with a leading zero", '{"a": 017}', "expected a value, found `017`", "line 1, column 7"),
    ("a number with a plus", '{"a": +1}', "expected a value, found `+1`", "line 1"),
    ("a number in Arabic digits", '{"a": ٣}', "expected a value", "line 1"),
    ("a number without digits", '{"a": -}', "expected a value, found `-`", "line 1"),
    ("a number of 5,000 digits", '{"a": ' + "9" * 5000 + "}", "a number of 5,000 digits", "line 1"),
    ("Python's words", '{"a": None}', "expected a value, found `None`", "line 1"),
    ("a list 100,000 deep", "[" * 100_000, "nested more than 64 deep", "line 1, column 66"),
    ("an object 100,000 deep", '{"a":' * 100_000, "nested more than 64 deep", "line 1"),
    ("100,001 values", "[" + "1," * 100_000 + "1]", "more than 100,000 values", "line 1"),
]

TOML: list[tuple[str, str, str, str | None]] = [
    ("a key twice", "lr = 1\nlr = 2\n", "is not TOML: Cannot overwrite a value", "line 2, column 7"),
    ("a table twice", "[a]\nx = 1\n[a]\n", "is not TOML", "line 3"),
    ("no value", "lr =\n", "is not TOML: Invalid value", "line 1"),
    ("cut off in a text", 'lr = "x', "is not TOML: Unterminated string, at the end of the file", None),
    ("cut off in a list", "lr = [1,", "at the end of the file", None),
    ("a word", "lr = fast\n", "is not TOML: Invalid value", "line 1"),
    ("deep", "a = " + "[" * 100_000, "nested more than 64 deep", None),
    ("deep but complete", "a = " + "[" * 80 + "]" * 80, "nested more than 64 deep", None),
    ("a number of 5,000 digits", "a = " + "9" * 5000, "a number of more than 4,300 digits", None),
    ("a lone carriage return", "a = 1\rb = 2", "is not TOML", "line 1"),
    ("YAML", "lr: 1\n", "is not TOML", "line 1"),
]

BROKEN = [
    (f"{name.rsplit('.')[-1]}: {row[0]}", name, row[1], row[2], row[3])
    for name, rows in (("c.yaml", YAML), ("c.json", JSON), ("c.toml", TOML))
    for row in rows
]


@pytest.mark.parametrize(("name", "data", "words", "where"), [row[1:] for row in BROKEN], ids=[r[0] for r in BROKEN])
def test_a_broken_config_is_an_error_that_says_what_and_where(
    name: str, data: str | bytes, words: str, where: str | None
) -> None:
    started = time.process_time()

    evidence = read_config(data.encode() if isinstance(data, str) else data, name=name)

    errors = [finding for finding in evidence.findings if finding.severity == "error"]
    assert not evidence.sound
    assert words in errors[-1].text
    assert (where or "") in (errors[-1].where or "")
    assert (errors[-1].where is None) is (where is None)
    assert time.process_time() - started < 40  # seconds of work: ten times what it needs, for a debugger or coverage


def test_after_a_key_that_stands_twice_the_last_value_is_given_as_pyyaml_would() -> None:
    assert read_config(b"lr: 1\nlr: 2\n", name="c.yaml").data == {"lr": 2}
    assert read_config(b'{"lr": 1, "lr": 2}', name="c.json").data == {"lr": 2}


def test_no_tag_is_ever_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    canary = tmp_path_factory.getbasetemp() / "canary"
    attack = f"a: !!python/object/apply:os.system ['touch {canary}']\n"

    evidence = read_config(attack.encode(), name="c.yaml")

    assert not canary.exists()
    assert evidence.data == {"a": [f"touch {canary}"]}


def test_not_a_number_in_json_is_kept_and_said() -> None:
    evidence = read_config(b'{"a": NaN, "b": -Infinity, "c": 1e999}', name="c.json")

    assert str(evidence.data) == "{'a': nan, 'b': -inf, 'c': inf}"
    assert [f.severity for f in evidence.findings] == ["warning"] * 3


def test_findings_are_bounded_however_much_is_wrong() -> None:
    evidence = read_config("".join(f"k{n}: NO\n" for n in range(5000)).encode(), name="c.yaml")

    assert len(evidence.findings) == 26
    assert str(evidence.findings[-1]) == "4,975 more like these"


def test_half_a_character_is_replaced_so_that_it_can_be_shown() -> None:
    for name, text in (("c.yaml", 'a: "\\ud800"'), ("c.json", '{"a": "\\ud800"}')):
        assert read_config(text.encode(), name=name).data == {"a": "\ufffd"}
