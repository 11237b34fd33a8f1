"""A run, a stream, a series and a range -> its points there as JSON: what a zoomed chart asks for.

Every parameter is needed once and nothing else is taken. At most as many points are answered as the
state shows of a whole curve, and few answers are made at a time, so that nobody can keep the server busy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

import anyio.to_thread
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from collectors.digest import short_digest
from collectors.store.place import Place
from collectors.store.points import SideFile
from dash_app.reading.documents import curves_version
from dash_app.reading.observation import Observation
from dash_app.reading.reader import StateReader
from dash_app.reading.zoom import Axis, Curve, Range, detail, first_time, side_files
from dash_app.web.answers import failure, not_found
from dash_app.web.kept_answers import KeptAnswers

PARAMETERS = ("run", "stream", "series", "axis", "from", "to")


class BadQuestion(Exception):
    """A parameter is missing, too many, or no such thing; the text says which."""


class SeriesRoute:
    """The route, over one reader and the same store."""

    def __init__(self, reader: StateReader, place: Place) -> None:
        self._reader = reader
        self._place = place
        self._kept = KeptAnswers()

    async def answer(self, request: Request) -> Response:
        """Answer `{run, stream, series, axis, from, to, source, total, zero, epoch, step, time, value}`.

        The last four are equally long lists, unknown and not finite values null. `time`, also in the
        question, is seconds since the stream's first record, which was at `zero` in Unix seconds.
        `total` counts the points in the range; `source` is `state` where it has no more than the state.
        """
        try:
            question = question_of(request)
        except BadQuestion as problem:
            return failure(400, "bad_question", str(problem))
        seen = await anyio.to_thread.run_sync(self._seen, question.curve.run_id)
        run = seen.state.metrics.get(question.curve.stream) if seen.state else None
        if run is None or question.curve.series not in run.series:
            return not_found()
        files = await anyio.to_thread.run_sync(side_files, self._place, question.curve, run)
        parts = (question, curves_version(run), *(file.version for file in files))
        etag = short_digest("\n".join(map(repr, parts)))
        return await self._kept.answer(request, etag, partial(self._made, question, seen, files))

    def _seen(self, run_id: str) -> Observation:
        """The current state where it is of this run, else its snapshot."""
        seen = self._reader.current()
        return seen if seen.state and seen.state.meta.run_id == run_id else self._reader.run(run_id)

    def _made(self, question: Question, seen: Observation, files: Sequence[SideFile]) -> bytes:
        curve = question.curve
        whole = self._reader.whole(seen, (curve.stream,))
        if whole is None:
            return b"{}"
        metrics = whole.metrics[curve.stream]
        found = detail(files, metrics, curve.series, question.range)
        content = {
            **question.as_asked(),
            "source": found.source,
            "total": found.total,
            "zero": first_time(metrics),
            **{name: getattr(found, name).tolist() for name in ("epoch", "step", "time", "value")},
        }
        return to_json(content, inf_nan_mode="null")


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for, checked."""

    curve: Curve
    range: Range

    def as_asked(self) -> Mapping[str, Any]:
        """Return the parameters under their own names."""
        curve, wanted = self.curve, self.range
        values = (curve.run_id, curve.stream, curve.series, wanted.axis, wanted.first, wanted.last)
        return dict(zip(PARAMETERS, values, strict=True))


def question_of(request: Request) -> Question:
    """Read the parameters. Raises BadQuestion."""
    given = request.query_params.multi_items()
    names = [name for name, _ in given]
    for name in PARAMETERS:
        if names.count(name) != 1:
            raise BadQuestion(f"{name} must be given once; it is given {names.count(name)} times")
    if odd := sorted(set(names) - set(PARAMETERS)):
        raise BadQuestion(f"{odd[0]!r} is no parameter here; there are {', '.join(PARAMETERS)}")
    values = dict(given)
    curve = Curve(values["run"], values["stream"], values["series"])
    return Question(curve, _range(values))


def _range(values: Mapping[str, str]) -> Range:
    axis: Axis | None = next((known for known in get_args(Axis) if known == values["axis"]), None)
    if axis is None:
        raise BadQuestion(f"axis must be one of {', '.join(get_args(Axis))}")
    first, last = _number(values, "from"), _number(values, "to")
    if first > last:
        raise BadQuestion("from must not be above to")
    return Range(axis, first, last)


def _number(values: Mapping[str, str], name: str) -> float:
    try:
        value = float(values[name])
    except ValueError:
        raise BadQuestion(f"{name} must be a number") from None
    if not math.isfinite(value):
        raise BadQuestion(f"{name} must be a finite number")
    return value
