"""Options, variables and what cannot work."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors.options import UsageError
from dash_app.settings import Settings, settings_from


def settings(tmp_path: Path, *options: str, **variables: str) -> Settings:
    named = {f"TRAINING_DASHBOARD_{name.upper()}": value for name, value in variables.items()}
    return settings_from([str(tmp_path), *options], named)


def problem(tmp_path: Path, *options: str, **variables: str) -> str:
    with pytest.raises(UsageError) as raised:
        settings(tmp_path, *options, **variables)
    return str(raised.value)


def test_without_options_the_page_is_for_this_machine_only(tmp_path: Path) -> None:
    """Loopback, port 8050, no embedding, nothing executed, a state folder outside the workspace."""
    found = settings(tmp_path)

    assert (found.host, found.port, found.url_prefix) == ("127.0.0.1", 8050, "/")
    assert found.is_on_loopback and found.may_pin
    assert not (found.run_smoke or found.run_validator or found.frame_ancestors)
    assert found.state_dir.is_absolute() and not found.state_dir.is_relative_to(tmp_path)


def test_the_workspace_defaults_to_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert settings_from([], {}).workspace == tmp_path.resolve()


def test_every_option_reads_its_variable(tmp_path: Path) -> None:
    """The same page from variables as from options."""
    (tmp_path / "my.yaml").write_text("")
    options = [
        *("--state-dir", str(tmp_path / "s"), "--config", str(tmp_path / "my.yaml")),
        *("--host", "0.0.0.0", "--port", "9000", "--url-prefix", "/team/dash/", "--allow-anonymous"),
        *("--trusted-hosts", "a.example", "*.b.example", "--allow-pin", "--no-collect", "--no-preview"),
        *("--frame-ancestors", "https://wiki.example", "--stale-after", "7.5"),
        *("--allow-root", str(tmp_path), "--run-smoke", "--run-validator"),
        *("--smoke-timeout", "30", "--smoke-python", "/usr/bin/python3"),
    ]
    # A variable may be meant for the collector beside this page; typed it would be refused with --no-collect.
    by_variable_alone = {"keep": "3"}
    variables = {
        "state_dir": str(tmp_path / "s"),
        "config": str(tmp_path / "my.yaml"),
        "host": "0.0.0.0",
        "allow_anonymous": "1",
        "port": "9000",
        "url_prefix": "/team/dash/",
        "trusted_hosts": "a.example, *.b.example",
        "allow_pin": "1",
        "no_collect": "true",
        "no_preview": "1",
        "frame_ancestors": "https://wiki.example",
        "stale_after": "7.5",
        "allow_root": str(tmp_path),
        "run_smoke": "yes",
        "run_validator": "on",
        "smoke_timeout": "30",
        "smoke_python": "/usr/bin/python3",
    }

    assert settings(tmp_path, **variables) == settings(tmp_path, *options)
    assert settings(tmp_path, **variables, **by_variable_alone).keep_runs == 3
    assert settings(tmp_path, **variables) != settings(tmp_path)


def test_the_workspace_reads_its_variable_too(tmp_path: Path) -> None:
    found = settings_from([], {"TRAINING_DASHBOARD_WORKSPACE": str(tmp_path)})

    assert found.workspace == tmp_path.resolve()


def test_the_command_line_wins_over_a_variable(tmp_path: Path) -> None:
    found = settings(tmp_path, "--port", "9001", port="9000", no_collect="0")

    assert found.port == 9001
    assert found.collect


def test_a_prefix_is_written_in_any_of_the_usual_ways(tmp_path: Path) -> None:
    for typed in ("team/dash", "/team/dash", "/team/dash/"):
        assert settings(tmp_path, "--url-prefix", typed).url_prefix == "/team/dash/"


def test_a_missing_workspace_is_named(tmp_path: Path) -> None:
    told = problem(tmp_path / "nowhere")

    assert "nowhere does not exist" in told
    assert "\n" not in told


def test_a_file_as_workspace_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert "file is a file" in problem(tmp_path / "file")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--port", "http"], "--port"),
        (["--port", "70000"], "--port 70000 is out of range"),
        (["--stale-after", "0"], "--stale-after"),
        (["--stale-after", "nan"], "--stale-after"),
        (["--smoke-timeout", "-1"], "--smoke-timeout"),
        (["--url-prefix", "/a b/"], "--url-prefix"),
        (["--url-prefix", "/../"], "--url-prefix"),
        (["--url-prefix", "/api/"], "the page needs itself"),
        (["--trusted-hosts", "http://a.example"], "write it like dashboard.example.org"),
        (["--trusted-hosts", "a.example:80"], "--trusted-hosts"),
        (["--frame-ancestors", "wiki.example"], "write it like https://wiki.example.org"),
        (["--frame-ancestors", "https://a.example;script-src *"], "--frame-ancestors"),
        (["--config", "/nowhere/dashboard.yaml"], "is not a file"),
        (["--host", "0.0.0.0"], "--trusted-hosts"),
        (["--host", "0.0.0.0", "--trusted-hosts", "a.example"], "say --allow-anonymous"),
        (["--host", "::", "--trusted-hosts", "a.example", "--access-mode", "proxy"], "by --proxy-peer"),
        (["--proxy-peer", "10.0.0.2"], "--proxy-peer is for mode proxy"),
        (["--access-mode", "proxy", "--proxy-peer", "proxy.example"], "no address; write one such as 10.0.0.2"),
        (["--access-mode", "oidc"], "mode oidc needs `oidc:` and `public_url:` in --access FILE"),
        (["--access", "/nowhere.yaml"], "--access /nowhere.yaml cannot be read"),
        (["--trusted-hosts", "a.example/"], "--trusted-hosts"),
        (["--keep", "0"], "--keep 0 keeps nothing"),
        (["--notify", "http://a.example/hook"], "--notify needs an https address"),
        (["--notify-command", "tell 'us"], "--notify-command is not understood (No closing quotation)"),
        (["--no-collect", "--keep", "3"], "--keep is for a collector, and this page has none"),
        (["--no-collect", "--notify", "https://a.example/hook"], "--notify is for a collector"),
        (["--no-collect", "--notify-command", "tell us"], "--notify-command is for a collector"),
        (["--no-such-option"], "--no-such-option"),
    ],
)
def test_what_cannot_work_is_one_line_that_names_it(tmp_path: Path, options: list[str], expected: str) -> None:
    told = problem(tmp_path, *options)

    assert expected in told
    assert "\n" not in told


def test_a_wrong_variable_is_named_by_its_own_name(tmp_path: Path) -> None:
    assert "TRAINING_DASHBOARD_PORT: 'http'" in problem(tmp_path, port="http")
    assert "TRAINING_DASHBOARD_RUN_SMOKE: 'maybe'" in problem(tmp_path, run_smoke="maybe")


def test_a_value_that_cannot_work_is_told_by_its_variable(tmp_path: Path) -> None:
    """A person who looks for an option they never typed finds nothing."""
    assert problem(tmp_path, stale_after="0").startswith("TRAINING_DASHBOARD_STALE_AFTER 0 is no time")
    assert problem(tmp_path, port="70000").startswith("TRAINING_DASHBOARD_PORT 70000 is out of range")
    assert "TRAINING_DASHBOARD_RUN_SMOKE does not go with it" in problem(tmp_path, "--demo", run_smoke="1")


def test_the_command_line_wins_over_a_variable_that_cannot_be_used(tmp_path: Path) -> None:
    assert settings(tmp_path, "--port", "9001", port="http").port == 9001


def test_who_is_told_comes_from_the_command_line_alone(tmp_path: Path) -> None:
    """An address may hold a secret, which no environment should carry; and it is never printed."""
    typed = settings(tmp_path, "--notify", "https://a.example/secret", "--notify-command", "tell 'all of us'")
    found = settings(tmp_path, notify="https://a.example/secret", notify_command="tell us")

    assert (typed.notify_address, typed.notify_command) == ("https://a.example/secret", ("tell", "all of us"))
    assert (found.notify_address, found.notify_command) == (None, ())
    assert "secret" not in repr(typed)


def test_other_machines_may_pin_only_when_that_was_allowed(tmp_path: Path) -> None:
    open_to_all = ["--host", "0.0.0.0", "--trusted-hosts", "a.example", "--allow-anonymous"]

    assert not settings(tmp_path, *open_to_all).may_pin
    assert settings(tmp_path, *open_to_all, "--allow-pin").may_pin


def test_a_demonstration_takes_a_speed_and_an_unhappy_end(tmp_path: Path) -> None:
    shown = settings(tmp_path, "--demo", "--demo-speed", "2.5", "--demo-fault", "stall")

    assert (shown.demo, shown.demo_speed, shown.demo_fault) == (True, 2.5, "stall")
    assert settings(tmp_path, demo="1", demo_fault="corrupt").demo_fault == "corrupt"


def test_the_state_of_a_demonstration_is_kept_only_where_a_folder_is_named(tmp_path: Path) -> None:
    assert settings(tmp_path, "--demo").has_temporary_state
    assert not settings(tmp_path, "--demo", "--state-dir", str(tmp_path / "kept")).has_temporary_state
    assert not settings(tmp_path).has_temporary_state


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["--demo", "--run-smoke"], "--run-smoke does not go with it"),
        (["--demo", "--no-collect"], "--no-collect does not go with it"),
        (["--demo-fault", "stall"], "--demo-fault is for --demo"),
        (["--demo-speed", "2"], "--demo-speed is for --demo"),
        (["--demo", "--demo-speed", "0"], "--demo-speed 0 is no speed"),
        (["--demo", "--demo-speed", "nan"], "--demo-speed nan is no speed"),
        (["--demo", "--demo-fault", "fire"], "fire"),
    ],
)
def test_a_demonstration_that_cannot_work_is_refused(tmp_path: Path, asked: list[str], told: str) -> None:
    assert told in problem(tmp_path, *asked)


def test_a_fleet_is_a_folder_that_is_shown_and_nothing_is_collected(tmp_path: Path) -> None:
    found = settings_from(["--fleet", str(tmp_path), "--stale-after", "60"], {})
    by_variable = settings_from([], {"TRAINING_DASHBOARD_FLEET": str(tmp_path), "TRAINING_DASHBOARD_STALE_AFTER": "60"})

    assert found == by_variable
    assert (found.fleet, found.state_dir) == (tmp_path.resolve(), tmp_path.resolve() / ".fleet")
    assert not (found.collect or found.preview)
    assert found.stale_after_seconds == 60


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["WS", "--fleet", "ROOT"], "a WORKSPACE is of one workspace"),
        (["--fleet", "ROOT", "--state-dir", "S"], "--state-dir is of one workspace"),
        (["--fleet", "ROOT", "--demo"], "--demo is of one workspace"),
        (["--fleet", "ROOT", "--keep", "3"], "--keep is of one workspace"),
        (["--fleet", "ROOT/none"], "does not exist; name the folder in which state directories lie side by side"),
        (["--fleet", "ROOT", "--host", "0.0.0.0", "--trusted-hosts", "a.example"], "nobody would have to sign in"),
    ],
)
def test_what_does_not_go_with_a_fleet_is_refused(tmp_path: Path, asked: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        settings_from([one.replace("ROOT", str(tmp_path)).replace("WS", str(tmp_path)) for one in asked], {})
