"""The Share dialog's words: what can be copied, what wikis accept, and what stands in the way."""

from __future__ import annotations

from typing import Any

from support.components import of_class, parts, text_of

from dash_app import ids
from dash_app.views.share import PANEL_HEIGHTS, render_share_button, render_share_dialog


def fields(dialog: Any) -> set[str]:
    found = (part.to_plotly_json()["props"].get("data-share") for part in parts(dialog))
    return {name for name in found if name}


def test_every_way_to_share_has_a_field_and_a_button_that_copies_it() -> None:
    dialog = render_share_dialog(())

    assert dialog.id == ids.SHARE
    assert fields(dialog) == {
        "link",
        "snapshot",
        "frame",
        "badge-markdown",
        "badge-html",
        "picture-markdown",
        "picture-address",
    }
    rows = of_class(dialog, "copy-row")
    assert all(len(of_class(row, "copy-button")) == len(list(fields(row))) == 1 for row in rows)
    assert len(rows) == len(fields(dialog))


def test_it_says_when_no_other_site_may_show_the_page_in_a_frame() -> None:
    assert "--frame-ancestors" in text_of(render_share_dialog(()))
    named = text_of(render_share_dialog(("https://wiki.example.org",)))
    assert "--frame-ancestors" not in named and "these sites may show it: https://wiki.example.org." in named


def test_it_says_what_each_wiki_accepts() -> None:
    told = text_of(render_share_dialog(()))

    for word in ("Confluence", "MediaWiki", "BookStack", "GitLab", "GitHub", "ALLOWED_IFRAME_SOURCES", "$wgRawHtml"):
        assert word in told


def test_a_frame_may_show_each_panel_of_the_address() -> None:
    shown = {p.to_plotly_json()["props"].get("data-share-panel") for p in parts(render_share_dialog(()))} - {None}

    assert shown == {"", "verdict", "graph", "checklist", "cards", "losses", "history"} == set(PANEL_HEIGHTS)


def test_the_button_says_that_a_dialog_opens() -> None:
    props = render_share_button().to_plotly_json()["props"]

    assert (props["aria-haspopup"], props["title"]) == ("dialog", "Share this view")


def props(content: Any, name: str) -> list[Any]:
    """An attribute, of every part that has it."""
    found = (part.to_plotly_json()["props"].get(name) for part in parts(content))
    return [value for value in found if value is not None]


def test_a_frame_is_as_high_as_its_panel_and_shows_the_whole_page_at_first() -> None:
    panels = of_class(render_share_dialog(()), "share-panels")

    assert props(panels, "data-height") == ["1800", "96", "160", "480", "480", "320", "480"]
    assert props(panels, "aria-pressed") == ["true"] + ["false"] * 6
    assert text_of(panels) == "the frame shows whole page verdict cards graph checklist curves history"


def test_who_may_make_links_gets_the_button_and_who_may_not_is_told_whom_to_ask() -> None:
    def told(links: bool | None) -> tuple[int, bool]:
        dialog = render_share_dialog((), links)
        return len(of_class(dialog, "share-link")), "an operator can make a link" in text_of(dialog)

    assert [told(None), told(False), told(True)] == [(0, False), (0, True), (1, False)]


def test_the_badge_is_shown_where_it_is_copied_and_a_row_says_what_it_is_for() -> None:
    dialog = render_share_dialog(())
    with_badge = [row for row in of_class(dialog, "copy-row") if of_class(row, "share-badge")]

    assert [getattr(row, "data-share-row") for row in with_badge] == ["badge-markdown"]
    words = [text_of(row) for row in of_class(dialog, "share-words")]
    assert words[0] == "Link to this view What you see, live: view, runs, stage and axes."
    assert words[4] == "Badge (HTML)" and len(of_class(dialog, "share-words")[4].children) == 1
    assert len(of_class(dialog, "share-warning")) == 3
    assert len(of_class(render_share_dialog(("https://a.example",)), "share-warning")) == 2
