"""A Chromium -> bytes that went over the wire, as the browser itself counts them: packed, headers included."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from selenium import webdriver
from support.browsers import chromium_options
from support.waiting import wait_for


class CountingChromium:
    """A Chromium of its own, which begins with nothing kept."""

    def __init__(self) -> None:
        options = chromium_options()
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.driver: Any = webdriver.Chrome(options=options)
        self.driver.execute_cdp_cmd("Network.enable", {})
        self._addresses: dict[str, str] = {}
        self._open: set[str] = set()

    def forget(self, accept_encoding: str | None = None) -> None:
        """Empty its cache; from now on it asks for this packing instead of its own choice."""
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
        headers = {"Accept-Encoding": accept_encoding} if accept_encoding else {}
        self.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": headers})
        self.driver.get_log("performance")

    def sizes(self, *expected: str, streams: Sequence[str] = ("api/events",)) -> dict[str, int]:
        """Bytes by address, once these were answered and nothing is under way but streams that stay open.

        What the cache had counts nothing; addresses that were asked for several times are added up.
        """
        found: dict[str, int] = {}

        def is_quiet() -> bool:
            self._read_log(found)
            under_way = [one for one in self._open if not self._addresses[one].endswith(tuple(streams))]
            return not under_way and all(any(word in address for address in found) for word in expected)

        wait_for(is_quiet, f"the answers, {expected} among them", 60)
        return found

    def _read_log(self, found: dict[str, int]) -> None:
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            told = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                self._addresses[told["requestId"]] = told["request"]["url"]
                self._open.add(told["requestId"])
            elif message["method"] in ("Network.loadingFinished", "Network.loadingFailed"):
                self._open.discard(told["requestId"])
                address = self._addresses.get(told["requestId"], "")
                if address.startswith("http"):
                    found[address] = found.get(address, 0) + int(told.get("encodedDataLength", 0))

    def __enter__(self) -> CountingChromium:
        return self

    def __exit__(self, *_: object) -> None:
        self.driver.quit()
