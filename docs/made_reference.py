"""The JSON Schema of `dashboard.yaml` and `example.yaml` -> the reference: a heading, a table and an example a section.

A section is a mapping with keys of its own. Where it may stand is written as a path: `streams[].config.required.KEY`
is a mapping from names to sections, in the config of each stream. Refuses a schema with shapes it has no words for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collectors.commands.schema import config_schema
from docs.excerpts import excerpt

EXAMPLE = Path(__file__).resolve().parent / "example.yaml"
Node = dict[str, Any]
"""One value of the schema."""


@dataclass(frozen=True)
class Section:
    """A mapping with keys of its own, and where it stands for the first time."""

    path: tuple[str, ...]
    """Keys from the root; `[]` is any item, `KEY` any name."""
    node: Node

    @property
    def heading(self) -> str:
        """Its path as it is written."""
        return ".".join(self.path).replace(".[]", "[]")


def sections() -> list[Section]:
    """Every section, the root first, each before what it holds."""
    schema = config_schema()
    return [Section((), schema), *_inside((), schema, schema["$defs"], set())]


def _inside(path: tuple[str, ...], node: Node, known: Node, met: set[str]) -> Iterator[Section]:
    for key, value in node["properties"].items():
        for name, steps in held(value):
            if name not in met:
                met.add(name)
                yield Section((*path, key, *steps), known[name])
                yield from _inside((*path, key, *steps), known[name], known, met)


def held(value: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names of the sections that a value may hold, and the steps that lead to them."""
    if "$ref" in value:
        yield value["$ref"].rpartition("/")[2], ()
    for way in value.get("anyOf", ()):
        yield from held(way)
    if "items" in value:
        yield from ((name, ("[]", *steps)) for name, steps in held(value["items"]))
    if isinstance(value.get("additionalProperties"), dict):
        yield from ((name, ("KEY", *steps)) for name, steps in held(value["additionalProperties"]))


def reference() -> str:
    """The whole reference, in Markdown."""
    found = sections()
    places = {section.node["title"]: section.heading for section in found}
    return "\n\n".join(_told(section, places) for section in found)


def _told(section: Section, places: dict[str, str]) -> str:
    properties = section.node["properties"]
    rows = [
        f"| `{key}` | {words(value, places)} | {_default(key, value, section.node)} | {_cell(value['description'])} |"
        for key, value in properties.items()
    ]
    plain = [key for key, value in properties.items() if not list(held(value))]
    shown = excerpt(EXAMPLE.read_text(encoding="utf-8"), section.path, plain, whole=len(plain) == len(properties))
    table = "\n".join(["| key | type | default | meaning |", "|---|---|---|---|", *rows])
    heading = f"### `{section.heading}`" if section.path else "### Top level"
    example = f"\n\n```yaml\n{shown}\n```" if shown else ""
    return f"{heading}\n\n{_cell(section.node['description'])}\n\n{table}{example}"


def _default(key: str, value: Node, node: Node) -> str:
    if key in node.get("required", ()):
        return "**required**"
    default = value.get("default")
    if default is None or default in ([], {}):
        return "none"
    return "see there" if list(held(value)) else f"`{json.dumps(default, ensure_ascii=False)}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")


def words(value: Node, places: dict[str, str]) -> str:
    """The type of a value in words, with links to sections. Raises KeyError for a type without words."""
    if "$ref" in value:
        heading = places[value["$ref"].rpartition("/")[2]]
        return f"[`{heading}`](#{slug(heading)})"
    if "anyOf" in value:
        ways = [words(way, places) for way in value["anyOf"] if way.get("type") != "null"]
        return " or ".join("a list" if way == f"list of {ways[0]}s" else way for way in ways)
    if value.get("format") in _FORMATS:
        return _FORMATS[value["format"]]
    if "enum" in value or "const" in value:
        return " or ".join(f"`{one}`" for one in value.get("enum", [value.get("const")]))
    return _WORDS[value["type"]](value, places)


def _text(value: Node, _places: dict[str, str]) -> str:
    return "id" if value.get("pattern", "").startswith("^[A-Za-z0-9]") else "text"


def _number(value: Node, _places: dict[str, str]) -> str:
    name = "whole number" if value["type"] == "integer" else "number"
    if "exclusiveMinimum" in value:
        return f"{name} above {value['exclusiveMinimum']}"
    if "maximum" in value:
        return f"{name} from {value['minimum']} to {value['maximum']}"
    return f"{name}, at least {value['minimum']}" if "minimum" in value else name


def _list(value: Node, places: dict[str, str]) -> str:
    if "prefixItems" in value:
        return "[" + ", ".join(words(item, places) for item in value["prefixItems"]) + "]"
    item = words(value["items"], places)
    return f"list of {item}" if item.startswith("[") else f"list of {item}s"


def _mapping(value: Node, places: dict[str, str]) -> str:
    return f"mapping of names to {words(value['additionalProperties'], places)}"


_FORMATS = {"workspace-path": "path", "check-id": "check id"}
_WORDS = {
    "string": _text,
    "integer": _number,
    "number": _number,
    "boolean": lambda _value, _places: "`true` or `false`",
    "array": _list,
    "object": _mapping,
}
