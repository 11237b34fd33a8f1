"""The dialog that shows a file: empty, and switched off where previews are."""

from __future__ import annotations

from support.components import of_class

from dash_app.views.preview_dialog import render_preview_dialog


def test_the_dialog_stands_empty_and_says_whether_it_is_on() -> None:
    told = [getattr(render_preview_dialog(is_on=on), "data-is") for on in (True, False)]

    assert told == ["on", "off"]
    assert of_class(render_preview_dialog(is_on=True), "preview-body")[0].children is None
