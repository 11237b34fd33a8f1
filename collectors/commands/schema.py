"""`python -m collectors schema [--config]` -> a JSON Schema on stdout: of the state, or of `dashboard.yaml`.

The second is for editors and for the reference in `docs/`: the models say which keys there are, the
checklist which checks may be named, the trainers which trainer. What stands under each field is read from the source
here alone: nothing else that runs asks for it. It refuses nothing.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import json
from copy import deepcopy
from itertools import pairwise
from typing import Any

from pydantic import AliasChoices, BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from collectors.commands.exit_codes import READY
from collectors.contract.metrics import CurveDocument
from collectors.contract.pipeline import RULES, PipelineConfig
from collectors.contract.state import DashboardState
from collectors.judge.checklist import specs_by_id
from collectors.judge.findings.every import findings_by_id
from collectors.options import Commands, Parser
from collectors.trainers.modules import TRAINERS


def add_schema(commands: Commands[Parser]) -> None:
    """Add `schema`. Its switch reads no variable: TRAINING_DASHBOARD_CONFIG names a file, for other commands."""
    parser = commands.add_parser("schema", help="print the JSON Schema of the state", allow_abbrev=False)
    parser.add_argument("--config", action="store_true", help="that of dashboard.yaml instead, for editors")
    parser.set_defaults(command=_schema)


def _schema(options: argparse.Namespace) -> int:
    print(json.dumps(editor_schema() if options.config else json_schema(), indent=2))
    return READY


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `DashboardState`, as committed; with it that of the curves that it names by digest."""
    schema = DashboardState.model_json_schema(schema_generator=_Documented)
    curves = CurveDocument.model_json_schema(schema_generator=_Documented)
    schema["$defs"]["CurveDocument"] = {key: value for key, value in curves.items() if key != "$defs"}
    return schema


class _Documented(GenerateJsonSchema):
    """Describes each field by the text that stands under it."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """One model's schema."""
        made = super().model_schema(schema)
        for field, words in words_under(schema["cls"]).items():
            made["properties"][field]["description"] = words
        return made


def words_under(model: type[BaseModel]) -> dict[str, str]:
    """What stands under each field of a model, by the name it is written under."""
    words: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if issubclass(kind, BaseModel) and kind is not BaseModel:
            words |= {_written(model, name): text for name, text in _texts_in(kind)}
    return words


def _texts_in(kind: type[BaseModel]) -> list[tuple[str, str]]:
    (tree,) = ast.parse(inspect.getsource(kind)).body
    return [
        (field.target.id, inspect.cleandoc(text.value.value))
        for field, text in pairwise(getattr(tree, "body", ()))
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    ]


def _written(model: type[BaseModel], name: str) -> str:
    alias = model.model_fields[name].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else name


def config_schema() -> dict[str, Any]:
    """The JSON Schema of `dashboard.yaml`, with the ids of the checks that there are."""
    schema = PipelineConfig.model_json_schema(schema_generator=_Documented)
    checks = {"type": "string", "format": "check-id", "enum": list(specs_by_id())}
    settings = schema["properties"]["checks"]
    settings["additionalProperties"] = settings.pop("patternProperties").popitem()[1]
    settings["propertyNames"] = checks | {"enum": [*checks["enum"], *findings_by_id()]}
    stream = schema["$defs"]["Stream"]["properties"]
    stream["loss_history"] = stream["table"] | {"description": "The older name of `table`."}
    stage = schema["$defs"]["Stage"]["properties"]
    stage["checks"]["items"] = checks
    stage["status_from"]["pattern"] = f"^({'|'.join(RULES)}|stream:.+|check:({'|'.join(checks['enum'])}))$"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "dashboard.yaml"}


INSTEAD = "Instead"
"""Ends the names of what stands below a `trainer`: only what is to be said otherwise."""


def editor_schema() -> dict[str, Any]:
    """The same as an editor needs it: below a `trainer` a stream, and each section in it, is said in part."""
    schema = config_schema()
    streams = schema["properties"]["streams"]
    whole = streams.pop("items")
    schema["properties"]["trainer"] |= {"anyOf": [{"enum": [spec.id for spec in TRAINERS]}]}
    part = _in_part(whole, schema["$defs"])
    several = {"anyOf": [{"maxItems": 1}, {"items": {"required": ["id"]}}]}
    return schema | {
        "if": {"required": ["trainer"]},
        "then": {"properties": {"streams": {"items": part, **several}}},
        "else": {"required": ["streams"], "properties": {"streams": {"items": whole}}},
    }


def _in_part(place: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    """What stands in a place, with sections of which nothing is required; items of lists are replaced as a whole."""
    if "$ref" not in place:
        every = {"anyOf": [_in_part(one, defs) for one in place["anyOf"]]} if "anyOf" in place else {}
        values = place.get("additionalProperties")
        of_each = {"additionalProperties": _in_part(values, defs)} if isinstance(values, dict) else {}
        return {**place, **every, **of_each}
    name = place["$ref"].rpartition("/")[2]
    if name + INSTEAD not in defs:
        section = defs[name + INSTEAD] = deepcopy(defs[name])
        section.pop("required", None)
        section["properties"] = {key: _in_part(one, defs) for key, one in section["properties"].items()}
    return {**place, "$ref": place["$ref"] + INSTEAD}
