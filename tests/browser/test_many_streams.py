"""Fifty streams: what is in view is drawn, the rest when it comes near; a change fetches what is new of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.browsers import console_messages
from support.build_events import event, fast_scalar_file, record, simple_value
from support.long_runs import collect
from support.page import resize
from support.server import RunningServer
from support.waiting import wait_for

Serve = Callable[..., RunningServer]
STREAMS = 50
TAGS = ("train_loss", "val_loss", *(f"val/metric{n}" for n in range(8)))
POINTS = 3_000
MOST_HEAP = 60 << 20
DRAWN = """
return [...document.querySelectorAll(".loss")]
  .filter((one) => one.querySelector(".js-plotly-plot")?.data?.length > 0).map((one) => one.dataset.stream)
"""
ASKED = """
return performance.getEntriesByType("resource").filter(({name}) => name.includes("api/curves"))
  .map(({name, encodedBodySize}) => [new URL(name).search, encodedBodySize])
"""
LAST_Y = """
const plot = document.querySelector(`.loss[data-stream='${arguments[0]}'] .js-plotly-plot`);
return plot?.data?.find(({name}) => name === "val")?.y.at(-1) ?? null
"""


@pytest.fixture
def driver(shared_chromium: Any) -> Iterator[Any]:
    """The shared browser; its console must stay empty."""
    resize(shared_chromium, 1440, 900)
    yield shared_chromium
    shared_chromium.get("about:blank")
    assert console_messages(shared_chromium) == [], "the console is not empty"


@pytest.fixture
def many(serve: Serve, tmp_path: Path) -> RunningServer:
    """A server over fifty streams of ten series, which are training now."""
    start = time.time() - POINTS * 0.01
    lines = ["title: Fifty", "streams:"]
    for n in range(STREAMS):
        values = np.random.default_rng(n).random((POINTS, len(TAGS)))
        file = tmp_path / f"ws/runs/s{n:02}" / f"events.out.tfevents.{int(start)}.vm.{n + 1}.0"
        file.parent.mkdir(parents=True)
        file.write_bytes(fast_scalar_file(TAGS, np.arange(POINTS), values, start=start))
        tags = ", ".join(f"{tag}: [{tag}]" for tag in TAGS)
        lines += [f"  - id: s{n:02}", f"    label: S{n}", f"    checkpoint: s{n:02}.pt", "    completion: {by: steps}",
                  f"    events: {{folder: runs/s{n:02}, tags: {{{tags}}}}}"]  # fmt: skip
    (tmp_path / "ws/dashboard.yaml").write_text("\n".join(lines) + "\n")
    collect(tmp_path / "ws", tmp_path / "state")
    return serve(tmp_path / "ws", state_dir=tmp_path / "state")


def drawn(driver: Any) -> list[str]:
    return list(driver.execute_script(DRAWN))


def heap_bytes(driver: Any) -> int:
    """Bytes that scripts hold, after a collection of garbage."""
    driver.execute_cdp_cmd("HeapProfiler.enable", {})
    driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
    return int(driver.execute_cdp_cmd("Runtime.getHeapUsage", {})["usedSize"])


def scroll_to(driver: Any, stream: str) -> None:
    script = "document.querySelector(`.loss[data-stream='${arguments[0]}']`).scrollIntoView({block: 'center'})"
    driver.execute_script(script, stream)


@pytest.mark.slow
def test_what_is_near_is_drawn_what_is_far_is_let_go_and_only_news_are_fetched(
    many: RunningServer, driver: Any, tmp_path: Path
) -> None:
    driver.get(many.url)
    panels = "return document.querySelectorAll('.loss').length"
    wait_for(lambda: driver.execute_script(panels) == STREAMS, "the panels", 60)
    scroll_to(driver, "s00")

    first = wait_for(lambda: "s00" in (d := drawn(driver)) and d, "the first chart", 60)
    assert len(first) < STREAMS / 3
    scroll_to(driver, "s49")
    wait_for(lambda: "s49" in drawn(driver) and "s00" not in drawn(driver), "the last chart instead", 60)
    assert len(drawn(driver)) < STREAMS / 3
    assert heap_bytes(driver) < MOST_HEAP

    before = len(driver.execute_script(ASKED))
    (file,) = (tmp_path / "ws/runs/s49").iterdir()
    with file.open("ab") as handle:
        handle.write(b"".join(record(event(POINTS, [simple_value(tag, 0.25)], time.time())) for tag in TAGS))
    collect(tmp_path / "ws", tmp_path / "state")

    wait_for(lambda: driver.execute_script(LAST_Y, "s49") == 0.25, "the new point", 60)
    news = driver.execute_script(ASKED)[before:]
    assert [("stream=s49" in query, "since=" in query) for query, _ in news] == [(True, True)]
    assert len(drawn(driver)) < STREAMS / 3
