"""A demonstration says that it is one."""

from __future__ import annotations

from dash import html
from support.components import of_class, text_of

from dash_app import ids
from dash_app.views.top_bar import render_replay_badge, render_top_bar


def test_a_demonstration_says_what_it_is_and_what_was_moved() -> None:
    badge = render_replay_badge(True)

    assert text_of(badge) == "replayed recording"
    assert "Times, host and process id" in badge.title and "every value is as it was recorded" in badge.title


def test_a_training_of_ones_own_wears_no_badge() -> None:
    assert render_replay_badge(False) is None


def test_the_account_stands_between_the_buttons_and_the_theme_where_there_is_one() -> None:
    page = {ids.TABS: [], ids.RUN_LABEL: [], ids.PIPELINE_TITLE: None}

    def actions(account: html.B | None) -> str:
        return text_of(of_class(render_top_bar(page, [html.Button("Share")], account, is_demo=False), "top-actions"))

    theme = "Theme Theme of this device Light theme Dark theme"
    assert actions(html.B("ann")) == f"Share ann {theme}"
    assert actions(None) == f"Share {theme}"
