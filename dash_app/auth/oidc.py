"""An identity provider -> who somebody is: OpenID Connect's authorization code with PKCE, by Authlib.

State, nonce and verifier are Authlib's, kept for the minutes of the login in a cookie of their own. It is imported in
mode oidc alone: it brings a cryptography library that nobody else needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from dash_app.auth.config import Access, Oidc

SKEW_SECONDS: Final = 120
"""How far the provider's clock may be from ours."""
ANSWER_SECONDS: Final = 10.0
LONGEST_NAME: Final = 256


class NotSignedIn(Exception):
    """What came back from the provider proves nobody; the message is one line that repeats none of it."""


class Unreachable(Exception):
    """The provider does not answer as one."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who signed in."""

    user: str
    groups: tuple[str, ...]


class Provider:
    """One provider."""

    def __init__(self, access: Access, oidc: Oidc) -> None:
        self._oidc = oidc
        self._public_url = access.public_url
        known: dict[str, Any] = {"scope": " ".join(oidc.scopes), "code_challenge_method": "S256"}
        known |= {"timeout": ANSWER_SECONDS, "verify": str(oidc.ca_file) if oidc.ca_file else True}
        oauth = OAuth()
        self._client: Any = oauth.register(
            "provider",
            server_metadata_url=f"{oidc.issuer}/.well-known/openid-configuration",
            client_id=oidc.client_id,
            client_secret=access.client_secret,
            client_kwargs=known,
        )

    async def way_there(self, request: Request) -> Response:
        """Lead to the provider. Raises Unreachable."""
        try:
            answer: Response = await self._client.authorize_redirect(request, f"{self._public_url}/auth/callback")
        except (HTTPError, OAuthError, ValueError, KeyError, RuntimeError) as problem:
            raise Unreachable(type(problem).__name__) from problem
        return answer

    async def way_back(self, request: Request) -> Somebody:
        """Who came back. Raises NotSignedIn and Unreachable."""
        try:
            token = await self._client.authorize_access_token(request, leeway=SKEW_SECONDS)
            claims: Mapping[str, Any] = token.get("userinfo") or {}
            if claims and not {self._oidc.user_claim, self._oidc.groups_claim} <= set(claims):
                claims = {**claims, **await self._asked(token, str(claims.get("sub")))}
        except (OAuthError, JoseError) as problem:
            raise NotSignedIn(
                f"{type(problem).__name__}: the provider's answer is not one to our question"
            ) from problem
        except (HTTPError, ValueError, KeyError) as problem:
            raise Unreachable(type(problem).__name__) from problem
        return self._somebody(claims)

    async def _asked(self, token: Any, subject: str) -> Mapping[str, Any]:
        """What else the provider says of the same person: many groups do not go into a token."""
        found: Mapping[str, Any] = dict(await self._client.userinfo(token=token))
        return found if found.get("sub") == subject else {}

    def _somebody(self, claims: Mapping[str, Any]) -> Somebody:
        user, groups = claims.get(self._oidc.user_claim), claims.get(self._oidc.groups_claim, ())
        if not isinstance(user, str) or not 0 < len(user) <= LONGEST_NAME or not user.isprintable():
            raise NotSignedIn(f"the provider says no {self._oidc.user_claim}: set `oidc.user_claim`")
        if self._oidc.user_claim == "email" and claims.get("email_verified") is False:
            raise NotSignedIn("the provider has not verified this address")
        return Somebody(user, tuple(_texts(groups)))

    async def way_out(self) -> str | None:
        """Where somebody signs out at the provider; None where it has no such place, or does not say."""
        try:
            place = (await self._client.load_server_metadata()).get("end_session_endpoint")
        except (HTTPError, ValueError, KeyError, RuntimeError):
            return None
        back = {"client_id": self._oidc.client_id, "post_logout_redirect_uri": f"{self._public_url}/signed-out"}
        return f"{place}?{urlencode(back)}" if isinstance(place, str) else None


def _texts(groups: object) -> Iterable[str]:
    several = [groups] if isinstance(groups, str) else groups
    return [one for one in several if isinstance(one, str)] if isinstance(several, list | tuple) else []
