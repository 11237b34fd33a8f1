"""A state directory of many stored runs: a sweep over learning rate and seed, some of which failed. No training is run.

Snapshots are real states; for figures of thousands their rows alone are written, the snapshots being empty.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.states import diverged_state, failing_state, good_state, ready_state, write_state

from collectors.contract.state import DashboardState, state_to_json
from collectors.store.index import line_of
from collectors.store.rows import row_of

RATES = (0.0003, 0.0005, 0.001, 0.002, 0.003)
BEGIN = datetime(2026, 10, 14, 5, 25, tzinfo=UTC)


def sweep(count: int, *, seed: int = 5) -> Iterator[DashboardState]:
    """States of runs that began one after the other, oldest first: losses fall over time, with noise."""
    chance = random.Random(seed)
    states = [(ready_state(), 0.72), (failing_state(), 0.14), (good_state(), 0.09), (diverged_state(), 0.05)]
    kinds, weights = zip(*states, strict=True)
    for number in range(count):
        state = chance.choices(kinds, weights)[0]
        yield a_run(state, number, count, chance)


def a_run(state: DashboardState, number: int, count: int, chance: random.Random) -> DashboardState:
    """One run of the sweep, with a config and final losses of its own."""
    raw = state.model_dump(mode="json")
    started = BEGIN + timedelta(days=43) * (number / max(count - 1, 1)) + timedelta(seconds=chance.randrange(3000))
    name = f"run-{started:%Y%m%d-%H%M%S}" if chance.random() < 0.9 else f"ablation-no-amp-{number}"
    raw["meta"] |= {"run_id": f"{name}-{number}" if count > 1000 else name, "started_at": started.isoformat()}
    config = {"lr": chance.choice(RATES), "seed": number % 5, "amp": not name.startswith("ablation")}
    for place, (stream, told) in enumerate(raw["metrics"].items()):
        level = (0.19 + 0.05 * place) * (1 + 0.6 * (1 - number / count)) * (1 + 60 * abs(config["lr"] - 0.001))
        told["config"] |= {"lr": config["lr"], "amp": config["amp"]}
        raw["configs"][stream]["values"] |= {"seed": config["seed"]}
        for which in ("final", "best"):
            point = told[which].get("val_loss")
            if point and point["value"] is not None:
                told[which]["val_loss"] = point | {"value": level * chance.lognormvariate(0, 0.2)}
    return DashboardState.model_validate(raw)


def write_runs(state_dir: Path, count: int, *, with_files: bool = True) -> list[str]:
    """Store so many runs and a current state; return their ids, oldest first."""
    (state_dir / "runs").mkdir(parents=True, exist_ok=True)
    ids = []
    with (state_dir / "runs/index.jsonl").open("wb") as index:
        for run in sweep(count):
            path = state_dir / f"runs/{run.meta.run_id}.json"
            path.write_bytes(state_to_json(run) if with_files else b"")
            found = path.stat()
            index.write(line_of(row_of(run, (found.st_size, found.st_mtime_ns))) + b"\n")
            ids.append(run.meta.run_id)
    write_state(state_dir, ready_state())
    return ids
