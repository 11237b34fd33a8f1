"""The history table and the selectors: what a row tells, and that text stays text."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from support.components import of_class, parts, text_of
from support.metric_states import with_metrics
from support.states import diverged_state, failing_state, ready_state
from support.two_runs import changed, stepped

from collectors.contract.policy import Policy
from collectors.contract.run_row import RunRow
from collectors.numbers import UNKNOWN
from collectors.store.rows import damaged_row, row_of
from dash_app.reading.query import CHOOSABLE, RunQuery, query_from
from dash_app.reading.run_page import select_page
from dash_app.views.runs.history import render_history
from dash_app.views.runs.history_rows import Looks
from dash_app.views.runs.picker import OFFERED, render_options
from dash_app.views.runs.selection import render_selection
from dash_app.views.spark import render_spark, spark_svg

PLAIN = Looks(shown=None, baseline=None, pinned=None, may_pin=True)


def rows(count: int = 3) -> list[RunRow]:
    """Rows of real states, newest first."""
    states = (ready_state(), failing_state(), diverged_state())
    return [row_of(states[n % 3], (1, 1)) | {"run_id": f"run-{count - n:05}"} for n in range(count)]  # type: ignore[misc] # still a row


def table(found: list[RunRow], looks: Looks = PLAIN, **wish: Any) -> list[Any]:
    return render_history(select_page(found, query_from(wish)), looks)


def marked(content: Any, name: str) -> list[str]:
    return [getattr(part, name) for part in parts(content) if getattr(part, name, None) is not None]


def test_a_row_tells_verdict_losses_and_the_difference_to_the_baseline() -> None:
    found = rows()
    found[0]["streams"]["patchtst"]["final_val_loss"] = 0.5

    content = table(found, Looks(None, found[1], found[1]["run_id"], True))

    first, second, third = (text_of(row) for row in of_class(content, "run-row"))
    assert "READY" in first and "0.5 -49.6 %" in first
    assert "NOT READY" in second and "pinned" in second and "0 %" in second
    assert "diverged" in third


def deltas(found: list[RunRow], looks: Looks) -> list[tuple[str, str]]:
    """What the first stream's cells of difference say, and say on hover."""
    rows = of_class(table(found, looks), "run-row")
    cells = [of_class(row, "cell-delta")[0] for row in rows]
    return [(text_of(cell).strip(), "" if isinstance(cell.children, str) else cell.children.title) for cell in cells]


def test_what_the_comparison_calls_incomparable_is_incomparable_in_the_history() -> None:
    """Other data, or a diverged stream: no arithmetic is shown, and the reason is told."""
    other, base = rows(2)[::-1]
    for row in (other, base):
        row["streams"] = {"swinmae": row["streams"]["swinmae"]}
    other["streams"]["swinmae"]["config"] = '{"source":"synthetic","mask_ratio":0.4}'
    base["streams"]["swinmae"]["config"] = '{"source":"csv","mask_ratio":0.4}'

    looks = Looks(None, base, None, True)
    assert deltas([other], looks) == [("incomparable", "other source: synthetic against csv")]
    matched = Looks(None, base, None, True, Policy(must_match=("mask_ratio",)))
    assert deltas([other], matched) == [("0 % within tolerance", "within tolerance, against 0.5162")]
    assert deltas([rows()[2]], looks)[0][0] == "incomparable", "the first stream is not in the baseline"


def test_a_difference_says_which_way_it_went_and_without_a_baseline_there_is_none() -> None:
    run, base = rows(2)
    run["streams"]["patchtst"]["final_val_loss"] = 2.0
    base["streams"]["patchtst"]["final_val_loss"] = 0.0

    assert deltas([run], Looks(None, base, None, True)) == [("+2 worse", "worse, against 0")]
    assert of_class(table([run]), "cell-delta") == []
    assert deltas([run], Looks(None, damaged_row("run-x", "cut", (1, 1)), None, True)) == [("–", "")]


def test_epochs_that_nobody_knows_are_told_as_steps() -> None:
    found = [row_of(changed(stepped), (1, 1))]

    cells = [text_of(cell) for cell in of_class(table(found, columns=["epochs"]), "cell-epochs")]

    assert cells == ["520 steps", "5"]


def test_a_damaged_run_is_listed_and_offers_nothing() -> None:
    content = table([damaged_row("run-x", "line 1: not JSON", (1, 1))])

    assert "DAMAGED" in text_of(content) and "line 1: not JSON" in text_of(content)
    assert [part.disabled for part in parts(content) if getattr(part, "data-select", None)] == [True]
    assert marked(content, "data-show-run") == ["run-x"]


def test_a_page_has_fifty_rows_and_says_how_many_there_are() -> None:
    content = table(rows(120), page=1)

    assert len(of_class(content, "run-row")) == 50
    assert "120 runs" in text_of(content) and "page 2 of 3" in text_of(content)


def test_the_chosen_order_is_told_to_screen_readers_and_pressing_again_turns_it() -> None:
    content = table(rows(), sort="why", descending=True)

    heads = {text_of(part): part for part in parts(content) if getattr(part, "aria-sort", None)}
    sorted_by = [name for name, head in heads.items() if getattr(head, "aria-sort") != "none"]
    assert [name.strip() for name in sorted_by] == ["Why not"]
    button = next(part for part in parts(content) if getattr(part, "data-sort", None) == "why")
    assert getattr(button, "data-descending") == "0"


def test_only_chosen_columns_are_shown() -> None:
    content = table(rows(), columns=["verdict", "best_val_loss"])

    heads = [text_of(part).strip() for part in parts(content) if getattr(part, "scope", None) == "col"]
    assert heads == ["Select every run of this page", "Run", "Verdict", "patchtst best val", "swinmae best val"]
    assert marked(content, "data-column")[: len(CHOOSABLE)] == [*CHOOSABLE]


def test_other_metrics_have_columns_of_their_own_and_are_sorted_by_their_best() -> None:
    states = {"low": with_metrics({"val/acc": [0.5, 0.4]}), "high": with_metrics({"val/acc": [0.9, 0.3]})}
    found = [row_of(state, (1, 1)) | {"run_id": name} for name, state in states.items()]
    found.append(row_of(ready_state(), (1, 1)) | {"run_id": "none"})

    content = table(found, columns=["metrics"], sort="patchtst:metric.val/acc")

    heads = [text_of(part).strip() for part in parts(content) if getattr(part, "scope", None) == "col"]
    assert heads == ["Select every run of this page", "Run", "patchtst val/acc"]
    cells = [text_of(cell) for cell in of_class(content, "cell-metrics")]
    assert cells == ["0.9", "0.5", "–"]
    assert text_of(of_class(content, "run-row")[0]).find("high") >= 0


def test_downloads_ask_for_what_is_filtered() -> None:
    content = table(rows(), text="a&b=c", verdict="ready")

    link = of_class(content, "download")[0]
    assert link.href == "api/runs.csv?text=a%26b%3Dc&verdict=ready&sort=started&descending=1"


def bar(found: list[RunRow], looks: Looks = PLAIN) -> list[Any]:
    return render_selection(found, looks)


def test_what_is_selected_can_be_compared_drawn_and_one_of_it_pinned() -> None:
    found = rows(10)

    assert bar([]) == []
    assert marked(bar(found[:1]), "data-baseline-run") == marked(bar(found[:1]), "data-pin") == ["run-00010"]
    assert marked(bar(found[:3]), "data-compare-runs") == ["run-00010,run-00009,run-00008"]
    assert marked(bar(found[:3]), "data-pin") == []
    assert marked(bar(found), "data-draw-runs")[0].count(",") == 7 and "the first 8" in text_of(bar(found))


def test_where_pinning_is_off_or_done_no_button_offers_it() -> None:
    found = rows(1)

    assert marked(bar(found, Looks(None, None, None, False)), "data-pin") == []
    assert marked(bar(found, Looks(None, None, found[0]["run_id"], True)), "data-pin") == []


def test_values_of_configs_that_differ_are_columns_and_every_other_can_be_chosen() -> None:
    found = rows(2)
    for row, rate in zip(found, (0.1, 0.25), strict=True):
        for stream in row["streams"].values():
            stream["config"] = f'{{"lr":{rate},"mask_ratio":0.4}}'

    content = table(found, columns=["differing", "*:config.mask_ratio"])

    heads = [text_of(part).strip() for part in parts(content) if getattr(part, "scope", None) == "col"]
    assert heads[1:] == ["Run", "lr differs", "mask_ratio"]
    assert [text_of(cell) for cell in of_class(content, "cell-config")] == ["0.1", "0.4", "0.25", "0.4"]
    assert "lr" not in [text_of(head) for head in parts(table(found, columns=[])) if getattr(head, "scope", None)]


def test_groups_tell_how_many_are_ready_and_how_their_losses_lie() -> None:
    found = rows(3)
    for row, final in zip(found, (0.4, 0.8, 0.6), strict=True):
        row["streams"] = {"patchtst": row["streams"]["patchtst"] | {"final_val_loss": final, "config": '{"lr":0.1}'}}
    found[2]["streams"]["patchtst"]["diverged"] = True

    content = table(found, group="patchtst:config.lr")

    told = text_of(of_class(content, "group-row")[0]).split()
    assert told[:3] == ["0.1", "3", "1"]
    assert "0.6 (2 of 3)" in " ".join(told) and "0.4 to 0.8" in " ".join(told), "the diverged run counts for nothing"
    assert marked(content, "data-find") == ['patchtst:lr="0.1"']


def test_groups_are_ordered_by_any_of_their_columns() -> None:
    found = rows(3)
    for row, (rate, final) in zip(found, ((0.1, 0.4), (0.2, 0.2), (0.2, None)), strict=True):
        told = row["streams"]["patchtst"] | {"final_val_loss": final, "config": f'{{"lr":{rate}}}', "diverged": False}
        row["streams"] = {"patchtst": told}

    def values(sort: str, *, descending: bool) -> list[str]:
        content = table(found, group="patchtst:config.lr", sort=sort, descending=descending)
        return [getattr(row, "data-group") for row in of_class(content, "group-row")]

    assert values("started", descending=True) == ["0.1", "0.2"]
    assert values("patchtst:final_val_loss", descending=False) == ["0.2", "0.1"]
    assert values("patchtst:final_val_loss", descending=True) == ["0.1", "0.2"]
    assert values("runs", descending=True) == ["0.2", "0.1"]
    assert values("group", descending=True) == ["0.2", "0.1"]


def test_what_a_metric_must_reach_stands_in_its_heading() -> None:
    found = [row_of(with_metrics({"val/acc": [0.5, 0.4]}), (1, 1))]
    found[0]["streams"]["patchtst"]["targets"] = '{"val/acc":[0.9,null],"val_loss":[null,0.25]}'

    heads = [text_of(part).strip() for part in parts(table(found)) if getattr(part, "scope", None) == "col"]
    assert "patchtst val/acc ≥ 0.9" in heads and "patchtst final val ≤ 0.25" in heads


def test_an_empty_history_says_when_it_will_not_be() -> None:
    assert "when a training ends" in text_of(table([]))
    assert "No run fits" in text_of(table(rows(), text="nobody"))


def test_a_spark_line_holds_numbers_only_and_a_gap_where_one_is_missing() -> None:
    svg = spark_svg([1.0, 0.5, None, 0.2, 1e308])

    assert svg.count("M") == 2
    assert "nan" not in svg and "inf" not in svg
    line: Any = render_spark([1.0, None, 0.5])
    assert unquote(line.style["--spark"]).startswith('url("data:image/svg+xml,<svg')
    assert line.title == "validation loss 1 to 0.5, lowest 0.5, 1 not finite"
    whole = render_spark([1.0, 0.5])
    assert not isinstance(whole, str) and whole.title == "validation loss 1 to 0.5, lowest 0.5"


@pytest.mark.parametrize("values", [[], [1.0], [None, None], [None, 1.0]])
def test_two_numbers_make_a_line_and_fewer_do_not(values: list[float | None]) -> None:
    assert render_spark(values) == ""


def test_a_selector_offers_the_newest_and_says_that_there_are_more() -> None:
    options = render_options("run", rows(OFFERED), 10_000, None)

    values = marked(options, "data-value")
    assert values[0] == "live" and len(values) == OFFERED + 1
    assert f"The newest {OFFERED} of 10,000" in text_of(options)
    assert "newest" not in text_of(render_options("run", rows(OFFERED), OFFERED, None))
    assert "patchtst 0.9929" in text_of(options)


def test_a_baseline_selector_also_offers_the_pinned_one_and_none() -> None:
    options = render_options("baseline", rows(1), 1, "run-00001")

    assert marked(options, "data-value") == ["", "-", "run-00001"]
    assert marked(options, "aria-pressed") == ["false", "false", "true"]


def test_hostile_text_of_a_snapshot_stays_text() -> None:
    found = rows(1)
    found[0] |= {"workspace": "<script>alert(1)</script>", "problem": "<img src=x>"}
    content = table(found, columns=["workspace"])

    assert "<script>alert(1)</script>" in text_of(content)
    assert RunQuery().columns


def test_a_run_says_how_many_checks_passed_of_how_many_where_it_was_judged() -> None:
    judged, unjudged = rows(2)
    unjudged |= {"passed": 0, "total": 0}  # type: ignore[misc] # still a row
    cells = [
        text_of(of_class(row, "cell-passed")[0])
        for row in of_class(table([judged, unjudged], columns=["passed"]), "run-row")
    ]

    assert [cell.strip() for cell in cells] == ["9/9", UNKNOWN]


def test_more_streams_than_there_is_room_for_are_left_out_of_the_table() -> None:
    found = rows(1)
    stream = found[0]["streams"]["patchtst"]
    found[0]["streams"] = {f"s{n}": stream for n in range(6)}
    heads = text_of(table(found))

    assert "s3 final val" in heads and "s4 final val" not in heads
