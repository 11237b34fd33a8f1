"""A delta -> what the policy says, and everything in which two runs differ. Pure.

It shows what `compare` judged; what cannot be compared is said to be so, never better or worse.
"""

from __future__ import annotations

from collectors.compare.policy_words import policy_words
from collectors.contract.delta import Delta, Side
from collectors.presentation.markup import Child, Element, el
from collectors.presentation.pieces import coded, judgement_mark, panel_head, verdict_mark
from collectors.presentation.regions.changes import artifact_changes, check_changes
from collectors.presentation.regions.stream_delta import stream_delta
from collectors.presentation.words import PathWords


def comparison_head(delta: Delta | None, baseline_id: str | None, pinned: Child = None, *more: Child) -> Element:
    """Return the panel's heading: the baseline's name, a mark where it is pinned, what the policy says."""
    title = (el("span", "Comparison with the baseline "), el("b", baseline_id)) if baseline_id else "Comparison"
    return panel_head(title, pinned, judgement_mark(delta.regression) if delta else None, *more)


def comparison_body(delta: Delta, path: PathWords = str) -> Element:
    """Return what differs; `path` is how the path of a file is told."""
    return el(
        "div",
        _policy(delta),
        (el("p", coded(note), class_="comparison-note") for note in delta.notes),
        _verdicts(delta),
        el("div", map(stream_delta, delta.streams), class_="stream-deltas"),
        el("div", check_changes(delta.checks), artifact_changes(delta.artifacts, path), class_="changes"),
        class_="comparison-body",
    )


def _policy(delta: Delta) -> Element:
    found = el("span", coded(delta.regression.sentence), class_="policy-found")
    return el("p", found, el("span", f"Policy: {policy_words(delta.policy)}.", class_="policy-rules"), class_="policy")


def _verdicts(delta: Delta) -> Element:
    change = f" ({delta.passed_difference:+d})" if delta.passed_difference else ""
    against = el("span", f"against the baseline's{change}")
    return el("p", el("span", "Verdict"), _side(delta.run), against, _side(delta.baseline), class_="verdict-change")


def _side(side: Side) -> Element:
    return el("span", verdict_mark(side.verdict), f" {side.passed}/{side.total} passed")
