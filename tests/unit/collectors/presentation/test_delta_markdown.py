"""A comparison as Markdown, cell by cell."""

from __future__ import annotations

from support.states import ready_state
from support.two_runs import changed, config, without

from collectors.compare.compare import compare
from collectors.presentation.comparison import delta_as_markdown


def test_markdown_of_two_runs_that_differ_in_nothing_has_one_table() -> None:
    lines = delta_as_markdown(compare(changed(), ready_state())).split("\n")

    assert lines[0].startswith("**Not worse than baseline** - patchtst: val\\_loss 0.9929 against 0.9929: the same; ")
    assert lines[1:6] == [
        "",
        "run `run-20261124-120000` against the baseline `run-20261123-120000`: READY 9/9 passed \\(READY 9/9 passed\\)",
        "",
        "| stream | metric | run | baseline | difference |  |",
        "|---|---|---|---|---|---|",
    ]
    assert lines[6] == "| PatchTST | val\\_loss final | 0.9929 | 0.9929 | 0 | within tolerance |"
    assert [line[:12] for line in lines[6:14]] == ["| PatchTST |"] * 4 + ["| SwinMAE | "] * 4
    assert lines[14:] == ["", lines[15], ""]
    assert lines[15] == "Policy: its last value of val\\_loss may rise by 5 % at most"


def test_markdown_has_a_table_of_each_kind_of_difference() -> None:
    run = changed(
        config(mask_ratio=0.75, lr=0.01),
        lambda raw: raw["checklist"][5].update(outcome="skip", passed=False, detail="a|b"),
        lambda raw: raw["artifacts"]["backup"][0].update(size_bytes=512),
    )

    lines = delta_as_markdown(compare(run, changed())).split("\n")

    assert "| PatchTST | val\\_loss final | 0.9929 | 0.9929 | 0 | incomparable; other mask\\_ratio: " in (
        next(line for line in lines if "PatchTST | val" in line)
    )
    at = lines.index("| check | run | baseline |  | detail |")
    assert lines[at - 1 : at + 13] == [
        "",
        "| check | run | baseline |  | detail |",
        "|---|---|---|---|---|",
        "| Scoring smoke test | skip | pass | worse | a\\|b |",
        "",
        "| stream | config | run | baseline |",
        "|---|---|---|---|",
        "| PatchTST | lr | 0.01 | 0.002 |",
        "| PatchTST | mask\\_ratio | 0.75 | 0.4 |",
        "",
        "| artifacts that differ |",
        "|---|",
        "| artifacts/bundles/run\\_bundle.zip: 512 B \\(1.04 MB\\) |",
        "",
    ]


def test_markdown_has_a_dash_where_a_side_has_no_value() -> None:
    short = changed(without("patchtst"), lambda raw: raw["checklist"].pop())

    forth, back = (delta_as_markdown(compare(*p)) for p in ((short, ready_state()), (ready_state(), short)))

    assert "| PatchTST | val\\_loss final | – | 0.9929 |  | incomparable; the run has no such stream |" in forth
    assert "| PatchTST | val\\_loss final | 0.9929 | – |  | incomparable; the baseline has no such stream |" in back
    assert "| Same run | – | pass | new check |  |" in forth
    assert "| Same run | pass | – | new check | all outputs belong to this run |" in back
    assert "| PatchTST | lr | – | 0.002 |" in forth
