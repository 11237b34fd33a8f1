"""detectron2, FORMAT ONLY: `python ../record.py detectron2`, with `torch`, `tensorboard` and `pyyaml` installed.

detectron2 has no package that installs here, so this small writer writes what its published source writes
(facebookresearch/detectron2, main): `detectron2/utils/events.py` (`JSONWriter`: a row a period, `iteration` from 0,
keys sorted, the median of 20 for losses and times, last values for `lr` and evaluations, appended to a file that is
there; `TensorboardXWriter`: the same scalars), `detectron2/engine/hooks.py` (`PeriodicWriter`: each 20 iterations and
at the last; `EvalHook`: the last evaluation is made after the training, when the iteration stands at `MAX_ITER`, and
so has a row of its own), `detectron2/engine/defaults.py` (`config.yaml`), fvcore's `common/checkpoint.py`
(`model_<7 digits>` from 0, `model_final.pth`, `last_checkpoint` with the base name and no line end). A small network
is trained for it.

`folder`: 100 of 100 iterations. `appended`: a run that broke off at 60, and a new one in the same folder. Seed 7.
"""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path

import torch
import yaml
from torch.utils.tensorboard import SummaryWriter

LIBRARIES = ("torch", "tensorboard")
RECORDINGS = ("folder", "appended")
FORMAT_ONLY = True
MAX_ITER, PERIOD, CHECKPOINTS, EVALUATIONS, WINDOW, WARMUP = 100, 20, 40, 40, 20, 3


class Storage:
    """The scalars of a training: their histories and the iteration of each last value."""

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.latest: dict[str, int] = {}
        self.smoothed: set[str] = set()

    def put(self, iteration: int, *, smoothed: bool = True, **scalars: float) -> None:
        """Add a value to each."""
        for name, value in scalars.items():
            self.history.setdefault(name, []).append(float(value))
            self.latest[name] = iteration
            if smoothed:
                self.smoothed.add(name)

    def newer_than(self, iteration: int) -> dict[int, dict[str, float]]:
        """What was put since, by its iteration."""
        rows: dict[int, dict[str, float]] = {}
        for name, at in self.latest.items():
            if at > iteration:
                values = self.history[name]
                value = statistics.median(values[-WINDOW:]) if name in self.smoothed else values[-1]
                rows.setdefault(at, {})[name] = value
        return rows


class Output:
    """The output folder: `metrics.json`, events and checkpoints."""

    def __init__(self, model: torch.nn.Module) -> None:
        self.folder, self.model, self.written = Path("output"), model, -1
        self.folder.mkdir(exist_ok=True)
        solver = {"BASE_LR": 0.02, "MAX_ITER": MAX_ITER, "CHECKPOINT_PERIOD": CHECKPOINTS, "IMS_PER_BATCH": 16}
        settings = {"SOLVER": solver, "TEST": {"EVAL_PERIOD": EVALUATIONS}, "OUTPUT_DIR": "output", "SEED": 7}
        (self.folder / "config.yaml").write_text(yaml.safe_dump({"MODEL": {"META_ARCHITECTURE": "Toy"}, **settings}))
        self.rows = (self.folder / "metrics.json").open("a")
        self.events = SummaryWriter(str(self.folder))

    def write(self, storage: Storage) -> None:
        """What is new, in both places."""
        for iteration, scalars in storage.newer_than(self.written).items():
            self.rows.write(json.dumps({**scalars, "iteration": iteration}, sort_keys=True) + "\n")
            for name, value in scalars.items():
                self.events.add_scalar(name, value, iteration)
        self.written = max(storage.latest.values())
        self.rows.flush()

    def save(self, name: str, iteration: int) -> None:
        """A checkpoint, and its name."""
        torch.save({"model": self.model.state_dict(), "iteration": iteration}, self.folder / f"{name}.pth")
        (self.folder / "last_checkpoint").write_text(f"{name}.pth")

    def close(self) -> None:
        """Both writers end."""
        self.rows.close()
        self.events.close()


def _run(iterations: int) -> None:
    torch.manual_seed(7)
    torch.set_num_threads(1)
    rows = torch.randn(160, 6)
    labels, boxes = (rows[:, 0] > 0).long(), rows[:, 1:3] * 0.5
    model = torch.nn.ModuleDict({"cls": torch.nn.Linear(6, 2), "box": torch.nn.Linear(6, 2)})
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    storage, output = Storage(), Output(model)

    def evaluate(iteration: int) -> None:
        right = (model["cls"](rows[:100]).argmax(1) == labels[:100]).float().mean().item()
        storage.put(iteration, smoothed=False, **{"bbox/AP": 60 * right, "bbox/AP50": 90 * right})

    for iteration in range(iterations):
        began = time.perf_counter()
        some = torch.randint(0, 160, (16,))
        waited = time.perf_counter() - began
        losses = {
            "loss_cls": torch.nn.functional.cross_entropy(model["cls"](rows[some]), labels[some]),
            "loss_box_reg": torch.nn.functional.smooth_l1_loss(model["box"](rows[some]), boxes[some]),
        }
        total = sum(losses.values())
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        time.sleep(0.005)
        storage.put(iteration, data_time=waited, rank_data_time=waited, total_loss=total.item())
        storage.put(iteration, **{name: loss.item() for name, loss in losses.items()})
        if iteration + 1 >= WARMUP:
            storage.put(iteration, time=time.perf_counter() - began)
        storage.put(iteration, smoothed=False, lr=0.02)
        if (iteration + 1) % CHECKPOINTS == 0:
            output.save(f"model_{iteration:07d}", iteration)
        if iteration == MAX_ITER - 1:
            output.save("model_final", iteration)
        if (iteration + 1) % EVALUATIONS == 0 and iteration + 1 != MAX_ITER:
            evaluate(iteration)
        if (iteration + 1) % PERIOD == 0 or iteration == MAX_ITER - 1:
            left = statistics.median(storage.history["time"]) * (MAX_ITER - iteration - 1)
            storage.put(iteration, smoothed=False, eta_seconds=left)
            output.write(storage)
    if iterations == MAX_ITER:
        evaluate(MAX_ITER)
    output.write(storage)
    output.close()


def train(recording: str) -> None:
    """Train in the present folder."""
    if recording == "appended":
        _run(60)
    _run(MAX_ITER)


def read(recording: str, folder: Path) -> dict[str, object]:
    """Each row of `metrics.json` as JSON; of an appended file the block that began last."""
    rows = [json.loads(line) for line in (folder / "output" / "metrics.json").read_text().splitlines()]
    starts = [i for i, row in enumerate(rows) if i == 0 or row["iteration"] < rows[i - 1]["iteration"]]
    series: dict[str, dict[str, object]] = {}
    for name in sorted({key for row in rows for key in row} - {"iteration"}):
        held = [row for row in rows[starts[-1] :] if name in row]
        series[name] = {"file": "output/metrics.json", "key": name, "at": [row["iteration"] for row in held]}
        series[name]["values"] = [row[name] for row in held]
    models = []
    for path in sorted(folder.glob("output/*.pth")):
        says = {"iteration": torch.load(path)["iteration"]}
        models.append({"file": path.relative_to(folder).as_posix(), "says": says})
    return {
        "ended": "complete",
        "unit": "iteration",
        "first": 0,
        "last": series["total_loss"]["at"][-1],
        "rows_of_an_earlier_run": starts[-1],
        "total": yaml.safe_load((folder / "output" / "config.yaml").read_text())["SOLVER"]["MAX_ITER"],
        "total_said_by": "output/config.yaml: SOLVER.MAX_ITER",
        "series": series,
        "models": models,
        "last_checkpoint": (folder / "output" / "last_checkpoint").read_text(),
        "judged": "output/model_final.pth",
    }
