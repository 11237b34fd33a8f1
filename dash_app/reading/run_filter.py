"""A line that a person typed -> which runs fit it. Pure, and never an error.

    failed:backup lr<0.001 nov 12 "stopped"      all of these
    verdict:ready or -workspace:pump             one side of `or`; a minus is *not*

Words are looked for in the id, the workspace, the problem and why a run is not ready. A name with `<` `>` `=` `!=`
compares a value of its config, a measure or a metric (`run_values`). Dates are found as they are shown, in the zone of
who asks. What is not understood is looked for as text; what is not finished yet (`lr<`) leaves nothing out.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo

from collectors.contract.run_row import RunRow
from collectors.contract.values import Scalar
from dash_app.reading.run_order import VERDICTS, local_start, verdict_of
from dash_app.reading.run_values import values_named

Fits = Callable[[RunRow], bool]
OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": lambda one, other: not math.isclose(one, other, rel_tol=1e-9),
    "==": lambda one, other: math.isclose(one, other, rel_tol=1e-9),
    "<": operator.lt,
    ">": operator.gt,
    "=": lambda one, other: math.isclose(one, other, rel_tol=1e-9),
}
SIGN = "|".join(OPERATORS)
SPACED = re.compile(rf'("[^"]*"?)|\s*({SIGN})\s*|(?<=[A-Za-z]):[ ]+')
TOKEN = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
COMPARED = re.compile(rf'([^<>=!"]+?)({SIGN})(.*)', re.DOTALL)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = re.compile(
    r"(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?"
    r"|dec(ember)?)\.?"
)
DAY = re.compile(r"([12]\d|3[01]|0?[1-9])(st|nd|rd|th|\.)?")
YEAR = re.compile(r"20\d\d")
ISO_DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?")
CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
LENGTH = re.compile(r"(\d+(?:\.\d+)?)(s|min|m|h|d)")
SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def row_filter(text: str, zone: tzinfo = UTC) -> Fits | None:
    """Return what says whether a row fits the line; None where every row does."""
    spaced = SPACED.sub(lambda found: found[1] or found[2] or ":", text.lower())
    sides: list[list[str]] = [[]]
    for token in TOKEN.findall(spaced):
        if token in ("or", "|", "||"):
            sides.append([])
        elif token not in ("and", "&", "&&"):
            sides[-1].append(token)
    parsed = [terms for side in sides if (terms := _terms(side, zone))]
    if not parsed:
        return None
    return lambda row: any(all(fits(row) for fits in terms) for terms in parsed)


def _terms(tokens: Sequence[str], zone: tzinfo) -> list[Fits]:
    found: list[Fits] = []
    place = 0
    while place < len(tokens):
        fits, taken = _several(tokens[place:], zone)
        if taken == 0:
            fits, taken = _negated(tokens[place], zone), 1
        if fits is not None:
            found.append(fits)
        place += taken
    return found


def _several(tokens: Sequence[str], zone: tzinfo) -> tuple[Fits | None, int]:
    """A term of several words, and how many: a day of a month, or `not ready`."""
    words = [token.strip(",;") for token in tokens[:3]] + ["", ""]
    if words[:2] == ["not", "ready"]:
        return _verdict("not ready"), 2
    pair = next(((m, d) for m, d in (words[:2], words[1::-1]) if MONTH.fullmatch(m) and DAY.fullmatch(d)), None)
    if pair is None:
        return None, 0
    month, day = MONTHS.index(pair[0][:3]) + 1, int(re.sub(r"\D", "", pair[1]))
    year = int(words[2]) if YEAR.fullmatch(words[2]) else None

    def is_that_day(row: RunRow) -> bool:
        when = local_start(row, zone)
        return (when.month, when.day) == (month, day) and year in (None, when.year)

    return is_that_day, 2 if year is None else 3


def _negated(token: str, zone: tzinfo) -> Fits | None:
    rest = token[1:]
    if not token.startswith("-") or not rest or rest[0] in "-0123456789.":
        return _term(token, zone)
    fits = _term(rest, zone)
    return None if fits is None else lambda row: not fits(row)


def _term(token: str, zone: tzinfo) -> Fits | None:
    compared = COMPARED.fullmatch(token)
    if compared is not None:
        return _comparison(compared[1], compared[2], _bare(compared[3]))
    name, colon, value = token.partition(":")
    if colon and name in FIELDS:
        return FIELDS[name](_bare(value), zone) if _bare(value) else None
    if colon and not token.startswith('"') and not CLOCK.fullmatch(token):
        return _holds(token, name, _bare(value))
    return _text(_bare(token), zone)


def _bare(word: str) -> str:
    return word.strip(",;").strip('"').strip()


def _text(word: str, zone: tzinfo) -> Fits | None:
    """Text of a run; a verdict, a month, a day or a time of day also as such."""
    if not word:
        return None
    if word in (value.replace("_", " ") for value in VERDICTS):
        told = _verdict(word)
        return lambda row: told(row) or word in _said(row)
    if MONTH.fullmatch(word):
        month = MONTHS.index(word[:3]) + 1
        return lambda row: word in _said(row) or local_start(row, zone).month == month
    if ISO_DAY.fullmatch(word):
        return lambda row: word in _said(row) or local_start(row, zone).isoformat().startswith(word)
    if CLOCK.fullmatch(word):
        begin = word.zfill(5 if word.count(":") == 1 else 8)
        return lambda row: word in _said(row) or local_start(row, zone).strftime("%H:%M:%S").startswith(begin)
    return lambda row: word in _said(row)


def _said(row: RunRow) -> str:
    return f"{row['run_id']}\n{row['workspace']}\n{row['problem'] or ''}\n{row.get('why', '')}".lower()


def _verdict(word: str, _zone: tzinfo = UTC) -> Fits:
    begin = word.replace(" ", "_").replace("-", "_")
    return lambda row: verdict_of(row).startswith(begin)


def _checks(part: str) -> Callable[[str, tzinfo], Fits]:
    def about(word: str, _zone: tzinfo) -> Fits:
        def is_among(row: RunRow) -> bool:
            told = (check.partition(":") for check in str(row.get(part, "")).split())
            return any(word == number or word in name for number, _, name in told)

        return is_among

    return about


def _days(part: str) -> Callable[[str, tzinfo], Fits]:
    def about(word: str, zone: tzinfo) -> Fits:
        def is_within(row: RunRow) -> bool:
            day = local_start(row, zone).date().isoformat()[: len(word)]
            return day >= word if part == "since" else day <= word if part == "until" else day == word

        return is_within

    return about


def _fact(part: str) -> Callable[[str, tzinfo], Fits]:
    return lambda word, _zone: lambda row: word in str(row.get(part) or "").lower()


FIELDS: Mapping[str, Callable[[str, tzinfo], Fits]] = {
    **dict.fromkeys(("failed", "fails", "fail", "failing"), _checks("failing")),
    **dict.fromkeys(("skipped", "skips", "skip"), _checks("skipping")),
    **dict.fromkeys(("verdict", "is"), _verdict),
    **dict.fromkeys(("id", "run"), _fact("run_id")),
    **dict.fromkeys(("workspace", "ws"), _fact("workspace")),
    **dict.fromkeys(("why", "reason"), _fact("why")),
    "problem": _fact("problem"),
    **dict.fromkeys(("since", "from", "after"), _days("since")),
    **dict.fromkeys(("until", "to", "before"), _days("until")),
    **dict.fromkeys(("date", "on", "day", "started"), _days("on")),
}
"""What may stand before a colon."""


def _holds(token: str, name: str, part: str) -> Fits:
    """A value of the config that has this part; what no run calls so is text with a colon in it."""
    return lambda row: any(part in _plain(value) for value in values_named(row, name)) or token in _said(row)


def _comparison(name: str, sign: str, wanted: str) -> Fits | None:
    name = name.strip()
    if not wanted:
        return None
    if name in ("id", "run"):
        return lambda row: (row["run_id"].lower() == wanted) is (sign != "!=")
    return lambda row: any(_compares(value, sign, wanted) for value in values_named(row, name))


def _compares(value: Scalar, sign: str, wanted: str) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        is_same = (TRUTH.get(wanted) is value) if isinstance(value, bool) else _plain(value) == wanted
        return is_same is (sign != "!=") if sign in ("=", "==", "!=") else False
    number = _number(wanted)
    try:
        return number is not None and OPERATORS[sign](value, number)
    except OverflowError:  # a whole number of a config may have a thousand digits
        return sign == "!="


def _number(word: str) -> float | None:
    length = LENGTH.fullmatch(word)
    try:
        return float(length[1]) * SECONDS[length[2]] if length else float(word.replace(",", "."))
    except ValueError:
        return None


def _plain(value: Scalar) -> str:
    return str(value).lower()
