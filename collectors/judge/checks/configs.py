"""Check 4: every stream's final config has its required keys, sane in type and range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from collectors.contract.streams import KeyRule, StreamConfigFile
from collectors.evidence.documents import MISSING, ConfigEvidence, value_at
from collectors.judge.checks.bring_back import bring_back
from collectors.judge.checks.part import (
    Judgement,
    Part,
    Short,
    failing,
    first_error,
    judge_parts,
    lacking,
    missing_text,
    not_yet_there,
    passing,
    warnings_of,
)
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning, When
from collectors.judge.remedy import Remedy
from collectors.numbers import listed, value_words
from collectors.training.evidence import ReadFile, StreamEvidence, WorkspaceEvidence


def check_configs(seen: WorkspaceEvidence) -> Judgement:
    """Every stream's config is a mapping with its required keys, sane in type and range."""
    asked = [(s, s.config, s.stream.config) for s in seen.streams if s.config and s.stream.config]
    return judge_parts(_config(s, file, _problem(s, file, wanted), seen) for s, file, wanted in asked)


def _config(
    s: StreamEvidence, file: ReadFile[ConfigEvidence], problem: tuple[str, str] | None, seen: WorkspaceEvidence
) -> Part:
    if problem is not None:
        text, words = problem
        part = failing(file.path, s.id, f"{s.id}: {text}", _mended(s, file, words, seen), short=_in_short(s, file))
        return lacking(part, not_yet_there(seen, s) if file.absent else None)
    values = [f"{name}={shown_value(value)}" for name, value in s.metrics.config.items() if value is not None]
    text = f"{s.id}: {', '.join(values) or file.path}"
    return passing(file.path, s.id, text, warnings_of(file.evidence.findings if file.evidence else ()))


def _mended(s: StreamEvidence, file: ReadFile[ConfigEvidence], words: str, seen: WorkspaceEvidence) -> Remedy:
    return bring_back(seen, file, f"{s.stream.label}'s config") or Remedy(words)


def config_again(s: StreamEvidence, seen: WorkspaceEvidence, key: str) -> Remedy | None:
    """What this check asks for where it is why a config does not hold a key; None where it has nothing to ask."""
    file, wanted = s.config, s.stream.config
    problem = _problem(s, file, wanted) if file is not None and wanted is not None else None
    if file is None or wanted is None or problem is None:
        return None
    is_why = key in wanted.required or not isinstance(s.config_data, Mapping)
    return _mended(s, file, problem[1], seen) if is_why else None


def _in_short(s: StreamEvidence, file: ReadFile[ConfigEvidence]) -> Short:
    """What its problem comes to."""
    is_read = file.evidence is not None and not first_error(file.evidence.findings)
    says = "is missing" if file.absent else "has keys that are missing or wrong" if is_read else "cannot be read"
    return Short(f"{{}}'s config {says}", s.stream.label)


def _problem(s: StreamEvidence, file: ReadFile[ConfigEvidence], wanted: StreamConfigFile) -> tuple[str, str] | None:
    """What is wrong with a config, and what to do about it; None where nothing is."""
    found, write_it = file.evidence, f"Write {s.stream.label}'s final config to {wanted.candidates[0]}."
    if found is None:
        return missing_text(file.facts, file.beside), write_it
    error = first_error(found.findings)
    if error:
        return f"{file.path}: {error}", write_it
    if not isinstance(found.data, Mapping):
        return f"{file.path}: expected a mapping of keys, found {type(found.data).__name__}", write_it
    problems = [p for key, rule in wanted.required.items() if (p := _key_problem(found, key, rule))]
    return (f"{file.path}: {listed(problems)}", f"Correct it in {file.path}.") if problems else None


def _key_problem(found: ConfigEvidence, key: str, rule: KeyRule) -> str | None:
    value = value_at(found.data, key)
    if value is MISSING or value is None:
        return f"`{key}` is missing"
    problem = _type_problem(value, rule) or _range_problem(value, rule)
    return f"`{key}`{_line(found, key)} is {shown_value(value)}: expected {problem}" if problem else None


def _line(found: ConfigEvidence, key: str) -> str:
    line = found.lines.get(tuple(key.split(".")))
    return f" (line {line})" if line else ""


def _type_problem(value: Any, rule: KeyRule) -> str | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    fits = {
        "number": number and _is_finite(value),
        "integer": number and _is_finite(value) and float(value).is_integer(),
        "boolean": isinstance(value, bool),
        "string": isinstance(value, str) and bool(value.strip()),
    }[rule.type]
    names = {"number": "a finite number", "integer": "a whole number", "boolean": "true or false", "string": "text"}
    return None if fits else names[rule.type]


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond what a float holds
        return False


def _range_problem(value: Any, rule: KeyRule) -> str | None:
    if rule.type not in {"number", "integer"}:
        return None
    if rule.above is not None and not value > rule.above:
        return f"more than {value_words(rule.above)}"
    if rule.below is not None and not value < rule.below:
        return f"less than {value_words(rule.below)}"
    if rule.at_least is not None and not value >= rule.at_least:
        return f"at least {value_words(rule.at_least)}"
    if rule.at_most is not None and not value <= rule.at_most:
        return f"at most {value_words(rule.at_most)}"
    return None


def shown_value(value: Any) -> str:
    """A config value as a person would write it, bounded."""
    if isinstance(value, (int, float)) and _is_finite(value):
        return value_words(value) if abs(value) < 1e15 else f"{float(value):.4g}"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


SPEC = CheckSpec(
    number=4,
    id="configs",
    title="Final configs",
    judge=check_configs,
    gate=GatePlace("config-check"),
    meaning=Meaning(
        passes_when="every stream's config has its required keys, sane in type and range",
        proves="the keys are there, once, in type and range; what YAML would silently turn into something else is said",
        cannot_prove="that the training really used this file",
    ),
    when=When(of_streams=lambda stream: stream.config is not None),
    readiness="configs_ready",
)
