"""Runs side by side -> CSV or JSON of every row, with whether it differs. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from collectors.compare.side_by_side import Section
from collectors.presentation.runs import harmless


def sections_as_json(run_ids: Sequence[str], sections: Sequence[Section]) -> str:
    """Sections with their rows; `differs` is null where nobody can tell."""
    told = [section._asdict() | {"rows": [row._asdict() for row in section.rows]} for section in sections]
    return json.dumps({"runs": list(run_ids), "sections": told}, indent=1, ensure_ascii=False) + "\n"


def sections_as_csv(run_ids: Sequence[str], sections: Sequence[Section]) -> str:
    """A line a row and a column a run; no cell is a formula."""
    from pandas import DataFrame  # takes half a second to import: only who asks for a table waits

    differs = {True: "yes", False: "no", None: "cannot tell"}
    cells = [
        [harmless(cell) for cell in (section.title, row.name, differs[row.differs], *row.values)]
        for section in sections
        for row in section.rows
    ]
    columns = ["section", "name", "differs", *run_ids]
    text: str = DataFrame(cells, columns=columns, dtype=object).to_csv(index=False, lineterminator="\r\n")
    return text
