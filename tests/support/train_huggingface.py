"""A live Hugging Face training: `python tests/support/train_huggingface.py FOLDER [--resume] [--hold STEP ...]`.

The recorded folders' own model and trainer (tests/data/trainers/huggingface/make.py), 80 steps in 4 epochs, a record
and a pause each 5 steps. After each step to `--hold` it waits until the file `go-STEP` stands beside the folder.
Refuses nothing: it is started by tests that have its libraries, on the CPU, and downloads nothing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / part) for part in ("", "data")]

from support.training_pace import hold_at, options_of  # noqa: E402 -- found since the line above
from trainers.huggingface.make import finish, trainer  # noqa: E402 -- found since the line above
from transformers import TrainerCallback  # noqa: E402 -- found since the line above

EPOCHS, STRIDE = 4, 5


class Pace(TrainerCallback):
    """Lets somebody watch: slow enough for a pace to be seen, and it waits where it is asked to."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options

    def on_log(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """TensorBoard's callback stands before this one, so the record of this step is on the disk."""
        hold_at(self.options, state.global_step)


def main() -> None:
    """Train to the end, from the beginning or from the newest checkpoint."""
    options = options_of(__doc__)
    finish(trainer(EPOCHS, STRIDE, Pace(options), folder=options.folder), resume=options.resume)


if __name__ == "__main__":
    main()
