"""Senders of incident events over HTTP, who sign what they send."""

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

from desk.web.events import BINARY, SIGNED, STRUCTURED

SECRET = b"s" * 32
OTHER = b"o" * 32
EXAMPLE = Path(__file__).parents[1] / "examples" / "incident.json"


def keys_file(folder: Path, *more: str) -> Path:
    """A file with the key of the duty desk, and one for another board."""
    path = folder / "events-keys.toml"
    secret, other = (base64.b64encode(each).decode() for each in (SECRET, OTHER))
    lines = [
        "[[key]]",
        'id = "duty-desk"',
        'board = "northbridge"',
        f'secret = "{secret}"',
        "[[key]]",
        'id = "elsewhere"',
        'board = "southmarsh"',
        f'secret = "{other}"',
        *more,
    ]
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    return path


def event(subject: str = "NB-2026-301", **data: Any) -> dict[str, Any]:
    """The example's event, of another case."""
    raw: dict[str, Any] = json.loads(EXAMPLE.read_text("utf-8"))
    return raw | {"subject": subject, "data": raw["data"] | data}


def structured(url: str, raw: object, **signing: Any) -> httpx2.Request:
    """The event as one JSON document."""
    body = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    request = httpx2.Request("POST", f"{url}/events", content=body, headers={"content-type": STRUCTURED})
    return signed(request, body, **signing)


def binary(url: str, raw: dict[str, Any], covered: tuple[str, ...] | None = None, **signing: Any) -> httpx2.Request:
    """Its attributes in headers, its data as the body."""
    attributes = {f"ce-{name}": str(raw[name]) for name in ("specversion", "type", "source", "id", "subject", "time")}
    body = json.dumps(raw["data"]).encode()
    request = httpx2.Request("POST", f"{url}/events", content=body, headers={"content-type": BINARY, **attributes})
    return signed(request, body, covered=SIGNED + tuple(attributes) if covered is None else covered, **signing)


def signed(
    request: httpx2.Request,
    body: bytes,
    *,
    key: str = "duty-desk",
    secret: bytes = SECRET,
    covered: tuple[str, ...] = SIGNED,
    ago: timedelta = timedelta(),
) -> httpx2.Request:
    """The request with its signature."""
    resolver = MappingKeyResolver(public_keys={}, private_keys={key: secret})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=resolver)
    created = datetime.now(UTC) - ago
    signer.sign(request, key_id=key, created=created, covered_component_ids=covered, body=body)
    return request
