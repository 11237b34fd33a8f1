"""``python -m examples.reference_pipeline``: options -> trained workspace, exit code 0.

Options are read before torch is imported: a typing mistake costs no second, and without torch
the answer is one line that says how to install it.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence

from .options import parse

NEEDED = {"torch": "torch", "numpy": "numpy", "yaml": "pyyaml", "tensorboard": "tensorboard", "PIL": "pillow"}
INSTALL = 'pip install -e ".[train]"'


def main(argv: Sequence[str] | None = None) -> int:
    """Run the pipeline; the exit codes are in --help."""
    options = parse(argv)
    missing = [package for module, package in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        print(f"not installed: {', '.join(missing)}; the trainers need them: {INSTALL}", file=sys.stderr)
        return 2
    # torch takes seconds to import, and may not be there: only now is it worth it.
    from .inference.problems import PipelineProblem  # noqa: PLC0415
    from .pipeline import run_pipeline  # noqa: PLC0415

    try:
        run_pipeline(options)
    except PipelineProblem as problem:
        print(f"cannot go on: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; --resume goes on from the last whole epoch", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"broke off: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
