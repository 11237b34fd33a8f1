"""`python -m docs [--check]`: the made parts of the pages, written anew -> exit code.

A part stands between `<!-- made: NAME -->` and `<!-- end -->`; everything else is written by hand and
stays. With `--check` nothing is written, and a page that would change is named: exit 1.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from docs.made_access import needs_table
from docs.made_checks import checks_list, checks_table, findings_table, proofs_table
from docs.made_reference import reference
from docs.made_trainers import trainers_proofs, trainers_table

ROOT = Path(__file__).resolve().parents[1]
PARTS: dict[str, Callable[[], str]] = {
    "checks": checks_table,
    "findings": findings_table,
    "list": checks_list,
    "needs": needs_table,
    "proofs": proofs_table,
    "reference": reference,
    "trainers": trainers_table,
    "recorded": trainers_proofs,
}
MADE = re.compile(r"(?P<before><!-- made: (?P<name>[a-z]+) -->\n).*?(?P<after><!-- end -->)", re.DOTALL)


def made_anew(page: str) -> str:
    """A page with each made part as it is now. Raises KeyError for a part that nothing makes."""
    return MADE.sub(lambda found: f"{found['before']}\n{PARTS[found['name']]()}\n\n{found['after']}", page)


def main() -> int:
    """Write the pages, or say which are stale."""
    parser = argparse.ArgumentParser(prog="python -m docs", description="Make the made parts of the pages.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page is stale")
    check = parser.parse_args().check
    pages = {path: path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")))}
    stale = {path: new for path, old in pages.items() if (new := made_anew(old)) != old}
    for path, text in stale.items():
        print(f"{path.relative_to(ROOT)}: " + ("stale, run: make docs" if check else "made anew"))
        if not check:
            path.write_text(text, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
