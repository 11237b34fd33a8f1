"""DVCLive: a folder with `metrics.json`, `params.yaml` and one table a metric below `plots/metrics/`.

Recognised by tables `plots/metrics/**/*.tsv` with a column `step`, beside a `metrics.json` that holds the last values.
Steps count from 0, one each `next_step`: whether they are epochs only their number tells. The model is what `dvc.yaml`
calls one, else the newest model file beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from collectors.numbers import plural
from collectors.trainers.description import MODELS, below, config_of, epochs_of, one_stream, whole_table
from collectors.trainers.folder import Folder, join, parent, said
from collectors.trainers.names import has_training
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

PLOTS: Final = "plots/metrics"
LAST: Final = "metrics.json"
PARAMETERS: Final = "params.yaml"
USUAL: Final = "dvclive"


def recognise(folder: Folder) -> Sequence[Run]:
    """Every folder of such tables; it is called `dvclive` where nobody calls it otherwise."""
    found: dict[str, list[str]] = {}
    for path in folder.matching(f"**/{PLOTS}/**/*.tsv", f"{PLOTS}/**/*.tsv"):
        place = f"/{path}".rpartition(f"/{PLOTS}/")[0].removeprefix("/")
        found.setdefault(place, []).append(path)
    return [_run(folder, place, tables) for place, tables in found.items() if "step" in folder.columns(tables[0])]


def _run(folder: Folder, place: str, tables: Sequence[str]) -> Run:
    last = folder.document(join(place, LAST))
    step, own = last.get("step"), [said(join(place, LAST))] if last else []
    names = [_name(place, path) for path in tables]
    return Run(
        root=parent(place),
        because=(f"{plural(len(tables), 'table')} in {said(join(place, PLOTS))}", *own),
        sure=Sureness.SURE if isinstance(step, int) else Sureness.LIKELY,
        about=f"step {step} (from 0)" if isinstance(step, int) else "",
        at=max(folder.modified_at(path) for path in tables),
        trained=has_training(names),
        facts={"place": place, "names": names},
    )


def _name(place: str, path: str) -> str:
    """A metric as it was logged: its path below the plots."""
    return path.removeprefix(f"{join(place, PLOTS)}/").removesuffix(".tsv")


def describe(folder: Folder, run: Run) -> Raw:
    """All tables as one, the parameters, the model."""
    place = run.facts.get("place", join(run.root, USUAL))
    table = whole_table([join(place, PLOTS, "**/*.tsv")], run.facts.get("names", ()))
    config = config_of(folder, [join(place, PARAMETERS), *below(run.root, PARAMETERS)])
    return one_stream(
        SPEC.label,
        checkpoint=[*_artifacts(folder, run.root), *below(run.root, *MODELS)],
        table=table if table["columns"] else {"path": table["path"]},
        config=config,
        completion=epochs_of(folder, config),
    )


def _artifacts(folder: Folder, root: str) -> list[str]:
    """Paths of the models that `dvc.yaml` names."""
    named: Any = folder.document(join(root, "dvc.yaml")).get("artifacts")
    every = named.values() if isinstance(named, Mapping) else ()
    paths = [one["path"] for one in every if isinstance(one, Mapping) and isinstance(one.get("path"), str)]
    models = [path for path in paths if folder.has(join(root, path))]
    return below(root, *models)


SPEC = TrainerSpec(
    id="dvclive",
    label="DVCLive",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="tables `plots/metrics/**/*.tsv` with a column `step`, beside `metrics.json`",
        reads="one table a metric (steps from 0), `params.yaml`, the models that `dvc.yaml` names",
        judged="the model artifact of `dvc.yaml`, else the newest model file beside",
        proven="recorded with DVCLive 3",
        opaque="metrics that were logged without a plot",
    ),
)
