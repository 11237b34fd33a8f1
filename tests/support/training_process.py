"""A training in a process of its own: one epoch after the other into a workspace, until its end or its death.

    python tests/support/training_process.py WORKSPACE --epochs 6 --write 3 --gap 0.5

Everything but the numbers is as a real one leaves it: an event file that carries this process' id, flushed after each
record, and a final config. With fewer epochs to `--write` than there are it then hangs until it is killed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.build_events import event, header, record, simple_value
from support.workspaces import Stream, config_text, event_path, falling, write


def main(argv: list[str]) -> int:
    """Train; gives 0 at the configured end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--write", type=int, required=True)
    parser.add_argument("--gap", type=float, default=0.5)
    parser.add_argument(
        "--hold", type=int, default=0, help="wait after this epoch until the file `go` is beside the workspace"
    )
    options = parser.parse_args(argv)
    stream = Stream("swinmae", falling(options.epochs, 0.7), options.epochs, time.time(), pid=os.getpid())
    write(options.workspace / f"configs/{stream.id}_ssl_real.yaml", config_text(stream))
    with write(options.workspace / event_path(stream), header(stream.start)).open("ab", buffering=0) as file:
        for epoch, value in enumerate(stream.val[: options.write], 1):
            time.sleep(options.gap)
            for tag, loss in (("loss/train", value * stream.factor), ("loss/val", value)):
                file.write(record(event(epoch, [simple_value(tag, loss)], time.time())))
            while epoch == options.hold and not (options.workspace.parent / "go").exists():
                time.sleep(options.gap / 10)
        while options.write < options.epochs:
            time.sleep(60)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
