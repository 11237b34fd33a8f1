"""Pictures of a served page: three widths, both themes, for somebody to look at.

    python tests/support/take_screens.py URL FOLDER [--query stage=swinmae] [--full] [--only desktop-light]

Input: the address of a running server. Output: FOLDER/<size>-<theme>.png. It judges nothing.
"""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.browsers import chromium_options, console_messages

SIZES = {"desktop": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
THEMES = ("light", "dark")
IS_DRAWN = """
const charts = [...document.querySelectorAll(".loss-chart")];
return Boolean(document.querySelector("#verdict .verdict"))
  && "freshness" in document.documentElement.dataset
  && charts.every((chart) => chart.querySelector(".main-svg"));
"""


def main(argv: list[str]) -> int:
    """Take the pictures; print what the console said."""
    options = _options(argv)
    options.folder.mkdir(parents=True, exist_ok=True)
    driver = webdriver.Chrome(options=chromium_options())
    try:
        for name, size in SIZES.items():
            for theme in THEMES:
                if options.only in (None, f"{name}-{theme}"):
                    _emulate(driver, size, theme)
                    _take(driver, options, f"{name}-{theme}")
        print("\n".join(console_messages(driver)) or "the console is empty")
    finally:
        driver.quit()
    return 0


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
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [wish]})


def _take(driver: Any, options: argparse.Namespace, name: str) -> None:
    driver.get(f"{options.url}?{options.query}")
    WebDriverWait(driver, 20).until(lambda d: d.execute_script(IS_DRAWN))
    driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 600))")
    whole = options.full or name.startswith("phone")
    picture = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": whole} | _clip(driver, whole))
    (options.folder / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))


def _clip(driver: Any, whole: bool) -> dict[str, Any]:
    if not whole:
        return {}
    size = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    return {"clip": {**size, "scale": 1}}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
