"""The checklist: which checks are asked, in what order, and what becomes of what each one says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.gathered import ERROR, diverged, good, patchtst, reread, unread, with_config, with_progress, with_stream

from collectors.contract.artifacts import Readiness
from collectors.contract.remembered import PinnedBaseline
from collectors.contract.sections import CheckSettings
from collectors.contract.state import Check
from collectors.contract.values import Outcome, Status
from collectors.judge.checklist import CHECKS, asked_by, documented_checks, judge
from collectors.training.evidence import WorkspaceEvidence

USUAL = [spec.id for spec in CHECKS if not spec.when.is_extra]


def by_id(seen: WorkspaceEvidence) -> dict[str, Check]:
    return {check.id: check for check in judge(seen).checks}


def settled(check: str, **settings: object) -> WorkspaceEvidence:
    """A good training whose configuration says how one check counts."""
    return with_config(good(), checks={check: settings})


def test_a_good_training_passes_nine_checks_in_their_order() -> None:
    checks = judge(good()).checks

    assert [c.id for c in checks] == USUAL
    assert [c.index for c in checks] == list(range(1, 10))
    assert {c.outcome for c in checks} == {Outcome.PASS}
    assert [c.title for c in checks] == [
        "Trained checkpoints",
        "Scaler",
        "Training logs",
        "Final configs",
        "Backup bundle",
        "Scoring smoke test",
        "Split policy",
        "Training finished",
        "Same run",
    ]


def test_the_ids_of_the_checks_and_their_numbers_stay_as_configurations_and_badges_name_them() -> None:
    assert {spec.number: spec.id for spec in CHECKS} == {
        1: "checkpoints",
        2: "scaler",
        3: "logs",
        4: "configs",
        5: "backup",
        6: "smoke",
        7: "split_policy",
        8: "training",
        9: "provenance",
        10: "baseline",
        11: "thresholds",
        12: "scores",
        13: "alarm_rate",
        14: "alignment",
        15: "targets",
    }
    assert [spec.number for spec in CHECKS] == sorted({spec.number for spec in CHECKS})
    assert len({spec.gate.stage for spec in CHECKS}) == len(CHECKS)


def test_each_flag_of_readiness_is_fed_by_a_check_and_no_check_feeds_another() -> None:
    assert {spec.readiness for spec in CHECKS if spec.readiness} == set(Readiness.model_fields)


def test_the_documented_table_says_of_each_check_what_it_proves_and_what_it_cannot() -> None:
    rows = documented_checks()

    assert [(row.number, row.id, row.title) for row in rows] == [(c.number, c.id, c.title) for c in CHECKS]
    for row in rows:
        assert row.passes_when and row.proves and row.cannot_prove, row.id
        assert "\n" not in row.passes_when + row.proves + row.cannot_prove, row.id


def test_a_pipeline_has_the_checks_of_its_sections() -> None:
    bare = with_config(good(), scaler=None, backup=None, smoke=None, split_policy=None)

    assert [spec.id for spec in asked_by(bare.config)] == ["checkpoints", "logs", "configs", "training", "provenance"]
    assert "baseline" in [spec.id for spec in asked_by(settled("baseline").config)]


@pytest.mark.parametrize("section", ["scaler", "backup", "smoke", "split_policy"])
def test_a_check_without_its_section_is_left_out_and_the_others_keep_their_numbers(section: str) -> None:
    checks = judge(with_config(good(), **{section: None})).checks

    assert [c.id for c in checks] == [i for i in USUAL if i != section]
    assert [c.index for c in checks] == [n for n, i in enumerate(USUAL, start=1) if i != section]


def test_a_check_that_is_switched_off_is_left_out() -> None:
    assert "logs" not in by_id(settled("logs", enabled=False, reason="no event files here"))


def test_the_baseline_is_asked_only_where_it_is_switched_on_and_one_is_pinned() -> None:
    pinned = PinnedBaseline("run-1", None)
    switched_on = settled("baseline", enabled=True)

    assert "baseline" not in by_id(replace(good(), baseline=pinned))
    assert "baseline" not in by_id(switched_on)
    assert "baseline" in by_id(replace(switched_on, baseline=pinned))
    assert "baseline" not in by_id(replace(settled("baseline", enabled=False, reason="later"), baseline=pinned))


def test_only_a_pass_has_passed_and_only_a_pass_has_no_hint() -> None:
    seen = replace(with_stream(good(), checkpoint=unread(patchtst().checkpoint)), smoke={}, backups=())

    checks = by_id(seen)

    assert (checks["scaler"].passed, checks["scaler"].hint) == (True, None)
    assert (checks["checkpoints"].outcome, checks["checkpoints"].passed) == (Outcome.FAIL, False)
    assert (checks["smoke"].outcome, checks["smoke"].passed) == (Outcome.SKIP, False)
    assert checks["checkpoints"].hint == "Train PatchTST; it should save checkpoints/patchtst_ssl.pt."
    assert (checks["smoke"].hint or "").startswith("Run the scoring smoke test (`--run-smoke`)")


def test_a_check_tells_what_it_rests_on() -> None:
    paths = [e.path for e in by_id(good())["checkpoints"].evidence]

    assert paths == ["checkpoints/patchtst_ssl.pt", "checkpoints/swinmae_ssl.pt"]


def test_a_check_that_breaks_fails_and_hides_no_other() -> None:
    scaler = good().scaler
    assert scaler is not None
    seen = replace(good(), scaler=reread(scaler, findings=None))

    checks = by_id(seen)

    assert checks["scaler"].outcome is Outcome.FAIL
    assert checks["scaler"].detail == "this check broke: TypeError: 'NoneType' object is not iterable"
    assert checks["scaler"].hint == "Report it, with the state file."
    assert [i for i, c in checks.items() if c.outcome is not Outcome.PASS] == ["scaler"]


def test_a_check_blocks_unless_the_configuration_says_otherwise() -> None:
    seen = settled("logs", blocking=False, reason="they lie elsewhere")

    checks = by_id(seen)

    assert [i for i, c in checks.items() if not c.blocking] == ["logs"]
    assert checks["logs"].outcome is Outcome.PASS
    assert checks["logs"].detail == by_id(good())["logs"].detail + " (a warning only: they lie elsewhere)"
    assert CheckSettings().blocking


def test_what_the_files_of_a_run_from_elsewhere_cannot_tell_is_skipped_with_the_reason() -> None:
    seen = replace(
        with_stream(good(), checkpoint=reread(patchtst().checkpoint, findings=(ERROR,))),
        untold={"checkpoints": "no files of this run are here", "scaler": "nor is its scaler"},
    )

    checks = by_id(seen)

    assert checks["checkpoints"].outcome is Outcome.SKIP
    assert checks["checkpoints"].detail.startswith("patchtst: checkpoints/patchtst_ssl.pt: expected this")
    assert checks["checkpoints"].detail.endswith(" (no files of this run are here)")
    assert checks["checkpoints"].hint is not None
    assert [e.stream for e in checks["checkpoints"].evidence] == ["patchtst", "swinmae"]
    assert (checks["scaler"].outcome, checks["scaler"].passed) == (Outcome.SKIP, False)
    assert checks["logs"].outcome is Outcome.PASS


def test_a_run_from_elsewhere_that_diverged_is_judged_all_the_same() -> None:
    seen = replace(diverged(good()), untold={"training": "its end is not told"})

    assert by_id(seen)["training"].outcome is Outcome.FAIL


def test_a_run_from_elsewhere_that_is_silent_stays_untold() -> None:
    seen = replace(with_progress(good(), status=Status.STALLED), untold={"training": "its end is not told"})

    assert by_id(seen)["training"].outcome is Outcome.SKIP


def test_checks_behind_an_external_checklist_count_on_and_say_whose_they_are() -> None:
    checks = judge(good()).checks

    external = [checks[0].model_copy(update={"id": f"external-{n}", "index": n}) for n in (1, 2, 3)]
    appended = judge(good(), external).checks[3:]

    assert [(c.index, c.title) for c in appended] == [(4, "Training finished (built-in)"), (5, "Same run (built-in)")]
    assert [c.detail for c in appended] == [c.detail for c in checks[7:9]]


def test_a_hint_of_an_external_check_is_its_step_and_without_one_it_has_none() -> None:
    failed = (
        judge(good())
        .checks[0]
        .model_copy(
            update={
                "id": "licence",
                "outcome": Outcome.FAIL,
                "passed": False,
                "hint": "Add a licence.",
                "title": "Licence",
            }
        )
    )

    assert "Add a licence." in [step.action for step in judge(good(), [failed]).steps]
    silent = failed.model_copy(update={"hint": None})
    assert "Add a licence." not in [step.action for step in judge(good(), [silent]).steps]
