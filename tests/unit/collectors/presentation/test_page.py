"""The report as a page: one more face of the checklist, complete in itself, with nothing that runs."""

from __future__ import annotations

import json
import re

import pytest
from support.html_reading import Element, checks_in, read_page
from support.metric_states import with_metrics
from support.states import (
    diverged_state,
    empty_state,
    failing_state,
    good_state,
    ready_state,
    running_state,
    with_text,
)

from collectors.contract.state import DashboardState
from collectors.contract.values import Outcome
from collectors.presentation.charts.scale import Look
from collectors.presentation.checklist import as_json, check_lines
from collectors.presentation.page import POLICY, as_html
from collectors.presentation.words import OUTCOME_MARKS, VERDICT_WORDS

STATES = {
    "ready": ready_state(),
    "incomplete": good_state(),
    "failing": failing_state(),
    "running": running_state(),
    "diverged": diverged_state(),
    "empty": empty_state(),
}
HOSTILE = "a</style></svg><script>x</script>\"' onload=x> &amp; &lt;b&gt; <!-- \x1b[31m \u202e \x00 ]]> {x} \ud800 é"
BLANK = re.compile(r"\s+")


def flat(text: str | None) -> str:
    return BLANK.sub(" ", text or "").strip()


def page_of(state: DashboardState) -> Element:
    return read_page(as_html(state))


@pytest.fixture(params=STATES)
def state(request: pytest.FixtureRequest) -> DashboardState:
    """One state of each kind."""
    return STATES[request.param]


def test_the_checks_are_those_of_the_command(state: DashboardState) -> None:
    """Index, mark, outcome, title, detail and hint: read back from the page they are the JSON face's."""
    told = json.loads(as_json(state))["checklist"]

    assert checks_in(page_of(state)) == [
        {
            "id": check["id"],
            "mark": OUTCOME_MARKS[Outcome(check["outcome"])],
            "title": f"{check['index']}. {flat(check['title'])}",
            "outcome": check["outcome"].upper(),
            "detail": flat(check["detail"]),
            "hint": flat(check["hint"]),
        }
        for check in told
    ]


def test_every_line_of_the_terminals_checklist_stands_in_the_page(state: DashboardState) -> None:
    rows = {row.attributes["data-check"]: row.text for row in page_of(state).of_class("check")}

    for check in state.checklist:
        _head, *more = check_lines(check)
        assert all(flat(line).removeprefix("detail: ").removeprefix("hint: ") in rows[check.id] for line in more)


def test_the_verdict_is_said_in_a_word_and_a_sentence(state: DashboardState) -> None:
    bar = page_of(state).by_id("verdict")

    assert bar.of_class("verdict-word")[0].text == VERDICT_WORDS[state.verdict.value]
    assert bar.of_class("verdict-reason")[0].text == state.verdict.reason
    assert f"{state.verdict.passed} passed {state.verdict.failed} failed" in bar.text


def test_nothing_runs_and_nothing_is_loaded(state: DashboardState) -> None:
    """No script, no frame, no picture, no address; and a policy that would refuse them."""
    page = page_of(state)
    elements = list(page.all())

    forbidden = {"script", "iframe", "img", "link", "object", "embed", "form", "base", "a", "use", "image"}
    assert not forbidden & {one.tag for one in elements}
    names = {name for one in elements for name in one.attributes}
    assert not {name for name in names if name.startswith("on") or name in {"src", "href", "style", "action"}}
    assert not re.search(r"url\(|@import|expression|https?:", page.tagged("style")[0].text)
    policies = [one for one in page.tagged("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert [one.attributes["content"] for one in policies] == [POLICY]
    assert POLICY == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_a_name_for_everything_and_each_id_once(state: DashboardState) -> None:
    """Every chart is named and described, every header has a scope, no two elements share an id."""
    page = page_of(state)

    ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    for chart in page.of_class("chart"):
        title, words = (chart.by_id(name).text for name in str(chart.attributes["aria-labelledby"]).split())
        assert title and words.startswith(title)
    assert all(one.attributes.get("scope") in ("col", "row", "rowgroup") for one in page.tagged("th"))
    assert [one.text for one in page.tagged("h1")] == [state.meta.title]


def test_a_status_is_a_word_beside_its_colour(state: DashboardState) -> None:
    """Whatever takes a shade, the tally's bar aside, says in words what the shade means."""
    page = page_of(state)
    shaded = [one for one in page.all() if re.search(r"\bis-\w", one.attributes.get("class") or "")]

    silent = [one for one in shaded if not re.search(r"[A-Za-z]{4}", one.text)]
    assert {one.tag for one in silent} <= {"i"}


def test_texts_of_files_stay_texts() -> None:
    """The page has the very same elements and attributes as one with a harmless word in their places."""
    hostile, harmless = (page_of(with_text(failing_state(), text)) for text in (HOSTILE, "word"))

    assert [(one.tag, sorted(one.attributes)) for one in hostile.all()] == [
        (one.tag, sorted(one.attributes)) for one in harmless.all()
    ]
    shown = flat(with_text(failing_state(), HOSTILE).verdict.reason)
    assert hostile.of_class("verdict-reason")[0].text == shown
    assert "\\x1b" in shown and "\\u202e" in shown
    assert {row["detail"] for row in checks_in(hostile)} == {shown}
    assert "\x1b" not in hostile.text and "\u202e" not in hostile.text


def test_the_data_table_holds_every_value_of_the_state() -> None:
    state = ready_state()
    tables = page_of(state).of_class("numbers")

    for table, run in zip(tables, state.metrics.values(), strict=True):
        rows = [[cell.text for cell in row.children if isinstance(cell, Element)] for row in table.tagged("tr")[1:]]
        values = zip(*(run.series[name].value for name in ("train_loss", "val_loss")), strict=True)
        assert rows == [[str(n), *(f"{v:.4g}" for v in pair)] for n, pair in enumerate(values, 1)]


def test_a_long_curve_is_drawn_and_tabulated_in_part_and_says_so() -> None:
    """2,000 noisy points a curve, the most that a state holds: still a page of less than 300 kB."""
    raw = ready_state().model_dump(mode="json")
    for stream in raw["metrics"].values():
        for curve in stream["series"].values():
            curve |= {"epoch": list(range(2000)), "step": list(range(2000)), "time": [None] * 2000}
            curve["value"] = [1 + (n * 7919 % 1000) / 997 for n in range(2000)]
            curve["value"][777] = 25.0
    state = DashboardState.model_validate(raw)

    page = as_html(state)

    assert len(page.encode()) < 300_000
    table = read_page(page).of_class("loss-data")[0]
    assert table.tagged("caption")[0].text == "PatchTST: 60 of 2,000 points, evenly chosen"
    assert len(table.tagged("tr")) == 61
    peaks = [line for line in read_page(page).of_class("line-val") if "line-faint" in str(line.attributes["class"])]
    assert len(peaks) == 4, "each curve as it was measured, on the usual scale and on the whole one"
    assert all(min(float(y) for y in re.findall(r" (-?[\d.]+)", str(line.attributes["d"]))) < 100 for line in peaks)


def test_a_diverged_run_shows_where_and_keeps_the_gap() -> None:
    figure = page_of(diverged_state()).of_class("loss")[1]

    line = next(one for one in figure.of_class("line-val") if one.tag == "path")
    assert str(line.attributes["d"]).count("M") == 2, "the value that is not finite is a gap"
    assert figure.of_class("divergence-name")[0].text == "diverged at epoch 4"
    assert len(figure.of_class("cross")) == 1
    assert [one.text for one in figure.of_class("loss-broken")] == ["val_loss NaN since epoch 4 (1 value)"]
    assert "not finite" in [cell.text for cell in figure.tagged("td")]
    assert "val_loss NaN since epoch 4" in figure.tagged("desc")[0].text


def test_a_run_of_nothing_but_nan_is_told_without_a_line() -> None:
    raw = diverged_state().model_dump(mode="json")
    stream = raw["metrics"]["swinmae"]
    stream["series"] = {"val_loss": stream["series"]["val_loss"] | {"value": [None] * 5}}
    stream["final"] = {"val_loss": {"value": None, "epoch": 5, "step": 5}}
    stream["best"] = {}

    figure = page_of(DashboardState.model_validate(raw)).of_class("loss")[1]

    assert "val not finite" in figure.of_class("figure")[0].text
    assert len(figure.of_class("cross")) == 5
    assert not figure.of_class("lowest")


def test_the_lowest_point_is_marked_and_named() -> None:
    names = [one.text for one in page_of(ready_state()).of_class("lowest-name")]

    assert names == ["min 0.9876 at epoch 6", "min 0.5162 at epoch 5"]


def test_the_highest_point_of_a_metric_that_rises_is_the_marked_one() -> None:
    raw = ready_state().model_dump(mode="json")
    raw["metrics"]["patchtst"]["series"] = {"val_acc": raw["metrics"]["patchtst"]["series"]["val_loss"]}
    raw["metrics"]["swinmae"]["series"] = {"reward": raw["metrics"]["swinmae"]["series"]["val_loss"]}

    first, second = page_of(DashboardState.model_validate(raw)).of_class("loss")

    highest = max(raw["metrics"]["patchtst"]["series"]["val_acc"]["value"])
    assert [one.text for one in first.of_class("lowest-name")] == [f"max {highest:.4g} at epoch 3"]
    assert not second.of_class("lowest-name"), "nothing says which way a reward is better"
    assert [figure.of_class("axis-name")[0].text for figure in (first, second)] == ["value", "value"]


def test_the_marked_point_goes_the_way_that_the_description_says() -> None:
    def told(better: str | None) -> list[str]:
        state = with_metrics({}, train_loss={"better": None}, val_loss={"better": better})
        return [one.text for one in page_of(state).of_class("loss")[0].of_class("lowest-name")]

    assert [told("lower"), told("higher"), told(None)] == [["min 0.9876 at epoch 6"], ["max 1.049 at epoch 3"], []]


def test_a_running_stream_leaves_room_until_its_configured_end() -> None:
    figure = page_of(running_state()).of_class("loss")[1]

    assert "30" in [one.text for one in figure.tagged("text")]
    assert [figure.of_class(f"loss-{part}")[0].text for part in ("progress", "note")] == [
        "epoch 3 of 30",
        "52 s · running",
    ]


def test_an_empty_workspace_has_a_whole_report() -> None:
    page = page_of(empty_state())

    assert [one.text for one in page.of_class("empty")] == ["No losses yet."] * 2
    assert [one.text for one in page.tagged("h2")][1:] == [
        "Checklist", "Readiness", "Curves", "Configuration", "Provenance",
    ]  # fmt: skip


def test_the_value_axis_is_logarithmic_where_that_is_wished() -> None:
    linear, log = (read_page(as_html(ready_state(), look=Look(kind))) for kind in ("linear", "log"))

    assert "log scale" in log.by_id("losses").text and "log scale" not in linear.by_id("losses").text
    lines = [page.of_class("line-val")[0].attributes["d"] for page in (linear, log)]
    assert lines[0] != lines[1]


def test_values_that_a_logarithm_does_not_have_are_counted() -> None:
    raw = ready_state().model_dump(mode="json")
    raw["metrics"]["patchtst"]["series"]["val_loss"]["value"][2:4] = [0.0, -1.0]

    figure = read_page(as_html(DashboardState.model_validate(raw), look=Look("log"))).of_class("loss")[0]

    assert "2 values ≤ 0 cannot be drawn" in figure.text


def test_provenance_names_every_file_with_its_hash_and_no_host() -> None:
    raw = ready_state().model_dump(mode="json")
    raw["artifacts"]["checkpoints"][0]["sha256"] = "ab" * 32
    raw["artifacts"]["not_listed"] = {"documents": 12}
    raw["metrics"]["swinmae"]["completion"]["writer"] = {"host": "vm", "pid": 7, "alive": True}

    section = page_of(DashboardState.model_validate(raw)).by_id("provenance")

    paths = [one.tagged("code")[0].text for one in section.of_class("file-path")]
    assert paths[:2] == ["checkpoints/patchtst_ssl.pt", "checkpoints/swinmae_ssl.pt"]
    assert "runs/patchtst_ssl/events.out.tfevents.1795435105.*.17791.0" in paths
    assert "sha256 " + "ab" * 32 in section.text
    assert "514,764 bytes" in section.text
    assert "and 12 more, not listed" in section.text
    assert not re.search(r"\bvm\b", section.text)


def test_what_verified_means_stands_below_in_two_sentences() -> None:
    legend = page_of(ready_state()).of_class("legend")[0].text.removeprefix("What verified means. ")

    assert len(re.findall(r"\.( |$)", legend)) == 2


def test_the_notices_of_the_collector_are_told() -> None:
    raw = ready_state().model_dump(mode="json")
    raw["notices"] = ["files are looked at every 2 s: this file system sends no notifications"]

    assert page_of(DashboardState.model_validate(raw)).of_class("notices")[0].text == raw["notices"][0]


def test_a_check_that_does_not_block_says_so() -> None:
    raw = failing_state().model_dump(mode="json")
    raw["checklist"][8]["blocking"] = False

    rows = page_of(DashboardState.model_validate(raw)).of_class("check")

    assert [row.attributes["data-check"] for row in rows if row.of_class("check-warning")] == ["provenance"]


def test_the_same_state_gives_the_same_bytes(state: DashboardState) -> None:
    """A report can be made again and compared: it knows no clock."""
    assert as_html(state) == as_html(DashboardState.model_validate_json(state.model_dump_json()))
