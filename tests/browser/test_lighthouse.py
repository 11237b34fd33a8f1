"""Lighthouse finds nothing to mend in names, roles, contrast and good practice, on the run page and in a frame.

How fast it finds the page depends on the machine: `make bench` tells that.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.lighthouse import MISSING, audited, is_there, lost_points, scores
from support.server import RunningServer
from support.states import failing_state, write_state

Serve = Callable[..., RunningServer]


@pytest.mark.slow
@pytest.mark.skipif(not is_there(), reason=MISSING)
@pytest.mark.parametrize("query", ["", "embed=1"], ids=["run", "embed"])
def test_lighthouse_has_nothing_to_mend(serve: Serve, query: str) -> None:
    server = serve()
    write_state(server.state_dir, failing_state())

    report = audited(f"{server.url}?{query}", "accessibility", "best-practices")

    assert scores(report) == {"accessibility": 100, "best-practices": 100}, lost_points(report)
