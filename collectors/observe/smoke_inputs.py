"""A scoring command -> the files besides checkpoint and config that its result rests on.

Input: the pipeline's description and a stream. Output: path -> digest. These are the stream's scaler, what the
section lists as inputs, and whatever the command's arguments name that is a file of the workspace: thresholds, or
the program itself. What the program imports or opens unnamed is not known, and not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from collectors.contract.pipeline import PipelineConfig
from collectors.contract.remembered import SmokeResult
from collectors.observe.cache import ReadCache
from collectors.observe.own_commands import filled_in


def inputs_of(config: PipelineConfig, stream: str, cache: ReadCache) -> Mapping[str, str]:
    """Path -> digest of every file that a stream's scoring names and that is there."""
    paths = sorted(set(_named(config, stream, cache)))
    digests = ((path, cache.digest(path)) for path in paths)
    return {path: digest for path, digest in digests if digest is not None}


def _named(config: PipelineConfig, stream: str, cache: ReadCache) -> Iterator[str]:
    if config.smoke is None:
        return
    if config.scaler is not None and config.scaler.stream == stream:
        yield config.scaler.path
    if config.smoke.inputs:
        yield from cache.search([path.replace("{stream}", stream) for path in config.smoke.inputs])
    before = ""
    for argument in filled_in(config.smoke.command, {"stream": stream, "workspace": "."}):
        path = argument.partition("=")[2] if argument.startswith("-") else argument
        yield path.removeprefix("./")
        if before == "-m":
            yield f"{path.replace('.', '/')}.py"
        before = argument


def unwritten(before: Mapping[str, str], after: Mapping[str, str]) -> Mapping[str, str]:
    """What a run of the command rests on: a file that it wrote itself is named without a digest, and may change."""
    paths = {*before, *after}
    return {path: after[path] if before.get(path) == after.get(path) else "" for path in paths}


def of_today(result: SmokeResult, inputs: Mapping[str, str]) -> SmokeResult:
    """The result with what has changed since it ran; a recording brings a result for its own files."""
    if result.recorded:
        return result
    paths = sorted({*result.inputs, *inputs})
    changed = (p for p in paths if result.inputs.get(p) not in ("", inputs.get(p)))
    return replace(result, outdated_by=tuple(changed))
