"""Models of XGBoost, LightGBM and CatBoost are parsed: readable, never verified, and never taken for damaged."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import pytest
from support.build_models import an_xgboost, catboost, lightgbm, ubjson, xgboost_json

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.judge.describe import describe_checkpoint
from collectors.readers.checkpoint.read import read_checkpoint
from collectors.readers.checkpoint.ubjson import UbjsonProblem, parse_ubjson


def read(data: bytes, **options: Any) -> CheckpointEvidence:
    return read_checkpoint(io.BytesIO(data), len(data), **options)


def errors(evidence: CheckpointEvidence) -> list[str]:
    return [str(f) for f in evidence.findings if f.severity == "error"]


SOUND = {
    "xgboost-json": (xgboost_json(), "XGBoost model, 2 trees, parsed whole, no checksum recorded"),
    "xgboost-ubj": (ubjson(an_xgboost()), "XGBoost model, 2 trees, parsed whole, no checksum recorded"),
    "lightgbm": (lightgbm(), "LightGBM model, 2 trees, parsed whole, no checksum recorded"),
    "catboost": (catboost(), "CatBoost model, only its size read, no checksum recorded"),
    "catboost-json": (b'{"features_info": {}, "oblivious_trees": [{}]}', "CatBoost model, 1 tree, parsed whole"),
}


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_model_is_readable(kind: str) -> None:
    data, words = SOUND[kind]

    evidence = read(data, name=f"model.{kind}")

    assert (evidence.format, evidence.findings, evidence.opaque) == (kind, (), None)
    assert evidence.data_read == "none", "the numbers of no format here are proven"
    assert evidence.sha256 == hashlib.sha256(data).hexdigest()
    assert words in describe_checkpoint(evidence)


def test_a_linear_booster_and_dart_are_models_too() -> None:
    linear = {"learner": {"gradient_booster": {"name": "gblinear", "model": {"weights": [0.5, 1.0]}}}}
    dart = an_xgboost()
    dart["learner"]["gradient_booster"] = {"name": "dart", "gbtree": dart["learner"]["gradient_booster"]}

    assert read(json.dumps(linear, separators=(",", ":")).encode()).findings == ()
    for model in ({"weights": []}, {}):
        linear["learner"]["gradient_booster"]["model"] = model  # type: ignore[assignment]
        assert errors(read(json.dumps(linear, separators=(",", ":")).encode())) == ["holds no weights"]
    assert read(json.dumps(dart, separators=(",", ":")).encode()).scalars == {"trees": 2}


def _declaring(trees: str) -> bytes:
    model = an_xgboost()
    model["learner"]["gradient_booster"]["model"]["gbtree_model_param"]["num_trees"] = trees
    return json.dumps(model).encode()


NAN, INF = float("nan"), float("inf")
BROKEN = {
    "json cut short": (xgboost_json()[:-20], "is not JSON to its end"),
    "json without a booster": (b'{"learner":{}}', "expected `learner` with a `gradient_booster`"),
    "json without trees": (xgboost_json().replace(b'"trees"', b'"woods"'), "holds no trees"),
    "trees missing": (_declaring("9"), "declares 9 trees, but holds 2"),
    "arrays of two lengths": (xgboost_json(split_conditions=[0.5]), "as many entries in each array"),
    "nodes missing": (xgboost_json(tree_param={"num_nodes": "7"}), "declares 7 nodes, but holds 3"),
    "a leaf that is NaN": (xgboost_json(split_conditions=[0.5, NAN, 0.2]), "a leaf is NaN or infinite"),
    "json nested without end": (b'{"learner":' + b"[" * 100_000, "is not JSON"),
    "ubj cut short": (ubjson(an_xgboost())[:-9], "it is cut short"),
    "ubj cut in an array": (ubjson(an_xgboost())[:150], "it is cut short"),
    "ubj with bytes behind": (ubjson(an_xgboost()) + b"xyz", "3 bytes follow the end"),
    "ubj with a leaf that is infinite": (ubjson(an_xgboost(split_conditions=[0.5, INF, 0.2])), "NaN or infinite"),
    "ubj with another type": (ubjson(an_xgboost()).replace(b"[$d#", b"[$?#"), "is no type"),
    "lightgbm cut short": (lightgbm()[:-90], "`end of trees` is missing"),
    "lightgbm without a tree": (lightgbm(0), "holds no trees"),
    "lightgbm with a tree cut out": (lightgbm(2).replace(b"Tree=1\n", b""), "is not what follows"),
    "lightgbm with a changed tree": (lightgbm().replace(b"num_leaves=2", b"num_leaves=22", 1), "is not what follows"),
    "lightgbm with a leaf that is NaN": (lightgbm(leaf="nan"), "leaves of 2 of 2 trees are NaN"),
    "catboost cut short": (catboost()[:-1], "it is cut short"),
    "catboost of four bytes": (b"CBM1", "it is cut short"),
    "catboost without a core": (catboost(0), "an empty core"),
    "catboost json without trees": (b'{"model_info": {}}', "holds no trees"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_a_model_is_named(name: str) -> None:
    data, text = BROKEN[name]

    found = errors(read(data))

    assert any(text in message for message in found), found


def test_a_split_at_infinity_is_no_broken_leaf() -> None:
    """Only leaves are values that the model gives."""
    assert read(xgboost_json(split_conditions=[INF, 0.1, 0.2])).findings == ()


@pytest.mark.parametrize("kind", ["xgboost-json", "xgboost-ubj", "lightgbm"])
def test_a_model_too_large_to_be_parsed_is_neither_passed_nor_damaged(kind: str) -> None:
    evidence = read(SOUND[kind][0], budget=100)

    assert (evidence.sound, evidence.sha256) == (True, None)
    assert "more than is parsed: no reader proves this format" in describe_checkpoint(evidence)


def test_plain_json_is_no_model() -> None:
    assert "expected a checkpoint, found JSON text" in errors(read(b'{"train": {"logloss": [0.5]}}'))[0]


@pytest.mark.parametrize(
    "data",
    [b"", b"[" * 100_000, b"{L", b"[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff", b"[#L\x7f\xff\xff\xff\xff\xff\xff\xffZ",
     b"SL\xff\xff\xff\xff\xff\xff\xff\xff", b"[$Z#l\x7f\xff\xff\xff", b"[$d", b"N" * 1000],
)  # fmt: skip
def test_ubjson_costs_no_more_than_its_bytes(data: bytes) -> None:
    """Nesting, lengths and counts without end are refused in words."""
    with pytest.raises(UbjsonProblem):
        parse_ubjson(data)


def test_ubjson_values_are_what_was_written() -> None:
    value = {"a": [1, "two", 3.5], "b": {"c": []}, "d": "ä"}

    assert parse_ubjson(ubjson(value)) == value
    assert parse_ubjson(b"[TFZi\xffU\xffI\x00\x02CxN]") == [True, False, None, -1, 255, 2, "x"]
    assert parse_ubjson(ubjson([0.5, 0.25])).tolist() == [0.5, 0.25]
