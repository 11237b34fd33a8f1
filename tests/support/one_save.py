"""One save of everything, for a test that lets a system call of it fail.

    python one_save.py STATE_DIR STATE.json

Prints what went wrong and ends with 3, or ends with 0.
"""

from __future__ import annotations

import sys
from pathlib import Path

from collectors.contract.state import state_from_json
from collectors.store.store import Store, StoreProblem


def main(argv: list[str]) -> int:
    """Write the state, then its snapshot."""
    state = state_from_json(Path(argv[2]).read_bytes())
    try:
        store = Store(Path(argv[1]))
        with store.collecting():
            store.write_state(state)
            store.write_snapshot(state)
    except StoreProblem as problem:
        print(problem)
        return 3
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv))
