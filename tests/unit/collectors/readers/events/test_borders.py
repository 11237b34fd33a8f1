"""Where records begin: the same by both ways of looking, and few lengths followed one by one where they repeat."""

from __future__ import annotations

import random
from functools import cache

from support.build_events import record

from collectors.readers.events.borders import MAX_RECORD, BorderFinder, Borders
from collectors.readers.events.rows import FRAME


@cache
def of_size(size: int) -> bytes:
    """A record of so many bytes of data."""
    return record(b"x" * size)


def found(sizes: list[int], finder: BorderFinder | None = None) -> tuple[int, list[tuple[int, int]]]:
    """How many lengths were followed one by one, then how often each pattern repeats and how long it is."""
    data = b"".join(map(of_size, sizes))
    fast, careful = (finder or BorderFinder()).find(data), BorderFinder(vectorised=False).find(data)
    at_once = [place for run in fast.runs for place in run.positions().tolist()]
    assert sorted([*fast.singles, *at_once]) == careful.singles
    assert careful.sizes == [size + FRAME for size in sizes]
    assert fast.stop == careful.stop == len(data)
    assert not careful.runs
    return len(fast.singles), [(run.count, len(run.pattern)) for run in fast.runs]


def test_a_regular_file_is_followed_one_by_one_for_its_first_hundred_records() -> None:
    """Twice 48, and where a chunk begins within a repeat, or the last repeat is not whole, what is left of it."""
    assert found([5] * 1000) == (96, [(904, 1)])
    assert found([5, 6] * 1000) == (96, [(952, 2)])
    assert found([1] + [5, 6, 7] * 1000) == (97, [(968, 3)])
    assert found([*range(1, 25)] * 100) == (96, [(96, 24)])
    assert found([*range(1, 26)] * 100) == (100, [(96, 25)])
    assert found([5] * 97) == (96, [(1, 1)])
    assert found([5] * 96) == (96, [])


def test_a_long_pattern_needs_two_of_it_and_256_is_the_longest() -> None:
    assert found([*range(1, 201)] * 12) == (800, [(8, 200)])
    assert found([*range(1, 257)] * 12) == (768, [(9, 256)])
    assert found([*range(1, 258)] * 12) == (3084, [])


def test_a_pattern_that_changes_is_given_up_and_the_next_one_found() -> None:
    assert found([5, 6] * 500 + [9] * 700) == (144, [(452, 2), (652, 1)])
    assert found([5, 6] * 500 + [9] + [5, 6] * 500) == (145, [(452, 2), (476, 2)])
    assert found(([5, 6] * 10 + [9]) * 60) == (105, [(55, 21)])


def test_where_nothing_repeats_every_length_is_followed() -> None:
    chance = random.Random(1)
    some = [chance.choice([3, 4]) for _ in range(3000)]

    assert found(some) == (3000, [])
    assert found([5, 6] * 30 + some[:500] + [5, 6] * 300) == (672, [(244, 2)])
    assert found([*range(1, 300)] + [5, 6] * 300) == (673, [(113, 2)]), "more sizes than have a code"


def test_what_one_chunk_taught_serves_the_next() -> None:
    finder = BorderFinder()

    assert found([5, 6] * 500, finder) == (96, [(452, 2)])
    assert found([5, 6] * 500, finder) == (0, [(500, 2)])
    assert found([7] * 300, finder)[0] < 200
    assert found([5, 6] * 20, finder)[0] == 40


def test_a_damaged_length_within_a_run_ends_it_there() -> None:
    """Only the length or its checksum alone tells it."""
    whole = b"".join([of_size(5)] * 1000)
    size = len(of_size(5))
    for record_at in (3, 96, 97, 111, 112, 113, 999):
        for byte in range(12):
            data = bytearray(whole)
            data[record_at * size + byte] ^= 1
            fast = BorderFinder().find(bytes(data))
            assert (fast.stop, fast.damaged, fast.absurd) == (record_at * size, True, False), (record_at, byte)


def test_what_is_needed_is_told_where_a_record_is_not_whole() -> None:
    data = of_size(5) + of_size(9)
    for finder in (BorderFinder(), BorderFinder(vectorised=False)):
        for cut, needed in ((1, 25), (12, 25), (13, 25), (14, 0), (24, 0), (25, 0)):
            told = finder.find(data[:-cut])
            assert (told.stop, told.needed, told.damaged, told.absurd) == (21, needed, False, False), cut
        assert finder.find(b"") == Borders()


def test_a_length_beyond_256_mib_is_absurd() -> None:
    for length, is_absurd in ((MAX_RECORD, False), (MAX_RECORD + 1, True)):
        start = length.to_bytes(8, "little")
        from_writer = record(b"")  # its header's checksum is of another length: written anew
        header = start + _checksum(start)
        told = BorderFinder().find(header + from_writer)
        assert (told.stop, told.needed, told.absurd) == (0, length + FRAME, is_absurd)
    assert MAX_RECORD == 1 << 28


def _checksum(data: bytes) -> bytes:
    return record(data)[-4:]
