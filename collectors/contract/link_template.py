"""What is written as `links.template` -> the same text, or why it cannot be an address. Pure.

Only https, no user name or password, the path exactly once and after the host: whatever a file may
be called, the link leads to the operator's own place.
"""

from __future__ import annotations

import re
from typing import Final

from collectors.contract.values import LINK_TEMPLATE_PATTERN

EXAMPLE: Final = "https://files.example/{path}"
PLACES: Final = ("path", "run_id")
"""What may stand in braces."""


def checked_template(template: str) -> str:
    """Return the template. Raises ValueError with what is wrong and how it is right."""
    problem = _problem(template)
    if problem:
        raise ValueError(f"{problem}; write it like {EXAMPLE}")
    return template


def _problem(template: str) -> str | None:
    host, _, rest = template.removeprefix("https://").partition("/")
    unknown = [name for name in re.findall(r"\{(.*?)\}", template) if name not in PLACES]
    problems = (
        (not template.startswith("https://"), "is not an https address"),
        ("@" in host, "holds a user name or password, which everybody would see"),
        (not host or "{" in host, "does not name the host"),
        (rest.count("{path}") != 1, "needs `{path}` once, after the host"),
        (bool(unknown), f"knows only `{{path}}` and `{{run_id}}`, not `{{{', '.join(unknown)}}}`"),
        (not re.fullmatch(LINK_TEMPLATE_PATTERN, template), "holds a character that must be percent-encoded"),
    )
    return next((words for is_wrong, words in problems if is_wrong), None)
