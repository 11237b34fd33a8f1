"""Files of two runs: which belong together, what differs between them, and what cannot be told."""

from __future__ import annotations

from typing import Any

import pytest
from support.state_parts import raw_state

from collectors.compare.artifacts import GROUPS, artifact_changes
from collectors.contract.artifacts import Artifacts
from collectors.contract.delta import ArtifactChange

EMPTY: dict[str, Any] = raw_state()["artifacts"] | {group: [] for group in GROUPS}
Told = tuple[str, str | None, str | None, str | None]


def file(path: str, stream: str | None = None, **changes: Any) -> dict[str, Any]:
    """A verified file of 10 bytes whose hash is unknown."""
    usual: dict[str, Any] = {"level": "verified", "size_bytes": 10, "sha256": None}
    more = {"modified_at": None, "detail": "sound", "belongs_to_run": True}
    return {"path": path, "stream": stream, **usual, **more, **changes}


def artifacts(**groups: Any) -> Artifacts:
    return Artifacts.model_validate(EMPTY | groups)


def changes(run: list[dict[str, Any]], baseline: list[dict[str, Any]], /, **cut: int) -> list[ArtifactChange]:
    """What differs in the logs of two runs; `cut` tells how many files of a side's list are not listed."""
    sides = (
        artifacts(logs=files, not_listed={"logs": cut[side]} if side in cut else {})
        for side, files in (("run", run), ("baseline", baseline))
    )
    return list(artifact_changes(*sides))


def told(found: list[ArtifactChange]) -> list[Told]:
    """Group, stream, and the path on each side."""
    return [(c.group, c.stream, c.run and c.run.path, c.baseline and c.baseline.path) for c in found]


def one(run: dict[str, Any], baseline: dict[str, Any]) -> ArtifactChange:
    (found,) = changes([run], [baseline])
    return found


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_of_files_is_compared(group: str) -> None:
    found = list(artifact_changes(artifacts(**{group: [file("a", "one")]}), artifacts(**{group: [file("a", "one")]})))

    assert told(found) == [(group, "one", "a", "a")]
    assert found[0].differs == ()


def test_files_of_the_same_path_belong_together_whatever_their_order() -> None:
    found = changes([file("a"), file("b")], [file("b"), file("a")])

    assert told(found) == [("logs", None, "a", "a"), ("logs", None, "b", "b")]


def test_a_file_is_not_paired_with_another_streams_file() -> None:
    found = changes([file("a", "one")], [file("b", "two")])

    assert told(found) == [("logs", "one", "a", None), ("logs", "two", None, "b")]


def test_the_same_path_of_another_stream_is_another_file() -> None:
    found = changes([file("a", "one")], [file("a", "two")])

    assert told(found) == [("logs", "one", "a", None), ("logs", "two", None, "a")]


def test_of_files_left_over_the_first_of_each_stream_are_paired() -> None:
    run = [file("kept", "one"), file("new 1", "one"), file("new 2", "two"), file("new 3", "one")]
    baseline = [file("old 1", "two"), file("old 2", "one"), file("kept", "one"), file("old 3", "two")]

    assert told(changes(run, baseline)) == [
        ("logs", "one", "kept", "kept"),
        ("logs", "one", "new 1", "old 2"),
        ("logs", "two", "new 2", "old 1"),
        ("logs", "one", "new 3", None),
        ("logs", "two", None, "old 3"),
    ]


def test_files_that_nobody_owns_are_paired_with_each_other() -> None:
    assert told(changes([file("a.zip")], [file("b.zip")])) == [("logs", None, "a.zip", "b.zip")]


@pytest.mark.parametrize("side", ["run", "baseline"])
def test_a_file_that_a_list_which_was_cut_does_not_name_may_well_be_there(side: str) -> None:
    run, baseline = [file("a", "one"), file("b", "one")], [file("c", "one"), file("a", "one"), file("a", "two")]

    assert told(changes(run, baseline, **{side: 5})) == [("logs", "one", "a", "a")]


def test_a_list_that_was_cut_by_nothing_is_whole() -> None:
    assert len(changes([file("a")], [], run=0, baseline=0)) == 1


def test_a_file_of_one_side_has_no_differences_and_other_content() -> None:
    (found,) = changes([file("a", "one")], [])
    (back,) = changes([], [file("a", "one")])

    for change in (found, back):
        assert (change.stream, change.content, change.differs) == ("one", "different", ())
    assert found.run is not None
    assert found.run.model_dump(mode="json") == {"path": "a", "level": "verified", "size_bytes": 10, "sha256": None}


@pytest.mark.parametrize(
    ("run", "baseline", "differs"),
    [
        ({}, {}, ()),
        ({"path": "b"}, {}, ("path",)),
        ({"level": "readable"}, {}, ("level",)),
        ({"size_bytes": 11}, {}, ("size_bytes",)),
        ({"sha256": "a" * 64}, {"sha256": "b" * 64}, ("sha256",)),
        ({"sha256": "a" * 64}, {"sha256": "a" * 64}, ()),
        ({"sha256": "a" * 64}, {}, ()),
        ({}, {"sha256": "a" * 64}, ()),
        (
            {"path": "b", "level": "present", "size_bytes": None, "sha256": "a" * 64},
            {"sha256": "b" * 64},
            ("path", "level", "size_bytes", "sha256"),
        ),
    ],
)
def test_what_differs_between_two_files_is_named(
    run: dict[str, Any], baseline: dict[str, Any], differs: tuple[str, ...]
) -> None:
    assert one(file("a") | run, file("a") | baseline).differs == differs


@pytest.mark.parametrize(
    ("run", "baseline", "content"),
    [
        ({"sha256": "a" * 64}, {"sha256": "a" * 64}, "same"),
        ({"sha256": "a" * 64}, {"sha256": "b" * 64}, "different"),
        ({"size_bytes": 11}, {}, "different"),
        ({}, {}, "unknown"),  # equal sizes alone prove nothing
        ({"sha256": "a" * 64}, {}, "unknown"),
        ({}, {"sha256": "a" * 64}, "unknown"),
    ],
)
def test_content_is_called_the_same_only_where_both_hashes_are_known(
    run: dict[str, Any], baseline: dict[str, Any], content: str
) -> None:
    assert one(file("a") | run, file("a") | baseline).content == content
