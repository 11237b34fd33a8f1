"""The table of files: every one the state names, as text, and what can be done with it."""

from __future__ import annotations

import pytest
from support.components import of_class, parts, text_of
from support.states import empty_state, failing_state, ready_state, with_text

from collectors.contract.state import DashboardState
from dash_app.views.files import render_links

TEMPLATE = "https://files.example:8443/{run_id}/{path}?raw=1"
HOME = "https://files.example:8443/run-20261123-120000/"


def changed(*, template: str | None = None, paths: tuple[str, ...] = (), more: int = 0) -> DashboardState:
    """A ready run with a link template, with other paths of checkpoints, with files that are not listed."""
    raw = ready_state().model_dump(mode="json")
    raw["pipeline"]["link_template"] = template
    one = raw["artifacts"]["checkpoints"][0]
    raw["artifacts"]["checkpoints"] = [one | {"path": path} for path in paths] or raw["artifacts"]["checkpoints"]
    raw["artifacts"]["not_listed"] = {"backup": more} if more else {}
    return DashboardState.model_validate(raw)


def addresses(state: DashboardState) -> list[str]:
    return [part.href for part in parts(render_links(state)) if getattr(part, "href", None)]


def test_every_file_has_a_row_with_path_level_size_and_time() -> None:
    state = ready_state()
    groups = state.artifacts.model_dump(exclude={"readiness", "not_listed"}).values()
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
    assert "is-idle" in row.className  # no check says that it should be there


def test_no_text_of_a_file_becomes_a_link() -> None:
    panel = render_links(with_text(ready_state(), "javascript:alert(1)"))

    assert "javascript:alert(1)" in text_of(panel)
    assert not [part for part in parts(panel) if getattr(part, "href", None)]


def test_without_a_state_the_panel_says_so() -> None:
    assert text_of(render_links(None)).endswith("No files yet.")


def test_every_path_can_be_copied_as_it_stands() -> None:
    rows = of_class(render_links(ready_state()), "file")

    copied = [getattr(of_class(row, "file-copy")[0], "data-copy") for row in rows]
    assert copied == [text_of(of_class(row, "file-path")) for row in rows]
    assert getattr(of_class(rows[0], "file-copy")[0], "aria-label") == "Copy the path checkpoints/patchtst_ssl.pt"


def test_texts_and_pictures_can_be_looked_into_and_no_others() -> None:
    """The button knows what was observed, so that a change can be told."""
    looks = of_class(render_links(ready_state()), "file-look")

    assert [getattr(look, "data-preview") for look in looks] == [
        "artifacts/scaler_fdc.json",
        "configs/patchtst_ssl_real.yaml",
        "configs/swinmae_ssl_real.yaml",
        "artifacts/loss/patchtst_loss_history.csv",
        "docs/calibration_split_policy.md",
    ]
    assert (getattr(looks[0], "data-size"), getattr(looks[0], "data-modified")) == ("512", "2026-11-23T12:00:52.000Z")


def test_what_is_missing_can_be_copied_and_nothing_else() -> None:
    state = empty_state().model_copy(update={"pipeline": changed(template=TEMPLATE).pipeline})
    panel = render_links(state)

    assert len(of_class(panel, "file-copy")) == 3
    assert not of_class(panel, "file-look") and not addresses(state)


def test_a_template_makes_a_link_of_each_path() -> None:
    state = changed(template=TEMPLATE)

    links = of_class(render_links(state), "file-open")

    assert addresses(state)[0] == f"{HOME}checkpoints/patchtst_ssl.pt?raw=1"
    assert len(links) == len(of_class(render_links(state), "file"))
    assert {(link.target, link.rel) for link in links} == {("_blank", "noopener noreferrer")}


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("a b/ü&c=?#%.pt", "a%20b/%C3%BC%26c%3D%3F%23%25.pt?raw=1"),
        ("javascript:alert(1).pt", "javascript%3Aalert%281%29.pt?raw=1"),
        ("<img src=x>{run_id}{path}.pt", "%3Cimg%20src%3Dx%3E%7Brun_id%7D%7Bpath%7D.pt?raw=1"),
        ("@evil.example/a.pt", "%40evil.example/a.pt?raw=1"),
    ],
)  # fmt: skip
def test_a_path_is_encoded_part_by_part(path: str, address: str) -> None:
    assert addresses(changed(template=TEMPLATE, paths=(path,)))[0] == HOME + address


@pytest.mark.parametrize("path", ["../../secret", "a/../b.pt", "/etc/passwd", "a//b.pt", "./a.pt", "a\\u202eb.pt"])
def test_a_path_that_climbs_or_is_not_the_name_on_disk_is_no_link(path: str) -> None:
    """A state by another hand may name anything; an escape stands for a character that is not shown."""
    first, second, *_ = of_class(render_links(changed(template=TEMPLATE, paths=(path, "fine.pt"))), "file")

    assert text_of(of_class(first, "file-path")) == path
    assert [len(of_class(row, "file-open")) for row in (first, second)] == [0, 1]


def test_what_is_not_listed_is_counted_in_its_group() -> None:
    panel = render_links(changed(more=2950))

    more = of_class(panel, "file-more")
    assert [text_of(row) for row in more] == ["and 2,950 more, not listed"]
    assert [group.rowSpan for group in of_class(panel, "file-group")] == [2, 1, 2, 2, 2, 1, 1]


def test_files_that_only_a_stage_names_have_rows_too() -> None:
    raw = ready_state().model_dump(mode="json")
    raw["nodes"]["dqvl"]["artifacts"] = ["raw/a.csv", "checkpoints/patchtst_ssl.pt", "raw/b.bin"]
    raw["nodes"]["data-prep"]["artifacts"] = ["raw/a.csv"]

    panel = render_links(DashboardState.model_validate(raw))

    rows = of_class(panel, "file")[-2:]
    assert [text_of(row) for row in rows] == [
        "Stage files raw/a.csv – – – named by its stage",
        "raw/b.bin – – – named by its stage",
    ]
    assert [len(of_class(row, "file-look")) for row in rows] == [1, 0]
    assert getattr(rows[0], "data-stages") == "data-prep dqvl"


def test_a_look_into_a_file_without_size_or_time_promises_neither() -> None:
    raw = ready_state().model_dump(mode="json")
    raw["artifacts"]["scaler"][0] |= {"size_bytes": None, "modified_at": None}
    raw["artifacts"]["configs"][0] |= {"level": "missing"}

    panel = render_links(DashboardState.model_validate(raw))
    (look,) = [
        one for one in of_class(panel, "file-look") if getattr(one, "data-preview") == "artifacts/scaler_fdc.json"
    ]

    assert (getattr(look, "data-size"), getattr(look, "data-modified")) == ("", "")
    assert "configs/patchtst_ssl_real.yaml" not in [
        getattr(one, "data-preview") for one in of_class(panel, "file-look")
    ]


def test_there_is_no_link_without_a_template() -> None:
    assert addresses(changed()) == []
    assert len(addresses(changed(template=TEMPLATE))) == len(of_class(render_links(ready_state()), "file"))
