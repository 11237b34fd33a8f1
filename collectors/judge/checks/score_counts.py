"""The counts of a report against the rows that are written with it; part of check 12. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from collectors.decisions.analysis import Analysis
from collectors.decisions.words import EXACT
from collectors.evidence.documents import MISSING, value_at
from collectors.evidence.scores import DecisionReportEvidence, unpacked
from collectors.judge.checks.decision_parts import score_words, stream_of
from collectors.judge.checks.part import Part, failing, first_error, missing_text, passing, skipping
from collectors.numbers import joined, plural

AGAIN = "Score again: table and report are written together."


def count_parts(found: Analysis) -> Iterator[Part]:
    """Rows, words, points and checkpoint keys of the report; nothing where none is described."""
    facts, told = found.files.report, found.files.report_evidence
    if found.rules.report is None:
        return
    if facts is None or not facts.exists or facts.problem:
        text = f"no report beside the scores (`{found.rules.report.path}`)" if facts is None else missing_text(facts)
        yield skipping(facts.path if facts else None, None, text, AGAIN)
        return
    problem = first_error(told.findings) if told else "was not read"
    if told is None or problem:
        yield failing(facts.path, None, f"{facts.path}: {problem}", AGAIN)
        return
    yield from _key_parts(found, facts.path)
    if found.is_cut:  # which is told of the table
        return
    wrong = [*_wrong_counts(found, told), *_wrong_scores(found, told)]
    yield from (failing(facts.path, None, text, AGAIN) for text in wrong)
    if not wrong:
        yield passing(facts.path, None, "report and rows agree")


def _rows(found: Analysis) -> int:
    return sum(table.rows for table in found.files.scores)


def _wrong_counts(found: Analysis, told: DecisionReportEvidence) -> Iterator[str]:
    rules, rows, words = found.rules.report, _rows(found), _words(found)
    if rules is None:
        return
    totals = {"counts": value_at(told.data, rules.total), "lists": told.events, "draws": told.chart}
    wrong = {v: n for v, n in totals.items() if isinstance(n, int) and not isinstance(n, bool) and n != rows}
    for total, verbs in _by_number(wrong):
        yield f"the report {verbs} {plural(total, 'window')}, the table has {plural(rows, 'row')}"
    if any(t.rows for t in found.files.scores) and not any(t.words for t in found.files.scores):
        return
    counted = {"counts": value_at(told.data, rules.counts), "lists": told.event_words, "draws": told.chart_words}
    # Where rows are missing words are missing too: that is told once.
    whole = {v: c for v, c in counted.items() if isinstance(c, Mapping) and c and v not in wrong}
    for word in dict.fromkeys((*(word for c in whole.values() for word in c), *words)):
        other = {v: n for v, c in whole.items() if (n := c.get(word, 0)) != words.get(word, 0)}
        for number, verbs in _by_number(other):
            yield f"the report {verbs} {number} {word}, the table has {words.get(word, 0):,}"


def _by_number(told: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """Numbers with the verbs that they go with: what is told three times alike is told once."""
    found: dict[str, tuple[Any, list[str]]] = {}
    for verb, number in told.items():
        found.setdefault(repr(number), (number, []))[1].append(verb)
    return [(number, joined(verbs)) for number, verbs in found.values()]


def _words(found: Analysis) -> dict[str, int]:
    """Word -> rows with it, over all tables, as they are written."""
    counts: dict[str, int] = {}
    for table in found.files.scores:
        codes = table.columns.get("word")
        for code, word in enumerate(table.words if codes is not None else ()):
            counts[word] = counts.get(word, 0) + int(np.count_nonzero(codes == code))
    return {word: count for word, count in counts.items() if count}


def _wrong_scores(found: Analysis, told: DecisionReportEvidence) -> Iterator[str]:
    """Scores of the report's events against those of the rows."""
    listed, tables = unpacked(told.event_scores), found.files.scores
    if len(tables) != 1 or "score" not in tables[0].columns or len(listed) != tables[0].rows:
        return
    rows = tables[0].columns["score"]
    other = np.flatnonzero(np.abs(listed - rows) > EXACT * np.maximum(1.0, np.abs(listed)))
    if len(other):
        first = int(other[0])
        numbers = f"{score_words(listed[first])} in the report, {score_words(rows[first])} in the table"
        yield f"the score of row {first + 1:,} differs: {numbers}"


def _key_parts(found: Analysis, path: str) -> Iterator[Part]:
    """Checkpoint keys that the scoring program missed."""
    rules = found.rules.report
    streams = value_at(found.report, rules.streams) if rules else MISSING
    for stream, about in streams.items() if isinstance(streams, Mapping) else ():
        missing = about.get("missing_keys") if isinstance(about, Mapping) else None
        count = len(missing) if isinstance(missing, list) else missing
        if isinstance(count, int) and not isinstance(count, bool) and count > 0:
            text = (
                f"{stream}: {plural(count, 'checkpoint key')} missing: a part of the model scored with random weights"
            )
            yield failing(path, stream_of(stream), text, "Score with the config that the checkpoint was trained with.")
