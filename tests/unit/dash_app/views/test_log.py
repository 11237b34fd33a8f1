"""The panel of the training's own logs: there while it may be looked into, and of what goes on now."""

from __future__ import annotations

from support.components import of_class, parts, text_of
from support.states import ready_state

from dash_app.views.log import logs_now, render_log_frame


def test_logs_are_told_of_what_is_now_and_never_of_a_stored_run() -> None:
    state = ready_state().model_copy(update={"logs": ("train.log", "slurm-1.out")})

    assert logs_now(state, is_snapshot=False) == {"logs": ["train.log", "slurm-1.out"]}
    assert logs_now(state, is_snapshot=True) is None
    assert logs_now(ready_state(), is_snapshot=False) is logs_now(None, is_snapshot=False) is None


def test_the_panel_is_hidden_until_there_is_a_log_and_shows_all_lines_at_first() -> None:
    frame = render_log_frame(is_on=True)
    filters = [part.to_plotly_json()["props"] for part in parts(frame) if type(part).__name__ == "Button"]

    assert frame.hidden is True
    assert [(one["data-level"], one["aria-pressed"]) for one in filters] == [
        ("", "true"), ("warning", "false"), ("error", "false"),
    ]  # fmt: skip
    assert text_of(of_class(frame, "segments")) == "all warnings errors"
    assert [getattr(render_log_frame(is_on=on), "data-is") for on in (True, False)] == ["on", "off"]
