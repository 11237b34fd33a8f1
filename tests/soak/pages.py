"""The pages of a soak: real browsers, and a crowd that asks and listens as pages do."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from contextlib import suppress
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from support.browsers import chromium_options
from support.shown import changing, shown
from support.viewers import Viewer, crowd

from collectors.contract.state import DashboardState
from dash_app.views.graph.elements import graph_elements

POLLING, LISTENING = 30, 15


class Browsers:
    """Real browsers, each with one page that stays open."""

    def __init__(self, count: int, url: str) -> None:
        self._drivers = [webdriver.Chrome(options=chromium_options()) for _ in range(count)]
        for driver in self._drivers:
            driver.set_script_timeout(60)
            driver.get(url)

    def figures(self) -> dict[str, float]:
        """The largest number of DOM nodes and bytes of heap, after what is garbage was thrown away."""
        found: Counter[str] = Counter()
        for driver in self._drivers:
            driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
            driver.execute_cdp_cmd("Performance.enable", {})
            told = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
            for metric in told:
                found[metric["name"]] = max(found[metric["name"]], metric["value"])
        return {"browser nodes": found["Nodes"], "browser heap": found["JSHeapUsedSize"]}

    def differing(self, state: DashboardState) -> list[str]:
        """What each page shows that is not this state, or not what the first page shows."""
        wanted = changing({element["data"]["id"]: element["data"] for element in graph_elements(state)})
        pages: list[Any] = []
        for driver in self._drivers:
            try:
                pages.append(shown(driver))
            except WebDriverException as problem:
                pages.append({"nodes": {}, "problem": str(problem)[:200]})
        wrong = []
        for number, page in enumerate(pages):
            nodes = [name for name in wanted if page["nodes"].get(name) != wanted[name]]
            parts = [part for part in pages[0] if page.get(part) != pages[0][part]]
            if nodes or parts:
                told = [_first_difference(pages[0][part], page.get(part)) for part in parts]
                wrong.append(f"page {number}: nodes {nodes[:4]}, parts {parts}: {told}")
        return wrong

    def close(self) -> None:
        """End them."""
        for driver in self._drivers:
            with suppress(WebDriverException):
                driver.quit()


def _first_difference(one: Any, other: Any) -> str:
    """Where two of what pages show differ first, and what stands there."""
    if isinstance(one, dict) and isinstance(other, dict):
        return next(
            (f"{key}: {_first_difference(one[key], other.get(key))}" for key in one if one[key] != other.get(key)), ""
        )
    texts = str(one), str(other)
    at = next((n for n, pair in enumerate(zip(*texts, strict=False)) if len(set(pair)) > 1), 0)
    return " | ".join(text[max(0, at - 20) : at + 60] for text in texts)


class Visitors:
    """A crowd in a thread of its own."""

    def __init__(self, port: int) -> None:
        self._port, self._viewers = port, list[Viewer]()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), name="visitors")
        self._thread.start()

    async def _live(self) -> None:
        async with crowd(self._port, polling=POLLING, listening=LISTENING) as gathered:
            self._viewers = gathered.all
            while not self._stop.is_set():
                await asyncio.sleep(0.5)

    @property
    def server_errors(self) -> int:
        """Answers of 5xx that any of them got."""
        return sum(count for viewer in self._viewers for status, count in viewer.statuses.items() if status >= 500)

    @property
    def answers(self) -> int:
        """Answers of all kinds."""
        return sum(viewer.statuses.total() for viewer in self._viewers)

    def close(self) -> None:
        """Let them go."""
        self._stop.set()
        self._thread.join()
