"""Several runs side by side: every value where it belongs, and that they differ is said only of what is known."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from support.states import failing_state, ready_state
from support.two_runs import changed, config, losses, without

from collectors.compare.side_by_side import NOT_SHOWN, Row, side_by_side
from collectors.contract.state import DashboardState
from collectors.presentation.side_by_side import sections_as_csv, sections_as_json


def row(states: list[DashboardState], kind: str, name: str, stream: str | None = None) -> Row:
    """One row of a section."""
    sections = [s for s in side_by_side(states) if (s.kind, s.stream) == (kind, stream)]
    return next(row for section in sections for row in section.rows if row.name == name)


def with_config(**values: Any) -> DashboardState:
    """A run whose whole first config has these values."""
    return changed(lambda raw: raw["configs"]["patchtst"]["values"].update(values))


def secret(digest: str | None) -> dict[str, Any]:
    return {"withheld": "secret", "digest": digest}


def test_metrics_checks_and_configs_of_three_runs_stand_side_by_side() -> None:
    runs = [ready_state(), changed(losses([0.9, 0.25]), config(lr=0.1)), failing_state()]

    assert row(runs, "metrics", "final val_loss", "patchtst").values[1] == 0.25
    assert row(runs, "metrics", "final val_loss", "patchtst").differs is True
    assert row(runs, "config", "lr", "patchtst") == ("lr", (0.002, 0.1, 0.002), True)
    assert row(runs, "config", "mask_ratio", "patchtst").differs is False
    failed = row(runs, "checks", "9. Same run")
    assert (failed.values, failed.differs) == (("pass", "pass", "fail"), True)
    assert row(runs, "run", "verdict").values == ("READY", "READY", "NOT READY")


def test_a_stream_that_one_run_does_not_have_says_nothing_there() -> None:
    found = row([ready_state(), changed(without("swinmae"))], "metrics", "final val_loss", "swinmae")

    assert found.values[0] is not None and found.values[1] is None and found.differs


def test_what_is_withheld_is_compared_by_its_digest_and_never_told() -> None:
    def key(*digests: str | None) -> Row:
        return row([with_config(key=secret(digest)) for digest in digests], "config", "key", "patchtst")

    assert key("k:1", "k:1", "k:1") == ("key", (NOT_SHOWN,) * 3, False)
    assert key("k:1", "k:2", "k:1").differs is True
    assert key("k:1", "other:1").differs is key("k:1", None).differs is None
    mixed = row([with_config(key=secret("k:1")), with_config(key="open")], "config", "key", "patchtst")
    assert mixed == ("key", (NOT_SHOWN, "open"), True)


def test_equal_sizes_prove_nothing_about_files() -> None:
    def hashed(digest: str | None) -> DashboardState:
        return changed(lambda raw: raw["artifacts"]["configs"][0].update(sha256=digest))

    path = "configs/patchtst_ssl_real.yaml"
    assert row([hashed("a" * 64), hashed("b" * 64)], "files", path).differs is True
    assert row([hashed("a" * 64), hashed("a" * 64)], "files", path).differs is False
    assert row([hashed(None), hashed(None)], "files", path).differs is None


def test_csv_and_json_hold_every_row_and_no_formula() -> None:
    runs = [ready_state(), with_config(note="=1+1")]
    sections = side_by_side(runs)

    lines = list(csv.reader(io.StringIO(sections_as_csv(["a", "b"], sections))))
    told = json.loads(sections_as_json(["a", "b"], sections))

    assert lines[0] == ["section", "name", "differs", "a", "b"]
    assert [line for line in lines if line[1] == "note"] == [["PatchTST: config", "note", "yes", "", "'=1+1"]]
    assert len(lines) - 1 == sum(len(section["rows"]) for section in told["sections"])
