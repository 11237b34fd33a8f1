"""State -> the highlights of the final configs, key by key, a column a stream. Pure.

Where the baseline's value is another one, it stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

from collectors.contract.delta import ConfigChange, Delta
from collectors.contract.state import DashboardState
from collectors.contract.values import Scalar
from collectors.numbers import UNKNOWN, value_words
from collectors.presentation.html.markup import Html, el, joined
from collectors.presentation.words import one_line

Changes = Mapping[tuple[str, str], ConfigChange]
"""Stream and key -> what differs from the baseline."""


def render_config(state: DashboardState, delta: Delta | None) -> Html:
    """Return the section, with a sentence where no config says anything."""
    keys = list(dict.fromkeys(key for run in state.metrics.values() for key in run.config))
    if not keys:
        return _section(el("p", "No config was read.", class_="empty"))
    streams = delta.streams if delta else ()
    changes = {(stream.id, change.name): change for stream in streams for change in stream.config if change.differs}
    names = [el("th", name, scope="col") for name in ("key", *(run.label for run in state.metrics.values()))]
    body = el("tbody", *(_row(key, state, changes) for key in keys))
    return _section(el("table", el("thead", el("tr", *names)), body, class_="delta config"))


def _section(body: Html) -> Html:
    return el("section", el("h2", "Configuration"), body, class_="panel", id="config")


def _row(key: str, state: DashboardState, changes: Changes) -> Html:
    cells = [_value(run.config.get(key), changes.get((stream, key))) for stream, run in state.metrics.items()]
    return el("tr", el("th", el("code", key), scope="row"), *(el("td", cell) for cell in cells))


def _value(value: Scalar, change: ConfigChange | None) -> Html:
    told = joined(UNKNOWN if value is None else one_line(value_words(value)))
    if change is None:
        return told
    other = "no value" if change.baseline is None else one_line(value_words(change.baseline))
    return joined(told, el("span", f" (baseline {other})", class_="differs"))
