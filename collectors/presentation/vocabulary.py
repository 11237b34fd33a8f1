"""The words of the product, one name for one thing: what page, terminal and report say, and what they no longer do.

Input: nothing. Output: `TABLE`. Verdicts, outcomes, levels and judgements take their words of `words`; whoever needs a
new one puts it here, and `tests/contract/test_one_vocabulary.py` looks for it on the faces that it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from collectors.contract.values import Direction, Level, Outcome, Regression, Status, VerdictValue
from collectors.presentation.words import (
    DIRECTION_WORDS,
    NOT_ASKED,
    NOT_YET,
    OUTCOME_MARKS,
    REGRESSION_WORDS,
    STREAM_WORDS,
    VERDICT_WORDS,
)

Face = Literal["page", "terminal", "report"]
EVERYWHERE: Final[tuple[Face, ...]] = ("page", "terminal", "report")
SHOWN: Final[tuple[Face, ...]] = ("page", "report")


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase."""

    word: str
    means: str
    """What it says of the thing it stands beside."""
    said_on: tuple[Face, ...] = EVERYWHERE
    instead_of: tuple[str, ...] = ()
    """What the same thing was called before; no face says it any more."""


TABLE: Final = (
    # The verdict on a run.
    Term(VERDICT_WORDS[VerdictValue.READY], "every check that counts has passed"),
    Term(VERDICT_WORDS[VerdictValue.NOT_READY], "a check that counts has failed"),
    Term(VERDICT_WORDS[VerdictValue.INCOMPLETE], "nothing failed, and something was not checked"),
    Term(VERDICT_WORDS[VerdictValue.TRAINING], "a stream still trains"),
    # The outcome of a check.
    Term(OUTCOME_MARKS[Outcome.PASS], "it passed"),
    Term(OUTCOME_MARKS[Outcome.FAIL], "it failed"),
    Term(OUTCOME_MARKS[Outcome.SKIP], "it was not checked"),
    Term("PASS", "what was asked was found"),
    Term("FAIL", "what was asked was not found, or is wrong"),
    Term("SKIP", "it cannot be told"),
    Term(NOT_YET, "a training that has not ended cannot have it", ("page",)),
    Term(NOT_ASKED, "the description switches the check off", ("terminal",)),
    Term(NOT_ASKED.upper(), "the same in a list of outcomes", SHOWN),
    Term("passed", "so many checks did"),
    Term("failed", "so many checks did"),
    Term("skipped", "so many checks could not be told"),
    Term("hint", "what to do about it", ("terminal",)),
    # Checks; the card and the stage of a check are called as it is.
    Term("Trained checkpoints", "check 1"),
    Term("Scaler", "check 2"),
    Term("Training logs", "check 3"),
    Term("Final configs", "check 4"),
    Term("Backup bundle", "check 5"),
    Term("Scoring smoke test", "check 6"),
    Term("Training finished", "check 7"),
    Term("Split policy", "check 8"),
    Term("Same run", "check 9"),
    Term("Not worse than baseline", "check 10", instead_of=("No regression", "NO REGRESSION", "no regression")),
    # Against the baseline.
    Term("baseline", "the run that the run is compared with"),
    Term(REGRESSION_WORDS[Regression.REGRESSION], "worse than the policy allows", instead_of=("REGRESSION",)),
    Term(
        REGRESSION_WORDS[Regression.INCOMPARABLE], "they were not measured the same way", instead_of=("INCOMPARABLE",)
    ),
    Term(REGRESSION_WORDS[Regression.INCOMPLETE], "one of the two has not ended"),
    Term(DIRECTION_WORDS[Direction.BETTER], "a value went the good way"),
    Term(DIRECTION_WORDS[Direction.WORSE], "a value went the other way, further than allowed"),
    Term(DIRECTION_WORDS[Direction.WITHIN], "a value went less far than the policy cares"),
    Term(
        DIRECTION_WORDS[Direction.INCOMPARABLE],
        "no further epoch will make them comparable",
        instead_of=("ot comparable",),
    ),
    Term(DIRECTION_WORDS[Direction.UNFINISHED], "a curve still runs, or stopped early"),
    Term(DIRECTION_WORDS[Direction.NEW], "one of the two runs was not asked this check"),
    Term("the same", "a value did not change"),
    Term(" allowed (limit ", "how much worse a value may be, and where that ends"),
    # Streams and their curves.
    Term(STREAM_WORDS[Status.IDLE], "no value of any curve was found", ("page", "terminal")),
    Term("stopped early", "a stream ended by itself before its last epoch", SHOWN),
    Term("epoch ", "a pass over the data; one of them is `1 epoch`", instead_of=("1 epochs", "1 steps", "1 files")),
    Term("final", "the last value of a curve"),
    Term("best", "the best value of a curve"),
    # Files.
    Term(Level.MISSING.value, "there is no such file", SHOWN),
    Term(Level.PRESENT.value, "it is there, and nobody looked into it", SHOWN),
    Term(Level.READABLE.value, "it can be read, and something of it could not be proven", SHOWN),
    Term(Level.VERIFIED.value, "all that can be proven of it was", SHOWN),
    Term("not from this run", "a file is of another run", SHOWN),
    # What to do.
    Term("Next", "the steps to READY, in their order", ("terminal",)),
    Term("step to READY", "how much is left to do"),
    Term("clears", "checks that a step is to make pass"),
)
