"""XGBoost: models in JSON or UBJSON, `evals_result` as JSON, `checkpoints/` of TrainingCheckPoint.

Recognised by a document that begins like a model of it (`learner`), or by lists of values whose metrics only it names
so (`mlogloss`, `aucpr`). Iterations count from 0; how many there were to be stands in no file of XGBoost's own, only in
parameters that were kept. A model that names its best iteration was trained with an early stop; for how many
iterations that waits only the parameters say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from collectors.readers.common.magic import booster_kind
from collectors.trainers.boosters import (
    MOST_LOOKED_AT,
    Boosted,
    described,
    run_of,
    trainings,
    waits_in,
)
from collectors.trainers.description import below
from collectors.trainers.folder import Folder, join, parent
from collectors.trainers.spec import Documented, Raw, Run, TrainerSpec

OWN: Final = frozenset({
    "logloss", "mlogloss", "merror", "aucpr", "mphe", "cox-nloglik", "poisson-nloglik", "aft-nloglik",
})  # fmt: skip
"""Metrics that no other booster calls so."""
USUAL: Final = ("model.json", "model.ubj", "*.ubj", "checkpoints/*")
CHECKPOINTS: Final = "checkpoints"
BEST: Final = b"best_iteration"


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
    found, patience = one.values(folder), waits_in(folder, one.root)
    is_on = patience is not None or any(BEST in folder.head(model) for model in models)
    if not is_on or not found:
        return {}
    part, metrics = list(found.items())[-1]
    return {"patience": patience or "unknown", "monitor": f"{part}/{list(metrics)[-1]}", "best": "best_score"}


SPEC = TrainerSpec(
    id="xgboost",
    label="XGBoost",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="a JSON or UBJSON document that begins like its model; lists of values whose metrics only it "
        "names so",
        reads="`evals_result` as JSON (iterations from 0), the total and the early stop's patience from `params.json` "
        "and the like; whether one was on from the model",
        judged="the newest model outside `checkpoints/` (JSON before UBJSON), else the newest in it; *readable*, never "
        "verified",
        proven="recorded with XGBoost 3",
    ),
)
