"""Incident events over HTTP, with a Temporal server and without one."""

from pathlib import Path

import httpx2
import pytest
from events_sender import binary, event, keys_file, structured
from running_service import RunningService, running_service, until

from desk.web.app import web_app
from desk.web.serving import make_desk, served
from domain.record import CaseRef

pytestmark = pytest.mark.engine
CASE = CaseRef(board="northbridge", reference="NB-2026-301")


async def test_what_is_answered_202_becomes_a_review_and_what_comes_again_changes_nothing(tmp_path: Path) -> None:
    async with running_service(tmp_path) as service, desk_of(service, tmp_path) as sender:
        url = service.settings.desk_url
        raw = event(CASE.reference)
        taken = await sender.send(structured(url, raw))
        assert taken.status_code == 202
        assert taken.headers["location"] == f"{url}/cases/northbridge/NB-2026-301"
        await until(lambda: {"recommend", "acknowledge-child"} <= service.asked(CASE))
        again = await sender.send(binary(url, raw))
        assert again.status_code == 202
        other = await sender.send(structured(url, raw | {"id": "another"}))
        assert other.status_code == 202
        await until(lambda: [fact.fact.kind for fact in service.facts(CASE)].count("incident-updated") == 1)
        assert [fact.fact.kind for fact in service.facts(CASE)].count("incident-notified") == 1

        # The server is gone: nothing is said to be taken, and the same event later counts once.
        await service.kill_server()
        late = event("NB-2026-302")
        refused = await sender.send(
            structured(url, late),
        )
        assert refused.status_code == 503 and refused.headers["retry-after"]
        await service.start_server()
        await until_taken(sender, url, late)
        second = CaseRef(board="northbridge", reference="NB-2026-302")
        await until(lambda: service.asked(second))
        assert [fact.fact.kind for fact in service.facts(second)].count("incident-notified") == 1


async def until_taken(sender: httpx2.AsyncClient, url: str, raw: dict[str, object]) -> None:
    """Send it again as a sender does that was told to."""
    for _ in range(10):
        if (await sender.send(structured(url, raw))).status_code == 202:
            return
    raise AssertionError("it was never taken")


def desk_of(service: RunningService, folder: Path) -> "Desk":
    return Desk(service, folder)


class Desk:
    """The desk of a running service, and somebody who sends to it."""

    def __init__(self, service: RunningService, folder: Path) -> None:
        settings = service.settings.model_copy(update={"events_keys_file": keys_file(folder)})

        async def connected() -> object:
            return service.client

        made = make_desk(settings, service.record, lambda: service.directory, connected)  # type: ignore[arg-type]
        self._served = served(web_app(made), service.settings.desk_port)
        self._sender = httpx2.AsyncClient(timeout=120)

    async def __aenter__(self) -> httpx2.AsyncClient:
        await self._served.__aenter__()
        return await self._sender.__aenter__()

    async def __aexit__(self, *why: object) -> None:
        await self._sender.aclose()
        await self._served.__aexit__(None, None, None)
