"""A document's text -> what it says in prose: whole words and sentences outside comments and code. Pure.

HTML comments, code fences, inline code and comments made of link definitions are no prose. It refuses to
understand: a word counts wherever it stands.
"""

from __future__ import annotations

import re

_NO_PROSE = re.compile(
    r"""
      <!--.*?(?:-->|\Z)                                                             # a comment, closed or not
    | ^[ ]{0,3}(?:[-*+][ ]+)?(?P<fence>`{3,}|~{3,})[^\n]*(?:\n.*?(?:^[ ]*(?P=fence)[`~]*[ \t]*$|\Z)|\Z)
    | ^[ ]{0,3}\[[^\]\n]*\]:[ \t]*(?:\#|<>)[^\n]*$                                    # [//]: # (a comment)
    | (?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).){1,2000}?(?<!`)(?P=ticks)(?!`)       # inline code
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_BEGINS = re.compile(r"^[ \t]*(?:[-*+]|\d+[.)]|\||>)")
"""A line that goes on with nothing before it: an item, a row of a table, a quotation."""
_NO_SENTENCE = re.compile(r"^[ \t]*(?:#{1,6}(?:\s|$)|[-=_*|:\s]+$)")
"""A heading, or a line of signs."""
_END = re.compile(r"[.!?。！？][\"'”’)\]]*(?:\s+|$)")
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = r"(?:['’]s|s|es|d|ed|ing|ings|ly|ity)?"
FEWEST_WORDS = 2


def prose_of(text: str) -> str:
    """The text without comments and code."""
    return _NO_PROSE.sub(" ", text)


def speaks_of(prose: str, word: str) -> bool:
    """Whether a whole word, or an inflection of it, stands there in any case: `trained` speaks of train."""
    return re.search(rf"(?<![^\W_])(?:{_forms(word)})(?![^\W_])", prose, re.IGNORECASE) is not None


def _forms(word: str) -> str:
    forms = [re.escape(word) + _ENDINGS]
    stem = word[:-3] if re.search(r"[a-z]{2}[ts]ion$", word, re.IGNORECASE) else word.removesuffix("e")
    if stem != word:  # calibration, calibrate
        forms.append(re.escape(stem) + "(?:e|es|ed|ing|ings|ion|ions)")
    if re.search(r"[^aeiou\W\d_]$", word, re.IGNORECASE):  # split, splitting
        forms.append(re.escape(word + word[-1]) + "(?:ed|ing|ings)")
    return "|".join(forms)


def sentences(prose: str) -> list[str]:
    """Its sentences, items and rows of at least two words; headings are none."""
    blocks: list[list[str]] = [[]]
    for line in prose.splitlines():
        if not line.strip() or _NO_SENTENCE.match(line):
            blocks.append([])
            continue
        if _BEGINS.match(line):
            blocks.append([])
        blocks[-1].append(line)
    found = (piece for block in blocks for piece in _END.split(" ".join(block)))
    return [piece.strip() for piece in found if len(_WORD.findall(piece)) >= FEWEST_WORDS]
