"""A comparison as text and JSON, line by line."""

from __future__ import annotations

import pytest
from support.states import failing_state, ready_state
from support.two_runs import changed, completion, config, losses, stepped, without

from collectors.compare.compare import compare
from collectors.compare.policy_words import policy_words
from collectors.contract.delta import Delta
from collectors.contract.policy import Policy
from collectors.contract.state import DashboardState
from collectors.presentation.checklist import escaped
from collectors.presentation.comparison import delta_as_json, delta_as_markdown, delta_as_text

FINE = """\
run run-20261124-120000 against the baseline run-20261123-120000

Verdict: READY 9/9 passed (READY 9/9 passed)

PatchTST
  val_loss final: 0.9929 (0.9929) 0, within tolerance
  val_loss best: 0.9929 (0.9929) 0, within tolerance
  train_loss final: 0.8238 (0.8238) 0, within tolerance
  train_loss best: 0.8238 (0.8238) 0, within tolerance
  epochs 8 (8), duration 52 s (52 s), an epoch 6.5 s (6.5 s)
  config: no difference

SwinMAE
  val_loss final: 0.5162 (0.5162) 0, within tolerance
  val_loss best: 0.5162 (0.5162) 0, within tolerance
  train_loss final: 0.523 (0.523) 0, within tolerance
  train_loss best: 0.523 (0.523) 0, within tolerance
  epochs 5 (5), duration 52 s (52 s), an epoch 10 s (10 s)
  config: no difference

Artifacts:
  no difference

Policy: its last value of val_loss may rise by 5 % at most
Result: Not worse than baseline - patchtst: val_loss 0.9929 against 0.9929: the same; \
swinmae: val_loss 0.5162 against 0.5162: the same
"""


def lines_of(delta: Delta, start: str, end: str = "") -> list[str]:
    """The text's lines from one that begins with `start` to the next one that is `end`."""
    lines = delta_as_text(delta).split("\n")
    first = next(n for n, line in enumerate(lines) if line.startswith(start))
    return lines[first : lines.index(end, first)]


def with_files(**changes: object) -> DashboardState:
    """A run whose backup is another one."""
    return changed(lambda raw: raw["artifacts"]["backup"][0].update(changes))


def test_two_runs_that_differ_in_nothing() -> None:
    assert delta_as_text(compare(changed(), ready_state())) == FINE


def test_json_is_the_whole_comparison() -> None:
    delta = compare(failing_state(), ready_state(), Policy(window=2))
    text = delta_as_json(delta)

    assert Delta.model_validate_json(text) == delta
    assert text.startswith('{\n  "run": {\n    "run_id"')
    assert text.endswith("}\n")


def test_notes_stand_behind_the_head() -> None:
    lines = delta_as_text(compare(ready_state(), ready_state())).split("\n")

    assert lines[1:3] == ["The run is the baseline itself.", ""]


def test_checks_of_another_outcome_stand_below_the_verdicts() -> None:
    assert lines_of(compare(failing_state(), changed()), "Verdict") == [
        "Verdict: NOT READY 7/9 passed (READY 9/9 passed)",
        "  worse: Scoring smoke test: pass -> skip",
        "    not run; only --run-smoke executes anything",
        "  worse: Same run: pass -> fail",
        "    backup holds an older patchtst checkpoint (5 h before this run)",
    ]
    assert lines_of(compare(changed(), failing_state()), "Verdict")[1] == "  better: Scoring smoke test: skip -> pass"


def test_a_check_of_one_side_has_a_dash_on_the_other() -> None:
    short = changed(lambda raw: raw["checklist"].pop())

    assert lines_of(compare(short, ready_state()), "Verdict")[1:] == ["  new check: Same run: pass -> –"]
    assert lines_of(compare(ready_state(), short), "Verdict")[1:] == [
        "  new check: Same run: – -> pass", "    all outputs belong to this run",
    ]  # fmt: skip


def test_a_stream_that_cannot_be_compared_says_why_and_what_a_reader_must_know() -> None:
    run = changed(config(mask_ratio=0.75), completion(from_previous_run=True))

    assert lines_of(compare(run, ready_state()), "PatchTST")[:4] == [
        "PatchTST",
        "  incomparable: other mask_ratio: 0.75 against 0.4",
        "  The run did not train it; its files are of the run before.",
        "  val_loss final: 0.9929 (0.9929) 0, incomparable",
    ]


def test_losses_are_told_with_both_differences_and_their_direction() -> None:
    run = changed(losses([0.5]), losses([2.0], series="train_loss"), losses([0.1], series="lr"))
    delta = compare(run, changed(losses([1.0]), losses([0.0], series="train_loss")))

    assert lines_of(delta, "  val_loss final")[:5] == [
        "  val_loss final: 0.5 (1) -0.5 (-50 %), better",
        "  val_loss best: 0.5 (1) -0.5 (-50 %), better",
        "  train_loss final: 2 (0) +2, worse",
        "  train_loss best: 2 (0) +2, worse",
        "  lr final: 0.1 (–), incomparable",
    ]


def test_runs_without_epochs_are_told_in_steps() -> None:
    one = changed(stepped)

    assert (
        lines_of(compare(one, one), "PatchTST")[-2] == "  steps 520 (520), duration 52 s (52 s), a step 0.1 s (0.1 s)"
    )


def test_a_stream_of_one_side_has_dashes_on_the_other() -> None:
    found = lines_of(compare(changed(without("patchtst")), ready_state()), "PatchTST")

    assert found[1] == "  incomparable: the run has no such stream"
    assert found[2] == "  val_loss final: – (0.9929), incomparable"
    assert found[-2] == "  epochs – (8), duration – (52 s), an epoch – (6.5 s)"
    assert found[-1] == "  config: lr – (0.002), epochs – (8), mask_ratio – (0.4), amp – (false)"


def test_only_config_values_that_differ_are_told() -> None:
    run = changed(config(lr=0.01, amp=True, seed=3))

    assert lines_of(compare(run, ready_state()), "  config")[0] == (
        "  config: lr 0.01 (0.002), amp true (false), seed 3 (–)"
    )


@pytest.mark.parametrize(
    ("run", "baseline", "words"),
    [
        ({"path": "b.zip"}, {}, "b.zip: called artifacts/bundles/run_bundle.zip in the baseline"),
        ({"level": "readable"}, {}, "artifacts/bundles/run_bundle.zip: readable (verified)"),
        ({"size_bytes": 512}, {}, "artifacts/bundles/run_bundle.zip: 512 B (1.04 MB)"),
        ({"size_bytes": None}, {}, "artifacts/bundles/run_bundle.zip: – (1.04 MB)"),
        (
            {"sha256": "abcdef0123" + "0" * 54}, {"sha256": "f" * 64},
            "artifacts/bundles/run_bundle.zip: sha256 abcdef01 (ffffffff)",
        ),
        (
            {"path": "b.zip", "level": "present", "size_bytes": 5, "sha256": "a" * 64}, {"sha256": "b" * 64},
            "b.zip: sha256 aaaaaaaa (bbbbbbbb), 5 B (1.04 MB), present (verified), "
            "called artifacts/bundles/run_bundle.zip in the baseline",
        ),
    ],
)  # fmt: skip
def test_a_file_that_differs_is_one_line(run: dict[str, object], baseline: dict[str, object], words: str) -> None:
    assert lines_of(compare(with_files(**run), with_files(**baseline)), "Artifacts:") == ["Artifacts:", f"  {words}"]


def test_a_file_of_one_side_is_told_whichever_side_it_is() -> None:
    gone = changed(lambda raw: raw["artifacts"].update(backup=[]))
    unsized = with_files(size_bytes=None, level="missing")

    path = "  artifacts/bundles/run_bundle.zip: only in the "
    assert lines_of(compare(gone, ready_state()), "Artifacts:")[1:] == [f"{path}baseline (verified, 1.04 MB)"]
    assert lines_of(compare(ready_state(), gone), "Artifacts:")[1:] == [f"{path}run (verified, 1.04 MB)"]
    assert lines_of(compare(unsized, gone), "Artifacts:")[1:] == [f"{path}run (missing)"]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (
            Policy(metric="f1", direction="higher", allowed_relative=0.125, allowed_absolute=0.5, minimum_epochs=3),
            "its last value of f1 may fall by 12.5 % or 0.5 at most, after at least 3 epochs",
        ),
        (Policy(metric="val_acc"), "its last value of val_acc may fall by 5 % at most"),
        (
            Policy.model_validate({"metrics": {"val_acc": {"allowed_relative": 0, "allowed_absolute": 0.01}}}),
            "its last value of val_loss may rise by 5 % at most; "
            "its last value of val_acc may fall by 0 % or 0.01 at most",
        ),
        (
            Policy(metric="d_loss"),
            "its last value of d_loss; nothing says whether a lower or a higher d_loss is better",
        ),
        (
            Policy(window=4),
            "the mean of its last 4 values of val_loss may rise by 5 % at most",
        ),
    ],
)
def test_the_policy_stands_in_one_line(policy: Policy, words: str) -> None:
    assert policy_words(policy) == words
    assert f"\nPolicy: {words}\n" in delta_as_text(compare(changed(), ready_state(), policy))


@pytest.mark.parametrize(
    ("run", "word"),
    [
        (
            changed(losses([9.0])),
            "Worse than baseline - patchtst: val_loss 9 against 0.9929: 806.4 % worse, 5 % allowed (limit 1.043)",
        ),
        (changed(without("patchtst")), "Incomparable - patchtst: the run has no such stream"),
        (
            changed(completion(status="running")),
            "Not finished yet - patchtst: the run is still training (epoch 8 of 8)",
        ),
    ],
    ids=["regression", "incomparable", "incomplete"],
)
def test_the_result_is_one_word_and_its_reason(run: DashboardState, word: str) -> None:
    assert delta_as_text(compare(run, ready_state())).endswith(f"\nResult: {word}\n")
    bold, sentence = word.split(" - ")
    assert delta_as_markdown(compare(run, ready_state())).startswith(f"**{bold}** - {escaped(sentence)}\n")
