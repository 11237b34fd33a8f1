"""Pictures of a served page: five sizes, both themes, for somebody to look at.

    python tests/support/take_screens.py URL FOLDER [--query stage=swinmae] [--full] [--only desktop-light]

Input: the address of a running server. Output: FOLDER/<size>-<theme>.png. It judges nothing.
`make screens` takes all of them (`screen_scenes.py`).
"""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path
from typing import Any, Literal

from selenium import webdriver

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.browsers import chromium_options, console_messages
from support.waiting import wait_for

SIZES = {
    "desktop": (1440, 900),
    "tablet": (1024, 768),
    "upright": (768, 1024),
    "phone": (390, 844),
    "narrow": (320, 640),
}
THEMES = ("light", "dark")
Shown = Literal["drawn", "without scripts", "on paper"]
IS_DRAWN = """
const shown = (name) => document.querySelector(name)?.checkVisibility();
const root = document.documentElement;
const charts = [...document.querySelectorAll(".loss-chart")].filter((chart) => chart.checkVisibility());
if (charts.length && !window.Plotly) { // what is far is not drawn, nor what nobody looks at
  charts[0].scrollIntoView({block: "end"});
  window.dispatchEvent(new Event("pointermove"));
} else scrollTo(0, 0);
const graph = document.querySelector("#graph-canvas");
return Boolean(document.querySelector("#verdict .verdict"))
  && "condition" in root.dataset
  && (!shown(".history") || Boolean(document.querySelector(".history-table, .history .empty")))
  && (!shown("#graph-canvas") || Boolean(graph.querySelector(".stage-card, .graph-empty")))
  && !document.querySelector(".observed:has(time:empty)")
  && charts.filter((chart) => chart.getBoundingClientRect().top < innerHeight + 250)
    .every((chart) => chart.querySelector(".scatterlayer .trace, .annotation"));
"""
SETTLED = """
const done = arguments[0];
document.fonts.ready.then(() => requestAnimationFrame(() => setTimeout(done, 500)));
"""
"""A look at the page must not fall into a transition; nothing is judged by it."""


def main(argv: list[str]) -> int:
    """Take the pictures; print what the console said."""
    options = _options(argv)
    driver = webdriver.Chrome(options=chromium_options())
    try:
        for name in pictures():
            if options.only in (None, name):
                address = f"{options.url}?{options.query}"
                take(driver, address, options.folder / f"{name}.png", whole=options.full or None)
        print("\n".join(console_messages(driver)) or "the console is empty")
    finally:
        driver.quit()
    return 0


def pictures() -> list[str]:
    """Every `<size>-<theme>`."""
    return [f"{size}-{theme}" for size in SIZES for theme in THEMES]


def take(driver: Any, address: str, file: Path, *, whole: bool | None = None, shown: Shown = "drawn") -> None:
    """Write one picture; the file's name says size and theme. Phones show the whole page unless told otherwise."""
    size, theme = file.stem.split("-")
    _emulate(driver, SIZES[size], theme)
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": shown == "without scripts"})
    driver.get(address)
    if shown != "without scripts":
        wait_for(lambda: driver.execute_script(IS_DRAWN), f"{address} to be drawn", 120)
        if shown == "on paper":
            driver.execute_script("window.dispatchEvent(new Event('beforeprint'))")
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        driver.execute_async_script(SETTLED)
    is_whole = SIZES[size][0] < 500 if whole is None else whole
    picture = driver.execute_cdp_cmd("Page.captureScreenshot", _clip(driver) if is_whole else {})
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(base64.b64decode(picture["data"]))
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--query", default="", help="the page's parameters, without `?`")
    parser.add_argument("--full", action="store_true", help="the whole page, not the first screen")
    parser.add_argument("--only", help="one picture, such as phone-dark")
    return parser.parse_args(argv)


def _emulate(driver: Any, size: tuple[int, int], theme: str) -> None:
    width, height = size
    is_phone = width < 500
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone},
    )
    wish = {"name": "prefers-color-scheme", "value": theme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": [wish]})


def _clip(driver: Any) -> dict[str, Any]:
    size = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    return {"captureBeyondViewport": True, "clip": {**size, "scale": 1}}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
