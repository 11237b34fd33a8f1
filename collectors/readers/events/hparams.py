"""A summary value of the hparams plugin -> the hyperparameters that a session began with.

Only plain values are kept: numbers, texts, truth values. Whatever is spelled otherwise is left out.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from collectors.readers.events.wire import FIXED64, LENGTH, VARINT, NotAnEvent, fields, read_varint

Hparams = dict[str, bool | float | str]
SESSION_START: Final = b"_hparams_/session_start_info"
"""Tag of the value that holds them."""
MOST: Final = 500
LONGEST: Final = 1000
_NEAR: Final = 64
"""Bytes within which every writer spells the tag: a picture of megabytes is not searched for it."""
_METADATA, _PLUGIN_DATA, _CONTENT, _START, _HPARAMS = 9, 1, 2, 3, 1
"""Fields from a summary's value down to the entries of its map of hyperparameters."""


def all_hparams(earlier: Mapping[str, bool | float | str], later: Mapping[str, bool | float | str]) -> Hparams:
    """Those of several sessions together, the later ones where both have them; at most `MOST`."""
    return dict(islice({**earlier, **later}.items(), MOST))


def session_hparams(data: bytes, start: int, stop: int) -> Hparams:
    """The hyperparameters in one `Summary.Value`; none where it holds no start of a session."""
    if data.find(SESSION_START, start, min(stop, start + _NEAR)) < 0:
        return {}
    try:
        spans = [(start, stop)]
        for number in (_METADATA, _PLUGIN_DATA, _CONTENT, _START, _HPARAMS):
            spans = [inner for span in spans for inner in _inner(data, span, number)]
        return dict(entry for span in spans[:MOST] for entry in _entry(data, span))
    except (NotAnEvent, struct.error):
        return {}


def _inner(data: bytes, span: tuple[int, int], wanted: int) -> Iterator[tuple[int, int]]:
    for number, wire, at, end in fields(data, *span):
        if number == wanted and wire == LENGTH:
            yield at, end


def _entry(data: bytes, span: tuple[int, int]) -> Iterator[tuple[str, bool | float | str]]:
    """Key and value of one entry, where the value is plain."""
    keys = [_text(data, inner) for inner in _inner(data, span, 1)]
    for value in _inner(data, span, 2):
        for number, wire, at, end in fields(data, *value):
            if number == 2 and wire == FIXED64:
                yield keys[-1] if keys else "", struct.unpack_from("<d", data, at)[0]
            elif number == 3 and wire == LENGTH:
                yield keys[-1] if keys else "", _text(data, (at, end))
            elif number == 4 and wire == VARINT:
                yield keys[-1] if keys else "", bool(read_varint(data, at, end)[0])


def _text(data: bytes, span: tuple[int, int]) -> str:
    return data[slice(*span)].decode("utf-8", "replace")[:LONGEST]
