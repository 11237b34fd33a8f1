"""A YAML text and a path in it -> the lines that stand there, as they are written, with their comments."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import yaml

Pair = tuple[yaml.Node, yaml.Node]


def excerpt(text: str, path: Sequence[str], keys: Sequence[str], *, whole: bool) -> str:
    """The lines of a section: its `keys`, or the whole of it with the key it stands under.

    `[]` in a path is any item and `KEY` any name: of several, those that say a key for the first time.
    A key that stands nowhere is left out.
    """
    lines = text.splitlines()
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    shown: list[str] = []
    missing = set(keys)
    for pair, section in _standing(root, list(path)):
        if not isinstance(section, yaml.MappingNode):  # a name alone may stand for a section
            continue
        said = {key.value: (key, value) for key, value in section.value}
        if missing & set(said):
            pairs = [pair] if whole and pair else [said[key] for key in keys if key in said]
            shown += [part for part in (_lines(lines, one) for one in pairs) if part not in shown]
            missing -= set(said)
    return "\n".join(shown)


def _standing(node: yaml.Node, path: list[str], under: Pair | None = None) -> Iterator[tuple[Pair | None, yaml.Node]]:
    """Each mapping at a path, and the key and value whose lines show it."""
    if not path:
        if isinstance(node, yaml.MappingNode):  # a short form that is no mapping shows no key
            yield under, node
        return
    step, rest = path[0], path[1:]
    if step == "[]" and isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _standing(item, rest, under)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if step in {"KEY", key.value}:
                yield from _standing(value, rest, under if step == "KEY" else (key, value))


def _lines(lines: list[str], pair: Pair) -> str:
    key, value = pair
    block = isinstance(value, yaml.CollectionNode) and not value.flow_style
    end = value.end_mark.line + (0 if block else 1)  # a block ends where the next thing begins
    first = lines[key.start_mark.line]
    before = " " * key.start_mark.column  # a dash of a list may stand there
    taken = [before + first[key.start_mark.column :], *lines[key.start_mark.line + 1 : end]]
    while not taken[-1].strip() or taken[-1].lstrip().startswith("#"):
        taken.pop()
    return textwrap.dedent("\n".join(taken))
