"""`links.template`: which addresses are taken, how a wrong one is told, and how the page hears of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from support.long_runs import collect
from support.states import ready_state
from support.workspaces import write, write_good

from collectors.contract.state import DashboardState
from collectors.observe.load_pipeline import ConfigProblem, default_config_bytes, parse_config

GOOD = (
    "https://files.example/{path}",
    "https://files.example:8443/browse/{run_id}/{path}?raw=1",
    "https://10.0.0.7/#/view?file={path}&run={run_id}",
    "https://[2001:db8::1]/@team/{path}",
)
WRONG = {
    "http://files.example/{path}": "is not an https address",
    "javascript:alert(1)//{path}": "is not an https address",
    "https://anna:secret@files.example/{path}": "holds a user name or password",
    "https://{path}": "does not name the host",
    "https:///{path}": "does not name the host",
    "https://files.example/": "needs `{path}` once",
    "https://files.example/{path}/{path}": "needs `{path}` once",
    "https://files.example/{path}?{stage}": "knows only `{path}` and `{run_id}`, not `{stage}`",
    "https://files.example/my files/{path}": "must be percent-encoded",
    "https://files.example/<b>{path}": "must be percent-encoded",
    "https://files.example/\\u202e{path}": "must be percent-encoded",
    "https://files.example/{path}\\n": "must be percent-encoded",
    "https://files.example/{path}{": "must be percent-encoded",
    "https://fi les.example/{path}": "must be percent-encoded",
}


def config_with(template: str) -> bytes:
    return default_config_bytes() + f'links:\n  template: "{template}"\n'.encode()


@pytest.mark.parametrize("template", GOOD)
def test_an_https_address_with_the_path_in_it_is_taken(template: str) -> None:
    assert parse_config(config_with(template), "dashboard.yaml").links.template == template


@pytest.mark.parametrize(("template", "said"), WRONG.items())
def test_anything_else_is_an_error_with_line_key_and_remedy(template: str, said: str) -> None:
    line = default_config_bytes().count(b"\n") + 2

    with pytest.raises(ConfigProblem) as problem:
        parse_config(config_with(template), "dashboard.yaml")

    assert f"dashboard.yaml, line {line}: `links.template`: " in str(problem.value)
    assert said in str(problem.value)
    assert "write it like https://files.example/{path}" in str(problem.value)


def test_the_state_carries_it_to_the_page(tmp_path: Path) -> None:
    write_good(tmp_path / "ws")
    before = collect(tmp_path / "ws", tmp_path / "state")
    write(tmp_path / "ws/dashboard.yaml", config_with(GOOD[1]))

    after = collect(tmp_path / "ws", tmp_path / "state")

    assert (before.pipeline.link_template, after.pipeline.link_template) == (None, GOOD[1])


@pytest.mark.parametrize("template", [t for t in WRONG if "\\" not in t])
def test_a_state_cannot_bring_another_address_in(template: str) -> None:
    """Whoever writes the file by hand meets the same rule."""
    raw = ready_state().model_dump(mode="json")
    raw["pipeline"]["link_template"] = template

    with pytest.raises(ValidationError, match="link_template"):
        DashboardState.model_validate(raw)
