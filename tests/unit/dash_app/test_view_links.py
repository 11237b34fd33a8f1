"""The table of files: every one the state names, as text."""

from __future__ import annotations

from support.components import of_class, parts, text_of
from support.states import empty_state, failing_state, ready_state, with_text

from dash_app.views.links import render_links


def test_every_file_has_a_row_with_path_level_size_and_time() -> None:
    state = ready_state()
    groups = state.artifacts.model_dump(exclude={"readiness"}).values()
    paths = [file["path"] for files in groups for file in files]

    panel = render_links(state)

    assert [text_of(of_class(row, "file-path")) for row in of_class(panel, "file")] == paths
    assert (
        text_of(of_class(panel, "file")[0])
        == "Checkpoints checkpoints/patchtst_ssl.pt verified 515 kB 2026-11-23 12:00:52 UTC sound"
    )


def test_a_file_of_another_run_is_called_so() -> None:
    rows = {text_of(of_class(row, "file-path")): row for row in of_class(render_links(failing_state()), "file")}

    assert "not from this run" in text_of(rows["artifacts/bundles/run_bundle.zip"])
    assert "not from this run" not in text_of(rows["checkpoints/patchtst_ssl.pt"])


def test_a_row_names_the_stages_it_belongs_to() -> None:
    rows = of_class(render_links(ready_state()), "file")

    assert [getattr(row, "data-stages") for row in rows[:2]] == ["patchtst", ""]


def test_a_missing_file_has_no_size_and_no_time() -> None:
    row = of_class(render_links(empty_state()), "file")[0]

    assert text_of(row) == "Checkpoints checkpoints/patchtst_ssl.pt missing – – not found"
    assert "is-fail" in row.className


def test_no_text_of_a_file_becomes_a_link() -> None:
    panel = render_links(with_text(ready_state(), "javascript:alert(1)"))

    assert "javascript:alert(1)" in text_of(panel)
    assert not [part for part in parts(panel) if getattr(part, "href", None)]


def test_without_a_state_the_panel_says_so() -> None:
    assert text_of(render_links(None)).endswith("No files yet.")
