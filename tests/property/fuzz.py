"""`make fuzz`: the property tests with chance and a time box instead of a fixed number of examples.

    python tests/property/fuzz.py [SECONDS]

What fails is kept in `.hypothesis/` and tried first the next time; the blob that reproduces it is printed.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

ROUND = 150
"""Examples of each property before the clock is looked at again."""


def main(argv: list[str]) -> int:
    """Try until time is up; 1 where something failed."""
    seconds = float(argv[1]) if len(argv) > 1 else float(os.environ.get("FUZZ_SECONDS", "300"))
    os.environ["FUZZ_EXAMPLES"] = str(ROUND)
    here = Path(__file__).resolve()
    sys.path[:0] = [str(here.parent), str(here.parents[1]), str(here.parents[2])]
    from test_any_bytes import test_any_bytes_in_any_file_give_a_state  # noqa: PLC0415 -- after the setting above
    from test_any_state import (  # noqa: PLC0415
        test_every_face_of_any_state_is_well_formed,
        test_what_is_written_is_read_back_equal,
    )

    properties = [
        test_any_bytes_in_any_file_give_a_state,
        test_what_is_written_is_read_back_equal,
        test_every_face_of_any_state_is_well_formed,
    ]
    end, rounds = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        for holds in properties:
            holds()
        rounds += 1
        print(f"{rounds * ROUND * len(properties):,} examples, none failed", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv))
