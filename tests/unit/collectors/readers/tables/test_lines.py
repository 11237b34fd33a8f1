"""Lines of long texts keep their numbers, however they are cut into batches."""

from __future__ import annotations

from collectors.readers.tables.lines import BATCH, lines_of


def test_lines_behind_the_first_batch_keep_their_numbers() -> None:
    count = 3 * BATCH // 10
    text = "".join(f"{n:08} \n" for n in range(1, count + 1))

    found = list(lines_of(text).each())
    assert [(number, int(line)) for number, line in found if line][:: BATCH // 20] == [
        (n, n) for n in range(1, count + 1, BATCH // 20)
    ]
