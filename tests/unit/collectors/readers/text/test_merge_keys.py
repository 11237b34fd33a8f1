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


def test_of_merged_mappings_the_earlier_wins_and_what_other_readers_take_is_said() -> None:
    """YAML's merge-key type says so; PyYAML did the same until 6.0.3, and the opposite since."""
    text = "base: &b {lr: 1, epochs: 2}\nd:\n  <<: [*b, {lr: 5}, {lr: 9, x: 1}]\n"

    evidence = read_config(text.encode(), name="c.yaml")

    assert evidence.data["d"] == {"lr": 1, "epochs": 2, "x": 1}
    assert [(f.severity, f.where) for f in evidence.findings] == [("warning", "line 3")]
    assert "`<<` brings `lr` more than once; read as `1`, the earlier" in evidence.findings[0].text
    assert "some versions of PyYAML take `9`: write the key out" in evidence.findings[0].text
    assert yaml.safe_load(text)["d"] in ({"lr": 1, "epochs": 2, "x": 1}, {"lr": 9, "epochs": 2, "x": 1})


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
    assert "read as `1`, the earlier; some versions of PyYAML take `true`" in evidence.findings[0].text
