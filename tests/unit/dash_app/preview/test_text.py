"""Parts of files as text: what is cut, what is said about it, and what is no text."""

from __future__ import annotations

import os
import random

import pytest

from dash_app.preview.kinds import NoPreview, has_preview
from dash_app.preview.text import Excerpt, Part, excerpt_of, log_of


def shown(data: bytes, path: str = "a.yaml") -> Excerpt:
    """A file that was read whole."""
    return excerpt_of(path, Part(data, 0, len(data), data[:16]))


def first_part(data: bytes, most: int, path: str = "a.yaml") -> Excerpt:
    return excerpt_of(path, Part(data[:most], 0, len(data), data[:16]))


def last_part(data: bytes, first: int, path: str = "a.log") -> Excerpt:
    return excerpt_of(path, Part(data[first:], first, len(data), data[:16]))


def refused(data: bytes, path: str = "a.csv") -> str:
    with pytest.raises(NoPreview) as problem:
        shown(data, path)
    assert (problem.value.status, problem.value.error) == (415, "no_preview")
    return problem.value.message


def test_a_small_text_is_shown_as_it_is() -> None:
    assert shown("lr: 0.002\nname: Überwachung 日本 🙂\n".encode()) == Excerpt(
        "lr: 0.002\nname: Überwachung 日本 🙂\n", ()
    )


def test_markup_stays_text_and_hidden_characters_become_visible() -> None:
    """Escapes of the terminal, reversed text, zero-width signs: nothing of it acts or hides."""
    text = "<script>alert(1)</script>\x1b[31m\u202edcba\u200b\u2028\ttab"

    found = shown(text.encode())

    assert found.text == "<script>alert(1)</script>\\x1b[31m\\u202edcba\\u200b\\u2028\ttab"


def test_line_ends_of_every_system_are_line_ends() -> None:
    """A progress bar writes a line again and again."""
    assert shown(b"a\r\nb\rc\n").text == "a\nb\nc\n"


def test_an_empty_file_is_called_empty() -> None:
    assert shown(b"") == Excerpt("", ("The file is empty.",))


def test_of_a_long_file_whole_lines_of_the_first_part_are_shown() -> None:
    found = first_part(b"line 1\nline 2\nline 3\n", 17)

    assert found == Excerpt("line 1\nline 2\n", ("Only the first part is shown: 17 B of 21 B.",))


def test_of_a_log_whole_lines_of_the_last_part_are_shown() -> None:
    found = last_part(b"line 1\nline 2\nline 3\n", 4)

    assert found == Excerpt("line 2\nline 3\n", ("Only the last part is shown: 17 B of 21 B.",))


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_character_that_was_cut_is_left_out_at_either_end(cut: int) -> None:
    """One line without an end: nothing but the cut itself is lost, and nothing is called damaged."""
    data = "日本語🙂".encode() * 2

    head, tail = first_part(data, len(data) - cut), last_part(data, cut)

    assert "日本語🙂日本語🙂".startswith(head.text) and len(head.text) >= 8 - cut
    assert "日本語🙂日本語🙂".endswith(tail.text) and len(tail.text) >= 8 - cut
    assert len(head.notes) == len(tail.notes) == 1


def test_bytes_that_are_not_utf8_are_shown_and_counted() -> None:
    found = shown("café".encode("latin-1") + b" and the rest of a sentence")

    assert found.text == "caf\\xe9 and the rest of a sentence"
    assert found.notes == ("1 byte is not UTF-8, and shown like \\xff.",)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_with_its_mark_is_read_and_said(encoding: str) -> None:
    data = "\ufefflr: 1\nname: 日本\n".encode(encoding)

    assert shown(data) == Excerpt("lr: 1\nname: 日本\n", ("It is UTF-16; UTF-8 was expected.",))
    assert last_part(data, 14, "a.log").text == "name: 日本\n"


def test_a_byte_order_mark_of_utf8_is_no_text() -> None:
    assert shown(b"\xef\xbb\xbflr: 1\n").text == "lr: 1\n"


def test_what_is_no_text_is_refused_by_name() -> None:
    noise = bytes(random.Random(1).choices([b for b in range(1, 256) if b not in b"\r\n\t"], k=2000))

    assert "nothing but zero bytes" in refused(bytes(5000))
    assert "a NUL byte" in refused(b"epoch,loss\n1,\x002\n")
    assert "a tenth of it" in refused(noise)
    assert "a NUL byte" in refused("ab\n".encode("utf-16-le"))
    assert "UTF-32" in refused("\ufeffab\n".encode("utf-32-le"))


def test_any_bytes_are_shown_or_refused() -> None:
    for seed in range(300):
        chance = random.Random(seed)
        data = (
            chance.randbytes(chance.randrange(200)) if seed % 2 else bytes(chance.choices(b'ab",;\n\r\\\xc3\xa9', k=99))
        )
        try:
            found = shown(data, chance.choice(["a.csv", "a.json", "a.log"]))
        except NoPreview:
            continue
        assert all(char.isprintable() or char in "\n\t" for char in found.text)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_a_table_is_rows_the_header_first(sign: str) -> None:
    text = f'epoch{sign}note\r\n1{sign}"a {sign} ""b""\n<c>"\r\n\r\n2\r\n'

    assert shown(text.encode(), "a.csv").rows == (("epoch", "note"), ("1", f'a {sign} "b"\n<c>'), ("2", ""))


def test_of_a_long_or_wide_table_the_first_part_is_shown_and_said() -> None:
    """A thousand rows, forty columns, and no more cells than a browser takes easily."""

    def table(rows: int, columns: int) -> tuple[int, int, tuple[str, ...]]:
        found = shown((",".join("x" * columns) + "\n").encode() * (1 + rows), "a.csv")
        return len(found.rows or ()) - 1, len((found.rows or ((),))[0]), found.notes

    assert table(1000, 2) == (1000, 2, ())
    assert table(1001, 2) == (1000, 2, ("Only the first 1,000 rows are shown.",))
    assert table(0, 40) == (0, 40, ())
    assert table(1, 41) == (1, 40, ("Only the first 40 of 41 columns are shown.",))
    assert table(300, 40) == (300, 40, ())
    assert table(301, 40) == (300, 40, ("Only the first 300 rows are shown.",))


def test_a_log_is_as_a_terminal_would_leave_it() -> None:
    """Without colours, and without what was written over."""
    log = b"\x1b[31mred\x1b[0m\r\n 10%\r 50%\r100%\r\ndone\r\nopen \x1b[1;2"

    assert log_of(Part(log, 0, len(log), log[:16])).text == "red\n100%\ndone\nopen \\x1b[1;2"
    cut = log_of(Part(log[4:], 4, len(log), log[:16]))
    assert cut.text.startswith("100%\n") and cut.notes[0].startswith("Only the last part is shown: ")


def test_a_csv_that_is_no_table_is_text() -> None:
    assert shown(b"\n\n", "a.csv").rows is None
    assert shown(b'"' + os.linesep.encode() * 20 + b"x" * 200_000, "a.csv").rows is None


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("configs/a.yaml", True),
        ("A.CSV", True),
        ("runs/train.log", True),
        ("curve.PNG", True),
        ("a.svg", False),
        ("a.html", False),
        ("checkpoints/a.pt", False),
        ("runs/events.out.tfevents.1.vm.2.0", False),
        ("runs.yaml/noname", False),
    ],
)
def test_a_button_is_drawn_for_texts_and_pictures_only(path: str, is_one: bool) -> None:
    assert has_preview(path) is is_one
