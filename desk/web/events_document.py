"""The description of ``POST /events`` for programs: OpenAPI 3.1, written from the incident event itself."""

from typing import Any, Final

from domain.incident import IncidentEvent

STATUSES: Final = {
    "202": "Temporal has the event. The same event again is answered alike, and counts once.",
    "400": "It is no incident event that can be taken; every fault by its path.",
    "401": "Not signed, signed too long ago, or with a key that is not known here.",
    "403": "The key is for events of another board.",
    "404": "No events are taken here.",
    "413": "Larger than 1 MiB.",
    "415": "Neither of the two ways of sending a CloudEvent.",
    "429": "Too many requests of this key in a minute; Retry-After says when to come again.",
    "503": "It could not be delivered, and nothing was kept: send it again.",
}
_SIGNED: Final = (
    "HTTP message signature (RFC 9421), hmac-sha256, with keyid and created, at most five minutes old. It covers "
    '"@method", "@path", "content-type" and "content-digest" (RFC 9530, sha-256), and each ce- header that is sent.'
)


def events_document(desk_url: str) -> dict[str, Any]:
    """The document, for a desk that is found there."""
    event = IncidentEvent.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas: dict[str, Any] = event.pop("$defs", {})
    data = event["properties"]["data"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Serious case reviews: incident events",
            "version": "1",
            "description": "Logging a child here is not a referral to children's social care.",
        },
        "servers": [{"url": desk_url}],
        "paths": {"/events": {"post": _operation(data)}},
        "components": {
            "schemas": {**schemas, "IncidentEvent": event, "Problem": _PROBLEM},
            "securitySchemes": {
                "signature": {"type": "apiKey", "in": "header", "name": "Signature", "description": _SIGNED}
            },
        },
    }


def _operation(data: dict[str, Any]) -> dict[str, Any]:
    attributes = ("specversion", "type", "source", "id", "subject", "time")
    return {
        "operationId": "receiveIncidentEvent",
        "summary": "Hand in an incident event; a review begins, or the review of its case is added to.",
        "security": [{"signature": []}],
        "parameters": [_header(name) for name in (*(f"ce-{each}" for each in attributes), "content-digest")],
        "requestBody": {
            "required": True,
            "content": {
                "application/cloudevents+json": {"schema": {"$ref": "#/components/schemas/IncidentEvent"}},
                "application/json": {"schema": data},
            },
        },
        "responses": {status: _response(status, words) for status, words in STATUSES.items()},
    }


def _header(name: str) -> dict[str, Any]:
    text = "SHA-256 of the body (RFC 9530)." if name == "content-digest" else "In binary mode: the event's attribute."
    return {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}


def _response(status: str, words: str) -> dict[str, Any]:
    if status == "202":
        schema: dict[str, Any] = {"type": "object", "required": ["subject", "workflow_id", "status"]}
        location = {"description": "The page of the case.", "schema": {"type": "string", "format": "uri"}}
        return {
            "description": words,
            "headers": {"Location": location},
            "content": {"application/json": {"schema": schema}},
        }
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": words, "content": content}


_PROBLEM: Final = {
    "type": "object",
    "description": "RFC 9457.",
    "required": ["title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
