"""YAML text -> plain values, their lines, and warnings for the traps of YAML.

Input: decoded text. Output: `Loaded`. Refuses tags (other than those that only name a plain type),
several documents, duplicate keys, deep nesting, and aliases that grow without end. Built on the
events of the pure-Python parser: composing in C recurses without a limit and can kill the process.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from collectors.readers.text import yaml_scalars
from collectors.readers.text.plain import MAX_DEPTH, Loaded, Path, Report, Stop
from collectors.readers.text.text import brief, without_surrogates
from collectors.readers.text.yaml_errors import finding_of
from collectors.readers.text.yaml_merge import Merges, Pair, pair

MAX_ALIASES: Final = 1_000
MAX_NODES: Final = 50_000
"""Values, repeated ones counted again; the parser takes about a second for so many."""
_ALLOWED_TAGS: Final = frozenset({None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", *yaml_scalars.FORCED})


def load_yaml(text: str) -> Loaded:
    """Return the one document in `text`; what is wrong with it is in the findings, never raised."""
    composer = _Composer(text)
    try:
        data = composer.document()
    except Stop as stop:
        return composer.loaded(None, stop.finding)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        return composer.loaded(None, finding_of(error, text))
    return composer.loaded(data)


class _Composer:
    """One document being built from parser events."""

    def __init__(self, text: str) -> None:
        self.events: Iterator[Event] = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        self.report = Report()
        self.lines: dict[Path, int] = {}
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.merges = Merges()
        self.nodes = 0
        self.aliases = 0

    def loaded(self, data: Any, *findings: Any) -> Loaded:
        return Loaded(data, self.lines, (*self.report.all(), *findings))

    def document(self) -> Any:
        next(self.events)  # the beginning of the stream
        first = next(self.events)
        if isinstance(first, StreamEndEvent):
            raise Stop("holds no value, at most comments")
        data = self._node(next(self.events), ())
        next(self.events)  # the end of the document
        after = next(self.events)
        if isinstance(after, DocumentStartEvent):
            self.report.tell("error", "a second document begins; one was expected", _line(after))
        return data

    def _node(self, event: Event, path: Path) -> Any:
        self._count(1, event, path)
        if isinstance(event, AliasEvent):
            return self._alias(event, path)
        before = self.nodes
        value = self._value(event, path)
        anchor = event.anchor if isinstance(event, NodeEvent) else None
        if anchor:
            self.anchors[anchor] = (value, self.nodes - before + 1)
        return value

    def _value(self, event: Event, path: Path) -> Any:
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        self._refuse_tag(event)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            here = (*path, len(items))
            if isinstance(event, CollectionStartEvent):
                self.lines[here] = _line(event)
            items.append(self._node(event, here))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        own: dict[str, Any] = {}
        pairs: list[Pair] = []
        merged: list[tuple[list[dict[str, Any]], int]] = []
        while not isinstance(event := next(self.events), MappingEndEvent):
            key, is_merge = self._key(event)
            if is_merge:
                merged.append(self._merged(next(self.events), path))
                continue
            here = (*path, key)
            if key in own:
                self.report.tell_twice(key, self.lines[here], _line(event))
            self.lines[here] = _line(event)
            number = self.nodes
            own[key] = self._node(next(self.events), here)
            pairs.append(pair(key, own[key], number))
        self.merges.add(own, pairs, [mappings for mappings, _ in merged])
        if merged:
            self._add_merged(own, merged[-1][1], path)
        return own

    def _key(self, event: Event) -> tuple[str, bool]:
        """Return the key as written, and whether it is the merge key `<<`."""
        self._count(1, event, ())
        if not isinstance(event, ScalarEvent):
            raise Stop("a key is a list, a mapping or an alias; text was expected", _where(event))
        is_plain = event.style is None and event.implicit[0]
        trap = yaml_scalars.key_trap(event.value) if is_plain else None
        if trap:
            self.report.tell("warning", trap, _line(event))
        self._refuse_tag(event)
        return without_surrogates(event.value), is_plain and yaml_scalars.is_merge(event.value)

    def _merged(self, event: Event, path: Path) -> tuple[list[dict[str, Any]], int]:
        value = self._node(event, (*path, "<<"))
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(item, dict) for item in values):
            raise Stop("`<<` needs a mapping, or a list of mappings", _where(event))
        return values, _line(event)

    def _add_merged(self, own: dict[str, Any], line: int, path: Path) -> None:
        """Add what `<<` brings and the mapping has not itself, and say where PyYAML's versions differ."""
        older, newer = self.merges.read(own)
        for key in [key for key in older if key not in own]:
            own[key] = older[key]
            self.lines[(*path, key)] = line
            trap = yaml_scalars.merge_trap(key, older[key], newer[key])
            if trap:
                self.report.tell("warning", trap, line)

    def _scalar(self, event: ScalarEvent) -> yaml_scalars.Value:
        if event.tag in yaml_scalars.FORCED:
            return self._forced(event, str(event.tag))
        self._refuse_tag(event)
        if event.style is not None or not event.implicit[0]:
            return without_surrogates(str(event.value))
        value, trap = self._resolved(event)
        if trap:
            self.report.tell("warning", trap, _line(event))
        return value

    def _resolved(self, event: ScalarEvent) -> tuple[yaml_scalars.Value, str | None]:
        try:
            return yaml_scalars.resolve(event.value)
        except ValueError as error:
            self.report.tell("error", str(error), _line(event))
            return None, None

    def _forced(self, event: ScalarEvent, tag: str) -> yaml_scalars.Value:
        try:
            return yaml_scalars.resolve_forced(event.value, tag)
        except ValueError:
            kind = tag.rsplit(":", 1)[-1]
            text = f"{brief(event.value)} is tagged `!!{kind}` and is none"
            self.report.tell("error", text, _line(event))
            return str(event.value)

    def _refuse_tag(self, event: Event) -> None:
        tag = getattr(event, "tag", None)
        if tag not in _ALLOWED_TAGS:
            shown = brief(str(tag).replace("tag:yaml.org,2002:", "!!"), 80)
            text = f"the tag {shown} is refused: only plain values are read"
            self.report.tell("error", text, _line(event))

    def _alias(self, event: AliasEvent, path: Path) -> Any:
        anchor = str(event.anchor)
        if anchor not in self.anchors:
            text = f"the alias {brief('*' + anchor)} has no anchor before it"
            raise Stop(text, _where(event))
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            raise Stop(f"more than {MAX_ALIASES:,} aliases", _where(event))
        value, nodes = self.anchors[anchor]
        self._count(nodes, event, path)
        return value

    def _count(self, nodes: int, event: Event, path: Path) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise Stop(f"more than {MAX_NODES:,} values, aliases expanded", _where(event))
        if len(path) > MAX_DEPTH:
            raise Stop(f"nested more than {MAX_DEPTH} deep", _where(event))


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 0


def _where(event: Event) -> str:
    column = event.start_mark.column + 1 if event.start_mark else 0
    return f"line {_line(event)}, column {column}"
