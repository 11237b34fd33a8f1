"""An identity provider, a page behind TLS that signs people in there, and a browser that knows the page's name."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from support.browsers import chromium_options
from support.server import RunningServer, start_server
from support.tls import TlsProxy
from support.waiting import wait_for
from support.wiki import WIKI

with warnings.catch_warnings():
    import authlib.deprecate  # noqa: F401 -- it asks for its own warnings, whoever ignored them before

    warnings.simplefilter("ignore")  # it imports what its library calls old
    from oidc_provider_mock import User, run_server_in_thread

NAME = "dash.test"
SECRET = "a client's secret"
GROUPS = {"ann": ["release"], "bob": [], "eve": ["elsewhere"], "pia": ["platform"]}
ROLES = {"viewer": ["user:bob"], "operator": ["group:release"], "admin": ["group:platform"]}


@dataclass
class People:
    """What people need to sign in."""

    server: RunningServer
    driver: Any
    url: str
    issuer: str

    def sign_in(self, who: str) -> None:
        """Choose somebody at the provider, which has to be on screen."""
        wait_for(lambda: self.driver.current_url.startswith(self.issuer), "the provider's page")
        self.driver.find_element("css selector", f"button[name=sub][value={who}]").click()


def browser() -> webdriver.Chrome:
    """A Chromium that finds the page and a wiki by name, takes a certificate that nobody signed, and logs requests."""
    options = chromium_options()
    options.add_argument(f"--host-resolver-rules=MAP {NAME} 127.0.0.1, MAP {WIKI} 127.0.0.1")
    options.set_capability("acceptInsecureCerts", True)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    return webdriver.Chrome(options=options)


def access_file(home: Path, **keys: Any) -> Path:
    """A file for `--access`."""
    path = home / "access.json"
    path.write_text(json.dumps(keys))
    return path


@contextmanager
def people(home: Path, *, prefix: str = "/", options: Sequence[str] = (), **keys: Any) -> Iterator[People]:
    """All of it, until the block ends."""
    users = [User(sub=name, claims={"email": f"{name}@id.test", "groups": groups}) for name, groups in GROUPS.items()]
    with run_server_in_thread(user_claims=users) as provider, TlsProxy(home, NAME) as tls:
        issuer, url = f"http://localhost:{provider.server_port}", f"https://{NAME}:{tls.port}{prefix}"
        told = {"issuer": issuer, "client_id": "dash", "user_claim": "sub"}
        file = access_file(home, mode="oidc", public_url=url, roles=ROLES, oidc=told, **keys)
        named = ["--access", str(file), "--trusted-hosts", NAME, "--url-prefix", prefix, "--stale-after", "3600"]
        env = {"TRAINING_DASHBOARD_OIDC_CLIENT_SECRET": SECRET}
        server = start_server(home / "page", options=[*named, *options], env=env)
        tls.upstream_port = urlsplit(server.url).port or 0
        driver = browser()
        try:
            yield People(server, driver, url, issuer)
        finally:
            driver.quit()
            server.stop()
