"""DashboardState -> text, JSON, JUnit or Markdown. Pure: one state, four faces of one checklist."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from collectors.contract.state import Check, DashboardState, NotAsked, Verdict
from collectors.contract.values import Outcome
from collectors.presentation.steps import NEXT, WHERE, clears_words, step_lines, steps_count
from collectors.presentation.words import NOT_ASKED, OUTCOME_MARKS, VERDICT_WORDS, code_parts, one_line, quoted

if TYPE_CHECKING:
    from xml.etree import ElementTree

Paint = Callable[[str, str], str]
"""Text and the name of its meaning -> text, coloured on a terminal."""


def plain(text: str, _meaning: str) -> str:
    """Text as it is."""
    return text


def as_text(state: DashboardState, paint: Paint = plain) -> str:
    """The checklist as a person reads it in a terminal."""
    recognised = [quoted(state.meta.recognised)] if state.meta.recognised else []
    head = [one_line(state.meta.title), f"run {state.meta.run_id} in {one_line(state.meta.workspace)}", *recognised, ""]
    blocks = [line for check in state.checklist for line in [*check_lines(check, paint), ""]]
    off = [paint(not_asked_line(one), "skip") for one in state.not_asked]
    blocks += [*off, ""] if off else []
    verdict = paint(VERDICT_WORDS[state.verdict.value], str(state.verdict.value))
    why = [f"Verdict: {verdict} - {quoted(state.verdict.reason)}"]
    why += [f"   {quoted(state.verdict.evidence)}"] if state.verdict.evidence else []
    told = step_lines(state)
    following = ["", *told] if told else []
    return "\n".join([*head, *blocks, summary_line(state.verdict), *why, *following, ""])


def check_lines(check: Check, paint: Paint = plain) -> list[str]:
    """The lines of one check: mark, outcome and title, then detail and hint."""
    outcome = paint(f"{OUTCOME_MARKS[check.outcome]} {check.outcome.upper()}", str(check.outcome))
    lines = [f"{check.index}. {outcome} - {one_line(check.title)}"]
    lines += [f"   detail: {quoted(check.detail)}"] if check.detail else []
    lines += [f"   hint: {quoted(check.hint)}"] if check.hint else []
    return lines


def not_asked_line(one: NotAsked) -> str:
    """A check that the description switches off: it counts for nothing."""
    return f"{OUTCOME_MARKS[Outcome.SKIP]} {NOT_ASKED}: {one.index}. {one_line(one.title)} - {quoted(one.reason)}"


def summary_line(verdict: Verdict) -> str:
    """`Summary: 7/9 passed, 1 failed, 1 skipped`."""
    counts = f"{verdict.passed}/{verdict.total} passed, {verdict.failed} failed"
    return f"Summary: {counts}" + (f", {verdict.skipped} skipped" if verdict.skipped else "")


def as_json(state: DashboardState) -> str:
    """Meta, verdict, checklist and steps of the state as JSON, and what was not asked where there is something."""
    told = {"meta", "verdict", "checklist", "steps"} | ({"not_asked"} if state.not_asked else set())
    data = state.model_dump(mode="json", include=told)
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def as_markdown(state: DashboardState) -> str:
    """A table for a merge request or a wiki page; every text is escaped."""
    lines = [
        f"**{VERDICT_WORDS[state.verdict.value]}** - {escaped(state.verdict.reason)}",
        *(["", escaped(state.verdict.evidence)] if state.verdict.evidence else []),
        "",
        f"run `{state.meta.run_id}`, {summary_line(state.verdict)}",
        "",
        "| # | | check | detail | hint |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {c.index} | `{OUTCOME_MARKS[c.outcome]}` {c.outcome.upper()} | {escaped(c.title)} | "
        f"{escaped(c.detail)} | {escaped(c.hint or '')} |"
        for c in state.checklist
    ]
    off = f"`{OUTCOME_MARKS[Outcome.SKIP]}` {NOT_ASKED}"
    lines += [f"| {one.index} | {off} | {escaped(one.title)} | {escaped(one.reason)} | |" for one in state.not_asked]
    return "\n".join([*lines, *_markdown_steps(state), ""])


def _markdown_steps(state: DashboardState) -> list[str]:
    """A numbered list; a command is an indented block, in which nothing is markup."""
    lines = ["", f"**{NEXT}**: {steps_count(state)}", ""] if state.steps else []
    for number, step in enumerate(state.steps, 1):
        lines.append(f"{number}. {escaped(step.action)} ({clears_words(step, state)})")
        lines += ["", f"       {step.command}", ""] if step.command else []
    return [*lines, *([WHERE] if any(step.command for step in state.steps) else [])]


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no HTML, no link, no new cell; what is to be typed is code."""
    parts = code_parts(one_line(text))
    return "".join(_code_span(part) if index % 2 else _plain_markdown(part) for index, part in enumerate(parts))


def _code_span(code: str) -> str:
    """In it nothing is markup but what ends it, and what ends the cell."""
    return f"`{code.replace('|', chr(92) + '|')}`" if code.strip() else code


def _plain_markdown(text: str) -> str:
    flat = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#|~!" else c for c in flat).replace("://", "&#58;//")


def as_junit(state: DashboardState) -> str:
    """JUnit XML: a test case a check, named by its title."""
    from xml.etree import ElementTree

    verdict = state.verdict
    suite = ElementTree.Element(
        "testsuite",
        name=xml_text(f"training-dashboard {state.meta.run_id}"),
        tests=str(verdict.total),
        failures=str(verdict.failed),
        skipped=str(verdict.skipped),
        errors="0",
        timestamp=state.meta.timestamp.isoformat(),
    )
    if state.not_asked:
        properties = ElementTree.SubElement(suite, "properties")
        for one in state.not_asked:
            name = xml_text(f"{NOT_ASKED}: {one.index}. {one.title}")
            ElementTree.SubElement(properties, "property", name=name, value=xml_text(quoted(one.reason)))
    for check in state.checklist:
        case = ElementTree.SubElement(
            suite, "testcase", classname="checklist", name=xml_text(f"{check.index}. {check.title}")
        )
        _junit_outcome(case, check)
    if state.steps:
        ElementTree.SubElement(suite, "system-out").text = xml_text("\n".join(step_lines(state)))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _junit_outcome(case: ElementTree.Element, check: Check) -> None:
    from xml.etree import ElementTree

    told = [check.detail, check.hint and f"hint: {check.hint}"]
    words = xml_text("\n".join(_quoted_lines(one) for one in told if one))
    if check.outcome is Outcome.PASS:
        ElementTree.SubElement(case, "system-out").text = words
        return
    tag = "failure" if check.outcome is Outcome.FAIL else "skipped"
    element = ElementTree.SubElement(case, tag, message=xml_text(quoted(check.headline or check.detail)))
    element.text = words


def _quoted_lines(text: str) -> str:
    """Text with the lines it has: what is to be typed in quotation marks."""
    return '"'.join(code_parts(text))


def xml_text(text: str) -> str:
    """Text without characters that XML cannot hold; the state has made hidden ones visible already."""
    return "".join(
        c if c in "\t\n\r" or 0x20 <= ord(c) <= 0xD7FF or 0xE000 <= ord(c) <= 0xFFFD or ord(c) > 0xFFFF else "?"
        for c in text
    )
