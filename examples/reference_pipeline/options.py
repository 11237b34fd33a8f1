"""Command line -> Options; what cannot be right is refused with exit code 2, before any work."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .layout import FOLDERS

STREAM_NAMES = tuple(FOLDERS)
DEFAULT_EPOCHS, QUICK_EPOCHS = 12, 2
DEFAULT_LR, DEFAULT_SEED = 0.003, 42
MOST_EPOCHS = 10_000

DESCRIPTION = """\
Train PatchTST-SSL and SwinMAE-SSL on real sensor recordings and leave everything that a training
leaves on disk in DIR: data quality, both trainings, backup bundle, and, where the dashboard's
collectors can be imported, their verdict. About a minute on two cores, no GPU, no network.
"""
EPILOG = """\
exit codes: 0 the pipeline ran to its end (a diverged training too: read the verdict, not this
code); 1 it broke; 2 wrong options or unusable input; 130 interrupted.

own data: a .csv with a 'timestamp' column (seconds or ISO 8601), optionally 'recording', and one
numeric column a channel; or an .npz with values (rows, channels), lengths, channels, fs.
"""


@dataclass(frozen=True)
class Options:
    """What the command line asked for.

    Attributes:
        workspace: Folder to fill.
        streams: Streams to train, in order.
        epochs: Epochs of each stream.
        lr: Highest learning rate.
        seed: Start of all chance but the validation masks.
        patience: Stop after so many epochs without a better validation loss; 0 never stops.
        quick: Train on a small part of the data, to try the pipeline.
        fdc: Own sensor recordings for PatchTST.
        vibration: Own motion recordings for SwinMAE.
        diverge_from: Epoch from which the learning rate is absurd.
        kill_at: Epoch in which the process kills itself.
        resume: Go on with an interrupted run.
        validate: Ask the collectors for a verdict at the end.
        decide: Score an operation set and decide on it.
        recorded_style: Decide as the pipeline does that this one stands for.
    """

    workspace: Path
    streams: tuple[str, ...] = STREAM_NAMES
    epochs: int = DEFAULT_EPOCHS
    lr: float = DEFAULT_LR
    seed: int = DEFAULT_SEED
    patience: int = 0
    quick: bool = False
    fdc: Path | None = None
    vibration: Path | None = None
    diverge_from: int | None = None
    kill_at: int | None = None
    resume: bool = False
    validate: bool = True
    decide: bool = True
    recorded_style: bool = False

    @property
    def is_decided(self) -> bool:
        """Whether an operation set is scored: it takes both streams."""
        return self.decide and len(self.streams) > 1

    def own_file(self, stream: str) -> Path | None:
        """Give the user's own recordings for a stream, or None."""
        return self.fdc if stream == "patchtst" else self.vibration


# What shapes a run. A resumed one has it from the interrupted run's configs, not from here.
NOT_WITH_RESUME = ("streams", "epochs", "lr", "seed", "patience", "quick", "diverge_from", "fdc", "vibration")


def parse(argv: Sequence[str] | None) -> Options:
    """Read the command line.

    Raises:
        SystemExit: With code 2 and a message on stderr when an option is wrong; 0 after --help.
    """
    parser = _parser()
    # Only what was typed is in the namespace, so that --resume can refuse what it would ignore.
    typed = vars(parser.parse_args(argv))
    if typed.get("resume"):
        ignored = [name for name in NOT_WITH_RESUME if name in typed]
        if ignored:
            flag = "--diverge" if ignored[0] == "diverge_from" else f"--{ignored[0]}"
            parser.error(f"{flag} cannot be changed with --resume: the interrupted run has its own options")
    if typed.get("quick"):
        typed.setdefault("epochs", QUICK_EPOCHS)
    options = Options(**typed)
    problem = _disagreement(options)
    if problem:
        parser.error(problem)
    return options


def _disagreement(options: Options) -> str | None:
    if options.workspace.exists() and not options.workspace.is_dir():
        return f"--workspace {options.workspace}: expected a folder, found a file"
    for flag, epoch in (("--kill-at-epoch", options.kill_at), ("--diverge", options.diverge_from)):
        if epoch and epoch > options.epochs and not options.resume:
            return f"{flag} {epoch}: there are only {options.epochs} epochs"
    for flag, path, stream in (
        ("--fdc", options.fdc, "patchtst"),
        ("--vibration", options.vibration, "swinmae"),
    ):
        if path and stream not in options.streams:
            return f"{flag} is for {stream}, which --streams leaves out"
        if path and not path.is_file():
            return f"{flag} {path}: no such file"
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m examples.reference_pipeline",
        usage="%(prog)s --workspace DIR [options]  (-h lists them)",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--workspace", type=Path, required=True, metavar="DIR", help="folder to fill; made if it is not there"
    )
    _add_training(parser.add_argument_group("training"))
    _add_data(parser.add_argument_group("data"))
    _add_honest_failures(parser.add_argument_group("honest bad runs"))
    return parser


def _add_training(group: argparse._ArgumentGroup) -> None:
    whole = _number(int, "a whole number", 1, MOST_EPOCHS)
    group.add_argument("--epochs", type=whole, metavar="N", help=f"epochs of each stream (default {DEFAULT_EPOCHS})")
    group.add_argument(
        "--lr",
        type=_number(float, "a number", 1e-8, 1.0),
        metavar="RATE",
        help=f"highest learning rate (default {DEFAULT_LR})",
    )
    group.add_argument(
        "--seed",
        type=_number(int, "a whole number", 0, 2**32 - 1),
        metavar="N",
        help=f"seed of weights, batches and masks (default {DEFAULT_SEED})",
    )
    group.add_argument("--patience", type=whole, metavar="N", help="stop early after N epochs without improvement")
    group.add_argument(
        "--streams",
        type=_streams,
        metavar="A,B",
        help=f"streams to train (default {','.join(STREAM_NAMES)})",
    )
    group.add_argument("--resume", action="store_true", help="go on with the run that was interrupted in DIR")
    group.add_argument(
        "--quick",
        action="store_true",
        help=f"a small part of the data and {QUICK_EPOCHS} epochs, to try the pipeline",
    )
    group.add_argument(
        "--no-decisions", dest="decide", action="store_false", help="do not score an operation set, decide nothing"
    )
    group.add_argument(
        "--recorded-style",
        action="store_true",
        help="decide with fixed thresholds, masks by chance, pairs by position and the larger raw score",
    )
    group.add_argument(
        "--no-validate", dest="validate", action="store_false", help="do not ask the collectors for a verdict"
    )


def _add_data(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--fdc", type=Path, metavar="FILE", help="own sensor recordings for PatchTST")
    group.add_argument("--vibration", type=Path, metavar="FILE", help="own motion recordings for SwinMAE")


def _add_honest_failures(group: argparse._ArgumentGroup) -> None:
    whole = _number(int, "an epoch", 1, MOST_EPOCHS)
    group.add_argument(
        "--diverge",
        dest="diverge_from",
        type=whole,
        nargs="?",
        const=1,
        metavar="EPOCH",
        help="from this epoch (default 1) use an absurd learning rate without clipping",
    )
    group.add_argument(
        "--kill-at-epoch",
        dest="kill_at",
        type=whole,
        metavar="N",
        help="the process kills itself (SIGKILL) in the middle of epoch N",
    )


def _number(kind: type[int] | type[float], noun: str, low: float, high: float) -> Callable[[str], float]:
    """Make a reader of numbers that says what it expected and what it found."""

    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"expected {noun} from {low:g} to {high:g}, found {text!r}")
        return value

    return read


def _streams(text: str) -> tuple[str, ...]:
    asked = [name.strip() for name in text.split(",")]
    unknown = [name for name in asked if name not in STREAM_NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"expected some of {','.join(STREAM_NAMES)}, found {unknown[0]!r}")
    return tuple(name for name in STREAM_NAMES if name in asked)
