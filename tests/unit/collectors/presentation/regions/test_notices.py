"""What was recognised is a caption; what to do where nothing was, and every other notice, stands out."""

from __future__ import annotations

from support.states import ready_state

from collectors.contract.state import DashboardState
from collectors.presentation.markup import to_html
from collectors.presentation.regions.notices import notices


def told(recognised: str | None, *others: str) -> str:
    state = ready_state()
    meta = state.meta.model_copy(update={"recognised": recognised})
    found = notices(state.model_copy(update={"meta": meta, "notices": others}))
    return to_html(found) if found is not None else ""


def test_one_line_on_what_was_recognised_is_a_caption() -> None:
    assert told("Keras, because `log.csv`").count('class="recognised"') == 1
    assert "<code>log.csv</code>" in told("Keras, because `log.csv`")
    assert told("Keras", "polling instead of notifications").count('class="recognised"') == 1


def test_what_to_do_where_nothing_was_recognised_is_a_notice() -> None:
    assert 'class="recognised"' not in told("Nothing was recognised.\nBegin with:\ntrainer: plain")
    assert 'class="recognised"' not in told(None, "polling instead of notifications")


def test_nothing_to_tell_is_nothing() -> None:
    assert told(None) == ""
    assert isinstance(ready_state(), DashboardState) and notices(None) is None
