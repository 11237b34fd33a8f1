"""XGBoost: models in JSON or UBJSON, `evals_result` as JSON, `checkpoints/` of TrainingCheckPoint.

Recognised by a document that begins like a model of it (`learner`), or by lists of values whose metrics only it names
so (`mlogloss`, `aucpr`). Iterations count from 0; how many there were to be stands in no file of XGBoost's own, only in
parameters that were kept. A model that names its best iteration was trained with an early stop. For how many
iterations that waits the parameters say, or the end itself: `train` gives out its values and its model only when it
returns, so values that end behind the best iteration which the model names, with as many rounds in it as there are
values, or as up to the best where it was cut there, are those of an early stop.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from collectors.evidence.documents import value_at
from collectors.readers.checkpoint.ubjson import UbjsonProblem, parse_ubjson
from collectors.readers.common.magic import booster_kind
from collectors.trainers.boosters import (
    LARGEST,
    MOST_LOOKED_AT,
    TOTALS,
    WAITS,
    Boosted,
    Way,
    count_said,
    described,
    run_of,
    trainings,
    way_of,
)
from collectors.trainers.description import below
from collectors.trainers.folder import MOST_DIGITS, Folder, join, parent
from collectors.trainers.spec import Documented, Raw, Run, TrainerSpec

OWN: Final = frozenset({
    "logloss", "mlogloss", "merror", "aucpr", "mphe", "cox-nloglik", "poisson-nloglik", "aft-nloglik",
})  # fmt: skip
"""Metrics that no other booster calls so."""
USUAL: Final = ("model.json", "model.ubj", "*.ubj", "checkpoints/*")
CHECKPOINTS: Final = "checkpoints"
BEST: Final = b"best_iteration"
_ON_THE_WAY: Final = re.compile(r"_\d+\.\w+$")
"""How `TrainingCheckPoint` calls its models."""


def recognise(folder: Folder) -> Sequence[Run]:
    """Every training that left values or a model."""
    named = [*folder.matching("**/*.ubj"), *folder.matching("**/*.json")]
    models = [
        path for path in named[:MOST_LOOKED_AT] if (booster_kind(folder.head(path)[:1000]) or "").startswith("xgb")
    ]
    return [run_of(folder, one) for one in trainings(folder, models, OWN.__contains__)]


def describe(folder: Folder, run: Run) -> Raw:
    """Every list as a series, the model that was saved at the end, the total of the parameters."""
    one: Boosted = run.facts.get("boosted", Boosted(run.root))
    models = _judged(folder, one)
    candidates = models or below(run.root, *USUAL)
    return described(folder, one, SPEC.label, checkpoint=candidates, known=_stops(folder, one, models))


def _judged(folder: Folder, one: Boosted) -> list[str]:
    """The model of the end, in JSON before UBJSON; of a training that has none, its newest checkpoint."""
    own = [model for model in one.models if parent(model).rpartition("/")[2] != CHECKPOINTS]
    if not own:
        return [join(parent(model), "*") for model in one.models[:1]]
    newest = folder.newest(own) or own[0]
    twin = f"{newest.rpartition('.')[0]}.json"
    return [twin if twin in own else newest]


def _stops(folder: Folder, one: Boosted, models: Sequence[str]) -> Raw:
    """Whether an early stop was on: the last metric of the last part decides, as XGBoost does."""
    found, patience = one.values(folder), count_said(folder, one.root, WAITS)
    is_on = patience is not None or any(BEST in folder.head(model) for model in models)
    if not is_on or not found:
        return {}
    part, metrics = list(found.items())[-1]
    name, values = list(metrics.items())[-1]
    total = count_said(folder, one.root, TOTALS)
    is_short = total is not None and len(values) < total
    waited = patience or (_waited(folder, models, (values, way_of(name))) if is_short else None)
    return {"patience": waited or "unknown", "monitor": f"{part}/{name}", "best": "best_score"}


def _waited(folder: Folder, models: Sequence[str], monitored: tuple[Sequence[Any], Way | None]) -> int | None:
    """For how many iterations a training that returned had waited; None where model and values do not say the same.

    A model of `TrainingCheckPoint` was written on the way and says nothing of the end.
    """
    values, way = monitored
    own = [model for model in models if folder.has(model) and not _ON_THE_WAY.search(model)]
    rounds, best = _rounds_of(folder, own[0]) if own else (0, None)
    after = len(values) - 1 - best if best is not None else 0
    if best is None or after <= 0 or rounds not in {len(values), best + 1} or way is None:
        return None
    return after if values[best] == (min if way == "lower" else max)(values) else None


def _rounds_of(folder: Folder, model: str) -> tuple[int, int | None]:
    """How many rounds a model holds, and the best one that it names; 0 and None where it does not say."""
    learner = (folder.document(model, LARGEST) or _ubjson(folder, model)).get("learner", {})
    model_of = (value_at(learner, key) for key in ("gradient_booster.gbtree.model", "gradient_booster.model"))
    booster = next((one for one in model_of if isinstance(one, Mapping)), {})
    starts, best = value_at(booster, "iteration_indptr"), value_at(learner, f"attributes.{BEST.decode()}")
    is_told = isinstance(best, str) and best.isdecimal() and len(best) <= MOST_DIGITS
    return len(starts) - 1 if hasattr(starts, "__len__") else 0, int(best) if is_told else None


def _ubjson(folder: Folder, model: str) -> Mapping[str, Any]:
    try:
        found = parse_ubjson(folder.beginning(model, LARGEST))
    except UbjsonProblem:
        return {}
    return found if isinstance(found, Mapping) else {}


SPEC = TrainerSpec(
    id="xgboost",
    label="XGBoost",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="a JSON or UBJSON document that begins like its model; lists of values whose metrics only it "
        "names so",
        reads="`evals_result` as JSON (iterations from 0), the total and the early stop's patience from `params.json` "
        "and the like; an early stop from the model, its best iteration and score",
        judged="the newest model outside `checkpoints/` (JSON before UBJSON), else the newest in it; *readable*, never "
        "verified",
        proven="recorded with XGBoost 3",
    ),
)
