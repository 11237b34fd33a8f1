"""The rules of the house that a path decides, read from the source with `ast`; the floors stand in pyproject.toml."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("collectors/**/*.py"), *ROOT.glob("dash_app/**/*.py")])
PURE = (
    "collectors/contract/",
    "collectors/evidence/",
    "collectors/training/",
    "collectors/trainers/",
    "collectors/judge/",
    "collectors/compare/",
    "collectors/presentation/",
    "collectors/numbers.py",
    "dash_app/views/",
    "dash_app/pictures/",
)
"""No disk, no network, no clock: "now" is an argument."""
CLOCKS = {"time.time", "time.monotonic", "datetime.now", "datetime.utcnow", "date.today"}
OPENS = (
    "collectors/files/",  # the workspace
    "collectors/store/",  # the state directory, through its one door
    "collectors/readers/child/",  # what it was handed, already open
    "collectors/trainers/reference.py",  # the description that is shipped with it
    "collectors/commands/terminal.py",  # /dev/null when a pipe closed
    "dash_app/web/bundle.py",  # our own styles and scripts
    "dash_app/auth/config_file.py",  # the operator's own file and its secrets
)
STORE = "collectors/store/"
TRAINERS = "collectors/trainers/"
"""Trainers call folders of a workspace `runs` too."""
FOLDER = "collectors.store.folder"
IN_THE_STORE = re.compile(
    r"dashboard-state\.json|heartbeat\.json|smoke\.json|after_end\.json|baseline\.json|policy\.json|index\.jsonl"
    r"|access\.json|audit\.jsonl|\.session\.secrets|\.(collector|write)\.lock|\.digest\.key|(?<!/api/)\b(runs|cache)/"
)
"""Names of the state directory's files and folders."""
GROUND = ("collectors/contract/", "collectors/evidence/", "dash_app/ids.py")
EDGES = ("collectors/judge/checklist.py", "dash_app/web/trust.py", "collectors/__main__.py")
"""One check, one request, and one command: an exit code 1 of Python's own would mean *not ready*."""
PLAYS_THE_TRAINING = "dash_app/demo/"
"""The demonstration writes what a training writes: it stands on the other side of the line."""
WORKSPACE = "collectors/files/"
DASH_SHIMS = "dash_app/web/dash_shims.py"
INSIDES_OF_DASH = ("dash._", "dash.backends", "dash.fingerprint")
INNER_NAMES_OF_DASH = {"_setup_server", "websocket_capability", "registered_paths", "callback_map", "request_adapter"}
FORBIDDEN_NAMES = {"torch", "pickle", "mmap", "joblib", "dill"}
FORBIDDEN_CALLS = {"eval", "exec", "yaml.load", "extractall", "pickle.load", "pickle.loads"}
MOST_LINES = 250
MOST_LINES_OF_A_FUNCTION = 50


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


@pytest.fixture(scope="module")
def sources() -> list[tuple[str, ast.Module]]:
    """Name and tree of every source file, parsed once for all rules."""
    return [(_name(path), ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES]


def test_the_ground_floor_imports_nothing_of_ours_but_numbers(sources: list[tuple[str, ast.Module]]) -> None:
    for name, tree in sources:
        if not name.startswith(GROUND):
            continue
        ours = {m for m in _imports(tree) if m.split(".")[0] in {"collectors", "dash_app"}}

        allowed = ("collectors.contract", "collectors.evidence", "collectors.numbers")
        assert not {m for m in ours if not m.startswith(allowed)}, name


def test_files_are_opened_only_at_the_doors(sources: list[tuple[str, ast.Module]]) -> None:
    """A `Workspace` opens for everybody else: `workspace.open` and its kind are the door, not a way past it."""
    for name, tree in sources:
        if name.startswith((*OPENS, PLAYS_THE_TRAINING)):
            continue
        opened = [(call, line) for call, line in _calls(tree) if _opens(call)]

        assert not opened, f"{name} opens files itself: {opened}"


def _opens(call: str) -> bool:
    of, _, method = call.rpartition(".")
    if "workspace" in of.lower() or of in {"folder", "self.folder", "self._folder"}:
        return False
    return method in {"open", "fdopen", "read_text", "read_bytes", "write_text", "write_bytes"} and not of.startswith(
        "urllib.request"
    )


def test_files_of_the_state_directory_are_named_only_in_the_store(sources: list[tuple[str, ast.Module]]) -> None:
    """Docstrings may speak of them; another store has other places, and nobody else is to notice."""
    for name, tree in sources:
        if name.startswith((STORE, TRAINERS)):
            continue
        said = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        texts = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        named = [(n.value, n.lineno) for n in texts if id(n) not in said and IN_THE_STORE.search(n.value)]
        # What is taken over from elsewhere lies in a folder, whatever keeps our own.
        behind = set() if name.startswith("collectors/imports/") else {m for m in _imports(tree) if m == FOLDER}

        assert not named, f"{name} names files of the store: {named}"
        assert not behind, f"{name} goes past the door"


def test_pure_rooms_know_no_clock_and_no_disk(sources: list[tuple[str, ast.Module]]) -> None:
    for name, tree in sources:
        if not name.startswith(PURE):
            continue
        modules = {m.split(".")[0] for m in _imports(tree)}
        calls = {call for call, _ in _calls(tree)}

        assert not modules & {"os", "subprocess", "socket", "pathlib", "time", "shutil", "tempfile"}, name
        assert not {c for c in calls if c in CLOCKS}, name


def test_wires_stand_only_in_callbacks(sources: list[tuple[str, ast.Module]]) -> None:
    """Input, Output and State of dash appear only in callbacks; no `@dash.callback`; no module-level app."""
    for name, tree in sources:
        modules = set(_imports(tree))

        if not name.startswith("dash_app/callbacks"):
            assert not modules & {"dash.Input", "dash.Output", "dash.State", "dash.dependencies"}, name
        assert "dash.callback" not in modules, name
        made = [n for n in tree.body if isinstance(n, ast.Assign) and "Dash(" in ast.unparse(n.value)]
        assert not made, name


def test_the_insides_of_dash_are_known_in_one_place(sources: list[tuple[str, ast.Module]]) -> None:
    """What a new version of Dash may change without a word is looked through in one file."""
    for name, tree in sources:
        imported = {m for m in _imports(tree) if m.startswith(INSIDES_OF_DASH)}
        named = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)} & INNER_NAMES_OF_DASH

        assert name == DASH_SHIMS or not imported | named, f"{name} leans on the insides of Dash: {imported | named}"


def test_importing_a_module_does_nothing(sources: list[tuple[str, ast.Module]]) -> None:
    """At module level stand only docstrings, imports, definitions, constants and the main guard."""
    for name, tree in sources:
        definitions = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign)
        loose = [
            node
            for node in tree.body
            if not isinstance(node, (*definitions, ast.AnnAssign))
            and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            and not (isinstance(node, ast.If) and {"__name__", "TYPE_CHECKING"} & {n.id for n in _names(node.test)})
        ]

        assert not loose, f"{name}: {[ast.unparse(n)[:60] for n in loose]}"


def _names(node: ast.AST) -> Iterator[ast.Name]:
    return (n for n in ast.walk(node) if isinstance(n, ast.Name))


def test_nothing_dangerous_is_named(sources: list[tuple[str, ast.Module]]) -> None:
    for name, tree in sources:
        roots = {m.split(".")[0] for m in _imports(tree)}
        calls = {(c, line) for c, line in _calls(tree) if c in FORBIDDEN_CALLS or c.rpartition(".")[2] == "extractall"}

        assert not roots & FORBIDDEN_NAMES, name
        assert not calls, name


def test_broad_excepts_stand_at_the_edges(sources: list[tuple[str, ast.Module]]) -> None:
    for name, tree in sources:
        broad = [
            node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.ExceptHandler)
            and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
            and not any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
        ]

        assert not broad or name in EDGES, f"{name} swallows everything at lines {broad}"


def test_files_and_functions_are_short(sources: list[tuple[str, ast.Module]]) -> None:
    for name, tree in sources:
        functions = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
        long = {n.name: n.end_lineno - n.lineno + 1 for n in functions if n.end_lineno is not None}

        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= MOST_LINES, name
        assert not {f: lines for f, lines in long.items() if lines > MOST_LINES_OF_A_FUNCTION}, name


@pytest.mark.parametrize("room", sorted({p.parent for p in SOURCES}), ids=_name)
def test_a_room_says_in_one_line_what_it_is_for(room: Path) -> None:
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))

    assert said
    assert "\n" not in said


def test_every_room_is_packed_into_the_wheel() -> None:
    import tomllib  # noqa: PLC0415 -- of this test alone

    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    rooms = {_name(p.parent).replace("/", ".") for p in SOURCES}

    assert sorted({*listed} - {"dash_app.static"}) == sorted(rooms)
