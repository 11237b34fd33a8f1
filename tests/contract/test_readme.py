"""The commands of README, docs and examples run as they stand there; those that cannot, each with its reason."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.pages import PAGES, blocks, headings, links
from support.recorded import unpack
from support.server import ROOT, clean_environment
from support.workspaces import write_good

from collectors.__main__ import main
from collectors.trainers.modules import TRAINERS
from collectors.trainers.spec import TrainerSpec
from docs.made_reference import slug

SERVES = "serves until stopped; every browser test runs it"
DOCKER = "needs docker; tests/container/ runs the same commands in a room like the image's"
TRAINS = "needs torch and trains; tests/train/ and the recorded demonstration run it"
MOCK = (
    "python -m oidc_provider_mock --user-claims "
    """'{"sub": "ann", "email": "ann@example.org", "groups": ["release"]}'"""
)
NOT_RUN_HERE = {
    "make test": "it is what runs this test",
    "make demo": "serves until stopped; the demonstration is driven in tests/browser/test_demo.py",
    "make demo DEMO=--demo-fault=diverge": "as make demo",
    "make demo PORT=8051": "as make demo; tests/unit/dash_app/test_main.py asks make what it runs",
    "pip install -e .": "done by make test before this test can run",
    "pip install -e '.[train]'": "installs torch; done by make test TRAIN=1",
    "python -m dash_app WORKSPACE": SERVES,
    "python -m dash_app WORKSPACE --frame-ancestors https://wiki.example.org": SERVES,
    "python -m dash_app --fleet ROOT": "serves until stopped; tests/browser/test_fleet.py runs it",
    "python -m collectors watch WORKSPACE --state-dir ROOT/press-line-4": "as the next",
    "python -m collectors watch WORKSPACE --state-dir STATE": "runs until stopped; tests/cli/test_watch.py runs it",
    "docker build -t training-dashboard .": DOCKER,
    "docker run --read-only --tmpfs /tmp -p 127.0.0.1:8050:8050 -e TRAINING_DASHBOARD_ALLOW_ANONYMOUS=1 "
    "-v WORKSPACE:/workspace:ro -v state:/state "
    "training-dashboard": DOCKER,
    "docker run --read-only --tmpfs /tmp -v WORKSPACE:/workspace:ro -v state:/state --no-healthcheck "
    "training-dashboard python -m collectors watch": DOCKER,
    "pip install -e '.[oidc]' oidc-provider-mock": "done by make test before this test can run",
    MOCK: SERVES,
    "TRAINING_DASHBOARD_OIDC_CLIENT_SECRET=mock python -m dash_app --demo --access examples/access/mock.yaml": SERVES,
    "python -m examples.record_demo": TRAINS,
    "python -m examples.reference_pipeline --workspace /tmp/my-training": TRAINS,
    "python -m examples.reference_pipeline --workspace W --diverge": TRAINS,
    "python -m examples.reference_pipeline --workspace W --diverge 5": TRAINS,
    "python -m examples.reference_pipeline --workspace W --kill-at-epoch 4": TRAINS,
    "python -m examples.reference_pipeline --workspace W --resume": TRAINS,
    "python -m inference.run_scoring_example --stream patchtst --checkpoint checkpoints/patchtst_ssl.pt "
    "--config configs/patchtst_ssl_real.yaml": TRAINS,
}
ANSWERS = {0, 4}
"""A good workspace without a smoke run is incomplete."""
PACKAGES = ("collectors", "dash_app")
LANGUAGES = {"sh", "yaml", "json", "html", "nginx", "text"}
"""What a block may be: a command that stands in another one would be run by nobody."""


def _commands() -> list[str]:
    lines = "\n".join(block.text for page in PAGES for block in blocks(page, "sh")).replace("\\\n", " ").splitlines()
    said = [re.sub(r"\s+#.*", "", line).strip() for line in lines if line.strip() and not line.startswith("#")]
    return list(dict.fromkeys(shlex.join(shlex.split(command)) for command in said))


def _of_trainers() -> dict[str, TrainerSpec]:
    """Command -> the trainer on whose output it is to be typed, as the comment beside it says."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## My trainer is ...")[2].partition("\n## ")[0]
    told = re.findall(r"^(python .*?) +# (.+?): ", section, re.MULTILINE)
    return {command: next(spec for spec in TRAINERS if spec.label == label) for command, label in told}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a good workspace and its state, with one stored run that is pinned; the id of that run."""
    folder = tmp_path_factory.mktemp("kept")
    write_good(folder / "ws")
    main(["export", str(folder / "ws"), "--state-dir", str(folder / "state"), "--snapshot"])
    run = next((folder / "state/runs").glob("run-*.json")).stem
    main(["runs", "baseline", run, "--state-dir", str(folder / "state")])
    return folder, run


@pytest.mark.parametrize("command", [c for c in _commands() if c not in {*NOT_RUN_HERE, *_of_trainers()}])
def test_a_command_of_the_pages_runs(command: str, kept: tuple[Path, str], tmp_path: Path) -> None:
    folder, run = kept
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    places = {"RUN": run, "WORKSPACE": str(tmp_path / "ws"), "STATE": str(tmp_path / "state"), "python": sys.executable,
              "PATH": str(tmp_path / "ws/runs/patchtst_ssl")}  # fmt: skip
    arguments = [places.get(word, word) for word in shlex.split(command)]

    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
                          env=clean_environment(PYTHONPATH=str(ROOT), HOME=str(tmp_path)))  # fmt: skip

    assert done.returncode in ANSWERS, done.stderr
    written = re.search(r"--(?:output|html) (\S+)", command)
    assert (tmp_path / written[1]).read_text(encoding="utf-8") if written else done.stdout


def test_the_readme_begins_with_five_trainers() -> None:
    first = re.findall(r"^## (.*)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)[0]

    assert first == "My trainer is ..."
    assert len({spec.id for spec in _of_trainers().values()}) == 5


@pytest.mark.parametrize("command", _of_trainers())
def test_a_command_for_a_trainer_recognises_what_its_library_wrote(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = _of_trainers()[command]
    python, _, _, *arguments = shlex.split(command)
    unpack(spec.id, "folder", tmp_path / arguments[-1])
    monkeypatch.chdir(tmp_path)

    code = main(arguments)

    said = capsys.readouterr().out.splitlines()
    assert (python, code in ANSWERS) == ("python", True)
    assert said[2].startswith(f"{spec.label}") and ', because "' in said[2]
    (verdict,) = (line for line in said if line.startswith("Verdict: "))
    assert verdict.startswith(("Verdict: READY", "Verdict: INCOMPLETE"))


def test_what_is_not_run_here_is_in_the_pages() -> None:
    """A command that left the pages leaves this list too."""
    assert set(NOT_RUN_HERE) <= set(_commands())


def test_no_command_hides_in_a_block_of_another_language() -> None:
    assert {block.language for page in PAGES for block in blocks(page)} <= LANGUAGES
    assert all(page.read_text(encoding="utf-8").count("```") == 2 * len(list(blocks(page))) for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pictures_links_and_anchors_of_a_page_exist(page: Path) -> None:
    for link in links(page):
        if link.startswith("https://"):
            continue
        name, _, anchor = link.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), link
        assert not anchor or anchor in map(slug, headings(there)), link
        assert there.suffix != ".png" or there.stat().st_size < 300_000


def test_the_readme_is_short_and_leads_to_every_page() -> None:
    readme = ROOT / "README.md"

    assert len(readme.read_text(encoding="utf-8").splitlines()) < 200
    assert {page.relative_to(ROOT).as_posix() for page in PAGES[1:]} <= set(links(readme))


def test_the_map_names_every_room_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## Map of the house")[2].partition("## Where next")[0]
    named = set()
    for row in (line.split("|")[1] for line in table.splitlines()[1:] if "|" in line):
        first, *others = re.findall(r"`([^`]+)/`", row) or [""]
        top = first.partition("/")[0]
        named |= {first, *(f"{top}/{other}" for other in others)} if top in PACKAGES else set()

    assert named == {f"{top}/{door.parent.name}" for top in PACKAGES for door in ROOT.glob(f"{top}/*/__init__.py")}


def test_no_address_of_a_machine_or_a_registry_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    words = (
        "pypi" + ".org",
        "files.python" + "hosted",
        "registry.npm" + "js",
        "deb.debian" + ".org",
        "/wor" + "k/main",
    )
    texts = [p for p in tracked if p.endswith((".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".cfg", ".js", ".css"))]
    found = [
        (p, w) for p in texts if (ROOT / p).is_file() for w in words if w in (ROOT / p).read_text("utf-8", "replace")
    ]

    assert not found
