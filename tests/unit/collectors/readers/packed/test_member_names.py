"""Names of archive members: which could be unpacked, and which would lead out of the folder."""

from __future__ import annotations

from collectors.readers.packed.member_names import MOST_CHARACTERS, name_problem, normalised, target_problem


def test_a_name_that_stays_inside_is_none_of_our_business() -> None:
    for name in ("a", "a/b.pt", "./a//b", "a/", "..a", "a..", "x" * MOST_CHARACTERS, "C", "ab:c"):
        assert name_problem(name) is None, name


def test_a_name_that_leads_out_or_is_none_is_told() -> None:
    for name, said in (
        ("", "has no name"),
        ("./", "has no name"),
        ("//", "has no name"),
        ("x" * 4097, "has a name of 4,097 characters"),
        ("a\0b", "has a NUL byte in its name"),
        ("a\\b", "has a backslash in its name"),
        ("/a", "has an absolute path"),
        ("C:a", "has an absolute path"),
        ("c:/a", "has an absolute path"),
        ("../a", "has `..` in its path"),
        ("a/../b", "has `..` in its path"),
        ("a/..", "has `..` in its path"),
    ):
        assert name_problem(name) == said, name


def test_names_are_compared_without_what_means_nothing() -> None:
    assert normalised("./a//b/./c/") == normalised("a\\b\\c") == "a/b/c"
    assert normalised("./") == ""


def test_a_link_may_go_up_as_far_as_its_own_folders() -> None:
    for folder, target, said in (
        ("", "a", None),
        ("a", "../b", None),
        ("a/b", "../../c", None),
        ("a", "../../b", "points out of the archive"),
        ("", "..", "points out of the archive"),
        ("", "a/../..", "points out of the archive"),
        ("", "./a/..", None),
        ("a", "b/../../c/../..", "points out of the archive"),
        ("a", "/etc", "points to an absolute path"),
        ("a", "C:\\x", "points to an absolute path"),
    ):
        assert target_problem(folder, target) == said, (folder, target)
