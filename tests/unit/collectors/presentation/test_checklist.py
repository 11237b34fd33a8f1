"""One checklist, four faces."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from support.states import failing_state, ready_state

from collectors.contract.state import DashboardState
from collectors.presentation.checklist import as_json, as_junit, as_markdown, as_text

HOSTILE = 'a<script>x</script>|`b`\n[c](javascript:d) \x1b[31m \u202e & "e"'


def _hostile() -> DashboardState:
    raw = failing_state().model_dump()
    raw["checklist"][8]["detail"] = HOSTILE
    return DashboardState.model_validate(raw)


def test_text_is_the_checklist_line_by_line() -> None:
    text = as_text(failing_state())

    assert "1. [v] PASS - Trained checkpoints" in text
    assert "9. [ ] FAIL - " in text
    assert "6. [-] SKIP - Scoring smoke test\n   detail: not run" in text
    assert "   hint: Make a new bundle after training" in text
    assert "Summary: 7/9 passed, 1 failed, 1 skipped" in text
    assert "Verdict: NOT READY - " in text


def test_a_pass_has_no_hint() -> None:
    assert "hint:" not in as_text(ready_state())


def test_json_holds_meta_verdict_checklist_and_steps_only() -> None:
    data = json.loads(as_json(failing_state()))

    assert sorted(data) == ["checklist", "meta", "steps", "verdict"]
    assert [item["index"] for item in data["checklist"]] == list(range(1, 10))


def test_junit_counts_failures_and_skips() -> None:
    suite = ElementTree.fromstring(as_junit(failing_state())).find("testsuite")

    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("9", "1", "1")
    assert len(suite.findall("testcase/failure")) == 1


def test_hostile_text_stays_text_in_every_face() -> None:
    state = _hostile()

    markdown, junit, text = as_markdown(state), as_junit(state), as_text(state)

    assert "<script>" not in markdown
    assert "\\[c\\]\\(javascript:d\\)" in markdown
    assert ElementTree.fromstring(junit).find(".//script") is None
    assert "\x1b" not in text + markdown + junit
    assert "\u202e" not in text + markdown + junit
    assert "\\x1b" in text
