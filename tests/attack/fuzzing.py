"""One parser and a number of inputs -> bytes by chance until one breaks it: by coverage where atheris is installed.

    PYTHONPATH=tests python -m attack.fuzzing PARSER INPUTS SEED FOLDER KEPT

Run as a process of its own, for the fuzzer ends it. Prints how many inputs were tried; ends with another code than 0
where one raised, hung for 20 seconds or needed more than 3 GiB, and keeps that input as KEPT and what it did. Whatever
leads to new code is put into FOLDER, which is empty.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

try:
    import atheris
except ImportError:
    atheris = None

if TYPE_CHECKING:
    from attack.parsers import Parser

SECONDS = 20
MEMORY_MIB = 3072
LONGEST = 1 << 16
"""Bytes of an input that is not a seed."""


def main(argv: list[str]) -> int:
    """Fuzz one parser; by Hypothesis where there is no atheris."""
    name, inputs, seed = argv[1], int(argv[2]), int(argv[3])
    if atheris is None:
        return _by_chance(_parser(name), inputs)
    with atheris.instrument_imports(include=["collectors.readers"]):
        parser = _parser(name)
    _by_coverage(parser, inputs, seed, Path(argv[4]), kept=argv[5])
    return 0


def _parser(name: str) -> Parser:
    from attack.parsers import PARSERS  # noqa: PLC0415 -- instrumented where it can be

    return PARSERS[name]


def _by_coverage(parser: Parser, inputs: int, seed: int, home: Path, *, kept: str) -> None:
    for number, data in enumerate(parser.seeds):
        (home / f"seed{number}").write_bytes(data)
    longest = max(LONGEST, *map(len, parser.seeds)) if parser.seeds else LONGEST
    options = (f"-runs={inputs}", f"-seed={seed or 1}", f"-timeout={SECONDS}", f"-rss_limit_mb={MEMORY_MIB}")
    more = (f"-max_len={longest}", f"-artifact_prefix={kept}", "-print_final_stats=1", "-verbosity=0")
    atheris.Setup([sys.argv[0], *options, *more, str(home)], parser.parse)
    atheris.Fuzz()  # ends the process


def _by_chance(parser: Parser, inputs: int) -> int:
    os.environ["FUZZ_EXAMPLES"] = str(inputs // len(parser.seeds))
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "property"))
    from any_inputs import any_bytes, bounded  # noqa: PLC0415 -- after the setting above
    from hypothesis import given  # noqa: PLC0415

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MIB << 20, resource.getrlimit(resource.RLIMIT_AS)[1]))
    tried = 0

    def one(data: bytes) -> None:
        nonlocal tried
        tried += 1
        parser.parse(data)

    for seed in parser.seeds:
        bounded(given(any_bytes(seed))(one))()
    print(f"stat::number_of_executed_units: {tried}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv))
