"""A sign-in provider for trying the service out: anybody on this machine signs in as anybody of the example boards.

It speaks OpenID Connect as any provider does, so that signing in is tried out too. It cannot be switched on where the
desk is reached in another way than over the loopback address, and answers nobody who comes from elsewhere.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from desk.web import pages
from desk.web.access import self_guarded
from desk.web.context import desk_of
from desk.web.sign_in import RETURN, Provider
from settings import PREFIX, Settings, SettingsFault

PATH: Final = "/try-out-provider"
CLIENT: Final = "desk"
CODE_LASTS: Final = timedelta(seconds=60)
TOKEN_LASTS: Final = timedelta(minutes=5)
ASKED: Final = ("redirect_uri", "state", "nonce", "code_challenge")


@dataclass(frozen=True)
class _Code:
    board: str
    person: str
    asked: dict[str, str]
    until: datetime


class TryOut:
    """The provider. Raises ``SettingsFault`` where the desk is not on the loopback address alone."""

    def __init__(self, settings: Settings) -> None:
        host = urlsplit(settings.desk_url).hostname or ""
        if not (is_loopback(host) and is_loopback(settings.desk_host)):
            raise SettingsFault(
                f"{PREFIX}DESK_URL: trying out needs the desk on this machine alone; for others set {PREFIX}OIDC_ISSUER"
            )
        self.provider = Provider(issuer=f"{settings.desk_url}{PATH}", client_id=CLIENT)
        self._back = f"{settings.desk_url}{RETURN}"
        self._key = ECKey.generate_key("P-256", {"use": "sig", "kid": secrets.token_hex(8)})
        self._codes: dict[str, _Code] = {}

    @property
    def routes(self) -> list[Route]:
        """Its addresses."""
        pages_ = (
            ("/.well-known/openid-configuration", self._metadata, ("GET",)),
            ("/jwks", self._jwks, ("GET",)),
            ("/authorize", self._people, ("GET",)),
            ("/authorize", self._chosen, ("POST",)),
            ("/token", self._token, ("POST",)),
        )
        return [
            self_guarded(f"{PATH}{path}", _here_only(page), name=f"try-out{path}", methods=methods)
            for path, page, methods in pages_
        ]

    async def _metadata(self, _: Request) -> Response:
        issuer = self.provider.issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["none"],
            }
        )

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse(KeySet([self._key]).as_dict(private=False))

    async def _people(self, request: Request) -> Response:
        """Who there is to choose from."""
        asked = {name: request.query_params.get(name, "") for name in ASKED}
        if self._faulty(request.query_params.get("client_id", ""), asked):
            return PlainTextResponse("This is no sign-in of this desk.", 400)
        directory = desk_of(request).directory()
        boards = [
            {
                "name": board.name,
                "people": [
                    {"value": f"{board.id}/{person.id}", "name": person.name, "part": _part(board, person)}
                    for person in board.people
                ],
            }
            for board in directory.boards
        ]
        return pages.page(request, "try-out.html", boards=boards, asked=asked, href=f"{PATH}/authorize")

    async def _chosen(self, request: Request) -> Response:
        form = await request.form()
        asked = {name: str(form.get(name, "")) for name in ASKED}
        board, _, person = str(form.get("person", "")).partition("/")
        if self._faulty(CLIENT, asked) or not person:
            return PlainTextResponse("This is no sign-in of this desk.", 400)
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(board, person, asked, datetime.now(UTC) + CODE_LASTS)
        return RedirectResponse(f"{self._back}?{urlencode({'code': code, 'state': asked['state']})}", 303)

    def _faulty(self, client: str, asked: dict[str, str]) -> bool:
        return client != CLIENT or asked["redirect_uri"] != self._back or not all(asked.values())

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        code = self._codes.pop(str(form.get("code", "")), None)
        now = datetime.now(UTC)
        verified = _challenge(str(form.get("code_verifier", "")))
        if code is None or now > code.until or verified != code.asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        try:
            board = desk_of(request).directory().board(code.board)
            person = next(each for each in board.people if each.id == code.person)
        except (LookupError, StopIteration, ValueError):
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {
            "iss": self.provider.issuer,
            "sub": f"{board.id}/{person.id}",
            "aud": CLIENT,
            "exp": int((now + TOKEN_LASTS).timestamp()),
            "iat": int(now.timestamp()),
            "nonce": code.asked["nonce"],
            "email": person.email,
            "email_verified": True,
        }
        token = jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key)
        return JSONResponse({"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": token})


def is_loopback(host: str) -> bool:
    """Whether that is this machine as it names itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _here_only(page: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        peer = request.client.host if request.client else ""
        if not (is_loopback(peer) and is_loopback(request.url.hostname or "")):
            return PlainTextResponse("For this machine alone.", 403)
        return await page(request)

    return answer


def _part(board: Any, person: Any) -> str:
    """What the person does, in words."""
    own = board.roles_of(person.id)
    held = (f"{role.words}{f' of {board.agency_named(agency)}' if agency else ''}" for role, agency in own)
    employer = f"works for {board.agency_named(person.agency)}" if person.agency else "no role of their own"
    return ", ".join(dict.fromkeys(held)) or employer


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
