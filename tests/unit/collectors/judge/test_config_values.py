"""A config by dotted key: what is one value, what is counted only, and what leaves a digest."""

from __future__ import annotations

from typing import Any

import pytest
from support.gathered import good, patchtst, reread, with_stream

from collectors.contract.configs import ConfigValues, Withheld
from collectors.judge.config_values import MOST, Digests, configs_of
from collectors.judge.withheld import LONGEST

KEY = Digests(bytes(range(32)))
NONE = Digests(None)


def config(data: Any, digests: Digests = KEY) -> ConfigValues | None:
    """PatchTST's config, where its file holds this."""
    seen = good()
    file = patchtst(seen).config
    assert file is not None
    return configs_of(with_stream(seen, config=reread(file, data=data)), digests).get("patchtst")


def values(data: Any, digests: Digests = KEY) -> dict[str, Any]:
    found = config(data, digests)
    assert found is not None
    return found.values


def test_each_plain_value_stands_under_its_dotted_key() -> None:
    nested = {"a": {"b": 1, "c": {"d": "x"}}, "e": [1, 2], "f": [{"g": True}, [3, 4]], "h": {}, "i": [], "j": None}

    assert values(nested) == {
        "a.b": 1, "a.c.d": "x", "e": "[1, 2]", "f.0.g": True, "f.1": "[3, 4]", "h": "{}", "i": "[]", "j": "null",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2**53, 2**53),
        (-(2**53), -(2**53)),
        (2**53 + 1, str(2**53 + 1)),
        (0.5, 0.5),
        (float("inf"), "Infinity"),
        (float("nan"), "NaN"),
        (True, True),
        pytest.param(10**5000, "a number of thousands of digits", id="thousands of digits"),
    ],
)
def test_a_value_that_strict_json_cannot_hold_is_its_text(value: Any, shown: Any) -> None:
    assert values({"a": value}) == {"a": shown}
    assert type(values({"a": value})["a"]) is type(shown)


def test_so_many_keys_are_listed_and_the_rest_is_counted() -> None:
    for count in (MOST, MOST + 1, MOST + 7):
        found = config({f"k{n}": n for n in range(count)})
        assert found is not None
        assert (len(found.values), found.left_out) == (MOST, count - MOST)


def test_a_long_list_is_withheld_as_long_as_a_long_text_is() -> None:
    fits = [1] * ((LONGEST - 1) // 3)
    assert isinstance(values({"a": fits})["a"], str)
    assert values({"a": [*fits, 1]}, NONE)["a"] == Withheld(withheld="long", digest=None)


def test_one_item_that_is_withheld_withholds_its_list() -> None:
    assert values({"a": ["x", "/data/x"]}, NONE)["a"] == Withheld(withheld="path", digest=None)


def test_a_key_that_says_what_must_not_be_said_is_named_by_its_digest() -> None:
    (name,) = values({"/data/x": 1})
    (other,) = values({"/data/y": 1})

    assert name.startswith("(path ") and len(name) == len("(path )") + 6 and name != other
    assert list(values({"/data/x": 1}, NONE)) == ["(path )"]


def test_digests_of_one_key_tell_values_apart_and_those_of_another_say_nothing() -> None:
    same, other = KEY.of("a"), Digests(bytes(32)).of("a")

    assert same is not None and other is not None
    assert (KEY.of("a"), KEY.of("b") == same, NONE.of("a")) == (same, False, None)
    (key, _, digest), (other_key, *_) = same.partition(":"), other.split(":")
    assert (len(key), len(digest), key == other_key) == (4, 16, False)


@pytest.mark.parametrize("data", [None, [1, 2], "text"])
def test_what_is_no_mapping_is_no_config(data: Any) -> None:
    assert config(data) is None


def test_a_stream_whose_config_is_not_described_or_not_there_has_none() -> None:
    assert "patchtst" not in configs_of(with_stream(good(), config=None), KEY)
    undescribed = patchtst(good()).stream.model_copy(update={"config": None})
    assert "patchtst" not in configs_of(with_stream(good(), stream=undescribed), KEY)
