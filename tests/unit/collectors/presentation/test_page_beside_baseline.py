"""The report beside a baseline: what the delta says, in the page's words and colours."""

from __future__ import annotations

import re

from support.html_reading import Element, read_page
from support.states import diverged_state, failing_state, ready_state

from collectors.compare.compare import compare
from collectors.contract.delta import Delta
from collectors.contract.state import DashboardState
from collectors.contract.values import Direction, Regression, Status
from collectors.presentation.icons import ICONS
from collectors.presentation.page import Against, as_html
from collectors.presentation.palette import TOKENS
from collectors.presentation.words import DIRECTION_WORDS, REGRESSION_WORDS

BASELINE = "run-20261101-000000"


def baseline_of(state: DashboardState, **lr: float) -> DashboardState:
    """The same run under another id, a little worse, with another learning rate."""
    raw = state.model_dump(mode="json")
    raw["meta"]["run_id"] = BASELINE
    for stream in raw["metrics"].values():
        stream["config"] |= lr
        for point in (*stream["final"].values(), *stream["best"].values()):
            point["value"] *= 1.25
    return DashboardState.model_validate(raw)


def compared(run: DashboardState, baseline: DashboardState) -> tuple[Delta, Element]:
    delta = compare(run, baseline)
    return delta, read_page(as_html(run, Against(baseline.meta.run_id, baseline, delta)))


def cells(row: Element) -> list[str]:
    return [cell.text for cell in row.children if isinstance(cell, Element)]


def test_every_loss_of_the_delta_stands_in_the_table_with_its_direction() -> None:
    delta, page = compared(ready_state(), baseline_of(ready_state()))

    for stream in delta.streams:
        (section,) = [one for one in page.of_class("stream-delta") if one.attributes["data-stream"] == stream.id]
        rows = {
            row.attributes["data-loss"]: cells(row) for row in section.tagged("tr") if "data-loss" in row.attributes
        }
        assert rows.keys() == {f"{change.series}:{change.which}" for change in stream.losses}
        for change in stream.losses:
            row = rows[f"{change.series}:{change.which}"]
            assert row[1:3] == [f"{value:.4g}" for value in (change.value.run, change.value.baseline)]
            assert row[4] == DIRECTION_WORDS[change.direction] == "better"


def test_the_policys_word_stands_in_the_verdict_and_over_the_comparison() -> None:
    delta, page = compared(diverged_state(), baseline_of(ready_state()))

    assert delta.regression.value is Regression.REGRESSION
    assert REGRESSION_WORDS[delta.regression.value] in page.by_id("verdict").text
    section = page.by_id("comparison")
    assert section.of_class("judgement")[0].text == "Worse than baseline"
    assert delta.regression.sentence in section.text


def test_checks_configs_and_files_that_differ_are_told() -> None:
    run = failing_state()
    _delta, page = compared(run, baseline_of(ready_state(), lr=0.5))

    section = page.by_id("comparison")
    checks, files = (table.tagged("tr")[1:] for table in section.of_class("changes")[0].tagged("table"))
    assert [cells(row)[:4] for row in checks] == [
        ["Scoring smoke test", "[-] SKIP", "[v] PASS", "worse"],
        ["Same run", "[ ] FAIL", "[v] PASS", "worse"],
    ]
    assert [cells(row)[0] for row in files] == ["artifacts/bundles/run_bundle.zip"]
    differing = [cells(table.tagged("tr")[1]) for table in section.of_class("config-table")][::2]
    assert differing == [["lr", "0.002", "0.5"]] * 2


def test_the_baseline_is_ghosted_behind_the_run() -> None:
    _delta, page = compared(ready_state(), baseline_of(ready_state()))

    for figure in page.of_class("loss"):
        drawn = [one.attributes["class"] for one in figure.tagged("path") if "line" in str(one.attributes["class"])]
        assert drawn == ["line line-baseline", "line line-train", "line line-val"]
        assert "baseline val" in [key.text for key in figure.of_class("loss-key")]


def test_a_baseline_without_epochs_is_not_drawn_on_an_axis_of_epochs() -> None:
    raw = baseline_of(ready_state()).model_dump(mode="json")
    for series in raw["metrics"]["patchtst"]["series"].values():
        series["epoch"] = [None] * len(series["epoch"])

    _delta, page = compared(ready_state(), DashboardState.model_validate(raw))

    first, second = page.of_class("loss")
    assert "the baseline's curve has no epoch and is not drawn" in first.text
    assert not first.of_class("line-baseline") and second.of_class("line-baseline")


def test_what_cannot_be_compared_is_said_to_be_so() -> None:
    delta, page = compared(ready_state(), baseline_of(ready_state(), mask_ratio=0.9))

    assert delta.streams[0].reasons
    assert page.of_class("incomparable")[0].text == f"Incomparable: {'; '.join(delta.streams[0].reasons)}."
    words = {cells(row)[4] for row in page.tagged("tr") if "data-loss" in row.attributes}
    assert words == {DIRECTION_WORDS[Direction.INCOMPARABLE]}


def test_a_run_that_is_its_own_baseline_is_not_compared() -> None:
    run = ready_state()

    page = read_page(as_html(run, Against(run.meta.run_id, run, compare(run, run))))

    assert "This run is the baseline itself." in page.by_id("comparison").text
    assert not page.of_class("stream-delta") and not page.of_class("line-baseline")


def test_a_baseline_whose_snapshot_is_gone_is_said_to_be_gone() -> None:
    section = read_page(as_html(ready_state(), Against(BASELINE, None, None))).by_id("comparison")

    assert f"the snapshot of the baseline {BASELINE} is not there or cannot be read" in section.text


def test_without_a_baseline_there_is_no_comparison() -> None:
    page = read_page(as_html(ready_state()))

    assert [one for one in page.all() if one.attributes.get("id") == "comparison"] == []
    assert "none pinned" in page.by_id("provenance").text


def test_every_status_has_an_icon_and_every_colour_in_use_a_token() -> None:
    style = read_page(as_html(ready_state())).tagged("style")[0].text
    used = {re.split("[,)]", part)[0] for part in style.split("var(--")[1:]}

    assert {status.value for status in Status} <= set(ICONS)
    assert used - {"mark", "word", "tint", "mono"} <= set(TOKENS)
