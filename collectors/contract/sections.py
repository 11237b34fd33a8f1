"""Sections of `dashboard.yaml` that all streams share: scaler, backup, documents, commands, limits, links."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PositiveFloat, PositiveInt, model_validator

from collectors.contract.link_template import checked_template
from collectors.contract.shapes import AnyPaths, Names, Paths, RelativePath, Section
from collectors.contract.values import Id, Text

Level = Literal["fail", "skip", "warn", "off"]
"""How a finding counts: against the run, as what cannot be told, as a warning, or not at all."""
Command = Annotated[tuple[str, ...], Field(min_length=1)]


class ChannelsIn(Section):
    """Where data-quality reports count the channels of the scaler's data."""

    reports: Paths
    """Which of the reports (globs)."""
    key: str
    """Dotted key of the count in each."""


class Scaler(Section):
    """The scaler; it belongs to one stream."""

    stream: Id
    """The stream whose training writes it."""
    path: RelativePath
    """JSON or npz that holds `method`, `center` and `scale`."""
    written: Literal["each_run"] | None = None
    """`each_run` where every training fits and writes its own: one that is older by days, or that the backup does not
    hold, fails then."""
    method_key: str | None = None
    """Dotted key of the stream's config that names the method too: another one in the scaler fails."""
    channels: ChannelsIn | None = None
    """Where reports count its channels: another count in all of them fails."""


class Backup(Section):
    """Archives that keep a copy of the outputs."""

    paths: Paths
    """Globs; the newest archive counts."""


class SplitPolicy(Section):
    """The document that says how data was split."""

    path: RelativePath
    """Where it lies."""
    must_mention: Names = ("train", "calibration", "normal")
    """Words it must speak of, in any case."""


class Reports(Section):
    """Data-quality reports, one an input file."""

    paths: Paths
    """Globs of JSON reports; an input is kept where `decision` is `keep` and `hard_fails` is empty."""


class OwnCommand(Section):
    """A program of the workspace that runs only when the operator asks for it."""

    command: Command
    """Argument list, run in the workspace without a shell; `{python}` and `{workspace}` are filled in, and for the
    scoring command `{stream}`, `{checkpoint}` and `{config}`."""
    timeout_seconds: PositiveFloat = 600
    """Time limit of one run."""


class Smoke(OwnCommand):
    """The scoring command, and what it reads besides checkpoint, config and scaler."""

    inputs: AnyPaths = ()
    """Further files that it reads, such as thresholds (globs allowed): after a change of one, its result is of
    yesterday's files. Files that the command itself names need not be repeated."""


class Validator(OwnCommand):
    """An external validator whose checklist replaces the built-in one."""

    append_builtin: bool = True
    """Append the built-in checks 8 to 15, as far as they are asked."""


class CheckSettings(Section):
    """How one check or finding counts."""

    enabled: bool = True
    """`false` leaves the check out of the checklist; check 10 is off until it is named."""
    blocking: bool = True
    """`false` makes the check a warning."""
    level: Level | None = None
    """Of a finding: `fail`, `skip` (cannot tell), `warn` or `off`, instead of its default."""
    reason: Text | None = None
    """Why; it must be said where a check is left out or does not block, and of every level."""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.level is not None and not (self.blocking and self.enabled):
            raise ValueError("`level` is a finding's; `enabled` and `blocking` are a check's")
        if not (self.blocking and self.enabled and self.level is None) and not self.reason:
            raise ValueError("a check that is off or does not block needs a `reason`, and so does a finding's `level`")
        return self


class Limits(Section):
    """What reading may cost."""

    read_bytes: PositiveInt = 2 << 30
    """Bytes of one file that are read; a larger checkpoint passes on its structure alone, and that is said."""
    seconds: PositiveFloat = 5.0
    """Time limit of reading one file, beside the time its bytes need."""
    memory_bytes: PositiveInt = 512 << 20
    """Memory limit of reading one file."""
    trusted_time_seconds: PositiveFloat = 600.0
    """How much later than its last record an event file may have been written for times to be trusted; one that is
    older than its own record, by less than a day, was written by another clock."""


class Links(Section):
    """Where files can be looked at."""

    template: Annotated[str, Field(max_length=1000), AfterValidator(checked_template)] | None = None
    """https address with `{path}` in it, and `{run_id}` where it is wanted."""
