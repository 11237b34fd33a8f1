"""The shape of `dashboard.yaml`: plain values -> a closed, frozen `PipelineConfig`.

Says where a pipeline leaves its files and how it is judged. Pure: it opens nothing and refuses
unknown keys, unknown stage rules and dangling names. Which checks there are it does not know:
`load_pipeline`, which opens the file, refuses the ids of others.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveFloat, model_validator
from pydantic_core import PydanticCustomError

from collectors.contract.decision_rules import Decisions
from collectors.contract.policy import Policy
from collectors.contract.sections import (
    Backup,
    CheckSettings,
    Limits,
    Links,
    Reports,
    Scaler,
    Smoke,
    SplitPolicy,
    Validator,
)
from collectors.contract.shapes import AnyPaths, RelativePath, Section
from collectors.contract.streams import StallLimits, Stream
from collectors.contract.values import GridPlace, Id, Text, WrittenLabels
from collectors.numbers import listed

MOST_STREAMS = 100
MOST_STAGES = 1000
"""More cannot be looked at, and drawing them would take the page its time."""


class View(Section):
    """One fixed drawing."""

    id: Id
    """Its id."""
    label: Text
    """Its name on screen."""


class Group(Section):
    """A frame around stages."""

    id: Id
    """Its id."""
    label: Text
    """Its name on screen."""
    view: Id = "flow"
    """The view it is drawn in."""


class Stage(Section):
    """One node, and the rule its status comes from."""

    id: Id
    """Its id."""
    label: Text
    """Its name on screen."""
    status_from: str
    """`streams`, `preparation`, `reports`, `stream:ID`, `artifacts`, `gate`, `snapshot`, `check:ID`,
    `files` or `verdict`."""
    view: Id = "flow"
    """The view it is drawn in."""
    group: Id | None = None
    """The group it is drawn in."""
    column: GridPlace | None = None
    """Grid column; computed from the edges where it is not set."""
    row: GridPlace | None = None
    """Grid row."""
    checks: tuple[Id, ...] = ()
    """Checks it rests on."""
    files: AnyPaths = ()
    """Globs of its files, for the rule `files`."""


class PipelineConfig(Section):
    """A whole `dashboard.yaml`."""

    version: Literal[1] = 1
    """Version of this format."""
    title: Text = "Training"
    """Title on screen."""
    labels: WrittenLabels = {}  # noqa: RUF012 -- pydantic copies it
    """What the workspace is found by on a page of many, such as `team: a`: name -> value, at most 16."""
    trainer: Id | None = None
    """The trainer whose outputs these are, such as `huggingface`: all that it says, and what stands here instead. The
    list is in `docs/trainers.md`."""
    streams: Annotated[tuple[Stream, ...], Field(min_length=1, max_length=MOST_STREAMS)] = ()
    """Streams in training order; with a `trainer` only what is to be said otherwise of them."""
    scaler: Scaler | None = None
    """The scaler; without it check 2 is left out."""
    backup: Backup | None = None
    """Backup archives; without it check 5 is left out."""
    smoke: Smoke | None = None
    """The scoring command, run for each stream when asked; without it check 6 is left out."""
    split_policy: SplitPolicy | None = None
    """The split document; without it check 7 is left out."""
    reports: Reports | None = None
    """Data-quality reports."""
    decisions: Decisions | None = None
    """Scores of the trained model against thresholds; shown where there are some, judged where it is asked for."""
    heartbeat: RelativePath = "run_status.json"
    """Heartbeat file of the training, believed when fresh, never needed."""
    logs: AnyPaths = ("*.log", "*.out", "logs/*.log", "logs/*.out")
    """Globs of the logs that the training prints, such as `train.log`; the page shows the end of the newest one. A log
    that is a stream's table need not be named."""
    validator: Validator | None = None
    """A validator of your own, run when asked."""
    stall: StallLimits = StallLimits()
    """Silence limits of every stream."""
    limits: Limits = Limits()
    """What reading one file may cost, and how far its times are trusted."""
    checks: dict[Id, CheckSettings] = {}  # noqa: RUF012 -- pydantic copies it
    """Id of a check or of a finding -> how it counts."""
    max_gap_hours: PositiveFloat | None = None
    """Longest time between the end of one stream and the beginning of the next: beyond it check 9 fails. Where it is
    not said, more than a week is a warning."""
    baseline: Policy = Policy()
    """When a run is worse than the pinned baseline."""
    links: Links = Links()
    """Links of files to where the team looks at them."""
    views: Annotated[tuple[View, ...], Field(max_length=MOST_STREAMS)] = ()
    """Drawings of the graph; the two standard ones where nothing is said."""
    groups: Annotated[tuple[Group, ...], Field(max_length=MOST_STAGES)] = ()
    """Frames around stages."""
    stages: Annotated[tuple[Stage, ...], Field(max_length=MOST_STAGES)] = ()
    """Nodes; the standard graph of the streams and checks where nothing is said."""
    edges: Annotated[tuple[tuple[Id, Id], ...], Field(max_length=10 * MOST_STAGES)] = ()
    """Pairs of stage ids."""

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        if not self.streams:
            raise PydanticCustomError("missing", "Field required", {"key": ("streams",)})
        streams = _unique([s.id for s in self.streams], "streams")
        stages = _unique([s.id for s in self.stages], "stages")
        if self.scaler and self.scaler.stream not in streams:
            raise _dangling(f"names the unknown stream `{self.scaler.stream}`", ("scaler", "stream"))
        if self.smoke and not any(self.scores(s) for s in self.streams):
            raise _dangling("names `{checkpoint}` or `{config}`, which no stream has", ("smoke", "command"))
        for number, stream in enumerate(self.streams):
            _check_metrics(stream, number)
        for number, edge in enumerate(self.edges):
            unknown = next((end for end in edge if end not in stages), None)
            if unknown:
                raise _dangling(f"an edge names the unknown stage `{unknown}`", ("edges", number))
        for number, stage in enumerate(self.stages):
            _check_rule(stage.status_from, streams, ("stages", number, "status_from"))
        return self

    def scores(self, stream: Stream) -> bool:
        """Whether the scoring command is run for a stream: it has the files that the command names."""
        absent = [("{checkpoint}", stream.checkpoint.path), ("{config}", stream.config)]
        command = self.smoke.command if self.smoke else ()
        return bool(command) and not any(name in word for name, there in absent if there is None for word in command)

    def stream(self, stream_id: str) -> Stream:
        """The stream of that id. Raises KeyError."""
        return next(s for s in self.streams if s.id == stream_id)

    def settings_of(self, check: str) -> CheckSettings:
        """How a check counts, with the defaults filled in."""
        return self.checks.get(check, CheckSettings())

    def switches_on(self, check: str) -> bool:
        """Whether a check that is off by default is switched on by name."""
        return check in self.checks and self.checks[check].enabled


RULES = (
    "streams",
    "preparation",
    "reports",
    "artifacts",
    "gate",
    "snapshot",
    "files",
    "verdict",
)
"""Stage rules without an argument."""


def _unique(ids: list[str], section: str) -> set[str]:
    double = next((n for n, i in enumerate(ids) if i in ids[:n]), None)
    if double is not None:
        raise _dangling(f"`{ids[double]}` is the id of another one too", (section, double, "id"))
    return set(ids)


def _check_metrics(stream: Stream, number: int) -> None:
    for name in stream.metrics:
        if name not in stream.series:
            near = get_close_matches(name, stream.series, 1)
            more = f"; did you mean `{near[0]}`?" if near else ""
            known = listed((f"`{one}`" for one in stream.series), most=8)
            words = f"no series under `tags` or `columns` is called so; there are {known}{more}"
            raise _dangling(words, ("streams", number, "metrics", name))


def _check_rule(rule: str, streams: set[str], key: tuple[str | int, ...]) -> None:
    kind, _, argument = rule.partition(":")
    if kind == "stream" and argument in streams:
        return
    if kind == "check" and argument:
        return
    if not argument and kind in RULES:
        return
    known = ", ".join([*RULES, *(f"stream:{s}" for s in sorted(streams)), "check:ID"])
    raise _dangling(f"`{rule}` is no known rule; known: {known}", key)


def _dangling(message: str, key: tuple[str | int, ...]) -> PydanticCustomError:
    """An error that belongs to one key, though it takes the whole configuration to see it."""
    return PydanticCustomError("dangling", "{message}", {"message": message, "key": key})
