"""CatBoost: `catboost_info/` with `learn_error.tsv`, `test_error.tsv`, `catboost_training.json`, and `*.cbm` models.

Recognised by a `learn_error.tsv` whose first column is `iter`; with its record of the training, or a model that begins
with `CBM1`, it is sure. The two tables are the training's and the validation's, iterations count from 0, and the
record says how many there are to be and which way each metric gets better. A model says for how many iterations an
early stop waited; a training that was killed leaves none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from collectors.numbers import plural
from collectors.readers.common.magic import booster_kind
from collectors.trainers.boosters import MOST_LOOKED_AT, Way, metrics_of, series_of, way_of
from collectors.trainers.description import below, events_of, one_stream
from collectors.trainers.folder import Folder, is_below, join, last_count, parent, said
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

TABLES: Final = {"learn": "learn_error.tsv", "test": "test_error.tsv"}
RECORD: Final = "catboost_training.json"
USUAL: Final = "catboost_info"
_METRIC: Final = re.compile(rb'\{"best_value":"(Min|Max)","name":"([^"\\]{1,200})"\}')


def recognise(folder: Folder) -> Sequence[Run]:
    """Every folder that a training wrote its tables to; each model belongs to the run it lies nearest to."""
    places = [parent(path) for path in folder.named(TABLES["learn"]) if folder.columns(path)[:1] == ("iter",)]
    return [_run(folder, place, alone=len(places) == 1) for place in places]


def _run(folder: Folder, place: str, *, alone: bool) -> Run:
    table, record = join(place, TABLES["learn"]), join(place, RECORD)
    has_record = b'"launch_mode":"Train"' in folder.head(record)
    models = _models(folder, parent(place), alone=alone)
    last, total = last_count(folder, table, "\t"), _total(folder, place)
    count = f"{last + 1} of {plural(total, 'iteration')}" if last is not None and total else ""
    return Run(
        root=parent(place),
        because=tuple(map(said, [table, *([record] if has_record else []), *models[:1]])),
        sure=Sureness.SURE if has_record or models else Sureness.LIKELY,
        about=count,
        at=folder.modified_at(table),
        facts={"place": place, "models": models},
    )


def _models(folder: Folder, root: str, *, alone: bool) -> list[str]:
    """CatBoost's own beside its tables or in a folder there; of an only run anywhere."""
    near = folder.matching(*below(root, "*.cbm", "*/*.cbm", "*.json", "*/*.json"))
    found = [path for path in near[:MOST_LOOKED_AT] if _is_model(folder, path)]
    far = folder.matching("**/*.cbm") if alone and not found else []
    return found or [path for path in far if _is_model(folder, path)]


def _is_model(folder: Folder, path: str) -> bool:
    return (booster_kind(folder.head(path)[:1000]) or "").startswith("catboost")


def _total(folder: Folder, place: str) -> int | None:
    found = re.search(rb'"iteration_count"\s*:\s*(\d{1,12})', folder.head(join(place, RECORD)))
    return int(found[1]) if found else None


def describe(folder: Folder, run: Run) -> Raw:
    """Both tables as one, both parts of the event files, the model, the total of its record."""
    place = run.facts.get("place", join(run.root, USUAL))
    models: list[str] = run.facts.get("models", [])
    parts = {part: folder.columns(join(place, name))[1:] for part, name in TABLES.items()}
    series, ways = _series(folder, place, parts)
    columns = {name: column.replace("/", "_error/", 1) for name, column in series.items()}
    events = [path for path in folder.event_files if is_below(path, place)]
    return one_stream(
        SPEC.label,
        checkpoint=_candidates(folder, run, models),
        table={
            "path": below(place, *(TABLES[part] for part in parts if parts[part])) or below(place, *TABLES.values()),
            "columns": columns,
            **({"same_as_events": True} if events else {}),
        },
        events=events_of(place, {name: [tag] for name, tag in series.items()}) if events else None,
        completion={"by": "steps", "total": _total(folder, place) or "iterations", **_stopping(folder, models, series)},
        metrics=metrics_of(series, ways),
    )


def _series(
    folder: Folder, place: str, parts: dict[str, tuple[str, ...]]
) -> tuple[dict[str, str], dict[str, Way | None]]:
    """Series and directions: the record says them, else their names."""
    told: dict[str, Way | None] = {
        name.decode("utf-8", "replace"): "lower" if best == b"Min" else "higher"
        for best, name in _METRIC.findall(folder.head(join(place, RECORD)))
    }
    ways = {name: told.get(name, way_of(name)) for names in parts.values() for name in names}
    return series_of(parts, ways) or {"train_loss": "learn/Logloss", "val_loss": "test/Logloss"}, ways


def _candidates(folder: Folder, run: Run, models: Sequence[str]) -> list[str]:
    """`*.cbm` where one was found, else models in JSON; of a training that has none yet, where one may come."""
    found = next((path for path in models if path.endswith(".cbm")), None)
    if found is not None:
        return [join(parent(found), "*.cbm")]
    return list(models) or below(run.root, "*.cbm", "*/*.cbm")


def _stopping(folder: Folder, models: Sequence[str], series: dict[str, str]) -> Raw:
    """What the newest model says of an early stop: after how many iterations, by which metric."""
    newest = folder.newest(models)
    head = folder.head(newest) if newest else b""
    wait = re.search(rb'"od_wait\\?"\s*:\s*(\d{1,9})', head)
    if wait is None or int(wait[1]) == 0:
        return {}
    metric = re.search(rb'"eval_metric\\?"\s*:\s*\{[^{}]*?"type\\?"\s*:\s*\\?"([A-Za-z0-9]{1,60})', head)
    column = f"test/{metric[1].decode()}" if metric else series.get("val_loss", "")
    monitor: Any = next((name for name, its in series.items() if its == column), "val_loss")
    return {"patience": int(wait[1]), "monitor": monitor}


SPEC = TrainerSpec(
    id="catboost",
    label="CatBoost",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="`learn_error.tsv` with the column `iter`, beside `catboost_training.json` or a CatBoost model",
        reads="both tables and event files (iterations from 0), the total and each metric's direction from "
        "`catboost_training.json`, `od_wait` from the model",
        judged="the newest `*.cbm`, else its model in JSON; *readable*, never verified",
        proven="recorded with CatBoost 1.2",
        opaque="`*.cbsnapshot`",
    ),
)
