"""fairseq: a log with `--log-format json`, and `checkpoint_best.pt`, `checkpoint_last.pt` in its `save_dir`.

Recognised by lines `| INFO | train_inner | {"epoch": ...}` or `| INFO | train | ...` in a log that names fairseq.
Steps are updates. Totals, patience and `save_dir` are read from the configuration that the log prints; of two totals
the one that comes first counts. Judged is `checkpoint_best.pt`, else `checkpoint_last.pt`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from collectors.numbers import plural
from collectors.trainers.description import one_stream
from collectors.trainers.folder import Folder, is_below, join, parent, said
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

LOGS: Final = ("**/*.log", "**/*.txt", "**/*.out", "**/*.err")
MOST_LOGS: Final = 100
MODELS: Final = ("checkpoint_best.pt", "checkpoint_last.pt", "checkpoint*.pt")
NO_CLOCK: Final = "wall"
"""Seconds since the training began; the times of day before each row have no zone."""
STEPS: Final = ("num_updates", "train_num_updates", "valid_num_updates")
"""Each kind of row counts its updates under a name of its own."""
OTHERS: Final = ("loss", "valid_ppl", "valid_accuracy", "lr", "train_lr")
"""Series beside the two losses: the first is the loss since the last such row, not since the epoch began."""
_ROW: Final = re.compile(r"\| INFO \| (?:train|train_inner) \| (\{\"epoch\".{1,4000}?\})", re.S)
_LOG_NAME: Final = "fairseq"


@dataclass(frozen=True, slots=True)
class _Said:
    """What the log's printed configuration says; 0 and empty where it does not."""

    epochs: int = 0
    updates: int = 0
    patience: int = 0
    monitor: str = ""
    save_dir: str = ""


def recognise(folder: Folder) -> Sequence[Run]:
    """Every log with rows; one of a generation or a preprocessing has none."""
    logs = [path for path in folder.matching(*LOGS)[:MOST_LOGS] if _is_log(folder, path)]
    return [_run(folder, path, alone=len(logs) == 1) for path in logs]


def _is_log(folder: Folder, path: str) -> bool:
    text = folder.text(path)
    return _LOG_NAME in text and _ROW.search(text) is not None


def _run(folder: Folder, path: str, *, alone: bool) -> Run:
    says = _said_in(folder.text(path))
    place = _place(folder, path, says.save_dir, alone=alone)
    models = [join(place, name) for name in MODELS[:2] if place is not None and folder.has(join(place, name))]
    last = _last(folder, path)
    return Run(
        root=parent(path),
        because=tuple(map(said, [path, *models[:1]])),
        sure=Sureness.SURE,
        about=f"{plural(int(last['num_updates']), 'update')}, epoch {last['epoch']}" if len(last) == 2 else "",
        at=folder.modified_at(path),
        facts={"log": path, "says": says, "place": place, "columns": _columns(folder, path), "last": last},
    )


def _said_in(text: str) -> _Said:
    return _Said(
        epochs=_number(text, "max_epoch"),
        updates=_number(text, "max_update"),
        patience=_number(text, "patience"),
        monitor=_word(text, "best_checkpoint_metric"),
        save_dir=_word(text, "save_dir").strip("/"),
    )


def _number(text: str, name: str) -> int:
    found = re.search(rf"'{name}': (\d{{1,12}})\b", text)
    return int(found[1]) if found else 0


def _word(text: str, name: str) -> str:
    found = re.search(rf"'{name}': '([^'\n]{{1,500}})'", text)
    return found[1] if found else ""


def _place(folder: Folder, log: str, save_dir: str, *, alone: bool) -> str | None:
    """Where checkpoints lie: in `save_dir` beside the log, in a folder of its name near it, or anywhere of one run."""
    found = list(dict.fromkeys(parent(path) for path in folder.named(*MODELS[:2])))
    near = [place for place in found if is_below(place, parent(log))]
    wanted = [place for place in near if f"/{save_dir}".endswith(f"/{place.rpartition('/')[2]}")]
    return next(iter([*wanted, *near, *(found if alone else ())]), None)


def _last(folder: Folder, path: str) -> dict[str, str]:
    """How far the log is: `epoch` and `num_updates` of its last row that has both."""
    tail = folder.ending(path)
    rows = re.findall(r'"epoch": (\d{1,9})\b[^\n]{0,2000}?num_updates": "(\d{1,12})"', tail)
    return {"epoch": rows[-1][0], "num_updates": rows[-1][1]} if rows else {}


def _columns(folder: Folder, path: str) -> list[str]:
    text = folder.text(path) + folder.ending(path)
    return [name for name in OTHERS if f'"{name}": ' in text]


def describe(_folder: Folder, run: Run) -> Raw:
    """The rows of the log, what it says of its end, the best model."""
    facts, says = run.facts, run.facts.get("says", _Said())
    place = facts.get("place")
    columns: dict[str, Any] = {"epoch": "epoch", "step": list(STEPS), "time": NO_CLOCK}
    columns |= {"train_loss": "train_loss", "val_loss": "valid_loss"}
    own = {"loss": "inner_loss"}
    columns |= {own.get(name, name): name for name in facts.get("columns", ())}
    return one_stream(
        SPEC.label,
        checkpoint={
            "path": [join(place if place is not None else join(run.root, "checkpoints"), name) for name in MODELS],
            "says": {"step": {"key": "optimizer_history.0.num_updates"}},
        },
        table={"path": facts.get("log", join(run.root, "*.log")), "prefix": True, "columns": columns},
        completion={**_total(says, facts.get("last", {})), **_stopping(says)},
    )


def _total(says: _Said, last: dict[str, str]) -> Raw:
    """Updates or epochs, whichever end comes first at the pace so far."""
    if says.updates and says.epochs and last:
        by_pace = says.epochs * int(last["num_updates"]) / max(int(last["epoch"]), 1)
        if by_pace < says.updates:
            return {"by": "epochs", "total": says.epochs}
    if says.updates:
        return {"by": "steps", "total": says.updates}
    return {"by": "epochs", "total": says.epochs or "max_epoch"}


def _stopping(says: _Said) -> Raw:
    """An early stop by the validation's loss, where it was asked for."""
    return {"patience": says.patience, "monitor": "val_loss"} if says.patience and says.monitor == "loss" else {}


SPEC = TrainerSpec(
    id="fairseq",
    label="fairseq",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by='a log with `| INFO | train_inner | {"epoch": ...}` (`--log-format json`) that names fairseq',
        reads="losses, perplexity and rate from the log (updates and epochs), `max_epoch`, `max_update` and `patience` "
        "as it prints them",
        judged="`checkpoint_best.pt`, else `checkpoint_last.pt`, else the newest",
        proven="recorded with fairseq 0.12",
        opaque="logs of another `--log-format`",
    ),
)
