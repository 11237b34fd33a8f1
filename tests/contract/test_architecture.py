"""The first six rules of the house, read from the source with `ast`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("collectors/**/*.py"), *ROOT.glob("dash_app/**/*.py")])
PURE = ["checklist", "stages", "compare", "report", "runs", "losses", "progress", "build_state", "artifact_levels",
        "config", "standard_graph", "words", "evidence", "workspace_evidence", "heartbeat", "delta", "regression",
        "artifact_changes", "run_rows", "run_index", "stream_metrics", "run_report", "delta_report",
        "links", "listing", "comparability", "row_change", "mlflow_evidence", "signs", "exit_codes",
        "html_report"]  # fmt: skip
CLOCKS = {"time.time", "time.monotonic", "datetime.now", "datetime.utcnow", "date.today"}
OPENERS = {"open", "os.open", "io.open", "read_text", "read_bytes", "write_text", "write_bytes", "os.fdopen"}
MAY_OPEN = {
    "collectors/files.py",
    "collectors/paths.py",
    "collectors/patterns.py",
    "collectors/store.py",
    "collectors/store_files.py",  # the store's hands
    "collectors/store_lock.py",  # and its lock
    "collectors/child.py",
    "collectors/read_cache.py",  # through Workspace.open only
    "collectors/config_load.py",  # the shipped default, and through Workspace only
    "collectors/terminal.py",  # /dev/null when a pipe closed
    "collectors/learnt.py",  # the part of the state directory that can be deleted at any time
    "collectors/run_sources.py",  # through Workspace only
    "collectors/run_import.py",  # through Workspace only
    "collectors/run_mlflow.py",  # through Workspace only
    "collectors/child_worker.py",  # what it was handed, already open
    "dash_app/state_reader.py",
    "dash_app/bundle.py",  # our own styles and scripts
}
PLAYS_THE_TRAINING = "dash_app/demo/"
"""The demonstration writes what a training writes: it stands on the other side of the line."""
FORBIDDEN_NAMES = {"torch", "pickle", "mmap", "joblib", "dill"}
FORBIDDEN_CALLS = {"eval", "exec", "yaml.load", "extractall", "pickle.load", "pickle.loads"}
EDGES = {"collectors/checklist.py", "dash_app/security.py", "collectors/__main__.py"}
"""One check, one request, and one command: an exit code 1 of Python's own would mean *not ready*."""
DOORS = {"state", "compare", "store", "files", "watch", "collect", "command_line", "report", "zoom",
         "delta", "delta_report", "run_index", "run_report", "run_rows", "run_store", "row_change",
         "html_report"}  # fmt: skip
STARTS_COLLECTING = {"config_load", "workspace_evidence"}
"""What the command and the demonstration need besides, to start a collector and say why it cannot."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


@pytest.fixture(params=SOURCES, ids=_name)
def source(request: pytest.FixtureRequest) -> tuple[str, ast.Module]:
    path: Path = request.param
    return _name(path), ast.parse(path.read_text(encoding="utf-8"))


def test_imports_run_one_way(source: tuple[str, ast.Module]) -> None:
    """Collectors never import dash, plotly or the page; the page takes only the named doors."""
    name, tree = source
    modules = set(_imports(tree))

    if name.startswith("collectors/"):
        assert not {m for m in modules if m.split(".")[0] in {"dash", "plotly", "dash_app", "dash_cytoscape"}}
    else:
        taken = {m.split(".")[1] for m in modules if m.startswith("collectors.") and "__version__" not in m}
        starts = name == "dash_app/__main__.py" or name.startswith(PLAYS_THE_TRAINING)
        doors = DOORS | (STARTS_COLLECTING if starts else set())
        assert taken <= doors, f"{name} goes past the doors: {taken - doors}"


def test_the_contract_and_the_ids_import_nothing_of_ours() -> None:
    for name in ("collectors/state.py", "dash_app/ids.py"):
        modules = _imports(ast.parse((ROOT / name).read_text(encoding="utf-8")))

        assert not {m for m in modules if m.startswith(("collectors", "dash_app"))}


def test_files_are_opened_only_at_the_doors(source: tuple[str, ast.Module]) -> None:
    name, tree = source
    if name in MAY_OPEN or name.startswith(PLAYS_THE_TRAINING):
        return
    opened = [
        (call, line)
        for call, line in _calls(tree)
        if call in {"open", "os.open", "io.open", "os.fdopen"}
        or call.rpartition(".")[2] in {"read_text", "read_bytes", "write_text", "write_bytes"}
        or (call.rpartition(".")[2] == "open" and "." in call and not call.startswith("urllib.request."))
    ]

    assert not opened, f"{name} opens files itself: {opened}"


def test_pure_rooms_know_no_clock_and_no_disk(source: tuple[str, ast.Module]) -> None:
    name, tree = source
    stem = name.removeprefix("collectors/").removesuffix(".py")
    by_folder = name.startswith(("dash_app/views/", "collectors/checks/", "collectors/html_parts/"))
    pure = by_folder or name == "dash_app/formatting.py" or stem in PURE
    if not pure:
        return
    modules = {m.split(".")[0] for m in _imports(tree)}
    calls = {call for call, _ in _calls(tree)}

    assert not modules & {"os", "subprocess", "socket", "pathlib", "time", "shutil", "tempfile"}, name
    assert not {c for c in calls if c in CLOCKS}, name


def test_wires_stand_only_in_callbacks(source: tuple[str, ast.Module]) -> None:
    """Input, Output and State of dash appear only in callbacks; no `@dash.callback`; no module-level app."""
    name, tree = source
    modules = set(_imports(tree))

    if not name.startswith("dash_app/callbacks"):
        assert not modules & {"dash.Input", "dash.Output", "dash.State", "dash.dependencies"}, name
    assert "dash.callback" not in modules
    made = [n for n in tree.body if isinstance(n, ast.Assign) and "Dash(" in ast.unparse(n.value)]
    assert not made


def test_importing_a_module_does_nothing(source: tuple[str, ast.Module]) -> None:
    """At module level stand only docstrings, imports, definitions, constants and the main guard."""
    name, tree = source
    loose = [
        node
        for node in tree.body
        if not isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
                                 ast.Assign, ast.AnnAssign, ast.TypeAlias if hasattr(ast, "TypeAlias") else ast.Assign))
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        and not (isinstance(node, ast.If) and "__main__" in ast.unparse(node.test))
        and not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    ]  # fmt: skip

    assert not loose, f"{name}: {[ast.unparse(n)[:60] for n in loose]}"


def test_nothing_dangerous_is_named(source: tuple[str, ast.Module]) -> None:
    name, tree = source
    roots = {m.split(".")[0] for m in _imports(tree)}
    calls = {(c, line) for c, line in _calls(tree) if c in FORBIDDEN_CALLS or c.rpartition(".")[2] == "extractall"}

    assert not roots & FORBIDDEN_NAMES, name
    assert not calls, name


def test_broad_excepts_stand_at_the_edges(source: tuple[str, ast.Module]) -> None:
    name, tree = source
    broad = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and not any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
    ]

    assert not broad or name in EDGES, f"{name} swallows everything at lines {broad}"
