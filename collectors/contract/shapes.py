"""What sections of `dashboard.yaml` are made of: paths that stay inside, names, and the closed, frozen base of all."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def as_list(value: object) -> object:
    """One name is a list of one."""
    return [value] if isinstance(value, str) else value


def as_texts(value: object) -> object:
    """One value, or several, as YAML means them, as texts."""
    every = value if isinstance(value, (list, tuple)) else [value]
    is_plain = all(isinstance(one, (str, int, float)) for one in every)
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in every] if is_plain else value


def _stays_inside(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = value.replace("\\", "/").split("/")
    if value.startswith("/") or ".." in parts or "\x00" in value:
        raise ValueError("paths are relative to the workspace and never leave it")
    return value


def is_pattern(path: str) -> bool:
    """Whether a path of the description stands for several."""
    return any(sign in path for sign in "*?[")


RelativePath = Annotated[
    str,
    Field(min_length=1, max_length=512, json_schema_extra={"format": "workspace-path"}),
    BeforeValidator(_stays_inside),
]
AnyPaths = Annotated[
    tuple[RelativePath, ...], BeforeValidator(as_list, json_schema_input_type=RelativePath | tuple[RelativePath, ...])
]
SomePaths = Annotated[tuple[RelativePath, ...], Field(min_length=1)]
SomeNames = Annotated[tuple[str, ...], Field(min_length=1)]
Paths = Annotated[SomePaths, BeforeValidator(as_list, json_schema_input_type=RelativePath | SomePaths)]
Names = Annotated[SomeNames, BeforeValidator(as_list, json_schema_input_type=str | SomeNames)]
Values = Annotated[
    SomeNames, BeforeValidator(as_texts, json_schema_input_type=str | bool | float | tuple[str | bool | float, ...])
]


class Section(BaseModel):
    """Base of every section: closed and frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
