"""The end of a training's log -> what it says of an end that was none."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.foreign import Foreign, both, judged

from collectors.observe.last_words import words_in

TRACE = 'Traceback (most recent call last):\n  File "train.py", line 3, in <module>\n    fit()\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("epoch 3\nKilled\n", "Killed"),
        ("epoch 3\nrun.sh: line 4: 4711 Killed   python train.py\n", "Killed"),
        ("epoch 3\nSegmentation fault (core dumped)\n\n", "Segmentation fault"),
        (f"{TRACE}torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB\n", "CUDA out of memory"),
        (f"{TRACE}KeyboardInterrupt\n", "KeyboardInterrupt"),
        (f"{TRACE}my.own.ShapeError: 3 of 4\n", "ShapeError"),
        ("epoch 3\nRuntimeError: One or more background workers are no longer alive.\n", "RuntimeError"),
        ("slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-11-27T10:00:00 DUE TO TIME LIMIT ***\n",
         "CANCELLED AT 2026-11-27T10:00:00 DUE TO TIME LIMIT"),
        ("OSError: [Errno 28] No space left on device\n", "No space left on device"),
        ("epoch 10 of 10\nKilled 3 stale workers\n", ""),
        (f"{TRACE}ValueError: caught\nretrying\nepoch 4\nepoch 5\nepoch 6\nepoch 7\ndone\n", ""),
        ("ErrorRate 0.3\n", ""),
        ("epoch 10\nexact match error: 0.2\n", ""),
        ("CUDA out of memory, batch halved\nepoch 1\nepoch 2\nepoch 3\nepoch 4\n", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_only_the_last_lines_count_and_only_their_own_words_are_told(text: str, words: str) -> None:
    assert words_in(text) == words


def ended(
    made: Foreign, *, log: str = "train.log", after: float = 1.0, last: int = 7, words: str = "Killed\n"
) -> tuple[str, str]:
    """A training of ten epochs that logged so many, and a log that ends with these: verdict, what check 8 says."""
    made.log(both(range(1, last + 1)))
    made.events(steps_are="epochs")
    made.total(10)
    made.put(log, f"epoch 7\n{words}", after)
    made.finish()
    state = judged(made.root)
    return state.verdict.value.value, next(c.detail for c in state.checklist if c.id == "training")


def test_a_training_whose_log_says_killed_trains_no_more(tmp_path: Path) -> None:
    verdict, said = ended(Foreign(tmp_path, age=10.0))

    assert (verdict, "epoch 7 of 10, then silent" in said) == ("not_ready", True)
    assert "train.log ends with `Killed` (log_error)" in said


@pytest.mark.parametrize("log", [{"after": -30.0}, {"log": "eval.log"}], ids=["older than the losses", "of another"])
def test_a_log_of_before_or_of_another_program_ends_nothing(tmp_path: Path, log: dict[str, str | float]) -> None:
    verdict, said = ended(
        Foreign(tmp_path, age=10.0), log=str(log.get("log", "train.log")), after=float(log.get("after", 1.0))
    )

    assert (verdict, "log_error" in said) == ("training", False)


def test_an_error_that_may_have_been_caught_ends_a_training_once_that_is_silent(tmp_path: Path) -> None:
    """Its process is on another machine: a lost upload is no end of it."""
    error = f"{TRACE}requests.exceptions.ConnectionError: no route\n"

    assert ended(Foreign(tmp_path / "a", age=10.0), words=error)[0] == "training"
    verdict, said = ended(Foreign(tmp_path / "b"), words=error)
    assert (verdict, "train.log ends with `ConnectionError` (log_error)" in said) == ("not_ready", True)


def test_what_fails_after_the_last_epoch_warns(tmp_path: Path) -> None:
    verdict, said = ended(Foreign(tmp_path), last=10)

    assert (verdict, "warning" in said, "train.log ends with `Killed`" in said) == ("ready", True, True)
