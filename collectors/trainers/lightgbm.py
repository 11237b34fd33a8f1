"""LightGBM: a model as text, `evals_result` as JSON, and what was printed.

Recognised by a text that begins like a model of it (`tree`, `version=v4`), or by lists of values whose metrics only it
names so (`l2`, `binary_logloss`). Iterations count from 0. How many there were to be stands in the parameters, else in
the model. An early stop is told by the parameters, the model, or the words that LightGBM prints when it stops.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from collectors.readers.common.magic import booster_kind
from collectors.trainers.boosters import (
    MOST_LOOKED_AT,
    WAITS,
    Boosted,
    count_said,
    described,
    monitored,
    run_of,
    trainings,
)
from collectors.trainers.description import below
from collectors.trainers.folder import Folder
from collectors.trainers.spec import Documented, Raw, Run, TrainerSpec

NAMED: Final = re.compile(r"model|lgb|gbm|boost", re.IGNORECASE)
"""What a model's text is called; other texts, such as labels, may be many."""
OWN: Final = frozenset({
    "l2", "binary_logloss", "binary_error", "multi_logloss", "multi_error", "auc_mu", "cross_entropy_lambda",
    "kullback_leibler",
})  # fmt: skip
"""Metrics that no other booster calls so."""
USUAL: Final = ("model.txt", "*model*.txt", "*/*model*.txt")
LOGS: Final = ("*.log", "*.out", "*.txt")
_STOPPED: Final = re.compile(rb"Early stopping, best iteration is:")
_WAITS: Final = re.compile(rb"don't improve for (\d{1,9}) rounds")


def recognise(folder: Folder) -> Sequence[Run]:
    """Every training that left values or a model."""
    named = [path for path in folder.matching("**/*.txt") if NAMED.search(path.rpartition("/")[2])]
    models = [path for path in named[:MOST_LOOKED_AT] if booster_kind(folder.head(path)[:1000]) == "lightgbm"]
    return [run_of(folder, one) for one in trainings(folder, models, OWN.__contains__)]


def describe(folder: Folder, run: Run) -> Raw:
    """Every list as a series, the newest model, the total of parameters or model."""
    one: Boosted = run.facts.get("boosted", Boosted(run.root))
    newest = folder.newest(one.models)
    tail = folder.tail(newest) if newest is not None else b""
    candidates = [newest] if newest is not None else below(run.root, *USUAL)
    known = {**_stops(folder, one, tail), "total": _number(rb"num_iterations", tail)}
    return described(folder, one, SPEC.label, checkpoint=candidates, known=known)


def _stops(folder: Folder, one: Boosted, tail: bytes) -> Raw:
    """For how many iterations an early stop waited, and which metric had just so many; nothing where none is told."""
    said = count_said(folder, one.root, WAITS)
    patience = said or _number(rb"early_stopping_round", tail) or _printed(folder, one.root)
    return {"patience": patience, "monitor": monitored(one.values(folder), patience)} if patience is not None else {}


def _number(name: bytes, tail: bytes) -> int | None:
    """A parameter as the model keeps it at its end; None where it is 0 or not there."""
    found = re.search(rb"^\[" + name + rb": (\d{1,12})\]", tail, re.MULTILINE)
    return int(found[1]) or None if found else None


def _printed(folder: Folder, root: str) -> int | None:
    """What a log says of an early stop that took place."""
    for path in folder.matching(*below(root, *LOGS))[:MOST_LOOKED_AT]:
        waits = _WAITS.search(folder.head(path))
        if waits and _STOPPED.search(folder.tail(path)):
            return int(waits[1])
    return None


SPEC = TrainerSpec(
    id="lightgbm",
    label="LightGBM",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="a text that begins like its model; lists of values as JSON whose metrics only it names so",
        reads="`evals_result` as JSON (iterations from 0), the total from `params.json` and the like, else from the "
        "model; an early stop from parameters, model or log",
        judged="the newest model text; *readable*, never verified",
        proven="recorded with LightGBM 4",
    ),
)
