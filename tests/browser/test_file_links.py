"""The table of files in a browser: copying a path, looking into a file, going back to where one was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from support.bitmaps import png
from support.browsers import console_messages
from support.page import Page, open_page, resize, text, texts
from support.server import RunningServer
from support.state_parts import raw_state
from support.waiting import wait_for
from support.workspaces import write

from collectors.contract.state import DashboardState

MARKUP = "<img src=x onerror='window.ran=1'><b>lr</b>: 0.002\n"
PICTURE = "artifacts/loss/patchtst_loss_curve.png"
IS_AT_ITS_END = """
const body = document.querySelector(".preview-body");
return body.scrollTop + body.clientHeight >= body.scrollHeight - 2;
"""
DRAWN = """
const image = document.querySelector(".preview-body img");
return image && image.complete && [image.naturalWidth, image.naturalHeight, image.alt];
"""
RAN = "return [window.ran ?? null, document.querySelectorAll('#preview :is(svg, img)').length]"
FITS = """
const box = document.getElementById("preview").getBoundingClientRect();
const body = document.querySelector(".preview-body");
return [document.documentElement.scrollWidth, box.left >= 0 && box.right <= innerWidth,
        box.top >= 0 && box.bottom <= innerHeight,
        body.scrollWidth > 5000, body.scrollHeight > body.clientHeight];
"""
FILES: dict[str, bytes] = {
    "configs/patchtst_ssl_real.yaml": MARKUP.encode(),
    "artifacts/loss/patchtst_loss_history.csv": b"epoch,val_loss\r\n1,0.5\r\n2,<b>nan</b>\r\n",
    PICTURE: png(),
    "logs/train.log": b"".join(b"step %d\n" % step for step in range(20_000)),
    "notes/long.txt": b"x" * 5000 + b"\n" + b"y\n" * 300,
    "notes/svg.png": b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.ran=1'/>",
}


@pytest.fixture
def root(page: Page) -> Path:
    """The workspace beside the shared server, with the files that the tests look into."""
    folder = page.state_dir.parent / "workspace"
    for path, data in FILES.items():
        write(folder / path, data)
    return folder


def state_of(root: Path, *more: str) -> DashboardState:
    """A state that observed these files as they are."""
    raw = raw_state()
    one = raw["artifacts"]["documents"][0]
    raw["artifacts"]["documents"] = [one | {"path": path} | facts_of(root / path) for path in (*FILES, *more)]
    return DashboardState.model_validate(raw)


def facts_of(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    found = path.stat()
    return {"size_bytes": found.st_size, "modified_at": datetime.fromtimestamp(found.st_mtime, UTC)}


def button(driver: Any, kind: str, path: str) -> Any:
    """The button of a kind (`copy`, `preview`) for a path of the documents."""
    return driver.find_element("css selector", f"#links tbody:last-of-type button[data-{kind}='{path}']")


def is_open(driver: Any) -> bool:
    return bool(driver.execute_script("return document.getElementById('preview').open"))


def look(driver: Any, path: str) -> None:
    """Press the button with the mouse and wait for the answer."""
    place = button(driver, "preview", path)
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", place)
    place.click()
    wait_for_answer(driver)


def wait_for_answer(driver: Any) -> None:
    wait_for(lambda: is_open(driver) and text(driver, ".preview-notes") != "Reading…", "the answer in the dialog")


def close(driver: Any) -> None:
    ActionChains(driver).send_keys(Keys.ESCAPE).perform()
    wait_for(lambda: not is_open(driver), "the dialog to close")


def focused(driver: Any, attribute: str) -> str | None:
    """An attribute of what has the focus, if it is still on the page."""
    script = "const at = document.activeElement; return at.isConnected ? at.getAttribute(arguments[0]) : null"
    found: str | None = driver.execute_script(script, attribute)
    return found


def test_a_path_is_copied_by_keyboard_and_said(page: Page, root: Path) -> None:
    """Where the page came by http from elsewhere browsers hide the clipboard, and the old way is taken."""
    driver = page.driver
    driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite"]})
    page.show(state_of(root), "tab=files")
    driver.execute_script("window.clip = navigator.clipboard")

    assert copied(driver, "logs/train.log") == "logs/train.log"
    driver.execute_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    assert copied(driver, PICTURE) == PICTURE


def copied(driver: Any, path: str) -> str:
    """What is in the clipboard once a path was copied by keyboard, said, and the focus stayed."""
    wait_for(lambda: "Copied" not in texts(driver, "[role=status]"), "an earlier word to go")
    place = button(driver, "copy", path)
    driver.execute_script("arguments[0].focus()", place)
    place.send_keys(Keys.ENTER)
    wait_for(lambda: "Copied" in texts(driver, "[role=status]"), "the polite word")
    assert focused(driver, "data-copy") == path
    return str(driver.execute_async_script("window.clip.readText().then(arguments[0])"))


@pytest.mark.parametrize("query", ["", "embed=1"])
def test_a_text_is_looked_into_by_mouse_as_text(page: Page, root: Path, query: str) -> None:
    """In a frame too. Markup of a file is words; the focus comes back to the button."""
    driver, path = page.driver, "configs/patchtst_ssl_real.yaml"
    page.show(state_of(root), f"tab=files&{query}")

    look(driver, path)

    assert text(driver, ".preview-path") == path
    assert texts(driver, ".preview-body pre") == [MARKUP]
    assert text(driver, ".preview-facts").startswith(f"{len(MARKUP)} B, written ")
    assert text(driver, ".preview-notes") == ""
    assert driver.execute_script(RAN) == [None, 0]
    close(driver)
    assert focused(driver, "data-preview") == path


def test_the_dialog_is_opened_walked_and_closed_by_keyboard(page: Page, root: Path) -> None:
    driver, path = page.driver, "logs/train.log"
    page.show(state_of(root), "tab=files")
    place = button(driver, "preview", path)
    driver.execute_script("arguments[0].focus()", place)

    place.send_keys(Keys.SPACE)
    wait_for_answer(driver)

    assert driver.execute_script("return document.getElementById('preview').contains(document.activeElement)")
    driver.execute_script("document.querySelector('.file-copy').focus()")  # what lies behind takes no focus
    assert driver.execute_script("return document.getElementById('preview').contains(document.activeElement)")
    ActionChains(driver).send_keys(Keys.TAB).perform()
    assert focused(driver, "aria-label") == "Close"
    ActionChains(driver).send_keys(Keys.TAB).perform()
    assert focused(driver, "aria-label") == "Contents"
    ActionChains(driver).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).send_keys(Keys.ENTER).perform()
    wait_for(lambda: not is_open(driver), "the dialog to close")
    assert focused(driver, "data-preview") == path


def test_a_dialog_that_is_opened_again_at_once_shows_the_other_file(page: Page, root: Path) -> None:
    """The browser tells of its closing only afterwards."""
    driver = page.driver
    page.show(state_of(root), "tab=files")
    look(driver, "logs/train.log")

    again = "document.getElementById('preview').close(); arguments[0].click()"
    driver.execute_script(again, button(driver, "preview", "configs/patchtst_ssl_real.yaml"))

    wait_for(lambda: texts(driver, ".preview-body pre") == [MARKUP], "the other file")
    assert is_open(driver)


def test_each_kind_is_shown_as_what_it_is(page: Page, root: Path) -> None:
    """A log from its end, a CSV as a table, a picture drawn; what only claims to be a picture is not."""
    driver = page.driver
    page.show(state_of(root), "tab=files")

    look(driver, "logs/train.log")
    assert texts(driver, ".preview-body pre")[0].endswith("step 19999\n")
    assert text(driver, ".preview-notes") == "Only the last part is shown: 64.0 kB of 209 kB."
    assert driver.execute_script(IS_AT_ITS_END)
    close(driver)
    look(driver, "artifacts/loss/patchtst_loss_history.csv")
    assert texts(driver, ".preview-body th[scope=col]") == ["epoch", "val_loss"]
    assert texts(driver, ".preview-body td") == ["1", "0.5", "2", "<b>nan</b>"]
    close(driver)
    look(driver, PICTURE)
    assert wait_for(lambda: driver.execute_script(DRAWN), "the picture") == [30, 20, f"Picture {PICTURE}"]
    close(driver)
    look(driver, "notes/svg.png")

    assert text(driver, ".preview-notes") == "Its name says picture, and it is no PNG, JPEG or WebP."
    assert driver.execute_script(RAN) == [None, 0]
    assert ["415" in told for told in console_messages(driver)] == [True]


def test_the_focus_comes_back_though_the_table_was_drawn_anew(page: Page, root: Path) -> None:
    driver, path = page.driver, "notes/long.txt"
    page.show(state_of(root), "tab=files")
    driver.execute_script("window.before = arguments[0]", button(driver, "preview", path))
    look(driver, path)

    page.write(state_of(root, "new/report.json"))
    wait_for(lambda: "new/report.json" in texts(driver, ".file-path code"), "the new row")
    close(driver)

    assert not driver.execute_script("return window.before.isConnected")
    assert focused(driver, "data-preview") == path


def test_what_changed_went_or_cannot_be_reached_is_said(page: Page, root: Path) -> None:
    """The last is a page in a container of its own, without the mount."""
    driver, path = page.driver, "configs/patchtst_ssl_real.yaml"
    state = state_of(root)
    write(root / path, "lr: 0.1\n")
    page.show(state, "tab=files")

    look(driver, path)
    assert texts(driver, ".preview-body pre") == ["lr: 0.1\n"]
    assert text(driver, ".preview-notes") == "It has changed since it was observed."
    close(driver)
    (root / path).unlink()
    look(driver, path)
    assert text(driver, ".preview-notes") == "The file is not there any more."
    assert not driver.execute_script("return document.querySelector('.preview-body').checkVisibility()")
    close(driver)
    page.write(state.model_copy(update={"meta": state.meta.model_copy(update={"workspace": "training"})}))
    look(driver, path)
    assert "This page cannot reach the workspace" in text(driver, ".preview-notes")
    assert "Mount the workspace there too" in text(driver, ".preview-notes")

    assert [told.partition("status of ")[2][:3] for told in console_messages(driver)] == ["410", "503"]


def test_on_a_phone_long_lines_scroll_inside(page: Page, root: Path) -> None:
    driver = page.driver
    resize(driver, 390, 844, phone=True)
    page.show(state_of(root), "tab=files")
    look(driver, "notes/long.txt")

    assert driver.execute_script(FITS) == [390, True, True, True, True]
    resize(driver, 320, 640, phone=True)
    wait_for(lambda: driver.execute_script(FITS) == [320, True, True, True, True], "the narrower page to fit")


def test_marking_text_to_the_outside_keeps_the_dialog_and_a_press_outside_closes_it(page: Page, root: Path) -> None:
    driver = page.driver
    page.show(state_of(root), "tab=files")
    look(driver, "logs/train.log")
    notes = driver.find_element("css selector", ".preview-notes")

    ActionChains(driver).click_and_hold(notes).move_by_offset(-700, 0).release().perform()
    assert is_open(driver)
    ActionChains(driver).move_by_offset(0, 5).click().perform()

    wait_for(lambda: not is_open(driver), "the dialog to close")


@pytest.fixture
def without_previews(page: Page, serve: Callable[..., RunningServer]) -> Iterator[RunningServer]:
    """A server with previews off; the browser leaves it before it stops."""
    yield serve(options=["--no-preview"])
    page.driver.get("about:blank")


def test_where_previews_are_off_there_is_nothing_to_press(
    page: Page, root: Path, without_previews: RunningServer
) -> None:
    driver = page.driver
    Page(driver, without_previews.url, without_previews.state_dir).write(state_of(root))

    open_page(driver, without_previews.url, "tab=files")

    shown = "return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility()).length"
    assert driver.execute_script(shown, ".file-look") == 0
    assert driver.execute_script(shown, ".file-copy") > 10
