"""Hyperparameters in event files against the config of the run."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import json
from typing import Any

from meaning_case import Make, Meaning
from support.build_events import event, header, record, session_start
from support.foreign import Foreign, both, log_bytes
from support.workspaces import write

CONFIG = {"lr": 0.001, "epochs": 10, "model": {"hidden": 64}, "data": "/mnt/a/train.csv"}
SAME = {"lr": 0.001, "epochs": 10.0, "model/hidden": 64.0, "data": "/mnt/a/train.csv"}
TEN = "epoch 10 of 10, completed"


def began_with(
    *, declared: bool = False, resumed: bool = False, after: float = 0.0, pid: int = 7, **changes: Any
) -> Make:
    """A training whose writer recorded these beside its losses, in a file of their own; `__` stands for a slash."""

    def make(f: Foreign) -> None:
        f.events(steps_are="epochs", **({"hparams_are": "config"} if declared else {}))
        f.total(10)
        f.put("config.json", json.dumps(CONFIG), -3600.0)
        f.log(both(range(1, 6)), after=-60.0, pid=7)
        f.log(both(range(6, 11)), pid=7 if not resumed else 8)
        if not resumed:
            for path in (f.root / "tb").iterdir():
                path.unlink()
            f.log(both(range(1, 11)), pid=7)
        values = SAME | {key.replace("__", "/"): value for key, value in changes.items()}
        at = f.end + after
        data = header(at) + record(event(0, [session_start(values)], at))
        write(f.root / f"tb/{int(at)}.5/events.out.tfevents.{int(at)}.gpu1.{pid}.1", data, at)

    return make


def in_one_file(**changes: Any) -> Make:
    """Losses and hyperparameters in one file, as Lightning writes them."""

    def make(f: Foreign) -> None:
        f.events(steps_are="epochs", hparams_are="config")
        f.total(10)
        f.put("config.json", json.dumps(CONFIG), -3600.0)
        start = f.end - 100.0
        losses = log_bytes(both(range(1, 11)), start)
        values = session_start(SAME | changes)
        data = losses[: len(header(start))] + record(event(0, [values], start)) + losses[len(header(start)) :]
        write(f.root / f"tb/events.out.tfevents.{int(start)}.gpu1.7.0", data, f.end)

    return make


# fmt: off
ROWS = [
    Meaning("learning rate of the event files, written by one trainer", in_one_file(lr=0.02), "9 fail", "config.json is not what tb/events.out.tfevents | was recorded with: `lr` is 0.001, it was 0.02 (hparams_say)", "the config was edited"),
    Meaning("hidden size of the event files, which stands deeper in the config", began_with(declared=True, model__hidden=128.0), "9 fail", "`model.hidden` is 64, it was 128 (hparams_say)", "its key is flattened"),
    Meaning("learning rate of the event files, of unknown author", began_with(lr=0.02), "ready", f"{TEN} | `lr` is 0.001, it was 0.02 (hparams_say)", "told: nobody says that both are one"),
    Meaning("learning rate of the event files, after a resume", began_with(declared=True, resumed=True, pid=8, lr=0.02), "ready", f"{TEN} | `lr` is 0.001, it was 0.02 (hparams_say)", "it may have gone on with another one"),
    Meaning("path of the event files is another", began_with(data="/mnt/b/train.csv"), "ready", f"{TEN} | `data` differs (hparams_say) | not: /mnt/", "never shown"),
    Meaning("control: the same hyperparameters", in_one_file(), "ready", f"{TEN} | not: hparams_say", ""),
    Meaning("control: hyperparameters that the config does not have", in_one_file(seed=3.0, note="None"), "ready", f"{TEN} | not: hparams_say", ""),
    Meaning("control: hyperparameters of a later script", began_with(declared=True, after=4000.0, pid=99, lr=0.02), "ready", f"{TEN} | not: hparams_say", "an evaluation's own"),
]
# fmt: on
