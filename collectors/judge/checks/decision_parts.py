"""What checks 11 to 14 share: the scoring they look at, and what they say where there is none. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from collectors.contract.pipeline import PipelineConfig
from collectors.decisions.analysis import Analysis
from collectors.decisions.series import FUSED
from collectors.evidence.scores import WRITTEN_NAN
from collectors.judge.checks.part import Judgement, Part, failing, first_error, judge_parts, skipping
from collectors.judge.checks.spec import When
from collectors.numbers import listed, number_words
from collectors.training.evidence import WorkspaceEvidence

SCORE = "Score the operation data with today's checkpoint."
DIVIDE = "Divide the table by time: the newest part is judged."
WRITE_AGAIN = "Write the table again, or name its columns under `decisions: {columns: ...}`."
LENGTHS = "Say how long windows are: `decisions: {windows: {STREAM: {seconds: ...}}}`."


def is_asked(config: PipelineConfig) -> bool:
    """Whether the description asks for checks 11 to 14 together."""
    return config.decisions is not None and config.decisions.enabled


WHEN = When(section="decisions", switched_on=True, or_by=is_asked, is_extra=True)


def series_words(name: str) -> str:
    """A series as people call it."""
    return "the fused series" if name == FUSED else name


def score_words(score: float) -> str:
    """A cell of scores as it was written: of what is no number, whether it was NaN."""
    return "NaN" if score == WRITTEN_NAN else number_words(float(score))


def stream_of(name: str) -> str | None:
    """The stream that a series is of; none for the fused one."""
    return None if name == FUSED else name


def on_scores(
    seen: WorkspaceEvidence, parts: Callable[[Analysis], Iterable[Part]], unread: Callable[..., Part] = skipping
) -> Judgement:
    """Judge a scoring; where there is none, or it cannot be read, that is all there is to say.

    `unread`: what a table is that cannot be read; check 12 fails there, the others cannot tell.
    """
    rules, found = seen.config.decisions, seen.decisions
    if rules is None:
        return judge_parts([])
    if found is None or not found.files.scores:
        text = f"no scores yet: nothing matches {listed(f'`{p}`' for p in rules.scores)}"
        return judge_parts([skipping(None, None, text, SCORE)])
    return judge_parts([*_unread(found, unread), *(parts(found) if found.series else ())])


def _unread(found: Analysis, unread: Callable[..., Part]) -> Iterable[Part]:
    """Tables that hold no row, or rows that cannot be read."""
    for table in found.files.scores:
        errors = first_error(table.findings)
        if errors and (unread is failing or not table.rows):
            yield unread(table.path, None, f"{table.path}: {errors}", WRITE_AGAIN)
        elif not table.rows:
            yield skipping(table.path, None, f"{table.path}: no window has been scored yet", SCORE)
        if table.is_cut:
            text = f"{table.path}: only its first {table.rows:,} rows were read"
            yield skipping(table.path, None, f"{text}: {errors}" if errors else text, WRITE_AGAIN if errors else DIVIDE)
