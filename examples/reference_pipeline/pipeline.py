"""Options -> a filled workspace: data quality, both trainings, save, bundle, validate."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from . import baselines
from .bundle import contents, write_bundle
from .configs import Config
from .decisions import decide, describe
from .heartbeat import Heartbeat, now
from .inference.dataset import load_series
from .inference.problems import PipelineProblem
from .inference.run_scoring_example import load_config
from .layout import FOLDERS, Layout, write_whole
from .options import Options
from .prepare import Data, Task, configure, copy_data, copy_scoring, inspect, load_data, new_task, restored_task
from .recorder import Recorder
from .split_policy import policy
from .trainer import Ended, Trainer
from .validate import ask_collectors

# Outcomes that leave something to release.
GOOD = frozenset({"completed", "early_stopped"})


@dataclass(frozen=True)
class Run:
    """One execution: its options, its workspace and its heartbeat."""

    options: Options
    layout: Layout
    heartbeat: Heartbeat

    @property
    def streams(self) -> list[str]:
        """Streams of this run, in training order."""
        return list(self.heartbeat.outcomes)


def run_pipeline(options: Options) -> None:
    """Run all steps.

    Raises:
        PipelineProblem: When the input or the workspace cannot be used.
    """
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for own in filter(None, (options.fdc, options.vibration)):
        load_series(own)  # refuse a bad file before anything in the workspace is touched
    run = _start(options)
    _say(1, "data quality")
    tasks = _restore(run) if options.resume else _prepare(run)
    try:
        ends = {stream: _train(step, task, run) for step, (stream, task) in enumerate(tasks.items(), start=2)}
    except BaseException:
        run.heartbeat.fail()
        raise
    _finish(run, tasks, ends)


def _start(options: Options) -> Run:
    """Make the run; a resumed one keeps its first start and its streams."""
    layout = Layout(options.workspace.resolve())
    started_at, streams = _recall(_memory(layout)) if options.resume else (now(), options.streams)
    return Run(options, layout, Heartbeat(layout.status, started_at, dict.fromkeys(streams)))


def _memory(layout: Layout) -> Path:
    """Name the file that tells ``--resume`` what was interrupted."""
    return layout.resume_folder / "run.json"


def _recall(memory: Path) -> tuple[str, tuple[str, ...]]:
    try:
        content = json.loads(memory.read_text(encoding="utf-8"))
        return str(content["started_at"]), tuple(str(stream) for stream in content["streams"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PipelineProblem(
            "--resume",
            expected=f"an interrupted run, remembered in {memory.parent.name}/{memory.name}",
            found="none: the last run ended, or nothing was trained here",
            next_step="start without --resume",
        ) from error


def _prepare(run: Run) -> dict[str, Task]:
    """Copy and check the data of all streams before the first one trains."""
    shutil.rmtree(run.layout.resume_folder, ignore_errors=True)
    copy_scoring(run.layout)
    if run.options.is_decided and not run.options.quick:  # a small part of the data proves no share
        describe(run.layout.root / "dashboard.yaml")
    data: dict[str, Data] = {}
    configs: dict[str, Config] = {}
    for stream in run.streams:
        pattern = copy_data(stream, run.options.own_file(stream), run.layout)
        data[stream] = load_data(pattern, run.layout)
        configs[stream] = configure(stream, run.options, data[stream], run.layout)
        for report in inspect(stream, data[stream], configs[stream], run.layout):
            told = f", warnings: {'; '.join(report['warnings'])}" if report["warnings"] else ""
            rows = report["metrics"]["row_count"]
            print(f"  {FOLDERS[stream]}/{report['file_id']}: {report['decision']}, {rows} rows{told}")
    write_whole(run.layout.policy, policy(data))
    tasks = {stream: new_task(stream, configs[stream], data[stream], run.layout) for stream in run.streams}
    # From here on everything that a resumed run needs is in the workspace.
    memory = {"started_at": run.heartbeat.started_at, "streams": run.streams}
    write_whole(_memory(run.layout), json.dumps(memory))
    return tasks


def _restore(run: Run) -> dict[str, Task]:
    print("  resumed: data, scaler and configs of the interrupted run are used as they are")
    return {stream: restored_task(stream, load_config(run.layout.config(stream)), run.layout) for stream in run.streams}


def _train(step: int, task: Task, run: Run) -> Ended:
    stream, layout = task.stream.name, run.layout
    _say(
        step, f"{stream}: {task.parameters} parameters, {len(task.train)} training samples, {len(task.val)} to validate"
    )
    bar = baselines.measure(task)
    print("  without learning: " + "  ".join(f"{name} {loss:.4f}" for name, loss in bar.items()), flush=True)
    baselines.write(task, bar, layout)
    ended = Trainer(task, Recorder(stream, layout, run.heartbeat), layout, kill_at=run.options.kill_at).run()
    run.heartbeat.outcomes[stream] = ended.outcome
    if ended.best_epoch:
        baselines.write(task, bar, layout, best=ended.best)
        print(f"  best val {ended.best:.4f} in epoch {ended.best_epoch}, {baselines.compared(bar, ended.best)}")
    print(f"  {stream}: {ended.outcome} after {ended.seconds:.0f} s", flush=True)
    return ended


def _finish(run: Run, tasks: dict[str, Task], ends: dict[str, Ended]) -> None:
    """Say what was saved, back it up, forget the resume state, and ask for the verdict."""
    layout, step = run.layout, len(ends) + 2
    _say(step, "saved")
    old = {layout.checkpoint(stream) for stream, ended in ends.items() if not ended.best_epoch}
    for path in contents(layout, run.streams):
        told = "left by an earlier run" if path in old else f"{path.stat().st_size} bytes"
        print(f"  {layout.relative(path)}  {told}")
    _say(step + 1, "backup bundle")
    bad = [stream for stream, ended in ends.items() if ended.outcome not in GOOD]
    if bad:
        print(f"  none: {', '.join(bad)} did not end well, so there is nothing to release")
    else:
        print(f"  {layout.relative(write_bundle(layout, FOLDERS))}")
    shutil.rmtree(layout.resume_folder, ignore_errors=True)
    if not bad and run.options.is_decided and len(ends) > 1:
        step += 1
        _say(step + 1, "decisions")
        data = {stream: load_data(str(task.config["data"]["path"]), layout) for stream, task in tasks.items()}
        print(f"  {decide(tasks, data, layout, recorded_style=run.options.recorded_style)}", flush=True)
    if run.options.validate:
        _say(step + 2, "validate")
        print(f"  {ask_collectors(layout)}", flush=True)


def _say(step: int, title: str) -> None:
    print(f"[{step}] {time.strftime('%H:%M:%S')} {title}", flush=True)
