"""Words and values that every document shares: outcomes, states, levels, verdicts, ids, visible text.

Input: plain values. Output: checked ones. It refuses what a document may not hold: control characters,
times without a zone, ids that are no ids.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from collectors.numbers import visible_text

RUN_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
NO_RUN = "no-run"
"""Id of a workspace in which nothing has begun; it is never stored."""
LINK_TEMPLATE_PATTERN = (
    r"^https://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?"
    r"/([A-Za-z0-9._~:/?#@!$&'()*+,;=%-]|\{run_id\})*\{path\}([A-Za-z0-9._~:/?#@!$&'()*+,;=%-]|\{run_id\})*$"
)
"""An https address without a user name, `{path}` once after the host, `{run_id}` where it is wanted."""


class Outcome(StrEnum):
    """What a check found. `skip` is *cannot tell* and never counts as passed."""

    PASS = "pass"  # noqa: S105 -- an outcome, not a password
    FAIL = "fail"
    SKIP = "skip"


class Status(StrEnum):
    """What a stage is doing."""

    IDLE = "idle"
    RUNNING = "running"
    STALLED = "stalled"
    DONE = "done"
    FAIL = "fail"


class Level(StrEnum):
    """How far an artifact can be trusted: missing < present < readable < verified."""

    MISSING = "missing"
    PRESENT = "present"
    READABLE = "readable"
    VERIFIED = "verified"


class VerdictValue(StrEnum):
    """The one word of the verdict bar."""

    READY = "ready"
    NOT_READY = "not_ready"
    INCOMPLETE = "incomplete"
    TRAINING = "training"

    @property
    def word(self) -> str:
        """As people say it: `NOT READY`."""
        return self.value.replace("_", " ").upper()


class Direction(StrEnum):
    """How the run's value stands to the baseline's; the last three are *cannot tell*.

    `unfinished` will be told when both have ended, `new` is a check that one of them was not asked, and
    `incomparable` stays so.
    """

    BETTER = "better"
    WORSE = "worse"
    WITHIN = "within"
    INCOMPARABLE = "incomparable"
    UNFINISHED = "unfinished"
    NEW = "new"

    @property
    def is_told(self) -> bool:
        """Whether it says how one value stands to the other."""
        return self in (Direction.BETTER, Direction.WORSE, Direction.WITHIN)


class Regression(StrEnum):
    """What the regression policy says."""

    NONE = "no_regression"
    REGRESSION = "regression"
    INCOMPARABLE = "incomparable"
    INCOMPLETE = "incomplete"


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def normalised_run_id(typed: str) -> str:
    """Turn what a person typed into a valid run id: other characters become `_`.

    Raises ValueError where nothing usable is left.
    """
    cleaned = re.sub(r"[^A-Za-z0-9._-]", "_", typed.strip())[:64].lstrip("._-")
    if not re.fullmatch(RUN_ID_PATTERN, cleaned):
        raise ValueError(f"run id {typed!r} holds no letter or digit to begin with")
    return cleaned


Text = Annotated[str, BeforeValidator(visible_text)]
UtcTime = Annotated[AwareDatetime, AfterValidator(_to_utc)]
RunId = Annotated[str, Field(pattern=RUN_ID_PATTERN)]
LinkTemplate = Annotated[str, Field(pattern=LINK_TEMPLATE_PATTERN, max_length=1000)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
CurvesDigest = Annotated[str, Field(pattern=r"^[0-9a-f]{20}$")]
MOST_LABELS = 16


def _label_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name):
        raise ValueError(f"`{name}` is no name of a label; write letters, digits, `_` and `-`")
    return name


def _label_text(value: object) -> object:
    """A number or a switch, as YAML means it, as a text."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else visible_text(value)


LabelName = Annotated[str, AfterValidator(_label_name)]
LabelText = Annotated[Text, Field(min_length=1, max_length=64)]
Labels = Annotated[dict[LabelName, LabelText], Field(max_length=MOST_LABELS)]
"""What a workspace is found by among others: name -> value."""
WrittenLabels = Annotated[
    dict[
        LabelName,
        Annotated[LabelText, BeforeValidator(_label_text, json_schema_input_type=LabelText | bool | float)],
    ],
    Field(max_length=MOST_LABELS),
]
"""The same as a person writes them."""
GridPlace = Annotated[float, Field(ge=-1000, le=1000)]
Scalar = bool | int | float | Text | None


class Contract(BaseModel):
    """Base of every record: closed, frozen, finite numbers only."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        ser_json_inf_nan="strings",
    )
