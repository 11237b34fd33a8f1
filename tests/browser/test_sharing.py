"""The Share dialog, used by keyboard and mouse; and that pictures are drawn as they were measured."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from support.browsers import console_messages
from support.page import Page, mouse_over, resize, text
from support.states import failing_state, ready_state, with_text
from support.waiting import wait_for

from collectors.store.store import Store

pytestmark = pytest.mark.browser
RUN = ready_state().meta.run_id
IS_OPEN = "return document.querySelector('#share').open && document.activeElement.tagName === 'H2'"
IS_FILLED = "return document.querySelector('.share-badge').naturalWidth > 0"
WORDS_IN_PICTURE = """
return [...document.querySelectorAll("g > g")].flatMap((card) => {
  const box = card.querySelector("rect").getBBox();
  return [...card.querySelectorAll("text")].map((line) => {
    const words = line.getBBox();
    return [line.textContent, words.x + words.width - box.x - box.width, words.y + words.height - box.y - box.height];
  });
});
"""


class Frame(HTMLParser):
    """The attributes of the first frame of some markup."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.attributes: dict[str, str | None] = {}
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.attributes = dict(attrs)


def field(driver: Any, name: str) -> str:
    return str(driver.execute_script(f"return document.querySelector('textarea[data-share=\"{name}\"]').value"))


def open_picture(page: Page, query: str = "") -> None:
    """Load a picture by itself; the browser looks for an icon of its own then, and finds none."""
    page.driver.get(f"{page.url}snapshot.svg?{query}")
    assert page.driver.execute_script("return document.documentElement.tagName") == "svg"
    assert [one for one in console_messages(page.driver) if "favicon.ico" not in one] == []


@pytest.fixture(scope="module")
def loaded(shared_page: Page) -> Page:
    """The page with a ready run, loaded once for the tests that only use its dialog."""
    resize(shared_page.driver, 1440, 900)
    shared_page.show(ready_state(), "view=gate")
    return shared_page


@pytest.fixture
def dialog(loaded: Page) -> Iterator[Any]:
    """The browser with the dialog open, opened by the keyboard; at the end its console is empty."""
    resize(loaded.driver, 1440, 900)
    open_dialog(loaded.driver)
    yield loaded.driver
    loaded.driver.execute_script("document.querySelector('#share').close()")
    assert console_messages(loaded.driver) == [], "the console is not empty"


def open_dialog(driver: Any) -> None:
    button = driver.find_element("css selector", "[data-share-open]")
    driver.execute_script("arguments[0].focus()", button)
    button.send_keys(Keys.ENTER)
    wait_for(lambda: driver.execute_script(IS_OPEN), "the dialog and the focus in it")
    wait_for(lambda: driver.execute_script(IS_FILLED), "the badge")


def test_the_dialog_takes_the_focus_keeps_it_and_gives_it_back(dialog: Any) -> None:
    driver = dialog
    inside = (
        "return document.querySelector('#share').contains(document.activeElement) || document.activeElement.tagName"
    )

    for _ in range(30):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        assert driver.execute_script(inside) in (True, "BODY")  # the browser's own bar counts as the page's body

    ActionChains(driver).send_keys(Keys.ESCAPE).perform()
    wait_for(lambda: not driver.execute_script("return document.querySelector('#share').open"), "the dialog to close")
    assert driver.execute_script("return 'shareOpen' in document.activeElement.dataset")


def test_a_press_beside_the_dialog_or_on_its_cross_closes_it(dialog: Any) -> None:
    driver = dialog
    is_open = "return document.querySelector('#share').open"

    driver.find_element("css selector", "#share [data-dialog-close]").click()
    assert not driver.execute_script(is_open)
    driver.find_element("css selector", "[data-share-open]").click()
    wait_for(lambda: driver.execute_script(IS_OPEN), "the dialog")
    mouse_over(driver, driver.find_element("id", "share"), -20, 20).click().perform()
    assert not driver.execute_script(is_open)


def test_text_that_is_marked_beyond_the_edge_closes_nothing(dialog: Any) -> None:
    driver = dialog
    heading = driver.find_element("css selector", "#share h2")
    beside = 40 - int(heading.rect["x"] + heading.rect["width"] / 2)

    ActionChains(driver).click_and_hold(heading).move_by_offset(beside, 0).release().perform()

    assert driver.execute_script("return document.querySelector('#share').open")


def test_what_can_be_copied_is_whole(dialog: Any, loaded: Page) -> None:
    """Each text by itself is what a wiki needs; addresses in it lead to real pictures."""
    driver = dialog
    link, url = field(driver, "link"), loaded.url

    assert link == f"{url}?view=gate"
    assert field(driver, "badge-markdown") == f"[![training]({url}badge.svg)]({link})"
    assert field(driver, "badge-html") == f'<a href="{link}"><img src="{url}badge.svg" alt="training" height="20"></a>'
    assert field(driver, "picture-address") == f"{url}snapshot.svg?view=gate"
    assert field(driver, "picture-markdown") == f"[![pipeline]({url}snapshot.svg?view=gate)]({link})"
    frame = Frame(field(driver, "frame")).attributes
    assert frame["src"] == f"{url}?view=gate&embed=1"
    assert frame["title"] == "Training Dashboard: anomaly-detection"

    driver.find_element("css selector", "[data-share-panel=graph]").click()
    wait_for(lambda: "panel=graph" in field(driver, "frame"), "the frame's address to follow the choice")
    part = Frame(field(driver, "frame")).attributes
    assert part["src"] == f"{url}?view=gate&embed=1&panel=graph"
    assert int(part["height"] or 0) < int(frame["height"] or 0)


def test_what_was_copied_is_in_the_clipboard(dialog: Any, loaded: Page) -> None:
    driver = dialog
    allowed = {"origin": loaded.url.rstrip("/"), "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    driver.execute_cdp_cmd("Browser.grantPermissions", allowed)

    button = driver.find_element("css selector", "[data-share-row=badge-markdown] .copy-button")
    button.click()
    wait_for(lambda: button.get_attribute("data-copied") == "yes", "the word that it was copied")

    read = "const done = arguments[0]; navigator.clipboard.readText().then(done, (e) => done(String(e)))"
    assert driver.execute_async_script(read) == field(driver, "badge-markdown")
    assert text(driver, "#share [role=status]") == "Copied"


def test_it_warns_of_what_will_not_work_from_elsewhere(dialog: Any) -> None:
    """This server is on loopback, and nobody may frame it."""
    warnings = [one.text for one in dialog.find_elements("css selector", ".share-warning") if one.is_displayed()]
    assert [warning.split(" ", 4)[:4] for warning in warnings] == [
        ["This", "address", "works", "on"],
        ["No", "other", "site", "may"],
    ]


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_nothing_scrolls_sideways_and_targets_are_large(dialog: Any, width: int) -> None:
    driver = dialog
    resize(driver, width, 700, phone=True)
    wait_for(lambda: driver.execute_script("return innerWidth") == width, "the phone")
    driver.execute_script("document.querySelector('.share-wikis').open = true")

    sizes = driver.execute_script(
        "const e = document.querySelector('#share'); const box = e.getBoundingClientRect();"
        " return [e.scrollWidth - e.clientWidth, box.left >= 0, box.right <= innerWidth, box.bottom <= innerHeight]"
    )
    small = driver.execute_script(
        "return [...document.querySelectorAll('#share :is(button, textarea, summary)')].map((e) => "
        "[e.outerHTML.slice(0, 80), e.getBoundingClientRect()]).filter(([, box]) => box.height && box.height < 24)"
    )
    assert sizes == [0, True, True, True]
    assert small == []


def test_the_link_leads_to_the_same_view(page: Page) -> None:
    driver = page.driver
    page.show(ready_state(), "view=gate&y=log&theme=dark&stage=scaler-check")
    open_dialog(driver)

    link = field(driver, "link")
    driver.get(link)
    wait_for(lambda: driver.execute_script("return document.documentElement.dataset.view") == "gate", "the view")
    assert set(link.partition("?")[2].split("&")) == {"view=gate", "y=log", "theme=dark", "stage=scaler-check"}
    assert driver.execute_script("return document.documentElement.dataset.theme") == "dark"


def test_a_run_that_is_stored_has_a_link_of_its_own_and_others_a_word(page: Page) -> None:
    driver = page.driver
    page.show(ready_state())
    open_dialog(driver)
    row = driver.find_element("css selector", "[data-share-row=snapshot]")
    assert "not stored yet" in row.text and not row.find_element("css selector", "textarea").is_displayed()

    Store(page.state_dir).write_snapshot(ready_state())
    try:
        driver.find_element("css selector", "#share [data-dialog-close]").click()
        driver.find_element("css selector", "[data-share-open]").click()
        wait_for(lambda: field(driver, "snapshot") == f"{page.url}?run={RUN}", "the stored run's link")
        page.show(ready_state(), f"run={RUN}")
        open_dialog(driver)
        assert field(driver, "picture-address") == f"{page.url}snapshot.svg?run={RUN}"
    finally:
        (page.state_dir / "runs" / f"{RUN}.json").unlink()


@pytest.mark.parametrize("view", ["flow", "gate"])
def test_words_of_the_still_picture_stay_inside_their_cards(page: Page, view: str) -> None:
    """Measured by the font that is really there, wide words and narrow ones."""
    page.write(with_text(failing_state(), "WWWW MMMM checkpoints/patchtst_ssl_real_with_a_long_name.pt 漢字漢字漢字"))
    open_picture(page, f"view={view}")

    told = page.driver.execute_script(WORDS_IN_PICTURE)
    assert len(told) > 20
    assert [words for words, across, down in told if across > 0 or down > 0] == []


def test_a_picture_is_dark_on_a_dark_device(page: Page) -> None:
    """And light on a light one, though nobody said so in its address."""
    page.write(ready_state())
    script = "return getComputedStyle(document.querySelector('rect')).fill"
    found = []
    for scheme in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        open_picture(page)
        found.append(page.driver.execute_script(script))

    assert found == ["rgb(255, 255, 255)", "rgb(22, 27, 34)"]
