"""`<<` brings the keys of another mapping as YAML's merge-key type says; where PyYAML's versions differ, it is said."""

from __future__ import annotations

import pytest
import yaml

from collectors.readers.text.read_config import read_config


def test_anchors_and_merge_keys_mean_what_they_mean_to_pyyaml() -> None:
    text = "base: &b {lr: 1, epochs: 2}\na:\n  <<: *b\n  lr: 3\nc: *b\nd:\n  <<: [*b, {lr: 1, x: 1}]\n"

    evidence = read_config(text.encode(), name="c.yaml")

    assert evidence.data == yaml.safe_load(text)
    assert evidence.findings == ()
    assert evidence.lines["a", "epochs"] == 3
    assert evidence.lines["a", "lr"] == 4


def test_where_versions_of_pyyaml_differ_both_values_are_said() -> None:
    """YAML's merge-key type lets the earlier win; PyYAML did the same until 6.0.3, and the opposite since."""
    text = "base: &b {lr: 1, epochs: 2}\nd:\n  <<: [*b, {lr: 5}, {lr: 9, x: 1}]\n"

    evidence = read_config(text.encode(), name="c.yaml")

    assert evidence.data["d"] == {"lr": 1, "epochs": 2, "x": 1}
    assert [(f.severity, f.where) for f in evidence.findings] == [("warning", "line 3")]
    assert "`<<` brings `lr` more than once; read as `1`, as PyYAML up to 6.0.3 does" in evidence.findings[0].text
    assert "PyYAML since 6.0.4 takes `9`: write the key out" in evidence.findings[0].text
    assert yaml.safe_load(text)["d"] in ({"lr": 1, "epochs": 2, "x": 1}, {"lr": 9, "epochs": 2, "x": 1})


RECORDED = [
    ("<<: [*a, {lr: 9}, *a]", 1, 9),  # an alias brings its keys once, since 6.0.4
    ("<<: [{lr: 5}, {lr: 9}, {lr: 5}]", 5, 5),
    ("<<: *a\n  <<: {lr: 9}", 9, 9),  # of several `<<` the last
    ("<<: {lr: 9}\n  <<: [*a, {lr: 7}]", 1, 7),
    ("<<: *b", 1, 9),  # the anchor itself differs
    ("<<: [{<<: *a, lr: 9}]", 9, 9),
    ("<<: [{x: 1}, {x: 9}]\n  lr: 3", 3, 3),
]
"""What stands below `d:`, and its `lr` as read by PyYAML 6.0.3 and 6.0.4, tried with both."""
ANCHORS = "a: &a {lr: 1}\nb: &b {<<: [*a, {lr: 9}]}\nd:\n  "


@pytest.mark.parametrize(("text", "older", "newer"), RECORDED, ids=[row[0] for row in RECORDED])
def test_each_version_is_told_as_it_reads(text: str, older: int, newer: int) -> None:
    evidence = read_config((ANCHORS + text).encode(), name="c.yaml")

    told = [f.text for f in evidence.findings if f.where != "line 2"]
    assert evidence.data["d"]["lr"] == older
    assert yaml.safe_load(ANCHORS + text)["d"]["lr"] in (older, newer)
    assert [f"takes `{newer}`" in one for one in told] == ([True] if older != newer else [])


def test_since_6_0_4_a_key_of_one_letter_is_brought_once() -> None:
    """It is compared where Python keeps its text, and one letter is kept once: there even a mapping's own key loses."""
    alike = read_config(b"d: {<<: [{x: 1}, {x: 9}]}\n", name="c.yaml")
    other = read_config(b"a: &a {x: 1}\nd: {<<: [{<<: *a, x: 2}]}\n", name="c.yaml")

    assert (alike.data["d"], alike.findings) == ({"x": 1}, ())
    assert other.data["d"] == {"x": 2}
    assert "takes `1`" in other.findings[0].text


@pytest.mark.parametrize(
    "merged",
    [
        "{<<: [{lr: 1}, {lr: 9}], lr: 3}",  # its own wins everywhere
        "{<<: [{lr: .nan}, {lr: .nan}]}",
        "{<<: [{lr: {a: 1, b: 2}}, {lr: {b: 2, a: 1}}]}",
        "{<<: [{lr: 1}, {lr: 9}, {lr: 1}]}",  # the first is the last
    ],
)
def test_merged_mappings_that_every_reader_takes_alike_give_no_warning(merged: str) -> None:
    evidence = read_config(f"d: {merged}\n".encode(), name="c.yaml")

    assert evidence.findings == ()
    assert str(evidence.data) == str(yaml.safe_load(f"d: {merged}\n")) or "b: 2, a" in merged


def test_merged_values_that_only_python_takes_for_equal_differ() -> None:
    evidence = read_config(b"d: {<<: [{amp: 1}, {amp: true}]}\n", name="c.yaml")

    assert evidence.data["d"]["amp"] == 1
    assert "read as `1`, as PyYAML up to 6.0.3 does; PyYAML since 6.0.4 takes `true`" in evidence.findings[0].text
