"""Gets documents from the LMS: adds the token, renews a refused one, and retries where that can help.

Must not know paging, nor what the answers are for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from rkreport.errors import Forbidden, LmsError, LoginRefused, MalformedReply, NotFound, TokenRefused
from rkreport.lms import shapes
from rkreport.lms.auth import AccessToken, GivenToken, TokenSource, usable
from rkreport.lms.protocol import Document, Reply, interpret, is_login_refused
from rkreport.lms.retry import attempt
from rkreport.lms.transport import Meter, Transport
from rkreport.sentence import Sentence

_MOST_RENEWALS = 3  # of the token per request: a fresh one may be revoked while the request waits

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Answer(Generic[Content]):
    """A good answer: its content and its bytes."""

    content: Content
    body: bytes


class LmsClient:
    """Gets documents from the LMS."""

    def __init__(self, transport: Transport, tokens: TokenSource) -> None:
        """Take the transport to the LMS, and the token source."""
        self._transport = transport
        self._tokens = tokens

    @property
    def meter(self) -> Meter:
        """Return the running count of requests."""
        return self._transport.meter

    def utc_now(self) -> datetime:
        """Return the time by the transport's clock."""
        return self._transport.utc_now()

    async def log_in(self) -> None:
        """Get a token before the first request; a given token is not checked.

        Raises:
            LmsError: the connection fails, or the LMS refuses the login.
        """
        await self._tokens.current()

    async def get(
        self,
        path: str,
        query: Mapping[str, str | int],
        read: Callable[[Document], Content],
        what: str,
        *,
        is_urgent: bool = True,
        at_once: Callable[[bytes], Content | None] = lambda _: None,
    ) -> Answer[Content]:
        """GET a document and `read` it; `what` names it in messages: `users, page 3`.

        What is not urgent is tried less often. `at_once` reads the bytes of a good answer; where it returns None,
        `read` gets the document.

        Raises:
            LmsError: one of its branches, after `max_attempts` tries where trying again can help.
        """

        async def ask(token: str) -> Answer[Content]:
            reply = await self._ask(token, path, query, what)
            content = at_once(reply.body) if reply.status == HTTPStatus.OK else None
            if content is None:
                content = read(interpret(reply, what, self._transport.utc_now()))
            return Answer(content, reply.body)

        async def once() -> Answer[Content]:
            token = await self._tokens.current()
            for renewals in range(_MOST_RENEWALS):
                try:
                    return await ask(token)
                except TokenRefused as error:
                    if error.is_forbidden and renewals:
                        raise Forbidden(
                            "The LMS does not give this account {what} (HTTP 403, with a fresh token too); check"
                            " the account's rights in the LMS.",
                            what=what,
                        ) from error
                    token = await self._renewed(token, error)
            return await ask(token)

        try:
            return await attempt(once, self._transport, is_urgent=is_urgent)
        except TokenRefused as error:
            raise LoginRefused(
                "{error} A renewed token was refused too; check the account's rights.", error=error
            ) from error

    async def _renewed(self, token: str, refused: TokenRefused) -> str:
        try:
            return await self._tokens.replace(token)
        except LoginRefused as error:
            error.is_forbidden = refused.is_forbidden and isinstance(self._tokens, GivenToken)
            raise

    async def _ask(self, token: str, path: str, query: Mapping[str, str | int], what: str) -> Reply:
        scheme = self._transport.settings.authorization_scheme
        headers = {"Authorization": f"{scheme} {token}" if scheme else token}
        return await self._transport.exchange("GET", path, what, headers=headers, params=query)


async def fetch_token(transport: Transport, client_id: str, client_secret: str) -> AccessToken:
    """POST the client credentials for a token.

    Raises:
        LoginRefused: the LMS refuses them. It tries once, so that the account is not locked.
        LmsError: as for every request, but final; otherwise each of many requests would try again.
    """
    what = Sentence("the login")
    body = {"clientID": client_id, "clientSecret": client_secret, "grantType": "client_credentials"}

    async def once() -> AccessToken:
        reply = await transport.exchange("POST", "/oauth/token", what, json=body)
        if is_login_refused(reply):
            path = urlsplit(transport.settings.base_url).path
            more = (
                Sentence(" If they are right, base_url goes too far: leave out its {path}.", path=path) if path else ""
            )
            raise LoginRefused(
                "The LMS refused RKREPORT_CLIENT_ID and RKREPORT_CLIENT_SECRET; check both, and for"
                " stray blanks.{more}",
                more=more,
            )
        document = interpret(reply, what, transport.utc_now())
        try:
            token = shapes.TOKEN.validate_python(document.values)["data"]
        except ValidationError:
            raise MalformedReply("The LMS answered the login without an access token; check base_url.") from None
        return AccessToken(
            usable(token["accessToken"], "What the LMS answered the login with", "check base_url"),
            token.get("expiresIn"),
        )

    try:
        return await attempt(once, transport)
    except LoginRefused:
        raise
    except NotFound as error:
        raise LmsError("The LMS does not have the login there; check base_url.") from error
    except LmsError as error:
        raise LmsError(error.sentence) from error
