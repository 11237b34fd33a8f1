"""A Delta -> text, JSON, Markdown. Pure: one comparison, three faces."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from collectors.compare.policy_words import policy_words
from collectors.contract.delta import (
    ArtifactChange,
    ArtifactSide,
    CheckChange,
    ConfigChange,
    Delta,
    LossChange,
    Quantity,
    StreamDelta,
)
from collectors.numbers import (
    UNKNOWN,
    change_words,
    duration_words,
    listed,
    number_words,
    plural,
    size_words,
    value_words,
)
from collectors.presentation.checklist import escaped
from collectors.presentation.words import DIRECTION_WORDS, REGRESSION_WORDS, VERDICT_WORDS, against_word, quoted


def delta_as_json(delta: Delta) -> str:
    """The whole comparison as JSON."""
    return delta.model_dump_json(indent=2) + "\n"


def delta_as_text(delta: Delta) -> str:
    """The comparison as a person reads it in a terminal: the baseline's values in brackets."""
    lines = [
        f"run {delta.run.run_id} against the baseline {delta.baseline.run_id}",
        *map(quoted, delta.notes),
        "",
        f"Verdict: {_verdicts(delta)}",
        *(f"  {line}" for change in delta.checks for line in _check_lines(change)),
    ]
    for stream in delta.streams:
        lines += ["", *_stream_lines(stream)]
    artifacts = [f"  {line}" for change in delta.artifacts if (line := _artifact_words(change))]
    lines += ["", "Artifacts:", *(artifacts or ["  no difference"]), ""]
    return "\n".join([*lines, f"Policy: {policy_words(delta.policy)}", _result(delta), ""])


def _result(delta: Delta) -> str:
    return f"Result: {REGRESSION_WORDS[delta.regression.value]} - {quoted(delta.regression.sentence)}"


def _verdicts(delta: Delta) -> str:
    words = [f"{VERDICT_WORDS[side.verdict]} {side.passed}/{side.total} passed" for side in (delta.run, delta.baseline)]
    return f"{words[0]} ({words[1]})"


def _check_lines(change: CheckChange) -> list[str]:
    head = (
        f"{DIRECTION_WORDS[change.direction]}: {change.title}: {change.baseline or UNKNOWN} -> {change.run or UNKNOWN}"
    )
    return [head, f"  {quoted(change.run_detail)}"] if change.run_detail else [head]


def _stream_lines(stream: StreamDelta) -> list[str]:
    lines = [stream.label, *(f"  {against_word(stream).lower()}: {why}" for why in stream.reasons)]
    lines += [f"  {note}" for note in stream.notes]
    lines += [f"  {change.series} {change.which}: {_loss_words(change)}" for change in stream.losses]
    lines.append(f"  {stream.counted_in}s {_both(stream.epochs)}, {_time_words(stream)}")
    differing = [_config_words(change) for change in stream.config if change.differs]
    return [*lines, f"  config: {', '.join(differing) or sameness_words(stream)}", *_untold_line(stream)]


def _config_words(change: ConfigChange) -> str:
    if change.withheld:
        return f"{change.name} differs"
    return f"{change.name} {value_words(change.run)} ({value_words(change.baseline)})"


def sameness_words(stream: StreamDelta) -> str:
    """What may be said where no value was found to differ."""
    if stream.configs_compared == "whole":
        return "no difference"
    if stream.configs_compared == "none":
        return "not compared"
    return f"no difference in {plural(len(stream.config), 'value')}; the rest was not compared"


def _untold_line(stream: StreamDelta) -> list[str]:
    return [f"  config incomparable: {listed(stream.configs_untold)}"] if stream.configs_untold else []


def _loss_words(change: LossChange) -> str:
    return f"{_both(change.value)} {_difference(change.value)}".rstrip() + f", {DIRECTION_WORDS[change.direction]}"


def _difference(value: Quantity) -> str:
    return "" if value.difference is None else change_words(value.difference, value.relative)


def _both(value: Quantity, words: Callable[[float | None], str] = number_words) -> str:
    return f"{words(value.run)} ({words(value.baseline)})"


def _time_words(stream: StreamDelta) -> str:
    whole, one = (_both(value, duration_words) for value in (stream.duration_seconds, stream.seconds_per_epoch))
    return f"duration {whole}, {'a step' if stream.counted_in == 'step' else 'an epoch'} {one}"


def _artifact_words(change: ArtifactChange) -> str:
    """One line where a file differs; nothing where it does not."""
    run, baseline = change.run, change.baseline
    if run is None or baseline is None:
        side, word = (run, "run") if run else (baseline, "baseline")
        return f"{side.path}: only in the {word} ({_facts(side)})" if side else ""
    parts = {
        "path": f"called {baseline.path} in the baseline",
        "level": f"{run.level} ({baseline.level})",
        "size_bytes": f"{size_words(run.size_bytes)} ({size_words(baseline.size_bytes)})",
        "sha256": f"sha256 {(run.sha256 or '')[:8]} ({(baseline.sha256 or '')[:8]})",
    }
    return f"{run.path}: {', '.join(parts[what] for what in reversed(change.differs))}" if change.differs else ""


def _facts(side: ArtifactSide) -> str:
    return str(side.level) if side.size_bytes is None else f"{side.level}, {size_words(side.size_bytes)}"


def delta_as_markdown(delta: Delta) -> str:
    """Tables for a merge request or a wiki page; every text is escaped."""
    lines = [
        f"**{REGRESSION_WORDS[delta.regression.value]}** - {escaped(delta.regression.sentence)}",
        "",
        f"run `{delta.run.run_id}` against the baseline `{delta.baseline.run_id}`: {escaped(_verdicts(delta))}",
        "",
    ]
    lines += _table(("stream", "metric", "run", "baseline", "difference", ""), _loss_rows(delta))
    lines += _table(("check", "run", "baseline", "", "detail"), _check_rows(delta.checks))
    differing = [(s.label, *_config_cells(c)) for s in delta.streams for c in s.config if c.differs]
    lines += _table(("stream", "config", "run", "baseline"), differing)
    files = [(words,) for change in delta.artifacts if (words := _artifact_words(change))]
    lines += _table(("artifacts that differ",), files)
    return "\n".join([*lines, f"Policy: {escaped(policy_words(delta.policy))}", ""])


def _config_cells(change: ConfigChange) -> tuple[str, str, str]:
    if change.withheld:
        return change.name, "differs", "not shown"
    return change.name, value_words(change.run), value_words(change.baseline)


def _loss_rows(delta: Delta) -> Iterable[tuple[str, ...]]:
    for stream in delta.streams:
        for change in stream.losses:
            values = (number_words(change.value.run), number_words(change.value.baseline))
            words = "; ".join(filter(None, [DIRECTION_WORDS[change.direction], change.reason]))
            yield (stream.label, f"{change.series} {change.which}", *values, _difference(change.value), words)


def _check_rows(checks: tuple[CheckChange, ...]) -> Iterable[tuple[str, ...]]:
    for change in checks:
        outcomes = (change.run or UNKNOWN, change.baseline or UNKNOWN)
        yield (change.title, *outcomes, DIRECTION_WORDS[change.direction], change.run_detail)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A table with an empty line after it; nothing where there are no rows."""
    body = [f"| {' | '.join(escaped(cell) for cell in row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body, ""] if body else []
