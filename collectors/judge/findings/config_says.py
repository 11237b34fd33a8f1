"""A stream's config file, against the config that its checkpoint keeps, what was trained, and its own time. Pure.

A value that the run recorded otherwise fails; a path that moved, and a file written again later, only warn: it may
have been reformatted. What must not be shown is only said to differ.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from collectors.evidence.documents import MISSING, value_at
from collectors.judge.checks.bring_back import own_config
from collectors.judge.checks.ending import fewer_said
from collectors.judge.findings.precision import as_number
from collectors.judge.findings.spec import FindingSpec, Found, done_streams, ended_streams, losses_path, was_resumed
from collectors.judge.withheld import why_withheld
from collectors.numbers import duration_words, instant_words, listed, number_words, value_words
from collectors.training.completion import count_of, leading
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence
from collectors.training.run_end import end_of_run

SLACK_SECONDS: Final = 60.0
"""Some trainers write their config once more when they end."""


def find_config_says(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each config that says otherwise than the one inside the checkpoint."""
    for s in done_streams(seen):
        if s.config is None or s.checkpoint is None:
            continue
        differing = {key: pair for key, *pair in _differing(s)}
        if differing:
            told = (_told(key, today, recorded) for key, (today, recorded) in differing.items())
            text = f"{s.id}: {s.config.path} is not what {s.checkpoint.path} was trained with: {listed(told)}"
            only_paths = all(_is_path(today) for today, _ in differing.values())
            yield Found(
                s.config.path, s.id, text, own_config(seen, s), level="warn" if only_paths or was_resumed(s) else None
            )


def _differing(s: StreamEvidence) -> Iterator[tuple[str, Any, Any]]:
    """Key, value of the config file, value inside the checkpoint, where both are plain and not the same."""
    word, found = s.stream.checkpoint.says.get("config"), s.checkpoint_evidence
    if word is None or found is None or not found.sound:
        return
    for key, recorded in found.scalars.items():
        name = key.removeprefix(f"{word.key}.")
        today = value_at(s.config_data, name) if name != key else MISSING
        if _differs(today, recorded):
            yield name, today, recorded


def find_hparams_say(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each config that says otherwise than the hyperparameters in the event files of its run."""
    for s in ended_streams(seen):
        if s.config is None or s.run is None:
            continue
        pairs = [(key.replace("/", "."), recorded) for key, recorded in s.run.hparams.items()]
        told = [_told(key, today, was) for key, was in pairs if _differs(today := value_at(s.config_data, key), was)]
        if told:
            events = s.run.latest_file.facts.path
            text = f"{s.id}: {s.config.path} is not what {events} was recorded with: {listed(told)}"
            are_one = s.stream.events is not None and s.stream.events.hparams_are == "config" and not was_resumed(s)
            yield Found(s.config.path, s.id, text, own_config(seen, s), level="fail" if are_one else None)


def _differs(today: Any, recorded: Any) -> bool:
    """Whether a value that stands in the config is plain, and another than the recorded one."""
    return isinstance(today, (bool, int, float, str)) and not is_same(today, recorded)


def is_same(one: Any, other: Any) -> bool:
    """Whether two plain values mean the same: `1e-3` and 0.001, `true` and true, a path and its longer form."""
    if one == other or str(one).lower() == str(other).lower():
        return True
    numbers = as_number(one), as_number(other)
    if numbers[0] is not None and numbers[1] is not None:
        return math.isclose(numbers[0], numbers[1], rel_tol=1e-6)
    if not (_is_path(one) and _is_path(other)):
        return False
    short, long = sorted((one.strip("./"), other.strip("./")), key=len)
    return bool(long.endswith(short))


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and why_withheld(value) == "path"


def _told(key: str, today: Any, recorded: Any) -> str:
    if any(why_withheld(value, key.split(".")) for value in (today, recorded)):
        return f"`{key}` differs"
    return f"`{key}` is {value_words(today)}, it was {value_words(recorded)}"


def find_epochs_beyond(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each stream that trained beyond what its config says is the whole."""
    for s in ended_streams(seen):
        total, unit = s.progress.target.total, s.progress.target.unit
        counted = count_of(leading(s.losses.curves), unit, s.stream.completion.epochs_from)
        if not s.stream.completion.whole or total is None or counted is None or counted <= total:
            continue
        said = s.stream.completion.total
        where = f"`{said}` in {s.config.path}" if isinstance(said, str) and s.config is not None else "the description"
        text = f"{s.id}: {where} says {total:,} {unit}s, but {losses_path(s)} holds {number_words(counted)}"
        yield Found(s.config.path if s.config is not None else None, s.id, text, fewer_said(s, seen))


def find_config_rewritten(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each config that was written after its run had ended."""
    for s in ended_streams(seen):
        modified, ended_at = s.config.facts.modified_at if s.config is not None else None, end_of_run(s)
        if s.config is None or s.run is None or modified is None or ended_at is None:
            continue
        if (late := modified - ended_at) > SLACK_SECONDS:
            ended = f"{duration_words(late)} after its run had ended ({instant_words(ended_at)})"
            text = f"{s.id}: {s.config.path} was written at {instant_words(modified)}, {ended}"
            hint = f"Put back {s.stream.label}'s own config with its time (`cp -p`), or train again."
            yield Found(s.config.path, s.id, text, hint)


SPECS = (
    FindingSpec(
        id="config_says",
        check="provenance",
        looks_at="a value of the config is another in the config that the checkpoint keeps (`checkpoint: {says: "
        "{config: KEY}}`); a path that moved, or a training that was resumed, only warns",
        default="fail",
        short="{}'s config is not the one that its checkpoint was trained with",
        find=find_config_says,
    ),
    FindingSpec(
        id="hparams_say",
        check="provenance",
        looks_at="a value of the config is another among the hyperparameters in the event files of its run (with "
        "`events: {hparams_are: config}`: fails, unless the training was resumed)",
        default="warn",
        short="{}'s config is not the one that its training recorded",
        find=find_hparams_say,
    ),
    FindingSpec(
        id="epochs_beyond",
        check="training",
        looks_at="more epochs (or steps) were trained than the config says, where `completion: {whole: true}` says "
        "that this is all",
        default="fail",
        short="{} trained for more epochs than its config says",
        find=find_epochs_beyond,
    ),
    FindingSpec(
        id="config_rewritten",
        check="provenance",
        looks_at="a config was written more than a minute after its run had ended",
        default="warn",
        find=find_config_rewritten,
    ),
)
