"""Signing in with the organisation's OpenID provider, and signing out.

Authorization code flow with PKCE, state and nonce; the ID token is checked by Authlib. What has to be remembered while
somebody is at the provider is in a signed cookie that lasts ten minutes.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from joserfc.errors import JoseError
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from desk.web import pages, sessions
from desk.web.access import guarded, self_guarded
from desk.web.context import Desk, desk_of
from desk.web.whom import For
from domain.directory import Board, Directory, Person

RETURN: Final = "/sign-in/return"
COOKIE: Final = "scr-sign-in"
MINUTES: Final = 10
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""With which an ID token may be signed: with a key that only the provider has."""
SECONDS: Final = 10
"""How long the provider may take to answer."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Provider:
    """Where people sign in."""

    issuer: str
    client_id: str
    client_secret: str = ""

    @property
    def origin(self) -> str:
        """Scheme and host."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"


def provider_of(desk: Desk) -> Provider | None:
    """The provider of the settings; ``None`` where none is set."""
    settings = desk.settings
    if not settings.oidc_issuer:
        return None
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret.get_secret_value())


def remembering(desk: Desk) -> Middleware:
    """What keeps state, nonce and the way back while somebody is at the provider."""
    return Middleware(
        SessionMiddleware,
        secret_key=desk.keyring.derived(b"desk sign-in").hex(),
        session_cookie=COOKIE,
        max_age=MINUTES * 60,
        path="/sign-in",
        same_site="lax",
        https_only=desk.settings.desk_url.startswith("https:"),
    )


def client_for(provider: Provider) -> StarletteOAuth2App:
    """The client of that provider."""
    registered = OAuth().register(
        "provider",
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "timeout": SECONDS,
            "token_endpoint_auth_method": "client_secret_basic" if provider.client_secret else "none",
        },
    )
    assert isinstance(registered, StarletteOAuth2App)  # noqa: S101 - as its registry makes them
    return registered


async def sign_in(request: Request) -> Response:
    """To the provider; afterwards to the page that was asked for."""
    client: StarletteOAuth2App | None = request.app.state.sign_in
    if client is None:
        return _unset(request)
    request.session.clear()
    request.session["next"] = local_path(request.query_params.get("next", ""))
    try:
        answer: Response = await client.authorize_redirect(request, f"{desk_of(request).settings.desk_url}{RETURN}")
    except (httpx2.HTTPError, ValueError, RuntimeError) as error:
        return _away(request, error)
    return answer


async def come_back(request: Request) -> Response:
    """Back from the provider: who it is, and then on."""
    client: StarletteOAuth2App | None = request.app.state.sign_in
    if client is None:
        return _unset(request)
    try:
        metadata = await client.load_server_metadata()
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [each for each in offered if each in ALGORITHMS]
        token: Mapping[str, Any] = await client.authorize_access_token(request)
    except httpx2.HTTPError as error:
        return _away(request, error)
    except (AuthlibBaseError, JoseError, ValueError, RuntimeError, KeyError, TypeError) as error:
        _log.warning("sign-in refused: %s", type(error).__name__)
        return _refused(request)
    claims = token.get("userinfo")
    if not claims:
        _log.warning("sign-in refused: no ID token")
        return _refused(request)
    return await _known(request, claims)


def identify(claims: Mapping[str, Any], directory: Directory, claim: str) -> list[tuple[Board, Person]]:
    """Everybody whom these claims mean, by board. Of ``email`` only one that the provider has not left unverified."""
    said = claims.get(claim)
    if not isinstance(said, str) or (claim == "email" and claims.get("email_verified", True) not in {True, "true"}):
        return []
    wanted = said.strip().casefold()
    return [
        (board, person) for board in directory.boards for person in board.people if person.email.casefold() == wanted
    ]


async def _known(request: Request, claims: Mapping[str, Any]) -> Response:
    desk = desk_of(request)
    found = identify(claims, desk.directory(), desk.settings.oidc_claim)
    if not found:
        _log.warning("sign-in refused: not in the directory")
        text = "You signed in with your organisation, but no board has your address. Ask the board's business manager."
        return pages.problem(request, 403, "No board knows you", text)
    if len(found) == 1:
        board, person = found[0]
        return await _begun(request, board.id, person.id)
    request.session["choices"] = [[board.id, person.id] for board, person in found]
    choices = [{"id": board.id, "name": board.name} for board, _ in found]
    return pages.page(request, "which-board.html", choices=choices)


async def choose(request: Request) -> Response:
    """Somebody whom several boards know has said for which they work now."""
    chosen = str((await request.form()).get("board", ""))
    person = dict(request.session.get("choices", ())).get(chosen)
    if person is None:
        return _refused(request)
    return await _begun(request, chosen, person)


async def _begun(request: Request, board: str, person: str) -> Response:
    after = local_path(request.session.get("next", "/"))
    request.session.clear()
    answer = RedirectResponse(after, 303)
    answer.headers.append("set-cookie", await sessions.begin(request, board, person))
    return answer


async def sign_out(request: Request) -> Response:
    """End the session here, and at the provider where it knows how."""
    desk = desk_of(request)
    await sessions.end(request)
    answer = RedirectResponse(await _afterwards(request), 303)
    sessions.forget(desk, answer)
    return answer


async def _afterwards(request: Request) -> str:
    desk, client = desk_of(request), request.app.state.sign_in
    signed_out = f"{desk.settings.desk_url}/signed-out"
    try:
        metadata = await client.load_server_metadata() if client is not None else {}
    except (httpx2.HTTPError, ValueError, RuntimeError):
        metadata = {}
    if endpoint := metadata.get("end_session_endpoint"):
        return f"{endpoint}?{urlencode({'client_id': client.client_id, 'post_logout_redirect_uri': signed_out})}"
    return "/signed-out"


async def signed_out(request: Request) -> Response:
    """What somebody sees who has signed out."""
    return pages.page(request, "signed-out.html")


def local_path(path: str) -> str:
    """A path of this desk to go to; ``/`` for whatever else is asked for."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    parts = urlsplit(path) if plain else None
    return path if parts is not None and not parts.netloc and not parts.scheme else "/"


def _unset(request: Request) -> Response:
    text = "This desk has no sign-in provider yet. Whoever operates the service sets SCR_OIDC_ISSUER."
    return pages.problem(request, 503, "Nobody can sign in here", text)


def _away(request: Request, error: Exception) -> Response:
    _log.warning("the sign-in provider cannot be reached: %s", type(error).__name__)
    text = "Your organisation's sign-in does not answer. Try again in a few minutes. Nothing you typed is lost."
    return pages.problem(request, 503, "You cannot be signed in just now", text)


def _refused(request: Request) -> Response:
    text = (
        "This sign-in was begun long ago, in another browser, or was used before. Open the page again that you wanted."
    )
    return pages.problem(request, 400, "You could not be signed in", text)


routes: list[Route] = [
    self_guarded("/sign-in", sign_in, name="sign-in"),
    self_guarded(RETURN, come_back, name="sign-in-return"),
    self_guarded("/sign-in/board", choose, name="sign-in-board", methods=("POST",)),
    self_guarded("/signed-out", signed_out, name="signed-out"),
    guarded("/sign-out", sign_out, For.SIGNED_IN, name="sign-out", methods=("POST",)),
]
