"""`python -m examples.record_demo`: three real trainings -> the recording that the demo replays.

It trains an earlier, weaker run (the baseline), a good one, and one that diverges, watches what they
write, really runs the scoring command, and asks the collectors for their verdict. It refuses to
write a recording whose runs are not what they are there for, or that is too large to ship.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors.collect import CollectOptions, Collector
from collectors.contract.state import DashboardState
from collectors.contract.values import VerdictValue
from collectors.store.store import Store
from dash_app.demo.recording import RecordedRun, Recording, Smoke, opened, pack, sha256_of

from .packing import Keep, Packer, only_the_end, recorded_run, with_smoke
from .watching import Seen, Watch

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "dash_app" / "demo" / "data"
LEFT_OUT = ("data", "inference", "train_state")
LARGEST_BYTES = 3_000_000
NOTES = (
    "Three real trainings of examples/reference_pipeline, recorded by watching the workspace every 20 ms.",
    "Left out: data/ (input recordings), inference/ (the scoring program), train_state/ (resume state).",
    "Of a good run the first and the last save of each checkpoint are shipped, of a diverged run the first; "
    "of the saves between them only time, size and sha256 are known, and no other bytes take their place.",
    "Of the baseline the outputs are shipped as they were in the end, with the time of their last write.",
    "When replayed, times, host and process id are moved to now and here, in event files, in their names and in "
    "run_status.json; no value is changed.",
)


@dataclass(frozen=True)
class Plan:
    """One training to record: its options, which saves are shipped, what must come of it."""

    options: tuple[str, ...]
    keep: Keep
    expected: VerdictValue
    only_end: bool = False
    smoke: bool = True


PLANS = {
    "baseline": Plan(
        ("--epochs", "8", "--lr", "0.001"), lambda nth, count: nth == count - 1, VerdictValue.READY, only_end=True
    ),
    "good": Plan((), lambda nth, count: nth in {0, count - 1}, VerdictValue.READY),
    "diverged": Plan(("--diverge", "6"), lambda nth, _: nth == 0, VerdictValue.NOT_READY, smoke=False),
}


class NotWorthShipping(RuntimeError):
    """The recording is not what the demo needs; the message says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Record all runs and write the recording. Exit code 1 when it was not worth shipping."""
    parser = argparse.ArgumentParser(prog="python -m examples.record_demo", description=__doc__)
    parser.add_argument("--output", type=Path, default=SHIPPED, metavar="DIR", help="where the recording is put")
    options = parser.parse_args(argv)
    try:
        size = _record_all(options.output)
    except NotWorthShipping as problem:
        print(f"not recorded: {problem}", file=sys.stderr)
        return 1
    print(f"recorded: {size / 1e6:.2f} MB in {options.output}")
    return 0


def _record_all(output: Path) -> int:
    packer = Packer()
    runs: dict[str, RecordedRun] = {}
    states: dict[str, DashboardState] = {}
    for name, plan in PLANS.items():
        runs[name], states[name] = _record(name, plan, packer)
    _demand_worse(states["baseline"], states["good"])
    recording = Recording(notes=NOTES, runs=runs, packed=packer.described())
    return _ship(recording, list(packer.pieces.values()), output)


def _record(name: str, plan: Plan, packer: Packer) -> tuple[RecordedRun, DashboardState]:
    print(f"== {name}: {' '.join(plan.options) or 'default options'}", flush=True)
    with tempfile.TemporaryDirectory(prefix="record-demo-") as folder:
        workspace, store = Path(folder) / "workspace", Store(Path(folder) / "state")
        workspace.mkdir()
        seen = _watch_training(workspace, plan)
        with Collector(workspace, store, CollectOptions(run_smoke=plan.smoke)) as collector:
            state = collector.collect()
        print(f"{state.verdict.value}: {state.verdict.reason}", flush=True)
        _demand(state.verdict.value is plan.expected, f"{name} is {state.verdict.value}: {state.verdict.reason}")
        results = _smoke_results(workspace, state, store)
    command = ("-m", "examples.reference_pipeline", "--workspace", "WORKSPACE", *plan.options)
    writes = packer.writes(only_the_end(seen) if plan.only_end else seen, plan.keep)
    run = recorded_run(command, state.verdict.value, seen, writes)
    return with_smoke(run, results), state


def _watch_training(workspace: Path, plan: Plan) -> list[Seen]:
    watch = Watch(workspace, LEFT_OUT, time.time)
    command = [sys.executable, "-m", "examples.reference_pipeline", "--no-validate", "--workspace", str(workspace)]
    with watch.watching():
        code = subprocess.run([*command, *plan.options], cwd=ROOT, check=False).returncode
    _demand(code == 0, f"the training ended with exit code {code}")
    return watch.changes


def _smoke_results(workspace: Path, state: DashboardState, store: Store) -> list[tuple[float, Smoke]]:
    """What the store remembers of the scoring commands that were just run."""
    found = []
    for stream in (s.id for s in state.pipeline.streams):
        checkpoint, config = (
            sha256_of((workspace / path).read_bytes()) if (workspace / path).is_file() else ""
            for path in (f"checkpoints/{stream}_ssl.pt", f"configs/{stream}_ssl_real.yaml")
        )
        result = store.smoke_result(stream, checkpoint, config)
        if result is not None:
            smoke = Smoke(
                at_seconds=0.0,
                stream=stream,
                checkpoint_sha256=checkpoint,
                config_sha256=config,
                exit_code=result.exit_code,
                tail=result.tail,
            )
            found.append((result.ran_at, smoke))
    return found


def _demand_worse(baseline: DashboardState, good: DashboardState) -> None:
    for stream in good.metrics:
        worse, better = _best_loss(baseline, stream), _best_loss(good, stream)
        print(f"{stream}: best val_loss {worse:.4f} (baseline), {better:.4f} (good)")
        _demand(worse > better, f"the baseline's {stream} is not worse than the good run's")


def _best_loss(state: DashboardState, stream: str) -> float:
    value = state.metrics[stream].best["val_loss"].value
    _demand(value is not None, f"{stream} has no finite validation loss")
    return value or 0.0


def _ship(recording: Recording, pieces: list[bytes], output: Path) -> int:
    """Write the recording once it has been read back whole; gives its size in bytes."""
    text, packed = recording.model_dump_json(indent=1) + "\n", pack(pieces)
    size = len(text.encode()) + len(packed)
    _demand(size < LARGEST_BYTES, f"{size:,} bytes; at most {LARGEST_BYTES:,} are shipped")
    library = opened(text, packed)
    for run in recording.runs.values():
        for write in run.writes:
            if write.content is not None:
                library.bytes_of(write)
    output.mkdir(parents=True, exist_ok=True)
    (output / "recording.json").write_text(text, encoding="utf-8")
    (output / "recording.xz").write_bytes(packed)
    return size


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotWorthShipping(otherwise)


if __name__ == "__main__":
    sys.exit(main())
