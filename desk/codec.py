"""Sealed payloads as the codec endpoint takes and gives them: ``{"payloads": […]}`` in Temporal's JSON."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from pydantic import BaseModel, ValidationError
from temporalio.api.common.v1 import Payload, Payloads

LARGEST: Final = 16 * 1024 * 1024
"""Bytes of one request: several payloads of the 2 MiB that Temporal allows for each, in base64."""

Work = Callable[[Sequence[Payload]], Awaitable[list[Payload]]]


class NotPayloads(ValueError):
    """What came in is no list of payloads. Nothing of it is quoted: it may be plain text."""


class _Body(BaseModel):
    payloads: list[dict[str, Any]]


async def worked(body: bytes, work: Work) -> tuple[dict[str, Any], int]:
    """The payloads of a request sealed or opened, and how many. Raises ``NotPayloads`` and ``KeyringFault``."""
    try:
        given = ParseDict(_Body.model_validate_json(body).model_dump(), Payloads(), ignore_unknown_fields=True).payloads
    except (ValidationError, ParseError):
        raise NotPayloads('the body is not {"payloads": [...]} as Temporal writes it') from None
    payloads = await work(given)
    return {"payloads": [MessageToDict(payload) for payload in payloads]}, len(payloads)
