"""Frames of a wiki on another site, over TLS: with links of their own, without one, and after one was ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.browsers import console_messages
from support.page import IS_DRAWN, text
from support.people import NAME, People, people
from support.states import good_state, ready_state, write_state
from support.waiting import wait_for
from support.wiki import WIKI, Wiki

from collectors.contract.state import DashboardState
from collectors.store.access import AccessStore
from collectors.store.store import Store

STORED = "run-20261101-000000"
SHOWN = "return document.querySelector('.verdict-word')?.innerText ?? document.querySelector('h1')?.innerText ?? ''"
MAKE = """
const [wish, done] = arguments;
fetch("api/links", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(wish)})
  .then(async (answer) => done(await answer.json()));
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[People, Wiki]]:
    with Wiki() as wiki, people(tmp_path_factory.mktemp("frames"), options=["--frame-ancestors", wiki.origin]) as one:
        raw = ready_state().model_dump(mode="json")
        raw["meta"]["run_id"] = STORED
        Store(one.server.state_dir).write_snapshot(DashboardState.model_validate(raw))
        write_state(one.server.state_dir, good_state())
        one.driver.get(one.url)
        one.sign_in("ann")
        wait_for(lambda: one.driver.current_url == one.url, "the way back")
        yield one, wiki


def made(site: People, **wish: Any) -> dict[str, Any]:
    """A link that ann makes on the page."""
    site.driver.get(f"{site.url}healthz")
    told: dict[str, Any] = site.driver.execute_async_script(MAKE, {"name": "wiki"} | wish)
    return told


def shown(driver: Any, addresses: list[str], wiki: Wiki) -> list[str]:
    """What the frames of one page of the wiki say."""
    frames = "".join(f'<iframe src="{one.replace("&", "&amp;")}"></iframe>' for one in addresses)
    wiki.page = f"<!doctype html><title>wiki</title>{frames}"
    driver.get(f"{wiki.origin}/")
    return [said(driver, number) for number in range(len(addresses))]


def said(driver: Any, number: int) -> str:
    driver.switch_to.default_content()
    driver.switch_to.frame(number)
    try:
        return str(wait_for(lambda: driver.execute_script(SHOWN), f"frame {number} to say something", 60))
    finally:
        driver.switch_to.default_content()


def test_three_frames_of_one_page_show_what_their_own_links_name(site: tuple[People, Wiki]) -> None:
    """Although their cookies are of one site; and a frame without a link cannot use anybody's session."""
    people_, wiki = site
    links = [made(people_, panel="verdict"), made(people_, run=STORED), made(people_, run=STORED, panel="verdict")]
    bare = f"{people_.url}?embed=1"

    found = shown(people_.driver, [*(one["address"] for one in links), bare], wiki)
    where = frame_addresses(people_.driver, len(found))

    assert found[1] == found[2] == "READY" and found[0] not in ("", "READY", "Signed out")
    assert found[3] == "Signed out"
    assert not [one for one in where if "embed_token" in one]
    assert [f"embed_link={one['link']['id']}" in address for one, address in zip(links, where, strict=False)] == [
        True
    ] * 3
    assert wiki.origin.startswith(f"http://{WIKI}") and NAME in where[0]


def test_the_frame_that_share_makes_shows_on_the_wiki_what_was_chosen(site: tuple[People, Wiki]) -> None:
    """A person opens *Share*, chooses what it shows, presses, and pastes what stands in the field."""
    people_, wiki = site
    driver, field = people_.driver, "return document.querySelector('textarea[data-share=frame]').value"
    console_messages(driver)
    driver.get(f"{people_.url}?run={STORED}")
    wait_for(lambda: driver.execute_script(IS_DRAWN), "the page to be drawn", 60)
    for pressed in ("[data-share-open]", "[data-share-panel=verdict]", "[data-share-link]"):
        wait_for(lambda name=pressed: driver.find_element("css selector", name).is_displayed(), pressed)
        driver.find_element("css selector", pressed).click()
    wait_for(lambda: "embed_token=" in driver.execute_script(field), "the link")
    told, markup = text(driver, "[data-share-note=link]"), driver.execute_script(field)

    wiki.page = f"<!doctype html><title>wiki</title>{markup}"
    driver.get(f"{wiki.origin}/")
    link = AccessStore(people_.server.state_dir).records().links[-1]

    assert told.startswith("Copy it now: it is told once, and counts until ")
    assert said(driver, 0) == "READY"
    assert (link.run, link.panel, link.made_by) == (STORED, "verdict", "ann")
    assert f"embed_link={link.id}" in frame_addresses(driver, 1)[0]
    assert console_messages(driver) == []


def frame_addresses(driver: Any, count: int) -> list[str]:
    found = []
    for number in range(count):
        driver.switch_to.frame(number)
        found.append(str(driver.execute_script("return location.href")))
        driver.switch_to.default_content()
    return found


def test_a_frame_whose_link_is_ended_says_that_it_is_signed_out(site: tuple[People, Wiki]) -> None:
    people_, wiki = site
    link = made(people_)
    shown(people_.driver, [link["address"]], wiki)
    AccessStore(people_.server.state_dir).end("links", lambda one: one.id == link["link"]["id"])

    people_.driver.switch_to.frame(0)
    told = wait_for(lambda: text(people_.driver, "#feed-sentence").startswith("You are signed out"), "the sentence", 60)
    people_.driver.switch_to.default_content()

    assert told
    assert shown(people_.driver, [link["address"]], wiki) == ["You may not see this"]
