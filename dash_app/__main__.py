"""`python -m dash_app WORKSPACE`: settings -> a served page, and a collector beside it.

Exit codes: 0 stopped by the operator; 2 it could not start as asked; 3 it broke. Every refusal is
one line on stderr.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from collectors.start import quick_start
from dash_app.settings import settings_from


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    try:
        settings = settings_from(sys.argv[1:] if argv is None else argv, os.environ)
        with quick_start():
            from dash_app.serving import serve

            if settings.collect:  # a page that only shows reads no training
                import_module("collectors.live.watch")
        return serve(settings)
    except KeyboardInterrupt:
        return 0
    except Exception as problem:
        code = _exit_code(problem)
        if code is None:
            raise
        print(f"error: {problem}", file=sys.stderr)
        return code


def _exit_code(problem: Exception) -> int | None:
    """The exit code of a refusal; None for what is none."""
    from collectors.files.workspace import WorkspaceProblem
    from collectors.observe.load_pipeline import ConfigProblem
    from collectors.options import UsageError
    from collectors.store.backend import StoreProblem
    from dash_app.demo.recording import RecordingProblem

    if isinstance(problem, (UsageError, WorkspaceProblem, ConfigProblem)):
        return 2
    return 3 if isinstance(problem, (StoreProblem, RecordingProblem)) else None


if __name__ == "__main__":
    raise SystemExit(main())
