"""Any state that keeps the contract has a report: well-formed, with its checks, and nothing that runs."""

from __future__ import annotations

from typing import Any

from any_inputs import any_state, bounded
from hypothesis import given
from hypothesis import strategies as st
from support.html_reading import checks_in, read_page
from support.states import ready_state
from test_any_state import valid

from collectors.compare.compare import compare
from collectors.presentation.charts.scale import Look
from collectors.presentation.page import Against, as_html


@bounded
@given(any_state(), st.sampled_from(["linear", "log"]))
def test_the_report_of_any_state_is_well_formed(raw: dict[str, Any], scale: Any) -> None:
    """Whatever texts and numbers stand in the state and in its baseline."""
    state, baseline = valid(raw), ready_state()
    delta = compare(state, baseline)

    pages = [
        as_html(state, Against("base", baseline, delta), Look(scale)),
        as_html(baseline, Against("base", state, compare(baseline, state)), Look(scale)),
    ]

    trees = [read_page(page) for page in pages]
    assert not any(hidden in "".join(pages) for hidden in ("\x1b", "\u202e", "\x00", "NaN%", "nan%", "inf%"))
    assert not {"script", "img", "a"} & {one.tag for tree in trees for one in tree.all()}
    assert len(checks_in(trees[0])) == len(state.checklist)
