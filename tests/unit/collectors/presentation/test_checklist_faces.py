"""The checklist as text, JSON and Markdown, line by line and cell by cell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.state_parts import raw_state
from support.states import empty_state, failing_state, good_state, ready_state, running_state

from collectors.contract.state import DashboardState
from collectors.contract.values import VerdictValue
from collectors.presentation.checklist import (
    as_json,
    as_junit,
    as_markdown,
    as_text,
    check_lines,
    escaped,
    one_line,
    summary_line,
)
from collectors.presentation.markup import to_html
from collectors.presentation.regions.verdict import verdict_bar
from collectors.presentation.words import VERDICT_WORDS


def marked(text: str, meaning: str) -> str:
    """A painter that shows what it was asked for."""
    return f"<{meaning}:{text}>"


def changed(check: int, **values: Any) -> DashboardState:
    """A failing run with other words in one check."""
    raw = failing_state().model_dump()
    raw["checklist"][check].update(values)
    return DashboardState.model_validate(raw)


def test_text_has_a_head_a_block_a_check_and_the_verdict() -> None:
    lines = as_text(failing_state()).split("\n")

    assert lines[:3] == ["anomaly-detection", "run run-20261123-120000 in workspace", ""]
    assert lines[3:6] == [
        "1. [v] PASS - Trained checkpoints", "   detail: patchtst 503 kB, 61 tensors; swinmae 662 kB, 88 tensors", "",
    ]  # fmt: skip
    at = lines.index("6. [-] SKIP - Scoring smoke test")
    assert lines[at + 1 : at + 4] == [
        "   detail: not run; only --run-smoke executes anything", "   hint: Run it.", "",
    ]  # fmt: skip
    assert lines[-7:] == [
        "9. [ ] FAIL - Same run",
        "   detail: backup holds an older patchtst checkpoint (5 h before this run)",
        "   hint: Make a new bundle after training: zip checkpoints, configs, scaler.",
        "",
        "Summary: 7/9 passed, 1 failed, 1 skipped",
        "Verdict: NOT READY - 9. Same run: the backup holds an older patchtst checkpoint.",
        "",
    ]
    assert sum(line.startswith(tuple("123456789")) for line in lines) == 9


def test_a_check_without_words_is_one_line() -> None:
    check = changed(8, detail="", hint=None).checklist[8]

    assert check_lines(check) == ["9. [ ] FAIL - Same run"]


def test_each_outcome_and_the_verdict_are_painted_by_their_meaning() -> None:
    text = as_text(failing_state(), marked)

    assert "1. <pass:[v] PASS> - Trained checkpoints" in text
    assert "6. <skip:[-] SKIP> - Scoring smoke test" in text
    assert "9. <fail:[ ] FAIL> - Same run" in text
    assert "Verdict: <not_ready:NOT READY> - " in text


def test_what_a_file_says_never_begins_a_line() -> None:
    forged = "bad\n2. [v] PASS - Forged\r\n\tverdict"
    check = changed(8, title=forged, detail=forged, hint=forged).checklist[8]

    flat = "bad 2. [v] PASS - Forged verdict"
    assert [line.replace("\\x0d", "") for line in check_lines(check)] == [
        f"9. [ ] FAIL - {flat}", f"   detail: {flat}", f"   hint: {flat}",
    ]  # fmt: skip
    assert one_line("  a\n\n b\t c ") == "a b c"


def test_head_and_reason_are_one_line_each() -> None:
    raw = raw_state()
    raw["meta"] |= {"title": "a\nb", "workspace": "w\nx"}
    raw["verdict"]["reason"] = "all\nis well"

    lines = as_text(DashboardState.model_validate(raw)).split("\n")

    assert lines[:2] == ["a b", "run run-20261123-120000 in w x"]
    assert lines[-2] == "Verdict: READY - all is well"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ready_state(), "Summary: 9/9 passed, 0 failed"),
        (good_state(), "Summary: 8/9 passed, 0 failed, 1 skipped"),
        (failing_state(), "Summary: 7/9 passed, 1 failed, 1 skipped"),
        (empty_state(), "Summary: 0/9 passed, 9 failed"),
        (running_state(), "Summary: 6/9 passed, 1 failed, 2 skipped"),
    ],
)
def test_the_summary_counts_what_passed_failed_and_was_skipped(state: DashboardState, words: str) -> None:
    assert summary_line(state.verdict) == words


def test_the_thing_is_said_first_and_what_its_check_found_below_it_on_every_face() -> None:
    raw = changed(8, headline="The newest backup holds other files than today's").model_dump()
    raw["verdict"] |= {"reason": "The backup is `old`.", "evidence": "9. Same run: `a.zip` holds another a.pt."}
    state = DashboardState.model_validate(raw)

    assert 'Verdict: NOT READY - The backup is "old".\n   9. Same run: "a.zip" holds another a.pt.\n' in as_text(state)
    assert "**NOT READY** - The backup is `old`.\n\n9. Same run: `a.zip` holds another a.pt.\n" in as_markdown(state)
    assert json.loads(as_json(state))["verdict"]["evidence"].startswith("9. Same run: ")
    assert 'failure message="The newest backup holds other files than today\'s"' in as_junit(state)
    for linked in (True, False):
        bar = to_html(verdict_bar(state, linked=linked))
        assert "The backup is <code>old</code>.</p>" in bar
        assert ('href="#check-provenance"' in bar) == linked
        assert bar.index("The backup is") < bar.index("9. Same run") < bar.index("holds another a.pt.</p>")


def test_a_verdict_is_said_in_capitals() -> None:
    assert [VERDICT_WORDS[v] for v in VerdictValue] == ["READY", "NOT READY", "INCOMPLETE", "TRAINING"]


def test_json_is_meta_verdict_checklist_and_steps_of_the_state_itself() -> None:
    text = as_json(changed(8, detail="\u00fcber <b>"))

    data = json.loads(text)
    whole = changed(8, detail="\u00fcber <b>").model_dump(mode="json")
    assert data == {name: whole[name] for name in ("meta", "verdict", "checklist", "steps")}
    assert text.endswith("}\n")
    assert '\n  "verdict": {' in text
    assert "\u00fcber <b>" in text  # text, not escapes


def test_markdown_is_a_verdict_and_a_table_with_a_row_a_check() -> None:
    lines = as_markdown(failing_state()).split("\n")

    assert lines[:6] == [
        "**NOT READY** - 9. Same run: the backup holds an older patchtst checkpoint.",
        "",
        "run `run-20261123-120000`, Summary: 7/9 passed, 1 failed, 1 skipped",
        "",
        "| # | | check | detail | hint |",
        "|---|---|---|---|---|",
    ]
    rows = lines[6:-1]
    assert len(rows) == 9
    assert rows[1] == r"| 2 | `[v]` PASS | Scaler | zscore, 6 channels, finite, every scale &gt; 0 |  |"
    assert rows[5] == r"| 6 | `[-]` SKIP | Scoring smoke test | not run; only --run-smoke executes anything | Run it. |"
    assert rows[8].startswith(r"| 9 | `[ ]` FAIL | Same run | backup holds an older patchtst checkpoint \(5 h before")
    assert rows[8].endswith("| Make a new bundle after training: zip checkpoints, configs, scaler. |")
    assert lines[-1] == ""


def test_a_pipe_in_a_detail_makes_no_new_cell() -> None:
    row = as_markdown(changed(8, title="a|b", detail="c|d\n| e |", hint="f|g")).split("\n")[-2]

    assert row == r"| 9 | `[ ]` FAIL | a\|b | c\|d \| e \| | f\|g |"


def test_the_reason_is_escaped_too() -> None:
    raw = raw_state()
    raw["verdict"]["reason"] = "*a*"

    assert as_markdown(DashboardState.model_validate(raw)).startswith("**READY** - \\*a\\*\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a & b <i> c", "a &amp; b &lt;i&gt; c"),
        ("&lt;", "&amp;lt;"),
        ("\\`*_{}[]()#|~!", "\\\\\\`\\*\\_\\{\\}\\[\\]\\(\\)\\#\\|\\~\\!"),
        ("see https://x.test/a", "see https&#58;//x.test/a"),
        ("plain: text, 1.5 - 2", "plain: text, 1.5 - 2"),
        (" two\nlines ", "two lines"),
        ("run `a|b *c` on *d*", "run `a\\|b *c` on \\*d\\*"),
        ("of ` ` nothing", "of   nothing"),
    ],
)
def test_markdown_shows_a_text_as_it_is(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_what_is_not_asked_who_was_recognised_and_the_steps_stand_on_each_face_where_there_are_any() -> None:
    raw = failing_state().model_dump(mode="json")
    raw["meta"]["recognised"] = "YOLO: `args.yaml`"
    raw["not_asked"] = [{"index": 11, "id": "targets", "title": "Targets", "reason": "`targets: off`"}]
    raw["steps"] = [
        {"action": "Train again.", "command": "python train.py", "clears": ["logs", "backup"], "needed_for": ["smoke"]},
        {"action": "Look.", "command": None, "clears": ["smoke"], "needed_for": []},
    ]
    state = DashboardState.model_validate(raw)

    text, table = as_text(state, marked).split("\n"), as_markdown(state).split("\n")
    assert text[2] == 'YOLO: "args.yaml"' and '<skip:[-] not asked: 11. Targets - "targets: off">' in text
    assert text[-7:] == [
        "", "Next: 2 steps to READY.", "1. Train again. (clears 3 and 5, needed for 6)", "   python train.py",
        "2. Look. (clears 6)", "Commands are for a POSIX shell in the workspace's folder.", "",
    ]  # fmt: skip
    assert "| 11 | `[-]` not asked | Targets | `targets: off` | |" in table
    assert table[-9:] == [
        "**Next**: 2 steps to READY", "", "1. Train again. (clears 3 and 5, needed for 6)", "",
        "       python train.py", "", "2. Look. (clears 6)",
        "Commands are for a POSIX shell in the workspace's folder.", "",
    ]  # fmt: skip
    assert json.loads(as_json(state))["not_asked"] == raw["not_asked"]
    bare = as_text(ready_state()) + as_markdown(ready_state()) + as_json(ready_state())
    assert not [word for word in ("not asked", "not_asked", "Next", "POSIX") if word in bare]
