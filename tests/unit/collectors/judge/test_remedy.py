"""Commands for a POSIX shell: quoted, and none at all for a name that something could take for more than a file."""

from __future__ import annotations

import shlex

import pytest

from collectors.judge.remedy import Command, Kind, Remedy, is_plain, together


@pytest.mark.parametrize("path", ["a.pt", "runs/a b.pt", "it's.zip", "$(rm -rf x);y.zip", "모델.pt", "a`b`.pt", "a>b"])
def test_a_file_that_a_shell_can_be_given_is_quoted(path: str) -> None:
    assert is_plain(path)
    assert shlex.split(Command(("unzip", "-o", path), ("m",)).text) == ["unzip", "-o", path, "m"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        " a",
        "a ",
        "-rf",
        "@list",
        "~/a",
        "a\nb",
        "a\tb",
        "a\x1b[31m",
        "a\u202eb",
        "a*",
        "a?",
        "a[b]",
        "a\\b",
        "\x00",
    ],
)
def test_a_name_that_could_be_taken_for_something_else_gives_no_command(path: str) -> None:
    assert not is_plain(path)


def test_what_a_command_says_may_go_into_a_file() -> None:
    assert Command(("unzip", "-p", "a.zip"), ("run/m",), "it's").text == "unzip -p a.zip run/m > 'it'\"'\"'s'"


def test_commands_that_begin_alike_become_one_and_others_follow_in_order() -> None:
    take, other = Command(("unzip", "-o", "a.zip"), ("m",)), Command(("unzip", "-o", "a.zip"), ("n",))
    into = Command(("unzip", "-p", "a.zip"), ("k",), "k")

    assert [c.text for c in together([take, into, other, take])] == ["unzip -o a.zip m n", "unzip -p a.zip k > k"]


def test_two_remedies_of_one_action_name_both_and_lose_the_command_where_one_has_none() -> None:
    one = Remedy("Mend {names}.", Kind.RESTORE, ("a",), (Command(("do", "a")),))

    both = one.with_more(Remedy("Mend {names}.", Kind.RESTORE, ("b",), (Command(("do", "b")),)))
    partly = one.with_more(Remedy("Mend {names}.", Kind.RESTORE, ("b",)))

    assert (both.words, both.command) == ("Mend a and b.", "do a && do b")
    assert (partly.words, partly.command) == ("Mend a and b.", None)
