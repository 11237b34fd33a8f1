"""The page while the state changes, ages or breaks: it follows, and it never looks fresher than it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from support.page import Page, freshness, open_page, prefer, text, texts, traces, x_range, zoom_by_hand
from support.server import RunningServer
from support.states import failing_state, good_state, ready_state, running_state, write_state
from support.waiting import wait_for

from collectors.contract.state import DashboardState

Serve = Callable[..., RunningServer]
FIRST_TO_WAIT = """
let code;
const keep = ({whenHere}) => (name, act, places) => {
  if (name === "losses") window.waited ??= act;
  whenHere(name, act, places);
};
Object.defineProperty(window, "chartCode", {get: () => code, set: (it) => { code = {whenHere: keep(it)}; }});
"""
"""Keeps the first drawing that waits for the charts' library."""
AXIS = "return document.querySelector('.loss-chart .js-plotly-plot')?.layout.meta.axis"


def one_epoch_later(state: DashboardState) -> DashboardState:
    """SwinMAE wrote another epoch."""
    raw = state.model_dump(mode="json")
    stream = raw["metrics"]["swinmae"]
    for series in stream["series"].values():
        for name, value in (("epoch", 4.0), ("step", 4), ("time", series["time"][-1] + 4), ("value", 0.5)):
            series[name].append(value)
    stream["completion"] |= {"epoch": 4, "step": 4}
    return DashboardState.model_validate(raw)


def test_a_changed_state_is_followed_without_losing_zoom_scroll_choice_or_opened_rows(page: Page) -> None:
    driver = page.driver
    page.show(running_state(), "view=gate")
    driver.execute_script("document.querySelector('#check-logs summary').click(); window.scrollTo(0, 400)")
    zoomed = zoom_by_hand(driver, 1)
    scrolled = driver.execute_script("return window.scrollY")

    page.write(one_epoch_later(running_state()))
    wait_for(lambda: len(traces(driver, 1)["val"]["y"]) == 4, "the new epoch on the chart")

    assert x_range(driver, 1) == zoomed
    assert driver.execute_script("return window.scrollY") == scrolled > 0
    assert driver.execute_script("return document.querySelector('#check-logs details').open")
    assert text(driver, ".views [aria-current]") == "Artifact gate"
    assert "epoch 4 of 30" in texts(driver, ".loss-words")[1]


def test_a_new_verdict_reaches_bar_checklist_and_title_and_is_said_politely(page: Page) -> None:
    driver = page.driver
    page.show(good_state())

    page.write(failing_state())
    wait_for(lambda: text(driver, ".verdict-word") == "NOT READY", "the new verdict")

    wait_for(lambda: driver.title.startswith("NOT READY"), "the title")
    assert texts(driver, ".check-outcome")[8] == "FAIL"
    announced = wait_for(lambda: texts(driver, "#announcer")[0], "the announcement")
    assert announced == f"Verdict: NOT READY. {failing_state().verdict.reason}"


CONTROLS = """
const tell = (e, r) => [e.outerHTML.slice(0, 80), r.width, r.height, e.tabIndex, getComputedStyle(e).display];
return [...document.querySelectorAll("a, button, summary, input")]
  .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.closest(".graph-room, .skip"))
  .map((e) => tell(e, e.getBoundingClientRect()));
"""


def test_every_control_can_be_reached_and_nothing_is_drawn_when_nothing_changed(page: Page) -> None:
    """By keyboard, and large enough. A heartbeat comes with every look; it moves the age and nothing else."""
    driver = page.driver
    page.show(failing_state())
    controls = driver.execute_script(CONTROLS)
    assert len(controls) >= 20
    assert [name for name, *_, tab, _ in controls if tab < 0] == []
    blocks = [one for one in controls if one[4] != "inline"]  # a link inside a sentence is as high as its line
    assert [name for name, width, height, *_ in blocks if min(width, height) < 24] == []

    driver.execute_script("""
        window.drawn = [];
        new MutationObserver((changes) => {
          for (const change of changes)
            if (!change.target.closest?.("time") && !change.target.matches?.(".graph-overlay, .graph-overlay *"))
              window.drawn.push(change.target.outerHTML?.slice(0, 120) ?? String(change.target.textContent));
        }).observe(document.querySelector("main"), {childList: true, subtree: true, characterData: true});
        const ask = window.fetch; window.asked = [];
        window.fetch = (...all) => { window.asked.push(String(all[0])); return ask(...all); };
    """)
    for _ in range(2):
        before = observed_at(driver)
        page.write(failing_state())
        wait_for(lambda: observed_at(driver) != before, "the next look")  # noqa: B023

    asked = set(driver.execute_script("return window.asked"))
    assert {address.rpartition("/")[2] for address in asked} <= {"pulse"}
    assert driver.execute_script("return window.drawn") == []


def observed_at(driver: Any) -> str:
    """The instant of the last look, as the page tells it."""
    return str(driver.execute_script("return document.querySelector('time[data-observed]').dateTime"))


def test_a_dead_observer_greys_the_page_and_a_living_one_brings_it_back(page: Page) -> None:
    driver = page.driver
    page.write(failing_state(), observed_at=datetime.now(UTC) - timedelta(hours=2))
    open_page(driver, page.url)

    assert freshness(driver) == "stale"
    assert "has stopped" in wait_for(lambda: text(driver, "#feed-sentence"), "the sentence")
    wait_for(lambda: driver.title.startswith("(old) NOT READY"), "the title")
    assert text(driver, ".verdict-word") == "NOT READY"

    page.write(failing_state())
    wait_for(lambda: freshness(driver) == "live", "the page to be fresh again")
    wait_for(lambda: text(driver, "#feed-sentence") == "", "the sentence to go")
    wait_for(lambda: driver.title.startswith("NOT READY"), "the title")


def test_no_state_yet_is_one_sentence_and_the_first_state_fills_the_page(serve: Serve, browser: Any) -> None:
    server, driver = serve(), browser.driver
    open_page(driver, server.url)

    assert text(driver, ".verdict-word") == "NO STATE"
    assert "no dashboard-state.json yet" in text(driver, ".verdict-reason")
    assert text(driver, "#feed-sentence") == ""

    write_state(server.state_dir, ready_state())
    wait_for(lambda: text(driver, ".verdict-word") == "READY", "the first verdict")
    wait_for(lambda: len(texts(driver, ".loss-chart .main-svg")) >= 2, "the charts")
    assert len(texts(driver, ".check")) == 9
    assert texts(driver, ".tabs a") == ["Readiness", "Curves", "Runs", "Files"]


def test_a_broken_or_newer_state_keeps_the_last_good_view_and_says_what_is_wrong(page: Page) -> None:
    driver = page.driver
    page.show(failing_state())
    file = page.state_dir / "dashboard-state.json"

    for content, words in (
        ('{"schema_version": "1", "meta"', "not complete JSON"),
        ('{"schema_version": "3"}', "newer"),
    ):
        file.write_text(content)
        wait_for(lambda: words in text(driver, "#feed-sentence"), words)  # noqa: B023

        assert freshness(driver) == "stale"
        assert text(driver, ".verdict-word") == "NOT READY"
        assert len(texts(driver, ".check")) == 9
        assert len(traces(driver, 0)) == 3


def test_what_waited_for_the_charts_library_draws_no_older_moment_over_a_newer_one(serve: Serve, browser: Any) -> None:
    """Who draws in the moment between the library and those that are called for it comes first."""
    server, driver = serve(), browser.driver
    write_state(server.state_dir, ready_state())
    kept = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": FIRST_TO_WAIT})
    open_page(driver, server.url)
    driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", kept)
    driver.find_element("css selector", "[data-choice=x-axis][data-value=step]").click()
    wait_for(lambda: driver.execute_script(AXIS) == "step", "the charts by step")

    driver.execute_script("window.waited()")

    assert driver.execute_script(AXIS) == "step"
    assert len(traces(driver, 0)["val"]["y"]) == 8


def test_a_server_that_is_gone_is_said_and_the_view_stays(serve: Serve, browser: Any) -> None:
    server, driver = serve(), browser.driver
    write_state(server.state_dir, ready_state())
    open_page(driver, server.url)

    server.stop()
    wait_for(lambda: "has not reached its server" in text(driver, "#feed-sentence"), "the sentence", 30)

    assert freshness(driver) == "stale"
    assert text(driver, ".verdict-word") == "READY"
    driver.get_log("browser")  # the refused requests are the browser's own words


def test_charts_and_page_follow_the_theme_without_a_reload(page: Page) -> None:
    driver = page.driver
    page.write(ready_state())
    prefer(driver, "prefers-color-scheme", "light")
    open_page(driver, page.url)
    light = (traces(driver, 0)["val"]["color"], background(driver))

    choose_theme(driver, "dark")
    wait_for(lambda: traces(driver, 0)["val"]["color"] != light[0], "the chart to follow")
    dark = (traces(driver, 0)["val"]["color"], background(driver))
    assert "theme=dark" in driver.current_url

    choose_theme(driver, "auto")
    wait_for(lambda: traces(driver, 0)["val"]["color"] == light[0], "the device's theme")
    prefer(driver, "prefers-color-scheme", "dark")
    wait_for(lambda: traces(driver, 0)["val"]["color"] == dark[0], "the device's change of theme")
    assert background(driver) == dark[1] != light[1]


def choose_theme(driver: Any, theme: str) -> None:
    """Open the menu, press one of the three; the menu closes by itself and has the focus again."""
    driver.find_element("css selector", ".theme-menu summary").click()
    driver.find_element("css selector", f"[data-choice=theme-choice][data-value={theme}]").click()
    assert not driver.execute_script("return document.querySelector('.theme-menu').open")
    assert driver.execute_script("return document.activeElement.matches('.theme-menu summary')")


def background(driver: Any) -> str:
    return str(driver.execute_script("return getComputedStyle(document.body).backgroundColor"))


def test_ages_are_told_in_words_and_exactly_on_hover(page: Page) -> None:
    driver = page.driver
    raw = ready_state().model_dump(mode="json")
    ended = datetime.now(UTC) - timedelta(minutes=6, seconds=5)
    raw["meta"]["finished_at"] = ended.isoformat()
    page.show(DashboardState.model_validate(raw))

    assert "finished 6 min ago" in text(driver, ".verdict-run")
    assert wait_for(lambda: " s ago" in texts(driver, "time[data-observed]")[0], "the observed age")
    hover = driver.execute_script("return document.querySelector('.verdict-run time').title")
    assert str(ended.year) in hover and f"{ended.minute:02}" in hover
