"""What CatBoost, LightGBM and XGBoost have in common: names of metrics, parts of the data, lists of values. Pure.

Input: a table's names, such as `train/l2`, and small documents. Output: which series is the training's and which the
validation's loss, and which way each metric gets better. A metric that only gets higher is never called a loss.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from collectors.numbers import plural
from collectors.trainers.description import config_of, one_stream
from collectors.trainers.folder import Folder, is_below, join, parent, said
from collectors.trainers.spec import Raw, Run, Sureness
from collectors.training.series import TRAINING, words_of

Way = Literal["lower", "higher"]
Found = Mapping[str, Mapping[str, Sequence[Any]]]
"""Part of the data -> metric -> a value each iteration."""
TOTALS: Final = ("num_boost_round", "n_estimators", "num_iterations", "num_rounds", "n_iter", "iterations")
"""Keys under which parameters say how many iterations there are to be."""
WAITS: Final = ("early_stopping_rounds", "early_stopping_round", "od_wait", "n_iter_no_change")
"""Keys under which they say for how many of them an early stop waits."""
PARAMETERS: Final = ("params.json", "params.yaml", "config.json", "config.yaml", "hparams.yaml", "args.yaml")
LARGEST: Final = 8 << 20
"""Bytes of a document of values that is read whole."""
MOST_LOOKED_AT: Final = 100
"""JSON documents of a folder may be data."""
_HIGHER: Final = re.compile(
    r"auc|ndcg|dcg|^map$|mean_?average|^pre$|precision|recall|accuracy|^f1$|^f_?beta|totalf1|^r2$|mcc|kappa|^mrr$"
)
_LOWER: Final = re.compile(
    r"loss|err|^(?:m|r)?(?:mse|msle)$|rmse|^rmsle$|^s?m(?:ed)?a?pe$|^mae$|^mphe$|^l[12]$|nloglik|deviance|entropy|huber"
    r"|^fair$|^poisson$|^quantile$|^gamma$|tweedie|leibler|logcosh|^brier"
)


def way_of(metric: str) -> Way | None:
    """Which way a booster's metric gets better, by its name without parameters (`ndcg@5`, `Quantile:alpha=0.1`)."""
    plain = re.split(r"[@:]", metric.lower())[0]
    if _HIGHER.search(plain):
        return "higher"
    return "lower" if _LOWER.search(plain) else None


def lists_of(folder: Folder, path: str) -> Found:
    """A document of lists, by part of the data and metric; empty where it is none, or holds anything else."""
    if not re.match(rb'\s*\{\s*"[^"]{1,200}"\s*:\s*\{\s*"[^"]{1,200}"\s*:\s*\[\s*[-\d"]', folder.head(path)):
        return {}
    found = folder.document(path, LARGEST)
    is_its_own = all(
        isinstance(metrics, Mapping) and metrics and _are_lists(metrics.values()) for metrics in found.values()
    )
    return found if is_its_own else {}


def _are_lists(values: Iterable[Any]) -> bool:
    return all(isinstance(one, list) and one for one in values)


def series_of(parts: Mapping[str, Iterable[str]], ways: Mapping[str, Way | None]) -> dict[str, str]:
    """Series -> column (`part/metric`): the first metric that gets lower is the loss, all others keep their names.

    Of parts without a word that tells, the last is the validation: it decides on an early stop.
    """
    metric = next((m for metrics in parts.values() for m in metrics if ways.get(m) == "lower"), None)
    held = [part for part, metrics in parts.items() if metric is not None and metric in set(metrics)]
    train = next((part for part in held if words_of(part) & TRAINING), None)
    others = [part for part in held if part != train]
    losses = {"train_loss": train, "val_loss": others[-1] if others else None}
    chosen = {series: f"{part}/{metric}" for series, part in losses.items() if part is not None}
    names = [f"{part}/{m}" for part, metrics in parts.items() for m in metrics]
    return {**chosen, **{name: name for name in names if name not in chosen.values()}}


def metrics_of(series: Mapping[str, str], ways: Mapping[str, Way | None]) -> Raw:
    """What more is known of each series: its direction, and of a loss what its file calls it."""
    found: Raw = {}
    for name, column in series.items():
        way = ways.get(column.partition("/")[2])
        found[name] = {**({"better": way} if way else {}), **({"label": column[:60]} if name != column else {})}
    return {name: about for name, about in found.items() if about}


def parameters_in(folder: Folder, root: str) -> str | None:
    """The document of parameters in a folder that says something of its iterations; None where none does."""
    paths = [join(root, name) for name in PARAMETERS]
    return next(
        (path for path in paths if key_in(folder.document(path), TOTALS) or key_in(folder.document(path), WAITS)), None
    )


def count_said(folder: Folder, root: str, keys: Sequence[str]) -> int | None:
    """What the parameters in a folder say under the first of these keys; None where they do not."""
    parameters = parameters_in(folder, root)
    document = folder.document(parameters) if parameters is not None else {}
    key = key_in(document, keys)
    return document[key] if key else None


def key_in(document: Mapping[str, Any], keys: Sequence[str]) -> str | None:
    """The first of these keys under which a count stands."""
    return next((key for key in keys if type(document.get(key)) is int and document[key] > 0), None)


def monitored(found: Found, patience: int) -> str | None:
    """Column of the validation's metric that an early stop after so many values was due to; None where none has."""
    columns = [
        (f"{part}/{m}", way_of(m), values)
        for part, metrics in found.items()
        if not words_of(part) & TRAINING
        for m, values in metrics.items()
    ]
    return next(
        (column for column, way, values in columns if way is not None and _waited(values, way) == patience), None
    )


def _waited(values: Sequence[Any], way: Way) -> int | None:
    """How many values follow the best one; None where they are no numbers."""
    if not all(isinstance(value, (int, float)) for value in values):
        return None
    best = (min if way == "lower" else max)(values)
    return len(values) - 1 - values.index(best)


@dataclass(frozen=True, slots=True)
class Boosted:
    """One training with a document of values, models, or both."""

    root: str
    table: str | None = None
    models: tuple[str, ...] = ()

    def values(self, folder: Folder) -> Found:
        """What its document holds."""
        return lists_of(folder, self.table) if self.table is not None else {}


def trainings(folder: Folder, models: Sequence[str], is_its_own: Callable[[str], bool]) -> list[Boosted]:
    """Each document of values with the models below its folder; without one where only this library names so its
    metrics; and models that no document lies above, by their folder."""
    tables = [path for path in folder.matching("**/*.json")[:MOST_LOOKED_AT] if lists_of(folder, path)]
    found = []
    for table in tables:
        near = _near(parent(table), models, alone=len(tables) == 1)
        metrics = [metric for of in lists_of(folder, table).values() for metric in of]
        if near or any(map(is_its_own, metrics)):
            found.append(Boosted(parent(table), table, near))
    taken = {model for one in found for model in one.models}
    left: dict[str, list[str]] = {}
    for model in (one for one in models if one not in taken):
        place = parent(model)
        left.setdefault(parent(place) if place.rpartition("/")[2] == "checkpoints" else place, []).append(model)
    return [*found, *(Boosted(root, None, tuple(of)) for root, of in left.items())]


def _near(root: str, models: Sequence[str], *, alone: bool) -> tuple[str, ...]:
    """Models below a folder; of an only document, else those in folders beside it."""
    below_it = tuple(model for model in models if is_below(model, root))
    return below_it or tuple(model for model in models if alone and root and is_below(model, parent(root)))


def run_of(folder: Folder, one: Boosted) -> Run:
    """What was found, in words; models and values together are sure."""
    newest = folder.newest(one.models)
    told = [path for path in (one.table, newest) if path is not None]
    lengths = [len(values) for metrics in one.values(folder).values() for values in metrics.values()]
    return Run(
        root=one.root,
        because=tuple(map(said, told)),
        sure=Sureness.SURE if newest is not None else Sureness.LIKELY,
        about=plural(max(lengths), "iteration") if lengths else "",
        at=max(folder.modified_at(path) for path in told),
        trained=one.table is not None,
        facts={"boosted": one},
    )


def described(folder: Folder, one: Boosted, title: str, *, checkpoint: Sequence[str], known: Raw) -> Raw:
    """A description. `known`, of completion: `total` by the model, `patience`, `monitor` as a column; None: unknown.

    `known["best"]`: key of the model under which it keeps the monitored metric's best value.
    """
    found = one.values(folder)
    ways = {metric: way_of(metric) for metrics in found.values() for metric in metrics}
    series = series_of(found, ways)
    parameters = parameters_in(folder, one.root)
    key = key_in(folder.document(parameters), TOTALS) if parameters is not None else None
    monitor = next((name for name, column in series.items() if column == known.get("monitor")), None)
    waits = {"patience": known["patience"], "monitor": monitor} if monitor is not None else {}
    return one_stream(
        title,
        checkpoint={
            "path": list(checkpoint),
            **({"says": {monitor: known["best"]}} if waits and "best" in known else {}),
        },
        table={"path": one.table or join(one.root, "evals_result.json"), **({"columns": series} if series else {})},
        config=config_of(folder, [parameters]) if parameters is not None else None,
        completion={"by": "steps", "total": key or known.get("total") or TOTALS[0], **waits},
        metrics=metrics_of(series, ways),
    )
