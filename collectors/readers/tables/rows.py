"""A table's lines and what a description says of how they are written -> its rows, by the reader of that form."""

from __future__ import annotations

import re

from collectors.readers.tables.columns import LossColumns
from collectors.readers.tables.csv_file import read_csv
from collectors.readers.tables.json_file import JsonTable, read_json
from collectors.readers.tables.lines import Lines
from collectors.readers.tables.parts import Parts
from collectors.readers.tables.written import Written


def read_rows(lines: Lines, columns: LossColumns, written: Written, parts: Parts, *, live: bool) -> JsonTable:
    """Read all rows into `parts`; what the table is."""
    if written.is_told:
        from collectors.readers.tables.text_log import read_patterns, read_prefixed

        if written.lines:
            return read_patterns(lines, written.lines, columns, parts, live=live)
        return read_prefixed(lines, columns, parts, live=live)
    if _begins_like_json(lines.text):
        return read_json(lines, columns, parts, live=live)
    return JsonTable("csv", *read_csv(lines, columns, parts, live=live))


def _begins_like_json(text: str) -> bool:
    beginning = re.match(r"\s*", text)
    return text[beginning.end() : beginning.end() + 1] in ("{", "[") if beginning else False
