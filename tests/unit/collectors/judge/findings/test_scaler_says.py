"""What the scaler says: its method against the config, its numbers in float32, its channels against reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.gathered import ERROR, good, patchtst, reread, unread, with_config, with_stream

from collectors.contract.values import Outcome
from collectors.judge.checklist import judge
from collectors.judge.findings.scaler_says import (
    METHODS,
    find_beyond_float32,
    find_other_channels,
    find_other_method,
    method_named,
)
from collectors.judge.findings.spec import Found
from collectors.training.evidence import ReadFile, WorkspaceEvidence

CONFIG, SCALER = "configs/patchtst_ssl_real.yaml", "artifacts/scaler_fdc.json"


def normalized(value: Any, method: str | None = "zscore") -> WorkspaceEvidence:
    """The config says this of its normalization, and the scaler that of its method."""
    seen = replace(good(), scaler=reread(good().scaler, method=method))
    data = patchtst().config_data
    return with_stream(seen, config=reread(patchtst().config, data={**data, "data": {"normalization": value}}))


def scaled(**numbers: Any) -> WorkspaceEvidence:
    """A scaler of these numbers."""
    return replace(good(), scaler=reread(good().scaler, **numbers))


def reported(*counts: Any, folder: str = "fdc", **more: Any) -> WorkspaceEvidence:
    """Reports on as many inputs that count so many channels."""
    first = good().reports[0]
    files = [
        reread(
            replace(first, facts=replace(first.facts, path=f"artifacts/dqvl/{folder}/r{n}.json")),
            data={"decision": "keep", "metrics": {"channel_count": count}, **more},
        )
        for n, count in enumerate(counts)
    ]
    return replace(good(), reports=tuple(files))


def outcome(seen: WorkspaceEvidence) -> Outcome:
    return next(c.outcome for c in judge(seen).checks if c.id == "scaler")


def test_another_method_than_the_config_names_fails_and_names_both() -> None:
    seen = normalized("minmax")

    (found,) = find_other_method(seen)
    assert (found.path, found.stream, found.level) == (SCALER, "patchtst", None)
    assert found.text == f"{CONFIG} says `data.normalization: minmax`, and {SCALER} says method `zscore`"
    assert outcome(seen) is Outcome.FAIL


@pytest.mark.parametrize(
    ("said", "method"),
    [
        ("zscore", "zscore"), ("z-score", "zscore"), ("StandardScaler", "zscore"), ("standardize", "Z_Score"),
        ("per_channel_zscore", "standard"), ("robust", "median-iqr"), ("RobustScaler", "robust"),
        ("min-max", "MinMaxScaler"), ("max_abs", "MaxAbsScaler"), ("none", "identity"), (False, "none"),
        ("my_own", "My_Own "), (True, "zscore"),
    ],
)  # fmt: skip
def test_words_for_one_method_are_one(said: str | bool, method: str) -> None:
    assert list(find_other_method(normalized(said, method))) == []


@pytest.mark.parametrize(
    ("said", "method"),
    [
        ("robust", "zscore"), ("zscore", "minmax"), ("max_abs", "minmax"),
        ("none", "zscore"), (False, "zscore"), (True, "none"),
    ],
)  # fmt: skip
def test_words_for_two_methods_are_two(said: str | bool, method: str) -> None:
    assert [f.level for f in find_other_method(normalized(said, method))] == [None]


@pytest.mark.parametrize(
    ("said", "method", "word"), [("revin", "zscore", "`revin`"), ("zscore", "quantile", "`quantile`")]
)
def test_a_word_that_is_not_known_cannot_be_told(said: str, method: str, word: str) -> None:
    seen = normalized(said, method)

    (found,) = find_other_method(seen)
    assert found.level == "skip" and found.text.endswith(f"; whether they are one is not known: {word}")
    assert outcome(seen) is Outcome.SKIP


@pytest.mark.parametrize("said", [None, 3, ["minmax"], {"method": "minmax"}])
def test_what_is_no_word_names_no_method(said: Any) -> None:
    assert list(find_other_method(normalized(said))) == []


def test_a_key_that_is_missing_a_config_that_is_missing_and_a_description_without_the_key_say_nothing() -> None:
    config = unread(patchtst().config)
    spec = good().config.scaler
    assert spec is not None

    assert list(find_other_method(good())) == []
    assert list(find_other_method(with_stream(normalized("minmax"), config=config))) == []
    assert list(find_other_method(with_stream(normalized("minmax"), config=None))) == []
    silent = {**spec.model_dump(), "method_key": None}
    assert list(find_other_method(with_config(normalized("minmax"), scaler=silent))) == []
    assert list(find_other_method(with_config(normalized("minmax"), scaler=None))) == []


def test_no_word_stands_for_two_methods() -> None:
    words = [word for names in METHODS.values() for word in names]

    assert len({*words}) == len(words)
    assert all(method_named(word) == method for method, names in METHODS.items() for word in names)


def without_numbers(scaler: ReadFile[Any] | None) -> list[Found]:
    seen = replace(good(), scaler=scaler)
    return [*find_beyond_float32(seen), *find_other_channels(seen), *find_other_method(seen)]


def test_a_scaler_that_is_not_sound_or_not_there_is_the_checks_own_matter() -> None:
    bad = reread(good().scaler, scale=(1e-42,) * 6, method="minmax", findings=(ERROR,))

    assert without_numbers(bad) == without_numbers(unread(bad)) == without_numbers(None) == []
    assert without_numbers(replace(scaled(scale=(1e-42,)).scaler, being_written=True)) == []  # type: ignore[type-var]


SMALLEST, LARGEST = 1.1754943508222875e-38, 3.4028234663852886e38
"""Of the normal numbers of float32, as numpy's `finfo` says them."""


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"scale": (1.0, 1e-42)}, "scale[1] is 1e-42, which is zero or subnormal in float32"),
        (
            {"scale": (1e-60, 1e-60, 1e-60)},
            "scale[0] is 1e-60, which is zero or subnormal in float32, and 2 further numbers like it",
        ),
        ({"scale": (1e39,)}, "scale[0] is 1e+39, which is infinite in float32"),
        ({"center": (0.0, -1e300)}, "center[1] is -1e+300, which is infinite in float32"),
        ({"scale": (SMALLEST * (1 - 1e-12),)}, "scale[0] is 1.17549e-38, which is zero or subnormal in float32"),
        ({"scale": (LARGEST * (1 + 1e-12),)}, "scale[0] is 3.40282e+38, which is infinite in float32"),
    ],
)  # fmt: skip
def test_numbers_that_float32_cannot_hold_fail(numbers: dict[str, Any], words: str) -> None:
    (found,) = find_beyond_float32(scaled(**numbers))

    assert found.text == f"{SCALER}: {words}"
    assert outcome(scaled(**numbers)) is Outcome.FAIL


@pytest.mark.parametrize(
    "numbers",
    [
        {"scale": (SMALLEST, LARGEST, 1e-12)}, {"center": (0.0, 1e-42, -1e-300, LARGEST, -LARGEST)},
        {"scale": (0.0, -1.0, float("inf"), float("nan"))},
    ],
)  # fmt: skip
def test_small_centers_the_last_normal_numbers_and_what_check_2_tells_are_none(numbers: dict[str, Any]) -> None:
    assert list(find_beyond_float32(scaled(**numbers))) == []


def test_reports_that_all_count_other_channels_fail_and_name_both() -> None:
    seen = reported(5, 4)

    (found,) = find_other_channels(seen)
    said = "artifacts/dqvl/fdc/r0.json says `metrics.channel_count: 5`"
    assert found.text == f"{SCALER} has 6 channels, and {said}"
    assert outcome(seen) is Outcome.FAIL


@pytest.mark.parametrize("counts", [(6,), (6, 5), (5, 6), (), ("5",), (5.0,), (True,), (0,), (None,)])
def test_one_report_that_agrees_or_none_that_counts_contradicts_nothing(counts: tuple[Any, ...]) -> None:
    assert list(find_other_channels(reported(*counts))) == []


def test_reports_on_other_data_and_on_inputs_that_were_thrown_away_are_not_asked() -> None:
    assert list(find_other_channels(reported(5, folder="vib"))) == []
    assert list(find_other_channels(reported(5, decision="drop"))) == []
    assert list(find_other_channels(replace(reported(5), reports=(unread(reported(5).reports[0]),)))) == []


def test_without_a_place_to_look_nothing_is_counted() -> None:
    spec = good().config.scaler
    assert spec is not None
    silent = {**spec.model_dump(), "channels": None}

    assert list(find_other_channels(with_config(reported(5), scaler=silent))) == []
