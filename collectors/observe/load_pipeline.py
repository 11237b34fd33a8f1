"""`dashboard.yaml` -> PipelineConfig, or one clear error: file, line, key, the nearest known key.

Input: the file's bytes, or plain values of a trainer. Refuses unknown keys, unknown checks, unknown trainers and wrong
values.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import AliasChoices, BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from collectors.contract.pipeline import PipelineConfig
from collectors.evidence.documents import ConfigEvidence
from collectors.judge.checklist import specs_by_id
from collectors.judge.findings.every import findings_by_id
from collectors.observe.standard_graph import with_standard_graph
from collectors.readers.text.plain import nearest_line
from collectors.readers.text.read_config import read_config
from collectors.trainers.folder import Folder
from collectors.trainers.merge import merged
from collectors.trainers.modules import TRAINERS, trainer
from collectors.trainers.recognise import run_of
from collectors.trainers.reference import NAME, shipped_bytes
from collectors.trainers.spec import Run, TrainerSpec
from collectors.visible import visible_text

MOST_TOLD = 5
"""Mistakes told at once."""
UNREAD = ConfigEvidence("yaml", ())
ALTERNATIVE = re.compile(r"(function-\w+|tuple|constrained-str)\b.*\[|constrained-str$")
Key = tuple[str | int, ...]
ChooseRun = Callable[[TrainerSpec, Folder], Run]
"""A trainer and what lies in a workspace -> the run that is described."""


class ConfigProblem(ValueError):
    """The configuration cannot be used; the message says file, line, key and remedy.

    Part of it may come out of the file: what could touch a terminal is made visible.
    """

    def __init__(self, message: str) -> None:
        super().__init__(visible_text(message))


@cache
def default_config() -> PipelineConfig:
    """The reference pipeline: PatchTST and SwinMAE."""
    return parse_config(default_config_bytes(), NAME)


def default_config_bytes() -> bytes:
    """The reference pipeline's description as it is shipped."""
    return shipped_bytes()


def parse_config(
    data: bytes, name: str, folder: Callable[[], Folder] = Folder, run: ChooseRun = run_of
) -> PipelineConfig:
    """Read and check a configuration; `folder`: where a `trainer` that it names looks, and `run`: for which run.

    Raises ConfigProblem.
    """
    read = read_config(data, name=name)
    errors = [str(f) for f in read.findings if f.severity == "error"]
    if errors:
        raise ConfigProblem(f"{name}: {errors[0]}")
    if not isinstance(read.data, dict):
        raise ConfigProblem(f"{name}: expected a mapping of keys such as `streams:`, found {type(read.data).__name__}")
    return checked_config(_with_trainer(read, name, (folder, run)), name, read)


def checked_config(data: Mapping[str, Any], name: str, read: ConfigEvidence = UNREAD) -> PipelineConfig:
    """Check plain values, and draw the graph that they leave out. Raises ConfigProblem; `read` has their lines."""
    try:
        config = PipelineConfig.model_validate(data)
        wrong = [
            *(_explain_unknown(name, key, check, read) for key, check in _unknown_checks(config)),
            *(f"{_place(name, key, read)}: `{_dotted(key)}`: {text}" for key, text in _misplaced(config)),
        ]
        if wrong:
            raise ConfigProblem("\n".join(wrong[:MOST_TOLD]))
        return with_standard_graph(config)
    except ValidationError as error:
        causes = _without_what_follows([{**one, "loc": _written(one["loc"])} for one in error.errors()])
        raise ConfigProblem("\n".join(_explain(name, e, read) for e in causes[:MOST_TOLD])) from None


def _with_trainer(read: ConfigEvidence, name: str, look: tuple[Callable[[], Folder], ChooseRun]) -> Mapping[str, Any]:
    """What a file says, over what the trainer says that it names. Raises ConfigProblem."""
    data: Mapping[str, Any] = read.data
    if "trainer" not in data:
        return data
    spec = trainer(str(data["trainer"]))
    if spec is None:
        known = [one.id for one in TRAINERS]
        nearest = _nearest(str(data["trainer"]), known)
        remedy = f"; did you mean `{nearest}`?" if nearest else ""
        where, said = _place(name, ("trainer",), read), str(data["trainer"])[:80]
        raise ConfigProblem(f"{where}: `trainer`: no trainer is called `{said}`{remedy}; known: {', '.join(known)}")
    folder = look[0]()
    return merged(spec.describe(folder, look[1](spec, folder)), data)


def _written(key: Key) -> Key:
    """A key as it stands in the file: pydantic also names which type of several it tried."""
    return tuple(part for part in key if not (isinstance(part, str) and ALTERNATIVE.match(part)))


def _without_what_follows(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """The mistakes, without those of a whole whose part is wrong: a list of one wrong item is no empty list."""
    inside = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [error for error in errors if error["loc"] not in inside]


def _unknown_checks(config: PipelineConfig) -> Iterator[tuple[Key, str]]:
    """Each place that names a check which is not in the checklist, and the name."""
    named: list[tuple[Key, str]] = [(("checks", key), key) for key in config.checks if key not in findings_by_id()]
    for number, stage in enumerate(config.stages):
        kind, _, argument = stage.status_from.partition(":")
        named += [(("stages", number, "status_from"), argument)] if kind == "check" else []
        named += [(("stages", number, "checks", place), check) for place, check in enumerate(stage.checks)]
    return ((key, check) for key, check in named if check not in specs_by_id())


def _misplaced(config: PipelineConfig) -> Iterator[tuple[Key, str]]:
    """Settings of a check that stand at a finding, and the other way round."""
    for key, settings in config.checks.items():
        if key in findings_by_id() and settings.level is None:
            yield ("checks", key), "a finding counts by its `level`: fail, skip, warn or off"
        if key in specs_by_id() and settings.level is not None:
            yield ("checks", key, "level"), "`level` is a finding's; this is a check: say `enabled` or `blocking`"


def _explain_unknown(name: str, key: Key, check: str, read: ConfigEvidence) -> str:
    known = [*specs_by_id(), *(findings_by_id() if key[0] == "checks" else ())]
    nearest = _nearest(check, known)
    remedy = f"; did you mean `{nearest}`?" if nearest else f"; known: {', '.join(known)}"
    return f"{_place(name, key, read)}: `{_dotted(key)}`: unknown check `{check}`{remedy}"


def _explain(name: str, error: ErrorDetails, read: ConfigEvidence) -> str:
    key = tuple(error.get("ctx", {}).get("key", error["loc"]))
    where, dotted = _place(name, key, read), _dotted(key)
    if error["type"] == "extra_forbidden":
        nearest = _nearest(str(key[-1]), known_keys(key[:-1]))
        return f"{where}: unknown key `{dotted}`" + (f"; did you mean `{nearest}`?" if nearest else "")
    if error["type"] == "missing":
        return f"{where}: `{dotted}` is missing"
    message = error["msg"].removeprefix("Value error, ")
    return f"{where}: `{dotted}`: {message}{_found(error['input'])}"


def _place(name: str, key: Key, read: ConfigEvidence) -> str:
    line = nearest_line(read.lines, key)
    return f"{name}, line {line}" if line else name


def _dotted(key: Key) -> str:
    return ".".join(str(part).replace("\n", "\\n") for part in key) or "the whole file"


def _found(value: Any) -> str:
    return f" (found {value!r})" if isinstance(value, (str, int, float, bool)) and len(repr(value)) < 80 else ""


def _nearest(key: str, known: Sequence[str]) -> str | None:
    found = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.5)
    return found[0] if found else None


def known_keys(path: Key) -> list[str]:
    """The keys that may stand in the mapping at a path of the configuration."""
    model: type[BaseModel] | None = PipelineConfig
    for part in path:
        if isinstance(part, int) or model is None:
            continue
        field = _fields_of(model).get(part)
        model = _model_in(field.annotation) if field else model
    return sorted(_fields_of(model)) if model else []


def _fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by each name they may be written under."""
    fields: dict[str, FieldInfo] = {}
    for name, field in model.model_fields.items():
        alias = field.validation_alias
        names = alias.choices if isinstance(alias, AliasChoices) else [name]
        fields |= {written: field for written in names if isinstance(written, str)}
    return fields


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field's type holds, through optionals, tuples and mappings."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, BaseModel) else None
    found = (_model_in(a) for a in typing.get_args(annotation))
    return next((m for m in found if m is not None), None)
