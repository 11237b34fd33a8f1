"""What a check says together with the findings it tells: the worse leads, warnings follow, settings decide."""

from __future__ import annotations

import pytest
from support.gathered import good, told, with_config

from collectors.contract.sections import Level
from collectors.contract.values import Outcome
from collectors.judge import checklist
from collectors.judge.checks.part import Judgement
from collectors.judge.findings import every
from collectors.judge.findings.every import FINDINGS, with_findings
from collectors.judge.findings.spec import FindingSpec, Found
from collectors.judge.remedy import Remedy
from collectors.training.evidence import WorkspaceEvidence

PASSED = Judgement(Outcome.PASS, "all of one run")
FAILED = Judgement(Outcome.FAIL, "two runs", (Remedy("Train again."),))


def tell(monkeypatch: pytest.MonkeyPatch, default: Level, level: Level | None = None) -> None:
    """One finding of check 9, in place of all others."""
    found = Found("a.csv", "patchtst", "a.csv says 1, b.csv says 2", "Look at both.", level)
    spec = FindingSpec("odd_pair", "provenance", "two say otherwise", default, lambda _: [found])
    monkeypatch.setattr(every, "FINDINGS", (spec,))


def settled(level: Level) -> WorkspaceEvidence:
    return with_config(good(), checks={"odd_pair": {"level": level, "reason": "so it is"}})


def test_without_a_finding_a_judgement_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, "fail")

    assert with_findings(PASSED, "training", good()) is PASSED


def test_what_fails_leads_and_brings_its_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, "fail")

    found = with_findings(PASSED, "provenance", good())

    assert told(found) == ("fail", "a.csv says 1, b.csv says 2 (odd_pair); all of one run", "Look at both.")
    assert [(e.path, e.stream) for e in found.evidence] == [("a.csv", "patchtst")]


def test_what_cannot_be_told_makes_a_pass_a_skip_and_leaves_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, "skip")

    assert with_findings(PASSED, "provenance", good()).outcome is Outcome.SKIP
    failed = with_findings(FAILED, "provenance", good())
    assert told(failed) == ("fail", "two runs; a.csv says 1, b.csv says 2 (odd_pair)", "Train again.")


def test_what_warns_is_told_behind_and_changes_no_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, "warn")

    found = with_findings(PASSED, "provenance", good())

    assert told(found) == ("pass", "all of one run [warning: a.csv says 1, b.csv says 2 (odd_pair)]", None)
    assert with_findings(FAILED, "provenance", good()).outcome is Outcome.FAIL


def test_one_place_may_count_otherwise_than_the_finding_does_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, "warn", "fail")
    assert with_findings(PASSED, "provenance", good()).outcome is Outcome.FAIL

    tell(monkeypatch, "off", None)
    assert with_findings(PASSED, "provenance", good()) is PASSED


@pytest.mark.parametrize("level, outcome", [("fail", "fail"), ("skip", "skip"), ("warn", "pass"), ("off", "pass")])
def test_the_configuration_decides_before_both(monkeypatch: pytest.MonkeyPatch, level: Level, outcome: str) -> None:
    tell(monkeypatch, "warn", "fail")

    found = with_findings(PASSED, "provenance", settled(level))

    assert found.outcome.value == outcome
    assert ("odd_pair" in found.detail) == (level != "off")


def test_a_finding_that_breaks_fails_its_check_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: WorkspaceEvidence) -> list[Found]:
        raise RuntimeError("no such thing")

    spec = FindingSpec("odd_pair", "provenance", "two say otherwise", "warn", broken)
    monkeypatch.setattr(every, "FINDINGS", (spec,))

    checks = {c.id: c for c in checklist.judge(good()).checks}

    assert checks["provenance"].detail == "this check broke: RuntimeError: no such thing"
    assert {c.outcome for c in checks.values() if c.id != "provenance"} == {Outcome.PASS}


def test_every_finding_has_an_id_of_its_own_that_no_check_has_and_belongs_to_a_check() -> None:
    checks = set(checklist.specs_by_id())

    assert len({f.id for f in FINDINGS}) == len(FINDINGS)
    assert not checks & {f.id for f in FINDINGS}
    assert {f.check for f in FINDINGS} <= checks


def test_a_good_training_has_none() -> None:
    assert [found for spec in FINDINGS for found in spec.find(good())] == []
