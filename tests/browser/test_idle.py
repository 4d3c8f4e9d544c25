"""Somebody is called away from a form: they are warned, can stay, and nothing that they typed is lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser
from temporalio.client import Client

from desk.web.app import web_app
from desk.web.serving import make_desk, served
from desk.web.sessions import cookie_name
from domain.incident import IncidentEvent
from records import desk_sessions, drafts
from rehearsal.service import Rehearsal, example, rehearsal
from simulated import free_port

pytestmark = pytest.mark.time_skipping
TASK = "northbridge/NB-2026-101/safety/1/S1/decide-for-child"


@pytest.fixture
def port() -> Iterator[int]:
    yield free_port()


async def told(stage: Rehearsal) -> IncidentEvent:
    event = example("incident.json", await stage.now())
    await stage.tell(event)
    return event


async def test_who_is_called_away_is_warned_can_stay_and_loses_nothing(
    chromium: Browser, tmp_path: Path, port: int
) -> None:
    async with rehearsal(tmp_path, desk_port=port) as stage:
        await told(stage)
        time = [await stage.now()]
        desk = make_desk(stage.settings, stage.record, lambda: stage.directory, no_server)
        object.__setattr__(desk, "now", lambda: time[0])
        async with served(web_app(desk), port):
            desk_sessions.begin(stage.record, "token", "northbridge", "nb-duty-manager", time[0])
            context = await chromium.new_context()
            await context.add_cookies([{"name": cookie_name(desk), "value": "token", "url": desk.settings.desk_url}])
            page = await context.new_page()
            await page.clock.install()
            await page.goto(f"{desk.settings.desk_url}/tasks/{TASK}")
            await page.locator('[name="protection"]').fill("with an aunt")
            await page.clock.run_for(25_000)
            await page.wait_for_timeout(1_000)
            kept = drafts.kept(stage.record, "northbridge", "nb-duty-manager", TASK)
            assert kept["protection"] == "with an aunt", "what is typed is kept without being sent"

            warning = page.get_by_role("dialog", name="You will be signed out soon")
            assert not await warning.is_visible()
            time[0] += timedelta(minutes=28)
            await page.clock.run_for(28 * 60_000)
            await warning.wait_for()
            await page.get_by_role("button", name="Stay signed in").click()
            await warning.wait_for(state="hidden")
            await page.wait_for_timeout(500)
            found = desk_sessions.find(stage.record, "token")
            assert found is not None and found.seen_at == time[0], "the session goes on"

            time[0] += timedelta(minutes=31)
            await page.clock.run_for(31 * 60_000)
            await page.wait_for_timeout(2_000)
            assert "/sign-in" in page.url or "cannot" in (await page.title()).lower() or "Nobody" in await page.title()
            desk_sessions.begin(stage.record, "again", "northbridge", "nb-duty-manager", time[0])
            await context.add_cookies([{"name": cookie_name(desk), "value": "again", "url": desk.settings.desk_url}])
            await page.goto(f"{desk.settings.desk_url}/tasks/{TASK}")
            assert await page.locator('[name="protection"]').input_value() == "with an aunt"
            await context.close()


async def no_server() -> Client:
    raise RuntimeError
