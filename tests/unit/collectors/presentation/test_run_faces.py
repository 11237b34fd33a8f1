"""Stored runs as a table, JSON and CSV; one run with its losses as text."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from support.metric_states import FEW, with_metrics
from support.states import diverged_state, empty_state, failing_state, ready_state
from support.two_runs import changed, losses, stepped, without

from collectors.contract.run_row import RunRow, metrics_in, values_in
from collectors.contract.state import DashboardState
from collectors.presentation.checklist import as_text
from collectors.presentation.runs import FACTS, MEASURES, rows_as_csv, rows_as_json, rows_as_text, run_as_text
from collectors.store.rows import damaged_row, row_of

FACTS_OF_A_FILE = (100, 1_700_000_000_000_000_000)
READY = row_of(ready_state(), FACTS_OF_A_FILE)
BROKEN = damaged_row("run-20261101-080000", "it is no JSON", FACTS_OF_A_FILE)


def named(run_id: str, state: DashboardState | None = None, **facts: Any) -> RunRow:
    row = row_of(state or ready_state(), FACTS_OF_A_FILE)
    return row | {"run_id": run_id} | facts  # type: ignore[return-value] # the same keys


def test_a_table_has_a_line_a_run_and_a_column_a_stream() -> None:
    rows = [named("best"), named("bad", failing_state()), BROKEN]

    assert rows_as_text(rows, "best").split("\n") == [
        "   run                  started                  verdict    passed         "
        "patchtst val_loss  swinmae val_loss",
        "*  best                 2026-11-23 12:00:00 UTC  READY      9/9            0.9929             0.5162",
        "   bad                  2026-11-23 12:00:00 UTC  NOT READY  7/9            0.9929             0.5162",
        "   run-20261101-080000  2026-11-01 08:00:00 UTC  DAMAGED    it is no JSON",
        "",
    ]


def test_no_run_is_a_head_alone() -> None:
    assert rows_as_text([], None) == "  run  started  verdict  passed\n"


def last_cells(row: RunRow) -> list[str]:
    """Verdict, counts and losses of a line."""
    return rows_as_text([row], None).split("\n")[1].split("00:00 UTC  ")[-1].split()


def test_a_loss_that_is_not_known_is_empty_and_a_diverged_one_is_called_so() -> None:
    nothing = changed(losses([None]))

    assert last_cells(named("a", diverged_state())) == ["NOT", "READY", "8/9", "0.9929", "diverged"]
    assert last_cells(named("a", nothing)) == ["READY", "9/9", "0.5162"]
    assert last_cells(named("a", changed(without("swinmae")))) == ["READY", "9/9", "0.9929"]


def test_streams_of_every_run_have_a_column() -> None:
    rows = [named("a", changed(without("swinmae"))), named("b", changed(without("patchtst")))]

    head, first, second = rows_as_text(rows, None).split("\n")[:3]

    assert head.split()[4:] == ["patchtst", "val_loss", "swinmae", "val_loss"]
    assert first.endswith("9/9     0.9929")
    assert second.endswith("9/9                        0.5162")


def test_a_run_without_a_start_is_placed_by_when_it_was_seen_and_one_without_a_verdict_has_none() -> None:
    row = named("a", started_at=None, verdict=None, passed=0, total=0)

    assert rows_as_text([row], None).split("\n")[1].split() == [
        "a", "2026-11-23", "12:00:52", "UTC", "0/0", "0.9929", "0.5162",
    ]  # fmt: skip


def test_json_holds_every_row_with_its_numbers_as_numbers() -> None:
    text = rows_as_json([READY, BROKEN], "run-20261123-120000")

    data = json.loads(text)
    assert data["baseline"] == "run-20261123-120000"
    good, broken = data["runs"]
    assert list(good) == [*FACTS, "why", "named", "streams"]
    assert good["verdict"] == "ready"
    assert (good["named"], good["problem"], good["passed"], good["total"]) == (False, None, 9, 9)
    assert good["streams"]["swinmae"]["spark"] == [0.5687, 0.5975, 0.5501, 0.5619, 0.5162]
    assert good["streams"]["swinmae"]["config"] == {"lr": 0.002, "epochs": 5, "mask_ratio": 0.4, "amp": False}
    assert (broken["problem"], broken["verdict"], broken["streams"]) == ("it is no JSON", None, {})
    assert text.startswith('{\n "baseline": ')
    assert text.endswith("}\n")


def test_json_tells_that_no_baseline_is_pinned_and_keeps_text_as_text() -> None:
    text = rows_as_json([named("a", workspace="\u00fcber")], None)

    assert json.loads(text)["baseline"] is None
    assert "\u00fcber" in text


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_has_a_column_a_fact_and_a_measure_of_each_stream() -> None:
    (row,) = read(rows_as_csv([READY], "run-20261123-120000"))

    measures = [f"{s} {m}" for s in ("patchtst", "swinmae") for m in MEASURES]
    configs = [f"{s} config {key}" for s in ("patchtst", "swinmae") for key in ("lr", "epochs", "mask_ratio", "amp")]
    assert list(row) == [*FACTS, "why", "baseline", *measures, *configs]
    assert (row["why"], row["swinmae config epochs"], row["swinmae config amp"]) == ("", "5", "False")
    assert {k: row[k] for k in list(FACTS)[:6]} == {
        "run_id": "run-20261123-120000", "workspace": "workspace", "started_at": "2026-11-23T12:00:00+00:00",
        "finished_at": "2026-11-23T12:00:52+00:00", "timestamp": "2026-11-23T12:00:52+00:00", "verdict": "ready",
    }  # fmt: skip
    assert (row["passed"], row["failed"], row["skipped"], row["total"], row["problem"]) == ("9", "0", "0", "9", "")
    assert {m: row[f"swinmae {m}"] for m in MEASURES} == {
        "status": "done", "epochs": "5.0", "steps": "", "duration_seconds": "52.0", "final_train_loss": "0.52304",
        "final_val_loss": "0.51618", "best_train_loss": "0.52304", "best_val_loss": "0.51618",
    }  # fmt: skip


def test_csv_spells_every_cell_as_pythons_own_writer_does() -> None:
    rows = [named("a", workspace='one "two", three\nfour', total=9), named("b", total=None), BROKEN]
    rows[0]["streams"]["swinmae"] |= {"final_val_loss": 1e-07, "best_val_loss": 1e22}
    streams = [s for row in rows[:1] for s in row["streams"]]
    expected = io.StringIO()
    writer = csv.writer(expected)
    keys = [(s, key) for s in streams for key in values_in(rows[0]["streams"][s])]
    configs = [f"{s} config {key}" for s, key in keys]
    writer.writerow([*FACTS, "why", "baseline", *(f"{s} {m}" for s in streams for m in MEASURES), *configs])
    for row in rows:
        found = row["streams"]
        cells = [found.get(s, {}).get(m) for s in streams for m in MEASURES]
        cells += [values_in(found[s]).get(key) if s in found else None for s, key in keys]
        is_baseline = "yes" if row["run_id"] == "b" else ""
        writer.writerow([*(row[name] for name in FACTS), row.get("why"), is_baseline, *cells])

    assert rows_as_csv(rows, "b") == expected.getvalue()
    assert ",9," in expected.getvalue()
    assert rows_as_csv([], None) == ",".join([*FACTS, "why", "baseline"]) + "\r\n"


def test_only_the_pinned_run_is_marked_as_the_baseline() -> None:
    rows = [named("a"), named("b")]

    assert [r["baseline"] for r in read(rows_as_csv(rows, "b"))] == ["", "yes"]
    assert [r["baseline"] for r in read(rows_as_csv(rows, None))] == ["", ""]


def test_a_stream_that_a_run_does_not_have_has_empty_cells() -> None:
    rows = read(rows_as_csv([named("a", changed(without("patchtst"))), BROKEN, READY], None))

    assert [r["patchtst status"] for r in rows] == ["", "", "done"]
    assert [r["swinmae epochs"] for r in rows] == ["5.0", "", "5.0"]
    assert rows[1]["problem"] == "it is no JSON"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_that_a_file_wrote_is_a_formula(sign: str) -> None:
    row = named("a", workspace=f"{sign}x", streams={f"{sign}s": READY["streams"]["swinmae"]})

    (found,) = read(rows_as_csv([row], None))

    assert found["workspace"] == f"'{sign}x"
    assert f"'{sign}s status" in found


def test_one_run_is_its_checklist_and_every_streams_losses() -> None:
    state = changed(losses([0.5, 0.25, None]))
    state = state.model_copy(update={"metrics": state.metrics | {"third": empty_state().metrics["swinmae"]}})

    text = run_as_text(state)

    assert text.startswith(as_text(state))
    assert text.removeprefix(as_text(state)).split("\n") == [
        "",
        "judged by version 0.0.0",
        "patchtst: done",
        "  train_loss 0.8238, best 0.8238 at epoch 8",
        "  val_loss not finite, best 0.25 at epoch 3",
        "swinmae: done",
        "  train_loss 0.523, best 0.523 at epoch 5",
        "  val_loss 0.5162, best 0.5162 at epoch 5",
        "third: no loss read",
        "",
    ]


def test_a_metric_without_a_better_way_is_told_without_a_best_value() -> None:
    def change(raw: dict[str, Any]) -> None:
        losses([0.5, 0.25, 0.75], series="d_loss")(raw)
        raw["metrics"]["patchtst"]["best"].pop("d_loss")

    assert "\n  d_loss 0.75\n" in run_as_text(changed(change))


def test_a_run_that_counts_steps_has_no_epochs_and_its_steps() -> None:
    (row,) = read(rows_as_csv([named("a", changed(stepped))], None))

    assert (row["patchtst epochs"], row["patchtst steps"]) == ("", "520")


def test_a_loss_that_never_was_finite_has_no_best_value() -> None:
    def change(raw: dict[str, Any]) -> None:
        losses([None])(raw)
        raw["metrics"]["patchtst"]["best"].pop("val_loss")

    assert "\n  val_loss not finite, never finite\n" in run_as_text(changed(change))


def test_a_run_tells_its_losses_first_and_each_metric_with_its_unit() -> None:
    state = with_metrics(FEW, **{"val/acc": {"unit": "%"}})

    lines = run_as_text(state).split("\n")

    assert lines[lines.index("patchtst: done") + 3 :][:3] == [
        "  train/acc 0.95, best 0.95 at epoch 8",
        "  val/acc 0.82 %, best 0.83 % at epoch 6",
        "  grad_norm 0.9",
    ]


def test_every_face_of_the_runs_tells_the_metrics_that_get_better_one_way() -> None:
    rows = [named("a", with_metrics(FEW)), named("b")]

    (first, second) = read(rows_as_csv(rows, None))
    assert (first["patchtst best val/acc"], first["patchtst final val/acc"]) == ("0.83", "0.82")
    assert second["patchtst best val/acc"] == ""
    (told, _) = json.loads(rows_as_json(rows, None))["runs"]
    assert told["streams"]["patchtst"]["metrics"]["train/acc"] == {"best": 0.95, "final": 0.95}
    assert "grad_norm" not in told["streams"]["patchtst"]["metrics"], "neither way is better, and nobody asked for it"
    head, line, *_ = rows_as_text(rows, None).splitlines()
    assert "patchtst val/acc" in head
    assert line.split()[-1] == "0.83"


def test_a_metric_with_a_target_comes_first_and_shows_its_last_value_where_no_way_is_better() -> None:
    row = named("a", with_metrics(FEW, grad_norm={"at_most": 1.0}))

    assert list(metrics_in(row["streams"]["patchtst"])) == ["grad_norm", "train/acc", "val/acc"]
    assert metrics_in(row["streams"]["patchtst"])["grad_norm"].telling == 0.9


def test_a_row_that_a_person_wrote_otherwise_has_no_metrics() -> None:
    for wrong in ("", "[]", '{"a": 1}', '{"a": [1, 2, 3]}'):
        row = named("a")
        row["streams"]["patchtst"]["metrics"] = wrong
        assert metrics_in(row["streams"]["patchtst"]) == {}
