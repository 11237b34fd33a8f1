"""What is computed from readings is kept until one of them is another object, or a plain value is another one."""

from __future__ import annotations

from collectors.observe.derived import Derived


def test_the_same_readings_and_equal_values_are_not_computed_again() -> None:
    derived, made, readings = Derived(), list[int](), [[1], [2]]

    def make() -> int:
        made.append(1)
        return len(made)

    assert derived.of("runs", readings, (0.5, "a"), make) == 1
    assert derived.of("runs", tuple(readings), (0.5, "a"), make) == 1
    assert derived.of("runs", [readings[0], [2]], (0.5, "a"), make) == 2  # equal, and another object
    assert derived.of("runs", readings[:1], (0.5, "a"), make) == 3
    assert derived.of("runs", readings[:1], (0.6, "a"), make) == 4
    assert derived.of("losses", readings[:1], (0.6, "a"), make) == 5


def test_a_result_of_none_is_kept_too() -> None:
    derived, made = Derived(), list[int]()

    for _ in range(2):
        assert derived.of("runs", (), (), lambda: made.append(1)) is None
    assert made == [1]
