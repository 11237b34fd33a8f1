"""The mutation tool, on a package of a few lines: what is tested is killed, what is not is told."""

from __future__ import annotations

from pathlib import Path

import mutants.__main__ as tool
import pytest
from mutants.areas import AREAS, LEFT_OUT, UNSEEN, area_of
from mutants.equivalents import EQUIVALENTS, Equivalent
from mutants.evidence import KnownTest
from mutants.mutant import Mutant
from mutants.project import Project, sample
from mutants.report import is_enough, told
from mutants.trial import SURVIVED, TESTS, TIME, Result, within
from support.server import ROOT

PACKAGE = """
MOST: int = 3


def tested(count: int) -> bool:
    return count < MOST


def reached(count: int) -> int:
    return count + 1


def in_a_child(count: int) -> bool:
    return count > 7


def unreached(count: int) -> bool:
    return count == 5


def counted(most: int) -> int:
    count = 0
    while count < most:
        count += 1
    return count


if __name__ == "__main__":
    import sys

    print(in_a_child(int(sys.argv[1])))
"""
TESTS_OF_IT = """
import subprocess, sys
import pytest
from tiny.limits import counted, reached, tested


@pytest.mark.parametrize("count", [pytest.param(2, id="below it"), pytest.param(3, id="at it")])
def test_the_border(count):
    assert tested(count) is (count == 2)


def test_that_asks_nothing():
    reached(1)


def test_in_a_child():
    for count, expected in ((7, "False"), (8, "True")):
        run = [sys.executable, "-m", "tiny.limits", str(count)]
        assert subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip() == expected


def test_the_loop_ends():
    assert counted(3) == 3


def test_that_fails_always():
    assert reached(1) == 5
"""


TRIED = {
    ("return count < MOST", "return (count <= MOST)"),
    ("MOST: int = 3", "MOST: int = 4"),
    ("MOST: int = 3", "MOST: int = 2"),
    ("return count > 7", "return count > 8"),
    ("return count + 1", "return (count - 1)"),
    ("return count == 5", "return (count != 5)"),
    ("count += 1", "count -= 1"),
}
"""Of the mutants of the package; trying one takes some seconds."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Result]:
    """What became of them, by the line as it was and became."""
    root = tmp_path_factory.mktemp("tiny")
    (root / "tiny").mkdir()
    (root / "tests").mkdir()
    (root / "tiny/limits.py").write_text(PACKAGE)
    (root / "tests/test_limits.py").write_text(TESTS_OF_IT)
    project = Project(
        root, root / "kept", {"limits": ("tiny/",)}, ("tiny",), left_out=(), unseen={}, equivalents=(), spare_seconds=10
    )
    home = tmp_path_factory.mktemp("home")
    source = project.sources["tiny/limits.py"]
    drawn = [mutant for mutant in project.mutants["limits"] if mutant.changed_line(source) in TRIED]
    assert len(drawn) == len(TRIED)
    found = tool.run(project, {"limits": drawn}, home, seconds=20, with_types=False)
    assert (root / "tiny/limits.py").read_text() == PACKAGE, "the checkout is never touched"
    return {result.mutant.changed_line(source): result for result in found["limits"]}


def fate(results: dict[tuple[str, str], Result], before: str, after: str) -> Result:
    return results[before, after]


@pytest.mark.slow
def test_a_mutant_that_a_test_notices_is_killed_by_that_test(results: dict[tuple[str, str], Result]) -> None:
    border = fate(results, "return count < MOST", "return (count <= MOST)")

    assert (border.fate, border.killer) == (TESTS, "tests/test_limits.py::test_the_border[at it]")


@pytest.mark.slow
def test_a_constant_of_a_module_is_noticed_where_it_is_used(results: dict[tuple[str, str], Result]) -> None:
    assert fate(results, "MOST: int = 3", "MOST: int = 4").fate == TESTS
    assert fate(results, "MOST: int = 3", "MOST: int = 2").fate == TESTS


@pytest.mark.slow
def test_a_line_that_runs_in_a_child_process_is_noticed_too(results: dict[tuple[str, str], Result]) -> None:
    border = fate(results, "return count > 7", "return count > 8")

    assert (border.fate, border.killer) == (TESTS, "tests/test_limits.py::test_in_a_child")


@pytest.mark.slow
def test_a_line_that_runs_without_a_question_survives(results: dict[tuple[str, str], Result]) -> None:
    """Only one test passes and runs it; the one that fails without a mutant proves nothing."""
    ignored = fate(results, "return count + 1", "return (count - 1)")

    assert (ignored.fate, ignored.tried, ignored.known) == (SURVIVED, 1, 1)


@pytest.mark.slow
def test_a_line_that_no_test_runs_survives_and_is_told(results: dict[tuple[str, str], Result]) -> None:
    unrun = fate(results, "return count == 5", "return (count != 5)")
    report = told({"limits": list(results.values())}, {"tiny/limits.py": PACKAGE.encode()})

    assert (unrun.fate, unrun.known) == (SURVIVED, 0)
    assert any(
        line.startswith("tiny/limits.py:18 comparison: return count == 5 -> return (count != 5)")
        and line.endswith("(no test runs it)")
        for line in report
    )


@pytest.mark.slow
def test_the_rates_decide(results: dict[tuple[str, str], Result]) -> None:
    good = [result for result in results.values() if result.fate == TESTS][:1]
    bad = [result for result in results.values() if result.fate == SURVIVED][:1]

    assert is_enough({"a": good * 23 + bad * 2})
    assert not is_enough({"a": good * 22 + bad * 3})
    assert is_enough({"a": good * 17 + bad * 3, "b": good * 80})
    assert not is_enough({"a": good * 16 + bad * 3, "b": good * 80}), "84 % in an area"


def test_the_same_seed_draws_the_same_and_another_draws_others(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/long.py").write_text("".join(f"x{n} = {n}\n" for n in range(300)))
    (tmp_path / "a/short.py").write_text("y = 1\nz = 2\n")
    areas = {"long": ("a/long.py",), "short": ("a/short.py",)}
    project = Project(tmp_path, tmp_path, areas, ("a",))
    drawn = sample(project, 40, 7)

    assert sample(project, 40, 7) == drawn != sample(project, 40, 8)
    assert {area: len(mutants) for area, mutants in drawn.items()} == {"long": 38, "short": 2}
    assert len({mutant.line for mutant in drawn["long"]}) == 38, "one of a line"


def test_cheap_tests_come_first_within_their_time_and_every_function_gets_its_turn() -> None:
    rows = [KnownTest(f"a.py::rows[{n:02}]", 1.0, 1) for n in range(100)]
    others = [KnownTest("b.py::slow", 90.0, 1), KnownTest("b.py::broad", 2.0, 2), KnownTest("c.py::quick", 0.1, 1)]

    names = [test.name for test in within([*rows, *others], 5)]

    assert names == ["c.py::quick", "a.py::rows[00]", "a.py::rows[01]", "b.py::broad"]
    assert [test.name for test in within(others[:1], 5)] == ["b.py::slow"], "one at least"


def test_an_equivalent_is_left_out_by_its_text_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.py").write_text("def f(x):\n    return  x + 1\n")
    known = (Equivalent("return x + 1", "return x + 2", "a reason"),)

    texts = [
        [m.new for m in Project(tmp_path, tmp_path, {"all": ("a/",)}, ("a",), equivalents=equivalents).mutants["all"]]
        for equivalents in ((), known)
    ]

    assert sorted(set(texts[0]) - set(texts[1])) == ["2"]


def test_every_path_of_the_tables_exists_and_every_equivalent_stands_in_the_product() -> None:
    """Files that move take their line here along."""
    project = Project(ROOT, ROOT / "build/mutants")
    starts = [start for area in AREAS.values() for start in area]
    lines = {" ".join(line.split()) for source in project.sources.values() for line in source.decode().splitlines()}

    assert [start for start in starts if not any(path.startswith(start) for path in project.sources)] == []
    assert [path for path in [*UNSEEN, *UNSEEN.values()] if path not in project.sources] == []
    assert [path for path in LEFT_OUT if not (ROOT / path).exists()] == []
    assert [one.before for one in EQUIVALENTS if one.before not in lines or not one.reason] == []
    assert {area_of(path, AREAS) for path in project.sources} == {*AREAS, None}


@pytest.mark.slow
def test_a_mutant_that_never_ends_is_noticed(results: dict[tuple[str, str], Result]) -> None:
    assert fate(results, "count += 1", "count -= 1").fate == TIME


def test_changed_lines_are_told_without_their_indentation() -> None:
    mutant = Mutant("a.py", 1, 4, 5, "1", "2", "constant", 1, 1)

    assert mutant.changed_line(b"    1  # why\nx") == ("1 # why", "2 # why")
