"""A demonstration says that it is one."""

from __future__ import annotations

from support.components import text_of

from dash_app.views.top_bar import render_replay_badge


def test_a_demonstration_says_what_it_is_and_what_was_moved() -> None:
    badge = render_replay_badge(True)

    assert text_of(badge) == "replayed recording"
    assert "Times, host and process id" in badge.title and "every value is as it was recorded" in badge.title


def test_a_training_of_ones_own_wears_no_badge() -> None:
    assert render_replay_badge(False) is None
