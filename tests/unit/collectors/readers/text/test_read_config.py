"""A config is read as training read it, with the line of each key, whatever its format and encoding."""

from __future__ import annotations

import json
import math
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from collectors.evidence.documents import ConfigEvidence
from collectors.readers.text.plain import nearest_line
from collectors.readers.text.read_config import MAX_BYTES, read_config

CONFIG = """\
seed: 42  # a real one, cut down
device:
  prefer_cuda: false
  amp: true
data:
  source: csv
  path: data/fdc/*.csv
  fs: 64
dqvl:
  warn: {jump_ratio: 0.2, rms_max: 1000000.0}
model:
  mask_ratio: 0.4
  depths: [2, 2]
  name: "swin: tiny"
training:
  epochs: 8
  lr: 0.002
  weight_decay: 1.0e-4
  scheduler: null
"""


def test_a_training_config_is_read_as_the_training_program_reads_it() -> None:
    evidence = read_config(CONFIG.encode(), name="configs/swinmae_ssl_real.yaml")

    assert evidence.format == "yaml"
    assert evidence.findings == ()
    assert evidence.data == yaml.safe_load(CONFIG)


def test_every_key_has_its_line_and_list_items_the_one_above() -> None:
    lines = read_config(CONFIG.encode()).lines

    assert lines["seed",] == 1
    assert lines["device", "amp"] == 4
    assert lines["dqvl", "warn", "rms_max"] == 10
    assert lines["training", "lr"] == 17
    assert nearest_line(lines, ("model", "depths", 1)) == 13
    assert nearest_line(lines, ("training", "warmup", "steps")) == 15
    assert nearest_line(lines, ("gone",)) is None


def test_items_of_a_list_that_hold_keys_have_lines() -> None:
    text = "stages:\n  - id: a\n  - id: b\n    after: [a]\n"

    lines = read_config(text.encode()).lines

    assert lines["stages", 1] == 3
    assert lines["stages", 1, "after"] == 4


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_usual_encoding_and_line_end_gives_the_same_values(encoding: str, line_end: str) -> None:
    text = line_end.join(["title: Prüfstand 7", "training:", "  epochs: 8", "  lr: 0.002", ""])

    evidence = read_config(text.encode(encoding), name="a.yaml")

    assert evidence.data == {"title": "Prüfstand 7", "training": {"epochs": 8, "lr": 0.002}}
    assert evidence.sound
    assert evidence.lines["training", "lr"] == 4
    assert bool(evidence.findings) is (encoding != "utf-8")


JSON_TEXT = '{\n "training": {"lr": 2e-3,\n  "epochs": 8},\n "tags": ["a", {"b": null}], "x": -0.5E+2, "y": true}'
TOML_TEXT = 'title = "x"\n[training]\nlr = 2e-3\nepochs = 8\nstart = 2024-01-02\n[[stage]]\nid = 1\n[[stage]]\nid = 2\n'


@pytest.mark.parametrize(
    ("text", "name", "kind", "expected"),
    [
        (JSON_TEXT, "c.json", "json", json.loads(JSON_TEXT)),
        (JSON_TEXT, "", "json", json.loads(JSON_TEXT)),
        (TOML_TEXT, "c.toml", "toml", {**tomllib.loads(TOML_TEXT.replace("2024-01-02", '"2024-01-02"'))}),
        (TOML_TEXT, "", "toml", {**tomllib.loads(TOML_TEXT.replace("2024-01-02", '"2024-01-02"'))}),
        ("[training]\nlr = 1\n", "", "toml", {"training": {"lr": 1}}),
        ("# c\n\n[a.b]\nlr = 1\n", "", "toml", {"a": {"b": {"lr": 1}}}),
        ("a: 1\n", "", "yaml", {"a": 1}),
        ("[1, 2]\n", "", "yaml", [1, 2]),
        ('{"a": [1, "b"]}', "c.yaml", "yaml", {"a": [1, "b"]}),
        ('{"a": [1, "b"]}', "C.YML", "yaml", {"a": [1, "b"]}),
        ("a: 1\n", "model.cfg", "yaml", {"a": 1}),
    ],
)
def test_the_format_is_told_by_the_name_else_by_the_contents(text: str, name: str, kind: str, expected: Any) -> None:
    evidence = read_config(text.encode(), name=name)

    assert (evidence.format, evidence.data, evidence.findings) == (kind, expected, ())


def test_json_and_toml_keys_have_lines_too() -> None:
    in_json = read_config(JSON_TEXT.encode(), name="c.json").lines
    in_toml = read_config(TOML_TEXT.encode(), name="c.toml").lines

    assert (in_json["training", "lr"], in_json["training", "epochs"], in_json["tags", 1, "b"]) == (2, 3, 4)
    assert (in_toml["training",], in_toml["training", "epochs"], in_toml["stage", 1, "id"]) == (2, 4, 9)


TRAPS: list[tuple[str, Any, str]] = [
    # what stands in the file, the value, what must be said
    ("2e-3", 0.002, "`2e-3` is text to PyYAML; read as the number 0.002: write `2.0e-3`"),
    ("1e5", 1e5, "write `1.0e+5`"),
    ("1.5e5", 1.5e5, "write `1.5e+5`"),
    ("-.5E3", -500.0, "write `-.5e+3`"),
    ("NO", False, "`NO` is read as false: write `false`, or `'NO'` for the text"),
    ("on", True, "`on` is read as true"),
    ("Yes", True, "`Yes` is read as true"),
    ("017", 15, "`017` is read as 15 (base 8): write `15`"),
    ("08", "08", "`08` is text to YAML"),
    ("1:30", 90, "`1:30` is read as 90 (base 60): write `90`"),
    ("1:30.5", 90.5, "(base 60)"),
    ("2024-01-02", "2024-01-02", "is a date to YAML; kept as text"),
    ("2024-01-02 10:00:00", "2024-01-02 10:00:00", "is a date to YAML"),
    ("2024-99-99", "2024-99-99", "is a date to YAML"),
    ("nan", "nan", "is text to YAML: write `.nan`"),
    ("-inf", "-inf", "write `-.inf`"),
    ("None", "None", "is text to YAML: write `null`"),
    ("=", "=", "means something special"),
    ("<<", "<<", "means something special"),
    ("0b_", "0b_", "looks like a number to YAML but is none"),
    ("9.0e+999", math.inf, "too large for a number; read as infinity"),
]


@pytest.mark.parametrize(("word", "value", "words"), TRAPS, ids=[row[0] for row in TRAPS])
def test_a_classic_trap_of_yaml_is_a_warning_with_its_line(word: str, value: Any, words: str) -> None:
    """The value is what PyYAML makes of it, except that a number written `2e-3` is the number it means."""
    evidence = read_config(f"first: 1\nkey: {word}\n".encode(), name="c.yaml")

    assert evidence.data == {"first": 1, "key": value}
    assert type(evidence.data["key"]) is type(value)
    assert [(f.severity, f.where) for f in evidence.findings] == [("warning", "line 2")]
    assert words in evidence.findings[0].text


HONEST = ["true", "False", "TRUE", "null", "~", "", "5", "-5", "0", "0x1F", "1_000", "1.0e-3", "2.0E+3", ".5", ".nan"]
TEXTS = [".inf", "word", "'NO'", '"017"', "'2024-01-02'", "two words", "1.2.3", "e5", "1e", "12px", "data/*.csv"]


@pytest.mark.parametrize("word", [*HONEST, *TEXTS])
def test_honest_values_give_no_warning_and_are_what_pyyaml_makes_of_them(word: str) -> None:
    text = f"key: {word}\n"

    evidence = read_config(text.encode(), name="c.yaml")

    assert evidence.findings == ()
    assert str(evidence.data) == str(yaml.safe_load(text))


def test_keys_are_text_as_written_and_the_odd_ones_are_said() -> None:
    evidence = read_config(b"on: 1\n1: 2\n0.5: 3\nno: 4\n", name="c.yaml")

    assert evidence.data == {"on": 1, "1": 2, "0.5": 3, "no": 4}
    assert [f.where for f in evidence.findings] == ["line 1", "line 4"]
    assert "the key `on` is true or false to YAML; read as text" in evidence.findings[0].text


def test_tags_that_only_name_a_plain_type_are_honoured() -> None:
    """`!!float 2e-3` is how careful people get around the trap."""
    evidence = read_config(b"lr: !!float 2e-3\nname: !!str 5\nn: !!int 7\nm: !!map {a: !!bool yes}\n", name="c.yaml")

    assert evidence.data == {"lr": 0.002, "name": "5", "n": 7, "m": {"a": True}}
    assert evidence.findings == ()


@pytest.mark.parametrize("text", ["- a\n- b\n", "just text\n", "5\n", "null\n"])
def test_what_is_no_mapping_is_still_data_for_the_check_to_judge(text: str) -> None:
    evidence = read_config(text.encode(), name="c.yaml")

    assert evidence.sound
    assert evidence.data == yaml.safe_load(text)


def test_the_largest_allowed_config_is_read_and_a_larger_one_is_not() -> None:
    good = b"a: 1\n#" + b"x" * (MAX_BYTES - 6)

    assert read_config(good).data == {"a": 1}
    assert "a config has at most 1,048,576" in str(read_config(good + b"x").findings[0])


_PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(data=_PLAIN)
def test_json_that_python_writes_is_read_back_equal(data: Any) -> None:
    evidence = read_config(json.dumps(data).encode(), name="c.json")

    assert evidence.data == json.loads(json.dumps(data))


@settings(max_examples=150, deadline=None)
@given(data=_PLAIN)
def test_yaml_that_pyyaml_writes_is_read_back_equal(data: Any) -> None:
    text = yaml.safe_dump(data, allow_unicode=False)

    evidence = read_config(text.encode(), name="c.yaml")
    # Text such as `0E0` means a number to people: it is read as one, and said.
    assume(not any("is text to PyYAML" in finding.text for finding in evidence.findings))

    assert evidence.data == yaml.safe_load(text)


_SIGNS = ["a: ", "- ", "{", "}", "[", "]", ", ", "\n", "\n  ", "&a ", "*a", "<<: ", "!!int ", "!x ", "'", '"', "\\"]
_MORE = ["? ", "|\n", "%YAML 1.1\n", "---\n", "...\n", "\t", "\0", "#", ":", '"a": ', "[[t]]\n", "k = ", '"""', "'''"]
_WORDS = ["2e-3", "017", "0x", "1:3", "NO", "~", "-", "NaN", "\\ud800", '"\\U', "é", "\x85", "\u2028", "\ufeff"]
_SNIPPETS = st.sampled_from([*_SIGNS, *_MORE, *_WORDS])


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is None or type(value) in (bool, int, float, str)


def _check(evidence: ConfigEvidence) -> None:
    assert evidence.findings or evidence.format != "unknown"
    assert _is_plain(evidence.data)
    json.dumps(evidence.data).encode()
    str(evidence.data).encode("utf-8")
    for finding in evidence.findings:
        assert len(str(finding).encode("utf-8")) < 1000


@settings(max_examples=400, deadline=None)
@given(data=st.binary(max_size=200), name=st.sampled_from(["", "a.yaml", "a.json", "a.toml"]))
def test_any_bytes_give_evidence_and_never_an_exception(data: bytes, name: str) -> None:
    _check(read_config(data, name=name))


@settings(max_examples=500, deadline=None)
@given(parts=st.lists(_SNIPPETS, max_size=25), name=st.sampled_from(["", "a.yaml", "a.json", "a.toml"]))
def test_any_mix_of_the_formats_own_signs_gives_evidence(parts: list[str], name: str) -> None:
    _check(read_config("".join(parts).encode("utf-8", "replace"), name=name))


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0, len(CONFIG)), junk=st.binary(max_size=4))
def test_a_real_config_damaged_anywhere_gives_evidence(at: int, junk: bytes) -> None:
    whole = CONFIG.encode()

    _check(read_config(whole[:at] + junk + whole[at + len(junk) :], name="c.yaml"))
    _check(read_config(whole[:at], name="c.yaml"))


RECORDED = Path(__file__).parents[4] / "data/configs"


@pytest.mark.parametrize("name", ["patchtst_ssl_real.yaml", "swinmae_ssl_real.yaml", "batch_decision_runtime.yaml"])
def test_recorded_configs_are_read_as_pyyaml_reads_them(name: str) -> None:
    data = (RECORDED / name).read_bytes()

    evidence = read_config(data, name=name)

    assert evidence.findings == ()
    assert evidence.data == yaml.safe_load(data)
