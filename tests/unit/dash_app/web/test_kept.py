"""What is kept of answers is bounded in bytes and in time, and made once for all who ask together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from dash_app.web import kept
from dash_app.web.kept import KEPT_SECONDS, Kept


class Asked:
    """A memory for few bytes, asked by key, on a clock that is turned by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most_bytes: int = 30) -> None:
        self.kept, self.made, self.now = Kept(most_bytes), list[str](), 0.0
        monkeypatch.setattr(kept.time, "monotonic", lambda: self.now)

    def ask(self, keys: Iterable[str]) -> list[bytes]:
        return [asyncio.run(self.kept.made(key, lambda key=key: self._make(key))) for key in keys]  # type: ignore[misc]

    async def _make(self, key: str) -> bytes:
        self.made.append(key)
        return key.encode() * 10


def test_the_least_recent_is_forgotten_when_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)

    assert asked.ask("abcad") == [key.encode() * 10 for key in "abcad"]
    asked.ask("acb")

    assert "".join(asked.made) == "abcd" + "b"
    assert asked.kept.size_bytes <= 30


def test_what_nobody_asks_for_is_forgotten_when_something_new_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch, 1000)
    asked.ask("ab")
    asked.now = KEPT_SECONDS / 2
    asked.ask("a")
    asked.now = KEPT_SECONDS + 1
    asked.ask("c")

    assert asked.kept.size_bytes == 20
    asked.ask("acb")
    assert "".join(asked.made) == "abc" + "b"


def test_a_making_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)

    async def fails() -> bytes:
        raise OSError

    with pytest.raises(OSError):
        asyncio.run(asked.kept.made("a", fails))

    assert asked.ask("a") == [b"a" * 10]


@pytest.mark.parametrize(("seconds", "made"), [(600.0, "ab"), (600.5, "aba")])
def test_ten_minutes_after_it_was_asked_for_last_it_is_still_kept(
    monkeypatch: pytest.MonkeyPatch, seconds: float, made: str
) -> None:
    asked = Asked(monkeypatch, 1000)
    asked.ask("a")
    asked.now = seconds
    asked.ask("ba")

    assert "".join(asked.made) == made


def test_what_is_larger_than_all_that_may_be_kept_is_made_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch, 9)

    assert asked.ask("aa") == [b"a" * 10] * 2
    assert (asked.made, asked.kept.size_bytes) == (["a", "a"], 0)
