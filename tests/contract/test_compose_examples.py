"""The compose files of the examples: every one names a mode, closes what can be closed, and its variables are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from support.dockerfile import environment
from support.server import ROOT

from collectors.options import UsageError
from dash_app.auth.config_file import parse_access
from dash_app.server import settings_or_exit
from dash_app.settings import settings_from

COMPOSE = ROOT / "examples/compose"
FILES = ("oauth2-proxy.yaml", "oidc.yaml")
KNOWN = {
    "build", "image", "ports", "volumes", "environment", "read_only", "tmpfs", "cap_drop", "security_opt", "restart",
    "network_mode", "user", "command", "healthcheck",
}  # fmt: skip


def services(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((COMPOSE / name).read_text(encoding="utf-8"))
    assert set(found) == {"services", "volumes"} and set(found["volumes"]) == {"state"}
    return dict(found["services"])


def page_environment(name: str, home: Path) -> dict[str, str]:
    """The variables of the page's container, with its files where they lie here."""
    page = services(name)["dashboard"]
    mounted = {one.split(":")[1]: COMPOSE / one.split(":")[0] for one in page["volumes"] if one.startswith("./")}
    (home / "client").write_text("from the provider")
    (home / "client").chmod(0o600)
    text = mounted["/access.yaml"].read_text(encoding="utf-8").replace("/secrets/client", str(home / "client"))
    (home / "access.yaml").write_text(text)
    image = {k: v for k, v in environment().items() if k.startswith("TRAINING_DASHBOARD_")}
    places = {"WORKSPACE": str(home / "ws"), "STATE_DIR": str(home / "state"), "ACCESS": str(home / "access.yaml")}
    (home / "ws").mkdir()
    return image | page["environment"] | {f"TRAINING_DASHBOARD_{key}": value for key, value in places.items()}


@pytest.mark.parametrize("name", FILES)
def test_every_service_is_closed_as_far_as_it_can_be(name: str) -> None:
    for service in services(name).values():
        assert set(service) <= KNOWN
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
        assert not [key for key in service.get("environment", {}) if key.endswith(("SECRET", "PASSWORD"))]


@pytest.mark.parametrize(("name", "mode"), list(zip(FILES, ("proxy", "oidc"), strict=True)))
def test_the_page_starts_with_these_variables_and_lets_nobody_in_who_is_not_signed_in(
    name: str, mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in page_environment(name, tmp_path).items():
        monkeypatch.setenv(variable, value)

    found = settings_or_exit(2, ["0.0.0.0"])

    assert (found.access.mode, found.access.allow_anonymous) == (mode, False)


def test_the_proxy_of_the_example_is_the_only_one_that_is_believed(tmp_path: Path) -> None:
    """It shares the page's network: to the page it is on 127.0.0.1."""
    environ = page_environment(FILES[0], tmp_path)

    assert services(FILES[0])["login"]["network_mode"] == "service:dashboard"
    assert settings_from([], environ).access.proxy.peers == ("127.0.0.1",)
    del environ["TRAINING_DASHBOARD_PROXY_PEER"]
    with pytest.raises(UsageError, match="--proxy-peer"):
        settings_from([], environ)


@pytest.mark.parametrize(
    "path", [*COMPOSE.glob("access*.yaml"), ROOT / "examples/access/mock.yaml"], ids=lambda p: p.name
)
def test_a_file_of_the_examples_is_taken(path: Path) -> None:
    assert parse_access(path.read_bytes(), path.name).mode
