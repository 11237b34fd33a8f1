"""Whole configs of two runs: every difference is found, nothing secret is told, and nothing is claimed unseen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.state_parts import raw_state
from support.two_runs import changed
from support.workspaces import Stream, config_text, good_streams, write, write_good, write_stream

from collectors.__main__ import main
from collectors.collect import Collector
from collectors.compare.compare import compare
from collectors.contract.delta import StreamDelta
from collectors.contract.state import DashboardState, state_to_json
from collectors.judge.config_values import MOST
from collectors.presentation.comparison import delta_as_markdown, delta_as_text
from collectors.presentation.page import Against, as_html
from collectors.store.store import Store

BASE = config_text(good_streams()[0])
States = Callable[[str, str], tuple[DashboardState, DashboardState]]


def observed(root: Path, state_dir: Path, text: str, run_id: str) -> DashboardState:
    """A good training whose first stream has this config."""
    write_good(root)
    write(root / "configs/patchtst_ssl_real.yaml", text)
    with Collector(root, Store(state_dir)) as collector:
        state = collector.collect()
    return state.model_copy(update={"meta": state.meta.model_copy(update={"run_id": run_id})})


@pytest.fixture
def states(tmp_path: Path) -> States:
    """Two trainings that keep their states in one directory."""

    def make(run: str, baseline: str) -> tuple[DashboardState, DashboardState]:
        return (
            observed(tmp_path / "ws", tmp_path / "state", run, "run"),
            observed(tmp_path / "ws", tmp_path / "state", baseline, "baseline"),
        )

    return make


def first(run: DashboardState, baseline: DashboardState) -> StreamDelta:
    return compare(run, baseline).streams[0]


def differing(delta: StreamDelta) -> dict[str, tuple[object, object]]:
    return {c.name: (c.run, c.baseline) for c in delta.config if c.differs}


def config_lines(run: DashboardState, baseline: DashboardState) -> list[str]:
    lines = delta_as_text(compare(run, baseline)).split("\n")
    return [line.strip() for line in lines if line.startswith("  config")][:1]


@pytest.mark.parametrize(
    ("more", "less", "found"),
    [
        ("extra:\n  dropout: 0.1\n", "extra:\n  dropout: 0.2\n", {"extra.dropout": (0.1, 0.2)}),
        ("extra:\n  dropout: 0.1\n", "", {"extra.dropout": (0.1, None)}),
        ("seed: 1\n", "seed: true\n", {"seed": (1, True)}),
        ("seed: null\n", "", {"seed": ("null", None)}),
        ("layers: [1, 2]\n", "layers: [1, 3]\n", {"layers": ("[1, 2]", "[1, 3]")}),
        ("augment: [{kind: flip}, {kind: crop}]\n", "augment: [{kind: flip}, {kind: cut}]\n",
         {"augment.1.kind": ("crop", "cut")}),
        ("x: .nan\n", "x: 1\n", {"x": ("NaN", 1)}),
        ("empty: {}\n", "empty: []\n", {"empty": ("{}", "[]")}),
    ],
)  # fmt: skip
def test_a_difference_anywhere_in_the_configs_is_told(
    states: States, more: str, less: str, found: dict[str, tuple[object, object]]
) -> None:
    assert differing(first(*states(BASE + more, BASE + less))) == found


def test_equal_configs_differ_in_nothing_though_they_are_written_otherwise(states: States) -> None:
    run, baseline = states(BASE + "seed: 1\n", "# reformatted\nseed:   1\n" + BASE)

    assert first(run, baseline).configs_compared == "whole"
    assert config_lines(run, baseline) == ["config: no difference"]


def test_a_highlight_is_told_once_and_by_its_name(states: States) -> None:
    delta = first(*states(BASE, BASE.replace("lr: 0.002", "lr: 0.003")))

    assert differing(delta) == {"lr": (0.002, 0.003)}


HIDDEN = {
    "data_root: /home/me/secret-project/a": "/home/me/secret-project/b",
    "tracking: http://user:hunter2@mlflow.example.org": "http://user:hunter3@mlflow.example.org",
    "api_key: wandb-hunter2": "wandb-hunter3",
    "note: " + "hunter2 " * 20: "hunter3 " * 20,
    "paths: [a/hunter2, b]": "[a/hunter3, b]",
}


@pytest.mark.parametrize(("line", "other"), HIDDEN.items(), ids=[line.split(":")[0] for line in HIDDEN])
def test_what_is_not_shown_differs_and_its_value_is_nowhere(states: States, line: str, other: str) -> None:
    key, value = line.split(": ", 1)
    run, baseline = states(BASE + line + "\n", f"{BASE}{key}: {other}\n")

    delta = compare(run, baseline)

    assert differing(delta.streams[0]) == {key: (None, None)}
    assert config_lines(run, baseline) == [f"config: {key} differs"]
    everywhere = [
        state_to_json(run).decode(), delta.model_dump_json(), delta_as_text(delta), delta_as_markdown(delta),
        as_html(run, Against("baseline", baseline, delta)),
    ]  # fmt: skip
    for text in everywhere:
        for secret in (value, other, "hunter2", "hunter3", "secret-project"):
            assert secret not in text


def test_what_is_not_shown_and_is_equal_is_no_difference(states: States) -> None:
    run, baseline = states(BASE + "root: /a/b\n", BASE + "root: /a/b\n# written later\n")

    assert config_lines(run, baseline) == ["config: no difference"]


def test_a_key_that_is_a_path_itself_is_not_spelled_out(states: States) -> None:
    run, baseline = states(BASE + "weights: {/home/hunter2: 1}\n", BASE + "weights: {/home/hunter2: 2}\n")

    (name,) = differing(first(run, baseline))
    assert name.startswith("weights.(path ")
    assert "hunter2" not in state_to_json(run).decode()


def test_digests_of_two_state_directories_say_nothing_about_each_other(tmp_path: Path) -> None:
    """Who has a state cannot try guesses at a password in it, and so states of two places tell nothing together."""
    text = BASE + "root: /a/b\n"
    run = observed(tmp_path / "ws", tmp_path / "one", text, "run")
    baseline = observed(tmp_path / "ws", tmp_path / "two", text + "# later\n", "baseline")

    delta = first(run, baseline)

    assert (delta.configs_compared, "root" in delta.configs_untold) == ("part", True)
    (line,) = config_lines(run, baseline)
    assert line.startswith("config: no difference in ")
    assert line.endswith("the rest was not compared")
    assert "  config incomparable: " in delta_as_text(compare(run, baseline))


def test_files_of_the_same_bytes_are_the_same_config_whatever_was_stored_of_them(tmp_path: Path) -> None:
    run = observed(tmp_path / "ws", tmp_path / "one", BASE + "root: /a/b\n", "run")
    baseline = observed(tmp_path / "ws", tmp_path / "two", BASE + "root: /a/b\n", "baseline")

    assert first(run, baseline).configs_compared == "whole"
    assert first(run, baseline).configs_untold == ()


def test_a_snapshot_that_holds_no_whole_config_is_compared_by_what_it_has() -> None:
    raw = raw_state()
    del raw["configs"]
    old = DashboardState.model_validate(raw)

    assert first(changed(), old).configs_compared == "part"
    assert config_lines(changed(), old) == ["config: no difference in 4 values; the rest was not compared"]


def test_without_a_config_on_either_side_nothing_was_compared() -> None:
    raw = raw_state()
    del raw["configs"]
    for stream in raw["metrics"].values():
        stream["config"] = {}
    bare = DashboardState.model_validate(raw)

    assert first(bare, bare).configs_compared == "none"
    assert config_lines(bare, bare) == ["config: not compared"]


def test_a_config_of_too_many_keys_is_never_said_to_be_the_same(states: States) -> None:
    many = "many:\n" + "".join(f"  k{n}: {n}\n" for n in range(MOST))
    run, baseline = states(BASE + many, BASE + many.replace(f"k{MOST - 1}: {MOST - 1}", f"k{MOST - 1}: 0"))

    delta = first(run, baseline)

    assert (delta.configs_compared, differing(delta)) == ("part", {})


def test_the_command_tells_it_between_two_stored_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, state_dir = tmp_path / "ws", tmp_path / "state"
    streams = write_good(root)
    with Collector(root, Store(state_dir)) as collector:
        before = collector.export(at_end=True)
        later: tuple[Stream, ...] = tuple(replace(s, start=s.start + 1000) for s in streams)
        for stream in later:
            write_stream(root, stream)
        text = config_text(streams[0]).replace("d_model: 48", "d_model: 96") + "out: {dir: results_hunter2}\n"
        write(root / "configs/patchtst_ssl_real.yaml", text)
        after = collector.export(at_end=True)
    assert before.meta.run_id != after.meta.run_id

    main(["compare", after.meta.run_id, before.meta.run_id, "--state-dir", str(state_dir), "--format", "json"])

    told = capsys.readouterr().out
    changes = {c["name"]: c for c in json.loads(told)["streams"][0]["config"] if c["differs"]}
    assert (changes["model.d_model"]["run"], changes["model.d_model"]["baseline"]) == (96, 48)
    assert changes["out.dir"]["withheld"] == "path"
    assert "hunter2" not in told
