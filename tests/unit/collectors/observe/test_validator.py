"""An external validator's output becomes a checklist word for word, or is refused in words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.contract.values import Outcome
from collectors.observe.validator import MOST_CHECKS, parse_external

PIECES = st.sampled_from(
    [
        "1. [v] PASS - x",
        "2. [ ] FAIL - <b>",
        "3. [-] SKIP",
        "  detail: ",
        "  hint: y",
        "999. [?] FAIL",
        "\n",
        "\x1b[31m",
        "\ud800",
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES | st.text(max_size=20), max_size=40).map("\n".join))
def test_any_output_is_a_checklist_or_refused(output: str) -> None:
    """Nothing else can come out of it."""
    try:
        checks = parse_external(output)
    except ValueError as problem:
        assert str(problem).startswith("expected lines such as")
        return
    assert [c.index for c in checks] == list(range(1, len(checks) + 1))
    assert all(c.passed == (c.outcome is Outcome.PASS) for c in checks)
    assert not any("\x1b" in c.title + c.detail + (c.hint or "") for c in checks)


def test_a_flood_of_lines_is_no_checklist() -> None:
    line = "1. [v] PASS - x\n"

    assert len(parse_external(line * MOST_CHECKS)) == MOST_CHECKS
    with pytest.raises(ValueError, match="expected at most 200 checks, found 201"):
        parse_external(line * (MOST_CHECKS + 1))
