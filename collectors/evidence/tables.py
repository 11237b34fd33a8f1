"""What a reader says of one table of metrics. Frozen, no verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collectors.evidence.files import Finding


@dataclass(frozen=True, slots=True)
class LossRow:
    """One row of a loss history; unknown is None, NaN and infinities are kept."""

    epoch: float | None
    step: int | None
    time: float | None
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class LossTableEvidence:
    """What a loss history holds."""

    format: str
    """`csv`, `jsonl`, `json` (a list of rows), `trainer_state`, `lists` (one a series), `text` (a log), `unknown`."""
    findings: tuple[Finding, ...]
    rows: Sequence[LossRow] = ()
    """Rows of one epoch merged; a long table is stored in columns and makes its rows on demand."""
    columns: tuple[str, ...] = ()
    """Names as the file has them."""
    partial_tail: bool = False
    """The last line is not finished: a live writer."""
    ends_open: bool = False
    """The last line has no line end: its last cell may be half a number."""
    encoding: str | None = None
    skipped_rows: int = 0
    """Rows that could not be read."""
    duplicate_epochs: int = 0
    """Values that a later row of the same epoch replaced."""
    counted_step: int | None = None
    """Steps that the trainer itself counted (`global_step` of a `trainer_state.json`)."""
    configured_steps: int | None = None
    """Steps it was to count (`max_steps`)."""
    early_stop: bool | None = None
    """Whether it recorded an early stop; None where it does not say."""
    outcome: str | None = None
    """How its store says that the run ended (`completed`, `failed`, `killed`); None where it does not say."""
    lasted: float | None = None
    """Seconds that the training lasted: as its trainer summed it up, else the largest time that is too small for an
    instant, where it means that."""
    own_checkpoint: str | None = None
    """The checkpoint that its trainer itself counts to this run: the folder that it calls the best (Hugging Face)."""
    dropped_rows: int = 0
    """Rows before the last block of a table that begins again."""

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)
