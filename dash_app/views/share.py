"""Settings -> the *Share* button and its dialog: links, frame, badge and picture to copy.

The words stand here; the addresses are filled in by `assets/share/share.js` when somebody opens it,
because only the browser knows under which name it reached us. Nothing is sent anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dash import html
from dash.development.base_component import Component

from dash_app import ids
from dash_app.views.markup import attributes, dialog_close, icon

PANEL_HEIGHTS: Final = {
    "": 1800,
    "verdict": 96,
    "cards": 160,
    "graph": 480,
    "checklist": 480,
    "losses": 320,
    "history": 480,
}
"""Panel of a frame (none is the whole page) -> height in pixels that fits at the usual width."""
PANEL_WORDS: Final = {"": "whole page", "losses": "curves"}

ROWS: Final = (
    ("link", "Link to this view", "What you see, live: view, runs, stage and axes."),
    ("snapshot", "Link to this run", "The stored snapshot: it does not change any more."),
    ("frame", "Frame (HTML)", "For wikis that take frames."),
    ("badge-markdown", "Badge (Markdown)", "The verdict; add stream=ID or check=NUMBER to its address for a part."),
    ("badge-html", "Badge (HTML)", ""),
    ("picture-markdown", "Picture of the pipeline (Markdown)", "A still one, true whenever the page is loaded."),
    ("picture-address", "Picture of the pipeline (address)", ""),
)
"""What can be copied: name, label, and a word about it."""

WIKIS: Final = (
    (
        "Confluence",
        "Cloud: type /iframe, choose the iframe macro and give it the frame's address, which must be https. "
        "Data Center: the HTML macro takes the frame; an administrator has to enable it. A pasted link shows no frame.",
    ),
    (
        "MediaWiki",
        "Frames need an extension, such as Widgets or IframeTag, or $wgRawHtml. Pictures: the bare address in the "
        "text, where $wgAllowExternalImages or $wgAllowExternalImagesFrom allows it. It has to end in .svg: after "
        "parameters, add &.svg. Old versions take no SVG at all.",
    ),
    (
        "BookStack",
        "Paste the frame in the editor's source view; this server has to be in ALLOWED_IFRAME_SOURCES of "
        "BookStack's .env. Pictures from other servers are shown.",
    ),
    (
        "GitLab",
        "Wikis drop frames, unless an administrator of a recent version allowed this server under Settings, "
        "General, Embedded content. Badge and picture work as Markdown; GitLab.com fetches them itself, so this "
        "server must be reachable from the internet.",
    ),
    (
        "GitHub",
        "Wikis drop frames, always. Badge and picture work as Markdown; GitHub fetches them itself (camo), so this "
        "server must be reachable from the internet.",
    ),
)
"""What each wiki accepts."""

WARNINGS: Final = (
    ("loopback", "This address works on this machine only. Open the page by a name that others can reach."),
    ("insecure", "A page on https shows no frame from http. Put this server behind TLS."),
)
NO_ANCESTORS: Final = (
    "No other site may show this page in a frame: start the server with --frame-ancestors https://your.wiki to "
    "allow it. Badge and picture need no permission."
)


def render_share_button() -> Component:
    """Return the button in the bar."""
    return html.Button(
        [icon("share"), html.Span("Share")],
        type="button",
        className="plain-button share-open",
        title="Share this view",
        **attributes(data_share_open="", aria_haspopup="dialog"),
    )


NO_LINK: Final = "Who sees this frame has to be signed in; an operator can make a link that shows it to everybody."


def render_share_dialog(frame_ancestors: Sequence[str], links: bool | None = None) -> Component:
    """Return the dialog, closed; `frame_ancestors` are the sites that may show the page in a frame.

    `links`: whether who asks may make links for frames; None where nobody has to sign in, and no frame needs one.
    """
    heading = html.Header([html.H2("Share", tabIndex="-1"), dialog_close()], className="share-head")
    rows = {row[0]: _row(*row) for row in ROWS}
    frame = [_panels(), rows["frame"], *_link(links), *_framers(frame_ancestors)]
    rows["frame"] = html.Div(frame, className="share-frame")
    inside = [heading, *_warnings(frame_ancestors), *rows.values(), _wikis()]
    room = html.Div(inside, className="share-room")
    return html.Dialog(room, id=ids.SHARE, className="dialog", **attributes(aria_label="Share"))


def _warnings(frame_ancestors: Sequence[str]) -> list[Component]:
    told: list[Component] = [
        html.P(words, className="share-warning", **attributes(data_share_warns=name)) for name, words in WARNINGS
    ]
    return told if frame_ancestors else [*told, html.P(NO_ANCESTORS, className="share-warning")]


def _link(links: bool | None) -> list[Component]:
    """What lets a frame be seen by who is not signed in; `share.js` makes the link and puts it into the frame."""
    if links is None:
        return []
    if not links:
        return [html.P(NO_LINK, className="share-note")]
    button = html.Button(
        "Let everybody see this frame", type="button", className="copy-button", **attributes(data_share_link="")
    )
    note = html.Span(className="share-note", role="status", **attributes(data_share_note="link"))
    return [html.Div([button, note], className="share-link")]


def _framers(frame_ancestors: Sequence[str]) -> list[Component]:
    """Who may show the page in a frame."""
    named = f"Only these sites may show it: {', '.join(frame_ancestors)}."
    return [html.P(named, className="share-note")] if frame_ancestors else []


def _panels() -> Component:
    """Which part a frame shows."""
    buttons = [
        html.Button(
            PANEL_WORDS.get(panel, panel),
            type="button",
            **attributes(data_share_panel=panel, data_height=str(height), aria_pressed="false" if panel else "true"),
        )
        for panel, height in PANEL_HEIGHTS.items()
    ]
    group = html.Div(buttons, className="segments", role="group", **attributes(aria_label="The frame shows"))
    return html.Div([html.Span("the frame shows", className="choice-label"), group], className="choice share-panels")


def _row(name: str, label: str, about: str) -> Component:
    field = html.Textarea(readOnly="readOnly", rows="1", spellCheck="false", **attributes(data_share=name))
    words = html.Span([html.B(label), *([html.Span(f" {about}")] if about else [])], className="share-words")
    button = html.Button(
        "Copy", type="button", className="copy-button", **attributes(data_copy="", aria_label=f"Copy: {label}")
    )
    shown = html.Img(alt="", className="share-badge") if name == "badge-markdown" else None
    note = html.Span(className="share-note", **attributes(data_share_note=name))
    inside = [html.Label([words, field]), button, note, shown]
    return html.Div(
        [part for part in inside if part is not None], className="copy-row", **attributes(data_share_row=name)
    )


def _wikis() -> Component:
    told = [html.Div([html.Dt(name), html.Dd(words)]) for name, words in WIKIS]
    return html.Details([html.Summary("What wikis accept"), html.Dl(told)], className="share-wikis")
