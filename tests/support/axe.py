"""A page in a browser -> what axe-core finds wrong with its accessibility, one line a finding.

The engine comes with the test dependency `axe-playwright-python`; only its script is used. It is run through the
driver, so the page's own policy stays as it is and the page never asks for it.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "experimental")
RUN = """
const [tags, within, told] = arguments;
const options = {runOnly: tags, resultTypes: ["violations"], elementRef: false};
axe.run(within, options).then((found) => told(found.violations), (problem) => told(String(problem)));
"""


@cache
def axe_script() -> str:
    """The engine as one script."""
    file = distribution("axe-playwright-python").locate_file("axe_playwright_python/axe.min.js")
    return Path(str(file)).read_text(encoding="utf-8")


def violations(driver: Any, within: str = "html") -> list[str]:
    """Every violation of WCAG 2.2 AA and of axe's best practices inside one element: rule, element, what is wrong."""
    if not driver.execute_script("return Boolean(window.axe)"):
        driver.execute_script(axe_script())
    found = driver.execute_async_script(RUN, list(TAGS), within)
    assert isinstance(found, list), found
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'].splitlines()[1].strip()}"
        for rule in found
        for node in rule["nodes"]
    ]
