"""Who fails too often waits, and longer each time; nobody else does."""

from __future__ import annotations

from dash_app.auth.limits import MOST_FAILURES, MOST_KEYS, Limits


class Clock:
    """Seconds that a test says."""

    now = 1000.0

    def __call__(self) -> float:
        """Now."""
        return self.now


def test_the_fifth_failure_in_a_minute_makes_wait_a_minute_and_the_next_five_two() -> None:
    clock = Clock()
    limits = Limits(clock)
    waits = []
    for _ in range(2):
        for _ in range(MOST_FAILURES):
            waits.append(limits.wait_seconds("token a", "peer 1"))
            limits.failed("token a", "peer 1")
        waits.append(limits.wait_seconds("token a"))
        clock.now += waits[-1]

    assert waits == [*[0.0] * 5, 60.0, *[0.0] * 5, 120.0]
    assert limits.wait_seconds("token b", "peer 2", "") == 0


def test_failures_that_are_long_ago_do_not_count_any_more() -> None:
    clock = Clock()
    limits = Limits(clock)
    for _ in range(20):
        limits.failed("peer 1")
        clock.now += 61

    assert limits.wait_seconds("peer 1") == 0


def test_what_is_counted_is_bounded_and_a_named_proxy_is_nobody() -> None:
    limits = Limits(Clock())
    for number in range(MOST_KEYS + 500):
        limits.failed(f"peer {number}", "")

    assert len(limits._by_key) == MOST_KEYS
    assert limits.wait_seconds("") == 0
