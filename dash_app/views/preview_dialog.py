"""Settings -> the dialog that shows a file of the table as text, as a small table or as a picture.

It stands empty on the page; `assets/files/preview.js` asks the server for a file and fills it. Nothing of
a file is ever markup here.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dash_app import ids
from dash_app.views.markup import attributes, dialog_close


def render_preview_dialog(*, is_on: bool) -> Component:
    """Return the dialog, closed and empty. Where it is off, the style sheet hides what opens it."""
    name = html.H2(html.Code(className="preview-path"), tabIndex="-1")
    body = html.Div(className="preview-body", tabIndex="0", role="region", **attributes(aria_label="Contents"))
    inside = [
        html.Header([name, dialog_close()], className="preview-head"),
        html.P(className="preview-facts"),
        html.P(className="preview-notes", role="status"),
        body,
    ]
    room = html.Div(inside, className="preview-room")
    marks = attributes(aria_label="Preview of a file", data_is="on" if is_on else "off")
    return html.Dialog(room, id=ids.PREVIEW, className="dialog", **marks)
