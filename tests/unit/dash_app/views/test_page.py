"""All regions from one state; what looks the same is not sent again."""

from __future__ import annotations

import json
from functools import reduce
from typing import Any

import pytest
from dash import Patch, no_update
from plotly.utils import PlotlyJSONEncoder
from support.components import of_class, text_of
from support.states import empty_state, failing_state, good_state, ready_state, running_state

from collectors.contract.state import DashboardState
from dash_app import ids
from dash_app.callbacks.regions import changed_regions
from dash_app.views.graph.pipeline_graph import render_views
from dash_app.views.page import (
    DATA,
    REGIONS,
    DrawnPage,
    Seen,
    drawn_page,
    first_view,
    news_of,
    render_page,
    render_tabs,
)


def drawn(state: DashboardState | None) -> DrawnPage:
    return drawn_page(Seen(state.model_dump_json() if state else "", state, None))


def sent(before: DashboardState | None, after: DashboardState | None) -> set[str]:
    """Names of what is sent when one state follows another."""
    answer = changed_regions(drawn(after), drawn(before).digests)
    names = (*REGIONS, *DATA, ids.REGION_DIGESTS)
    return {name for name, value in zip(names, answer, strict=True) if value is not no_update}


def test_nothing_is_sent_when_nothing_changed() -> None:
    assert sent(failing_state(), failing_state()) == set()
    assert sent(None, None) == set()


def test_only_what_looks_different_is_sent() -> None:
    later = running_state().model_dump(mode="json")
    later["metrics"]["swinmae"]["series"]["val_loss"]["value"][-1] = 0.5

    assert sent(running_state(), DashboardState.model_validate(later)) == {ids.LOSS_DATA, ids.REGION_DIGESTS}


@pytest.mark.parametrize(
    ("before", "after"),
    [(running_state(), good_state()), (good_state(), failing_state()), (failing_state(), empty_state())],
    ids=["goes on", "fails", "is empty"],
)
def test_what_is_sent_makes_the_new_page_of_the_one_that_is_shown(
    before: DashboardState, after: DashboardState
) -> None:
    shown, wanted = drawn(before), drawn(after)
    answer = changed_regions(wanted, shown.digests)

    for name, value in zip((*REGIONS, *DATA), answer, strict=False):
        held = as_json(shown.regions[name])
        assert (held if value is no_update else patched(held, as_json(value))) == as_json(wanted.regions[name]), name
    assert answer[-1] == wanted.digests


def test_of_fifty_streams_of_which_one_went_on_little_is_sent() -> None:
    one = running_state().model_dump(mode="json")
    whole = {f"s{n}": one["metrics"]["swinmae"] for n in range(50)}
    streams = [{"id": stream, "label": stream.upper()} for stream in whole]
    many = one | {"metrics": whole, "pipeline": one["pipeline"] | {"streams": streams}}
    on = json.loads(json.dumps(many))
    on["metrics"]["s7"]["final"]["val_loss"]["value"] = 0.123
    before, after = (drawn(DashboardState.model_validate(state)) for state in (many, on))

    answer = json.dumps(as_json(changed_regions(after, before.digests)))

    assert "0.123" in answer
    assert len(json.dumps(as_json(after.regions))) > 100_000
    assert len(answer) < 5_000


def test_a_browser_with_an_unknown_page_gets_everything() -> None:
    page = drawn(failing_state())

    answer = changed_regions(page, dict.fromkeys(page.digests, "another"))

    assert answer == [*(page.regions[name] for name in (*REGIONS, *DATA)), page.digests]


def as_json(content: Any) -> Any:
    """As a browser gets it."""
    return json.loads(json.dumps(content, cls=PlotlyJSONEncoder))


def patched(held: Any, sent: Any) -> Any:
    """What the page's renderer makes of what it holds."""
    if not isinstance(sent, dict) or "__dash_patch_update" not in sent:
        return sent
    for one in sent["operations"]:
        assert one["operation"] == "Assign"
        *way, last = one["location"]
        reduce(lambda part, key: part[key], way, held)[last] = one["params"]["value"]
    return held


def test_a_new_verdict_changes_the_bar_the_title_and_the_checklist_but_no_chart() -> None:
    changed = sent(good_state(), failing_state())

    assert {ids.VERDICT, ids.VERDICT_NOW, ids.CHECKLIST, ids.CARDS, ids.LINKS} <= changed
    assert not {ids.LOSSES, ids.LOSS_DATA, ids.TABS, ids.RUN_LABEL} & changed


def test_every_region_is_made_for_every_state() -> None:
    for state in (ready_state(), failing_state(), running_state(), empty_state(), None):
        page = render_page(state, None)

        assert set(page) == {*REGIONS, *DATA}


def test_a_notice_of_the_collector_is_shown_and_none_leaves_no_trace() -> None:
    raw = ready_state().model_dump(mode="json") | {"notices": ["polling every 5 s"]}

    assert text_of(render_page(DashboardState.model_validate(raw), None)[ids.NOTICES]) == "polling every 5 s"
    assert render_page(ready_state(), None)[ids.NOTICES] is None


def test_tabs_stand_in_the_address_and_views_are_the_graphs_own_switch() -> None:
    assert [(tab.children, tab.href) for tab in render_tabs(ready_state())] == [
        ("Readiness", "?tab=readiness"),
        ("Curves", "?tab=curves"),
        ("Runs", "?tab=runs"),
        ("Files", "?tab=files"),
    ]
    assert [(view.children, view.href) for view in render_views(ready_state())] == [
        ("Training flow", "?view=flow"),
        ("Artifact gate", "?view=gate"),
    ]
    assert first_view(ready_state()) == "flow"
    assert render_views(None) == []


def test_the_sentence_stands_in_the_bar_where_there_is_no_state() -> None:
    bar = render_page(None, "dashboard-state.json cannot be read")[ids.VERDICT]

    assert text_of(of_class(bar, "verdict-reason")) == "dashboard-state.json cannot be read"


def test_a_state_is_drawn_once_for_all_who_look_at_it() -> None:
    assert drawn(ready_state()) is drawn(ready_state())
    assert drawn(ready_state()) is not drawn(failing_state())


def test_a_stored_run_is_called_a_snapshot_in_the_bar_and_in_the_tab() -> None:
    live, stored = render_page(ready_state(), None), render_page(ready_state(), None, "run-1")

    assert "snapshot" in text_of(stored[ids.RUN_LABEL]) and "run-1" in text_of(stored[ids.RUN_LABEL])
    assert "snapshot" not in text_of(live[ids.RUN_LABEL])
    assert (live[ids.VERDICT_NOW]["snapshot"], stored[ids.VERDICT_NOW]["snapshot"]) == (None, "run-20261123-120000")


def test_the_first_of_several_views_is_shown() -> None:
    assert [view.id for view in ready_state().pipeline.views][:2] == [first_view(ready_state()), "gate"]


def test_of_a_page_that_was_drawn_lately_what_changed_is_sent_and_of_an_older_one_all() -> None:
    """Eight drawings are kept."""
    states = [ready_state().model_copy(update={"notices": (f"{n}.",)}) for n in range(9)]
    pages = [drawn(state) for state in states]
    news = [news_of(pages[-1], ids.NOTICES, page.digests[ids.NOTICES]) for page in pages]

    assert [isinstance(one, Patch) for one in news] == [False] + [True] * 8
    assert news[0] == pages[-1].regions[ids.NOTICES]


def test_a_page_without_a_state_says_so_and_names_nothing() -> None:
    page, known = render_page(None, None), render_page(ready_state(), None)

    assert text_of(of_class(page[ids.VERDICT], "verdict-reason")) == "Nothing has been collected yet."
    assert page[ids.PIPELINE_TITLE] is None and text_of(page[ids.RUN_LABEL]) == "none yet live stale"
    assert known[ids.PIPELINE_TITLE].title == text_of(known[ids.PIPELINE_TITLE]) == ready_state().meta.title
    assert text_of(known[ids.RUN_LABEL]) == f"{ready_state().meta.run_id} live stale"
    assert text_of(render_page(None, None, "run-9")[ids.RUN_LABEL]) == "run-9 snapshot"
    assert first_view(None) == "flow"


def test_a_stored_run_has_a_banner_that_says_when_it_was_and_shows_no_log() -> None:
    state = ready_state().model_copy(update={"logs": ("train.log",)})
    live, stored = render_page(state, None), render_page(state, None, "run-1")

    assert live[ids.SNAPSHOT_BANNER] is None
    words = text_of(stored[ids.SNAPSHOT_BANNER])
    assert words.startswith("Snapshot of run run-1 , stored 2026-11-23 12:00:52 UTC . Nothing on this page is live.")
    assert "no readable snapshot of run run-9 ." in text_of(render_page(None, None, "run-9")[ids.SNAPSHOT_BANNER])
    assert (live[ids.LOGS_NOW], stored[ids.LOGS_NOW]) == ({"logs": ["train.log"]}, None)


def test_views_are_a_switch_only_where_there_are_several() -> None:
    raw = ready_state().model_dump(mode="json")
    raw["pipeline"]["views"] = raw["pipeline"]["views"][:1]
    raw["pipeline"]["stages"] = [stage for stage in raw["pipeline"]["stages"] if stage["view"] == "flow"]

    assert render_views(DashboardState.model_validate(raw)) == []


def test_the_verdict_of_a_stored_run_is_said_not_to_be_live() -> None:
    told = [text_of(render_page(ready_state(), None, run_id)[ids.VERDICT]) for run_id in (None, "run-1")]

    assert ["not live" in words for words in told] == [False, True]
    assert "Broken." in text_of(render_page(None, "Broken.")[ids.VERDICT])
