"""What Lighthouse says of the page, on a desk and on its slow phone; nothing where it is not installed.

    python tests/bench/bench_lighthouse.py [--times 3]

Input: nothing; it serves a state of its own. Output: one line a page and form, medians, beside the index by which
Lighthouse measures the machine itself. It judges nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any, get_args

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from support.lighthouse import MISSING, Form, audited, is_there, scores
from support.server import start_server
from support.states import failing_state, write_state

METRICS = {
    "first-contentful-paint": "first paint",
    "largest-contentful-paint": "largest",
    "speed-index": "speed index",
    "total-blocking-time": "blocked",
}
CATEGORIES = ("performance", "accessibility", "best-practices")


def main() -> int:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    if not is_there():
        print(MISSING)
        return 0
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory() as home:
        server = start_server(Path(home), options=["--stale-after", "3600"])
        try:
            write_state(server.state_dir, failing_state())
            for name, query in (("run page", ""), ("embed", "?embed=1")):
                for form in get_args(Form):
                    reports = [audited(server.url + query, *CATEGORIES, form=form) for _ in range(asked.times)]
                    print(f"{name:<9} {form:<8} {told(reports)}", flush=True)
        finally:
            server.stop()
    return 0


def told(reports: list[dict[str, Any]]) -> str:
    """The medians of some looks at one page."""
    points = {name: statistics.median(scores(report)[name] for report in reports) for name in CATEGORIES}
    seconds = {
        word: statistics.median(report["audits"][audit]["numericValue"] for report in reports) / 1000
        for audit, word in METRICS.items()
    }
    machine = statistics.median(report["environment"]["benchmarkIndex"] for report in reports)
    words = [f"{name} {value:.0f}" for name, value in points.items()]
    return ", ".join([*words, *(f"{name} {value:.2f} s" for name, value in seconds.items()), f"machine {machine:.0f}"])


if __name__ == "__main__":
    raise SystemExit(main())
