"""The page in a frame of another site, in a browser that gives third parties neither cookies nor storage.

The dashboard is `dash.example`, the wiki `wiki.example`; plain http, as within many companies.
The wiki follows the height by the script that stands in docs/wiki.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from support.browsers import console_messages
from support.page import IS_DRAWN, Page, text, texts
from support.server import RunningServer, start_server
from support.states import failing_state, ready_state, write_state
from support.waiting import wait_for
from support.wiki import DASHBOARD, Wiki, two_sites

from collectors.store.store import Store

pytestmark = pytest.mark.browser
REGIONS = {
    "verdict": "#verdict",
    "cards": "#cards",
    "graph": "#graph-panel",
    "checklist": "#checklist",
    "losses": ".losses",
    "history": "#history",
    "files": "#links",
    "bar": ".top",
    "share": "[data-share-open]",
}
IS_STILL = """
const frame = document.getElementById("training");
return heard.length > 0 && heard.at(-1).height === frame.clientHeight;
"""
OVERFLOW = "const e = document.documentElement; return [e.scrollWidth - innerWidth, e.scrollHeight - innerHeight];"
VERDICT = "return document.querySelector('.verdict-word').textContent"
STORAGE = """
return ["localStorage", "sessionStorage"].map((name) => {
  try { return typeof window[name]; } catch (problem) { return problem.name; }
});
"""
NOTE_STORAGE = """
window.used = [];
for (const name of ["getItem", "setItem", "removeItem", "clear", "key"]) {
  const real = Storage.prototype[name];
  Storage.prototype[name] = function (...told) { used.push([name, told[0]].join(" ")); return real.apply(this, told); };
}
"""
OF_THE_CHART_LIBRARY = {"getItem debug", "removeItem debug"}
"""It looks for a wish to be talkative while it loads, and keeps nothing."""


@dataclass
class Stand:
    """A wiki, a dashboard that it may show, and a browser before them."""

    driver: Any
    wiki: Wiki
    server: RunningServer
    shown: str = ""
    """Address and width of the frame that is open, where nobody went elsewhere since."""

    def address(self, query: str = "") -> str:
        return f"http://{DASHBOARD}:{urlsplit(self.server.url).port}/?{query}"

    def show(self, address: str, width: int = 1000) -> None:
        """Load the wiki's page, and go into its frame."""
        self.wiki.frames(address, width)
        self.driver.get(f"{self.wiki.origin}/")
        self.enter()

    def enter(self) -> None:
        """Go into the frame of the open page."""
        self.driver.switch_to.default_content()
        self.driver.switch_to.frame(self.driver.find_element("id", "training"))

    def show_drawn(self, query: str = "embed=1", width: int = 1000) -> None:
        """Show the failing run; a frame that is open already follows to it by itself."""
        wished = f"{query} {width}"
        if self.shown == wished:
            self.enter()
        else:
            self.show(self.address(query), width)
        wait_for(lambda: self.driver.execute_script(IS_DRAWN), "the framed page to be drawn")
        wait_for(lambda: self.driver.execute_script(VERDICT) == "NOT READY", "the failing run")
        self.shown = wished

    def widen(self, width: int) -> None:
        """Give the open frame another width."""
        self.shown = ""
        self.driver.switch_to.default_content()
        script = "document.getElementById('training').style.width = `${arguments[0]}px`"
        self.driver.execute_script(script, width)
        self.enter()
        wait_for(lambda: self.driver.execute_script("return innerWidth") == width, "the frame's new width")

    def leave(self) -> Any:
        """Go elsewhere; return the browser, at the top of whatever it loads next."""
        self.shown = ""
        self.driver.switch_to.default_content()
        return self.driver

    def heights(self) -> list[dict[str, Any]]:
        """What the wiki heard, once the frame has followed the last word; then back into the frame."""
        self.driver.switch_to.default_content()
        wait_for(lambda: self.driver.execute_script(IS_STILL), "the frame to follow the announced height")
        heard = self.driver.execute_script("return heard")
        self.enter()
        return list(heard)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """One browser, one wiki and one server for the module."""
    home = tmp_path_factory.mktemp("embedding")
    with Wiki() as wiki:
        named = ["--trusted-hosts", DASHBOARD, "--frame-ancestors", wiki.origin]
        server = start_server(home, options=[*named, "--stale-after", "3600", "--allow-pin"])
        driver = webdriver.Chrome(options=two_sites())
        try:
            yield Stand(driver, wiki, server)
        finally:
            driver.quit()  # before the server: a page whose server is gone complains
            server.stop()


@pytest.fixture
def stand(opened: Stand) -> Iterator[Stand]:
    """The same, with a failing run; a test that passed leaves an empty console, frames included."""
    write_state(opened.server.state_dir, failing_state())
    yield opened
    assert console_messages(opened.driver) == [], "the console is not empty"


def test_the_framed_page_is_whole_without_cookies_and_storage(stand: Stand) -> None:
    """And it really had none: asking for storage is refused here."""
    driver = stand.driver
    stand.show_drawn()

    assert driver.execute_script(STORAGE) == ["SecurityError", "SecurityError"]
    assert text(driver, ".verdict-word") == "NOT READY"
    stages = [stage for stage in failing_state().pipeline.stages if stage.view == "flow"]
    wait_for(lambda: len(texts(driver, ".stage-card")) >= len(stages), "the cards")
    assert len(texts(driver, ".check")) == 9
    assert driver.execute_script("return document.querySelectorAll('.loss-chart .main-svg').length") > 0
    assert driver.execute_script("return document.cookie") == ""
    assert driver.get_cookies() == []


def test_it_follows_the_training_and_is_never_loaded_anew(stand: Stand) -> None:
    driver = stand.driver
    stand.show_drawn()
    driver.execute_script("window.sameDocument = true")

    write_state(stand.server.state_dir, ready_state())
    wait_for(lambda: text(driver, ".verdict-word") == "READY", "the new verdict")
    wait_for(lambda: "fail" not in " ".join(texts(driver, "#stage-list")), "the graph's stages to follow")

    assert driver.execute_script("return window.sameDocument") is True


def test_nothing_can_be_pinned_from_a_frame(stand: Stand) -> None:
    """Neither by a button nor by what a script in the frame could send."""
    Store(stand.server.state_dir).write_snapshot(ready_state())
    stand.show_drawn()
    script = "return [...document.querySelectorAll('[data-pin]')].filter((one) => one.checkVisibility()).length"
    post = (
        "const done = arguments[0]; fetch('api/baseline', {method: 'POST', headers: {'Content-Type':"
        " 'application/json'}, body: '{\"run_id\": null}'}).then(async (a) => done([a.status, (await a.json()).error]))"
    )

    assert stand.driver.execute_script(script) == 0
    assert stand.driver.execute_async_script(post) == [403, "embedded"]
    assert ["403" in message for message in console_messages(stand.driver)] == [True]


@pytest.mark.parametrize("width", [1000, 360])
def test_the_frame_becomes_as_high_as_the_page_and_then_rests(stand: Stand, width: int) -> None:
    """A number and nothing else is told; at the end nothing scrolls, in neither direction."""
    stand.show_drawn(width=width)
    wait_for(lambda: stand.driver.execute_script(OVERFLOW) == [0, 0], "nothing to scroll")

    heard = stand.heights()
    assert all(set(one) == {"type", "height"} and isinstance(one["height"], int) for one in heard)
    assert len(heard) < 12
    assert (
        stand.driver.execute_script("return Math.ceil(document.body.getBoundingClientRect().height)")
        == (heard[-1]["height"])
    )


def test_views_can_be_changed_inside_the_frame(stand: Stand) -> None:
    """The address of the frame follows, though there is no bar: a link of the wiki may name each view."""
    driver = stand.driver
    stand.show_drawn("embed=1&view=gate")

    assert driver.execute_script("return document.documentElement.dataset.view") == "gate"
    driver.find_element("css selector", "[data-choice=y-scale][data-value=log]").click()
    wait_for(lambda: "y=log" in driver.execute_script("return location.search"), "the frame's address to follow")


def test_the_frame_grows_and_shrinks_with_what_it_shows(stand: Stand) -> None:
    driver = stand.driver
    stand.show_drawn("embed=1&panel=checklist")
    before = stand.heights()[-1]["height"]

    driver.execute_script("for (const one of document.querySelectorAll('.check details')) one.open = true;")
    wait_for(lambda: stand.heights()[-1]["height"] > before, "the frame to grow")
    driver.execute_script("for (const one of document.querySelectorAll('.check details')) one.open = false;")
    wait_for(lambda: stand.heights()[-1]["height"] < before, "the frame to shrink")


@pytest.mark.parametrize("panel", ["verdict", "cards", "graph", "checklist", "losses", "history"])
def test_each_panel_stands_alone_in_a_small_frame_and_in_a_wide_one(stand: Stand, panel: str) -> None:
    """No bar, no other region, nothing that scrolls sideways, and the frame as high as the panel."""
    stand.show_drawn(f"embed=1&panel={panel}", 360)
    script = "return document.querySelector(arguments[0]).checkVisibility({visibilityProperty: true})"

    for width in (360, 1300):
        stand.widen(width)
        wait_for(lambda: stand.driver.execute_script(script, REGIONS[panel]), "the panel")
        shown = [name for name, region in REGIONS.items() if stand.driver.execute_script(script, region)]
        assert shown == [panel]
        wait_for(lambda: stand.driver.execute_script(OVERFLOW) == [0, 0], "nothing to scroll")


def test_without_the_option_no_other_site_gets_a_frame(stand: Stand, shared_page: Page) -> None:
    """The browser refuses the frame, by the policy that we sent."""
    stand.leave()
    stand.show(f"{shared_page.url}?embed=1")

    refusals = wait_for(lambda: console_messages(stand.driver), "the refusal in the console")
    assert any("frame-ancestors 'self'" in message for message in refusals)
    assert texts(stand.driver, "#verdict") == []
    stand.driver.switch_to.default_content()
    assert stand.driver.execute_script("return heard") == []


def test_an_embedded_page_keeps_nothing_where_it_could(stand: Stand) -> None:
    """By itself in a window, where nothing is blocked; the counter-proof is that keeping is noticed."""
    driver = stand.leave()
    noted = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": NOTE_STORAGE})
    try:
        driver.get(stand.address("embed=1"))
        wait_for(lambda: driver.execute_script(IS_DRAWN), "the page to be drawn")

        assert set(driver.execute_script("return used")) <= OF_THE_CHART_LIBRARY
        assert driver.execute_script("return [localStorage.length, sessionStorage.length, document.cookie]") == [
            0,
            0,
            "",
        ]
        driver.execute_script("sessionStorage.setItem('kept', 1)")
        assert "setItem kept" in driver.execute_script("return used")
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", noted)


def test_copying_works_on_plain_http_too(stand: Stand) -> None:
    """Browsers keep the clipboard from such pages; what is selected can be copied all the same."""
    driver = stand.leave()
    driver.get(stand.address())
    wait_for(lambda: driver.execute_script(IS_DRAWN), "the page to be drawn")
    driver.find_element("css selector", "[data-share-open]").click()
    button = driver.find_element("css selector", "[data-share-row=badge-html] .copy-button")
    wait_for(button.is_displayed, "the dialog")
    button.click()
    wait_for(lambda: button.get_attribute("data-copied") == "yes", "the word that it was copied")

    assert driver.execute_script("return isSecureContext") is False
    driver.execute_script(
        "const f = document.createElement('textarea'); f.id = 'paste';"
        " document.querySelector('#share').append(f); f.focus()"
    )
    ActionChains(driver).key_down(Keys.CONTROL).send_keys("v").key_up(Keys.CONTROL).perform()
    pasted = driver.execute_script("return document.querySelector('#paste').value")
    assert pasted == driver.execute_script("return document.querySelector('[data-share=badge-html]').value")
    assert pasted.startswith(f'<a href="http://{DASHBOARD}')
