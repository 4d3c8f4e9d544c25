"""Somebody who never met us: from ``make run`` to the chair's decision, with nothing but a browser."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser
from seats import DESKTOP, PHONE, Seat, seat

from settings import ScratchSettings
from simulated import free_port

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]
PATIENCE = 180
LAST_LINE = "Ctrl-C stops everything"
NAMES = {
    "duty social worker": "Amaris Holloway-Finch",
    "sub-group": "Honor Whitlock",
    "board chair": "Jocasta Fairweather",
}
LIMBS = (
    "death",
    "life_threatening_injury",
    "serious_permanent_impairment",
    "serious_sexual_abuse",
    "parent_murdered",
    "killed_by_parent_with_mental_illness",
    "inter_agency_working",
)


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[ScratchSettings]:
    """What ``make run`` starts, on ports of its own, until it is ready and for as long as the context lasts."""
    names = ("temporal_port", "ui_port", "mailbox_port", "desk_port")
    ports: dict[str, Any] = {name: free_port() for name in names}
    settings = ScratchSettings(var_dir=folder, **ports)
    own = {f"SCR_{name.upper()}": str(getattr(settings, name)) for name in ("var_dir", *names)}
    others = {name: value for name, value in os.environ.items() if not name.startswith(("SCR_", "TEMPORAL_"))}
    command = (sys.executable, str(ROOT / "worker.py"), "--embedded")
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=others | own, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            told = ""
            while LAST_LINE not in told and (line := (await process.stdout.readline()).decode()):
                told += line
        assert settings.desk_url in told
        yield settings
    finally:
        process.terminate()
        await process.communicate()


async def at(browser: Browser, settings: ScratchSettings, role: str, size: dict[str, int]) -> Seat:
    """Somebody in that role, who has signed in by choosing themselves."""
    who = await seat(browser, NAMES[role], size)
    await who.page.goto(settings.desk_url)
    assert "Anybody on this machine can sign in as anybody" in await who.said()
    assert role in await who.page.get_by_role("listitem").filter(has_text=who.person).inner_text()
    await who.page.get_by_role("button", name=who.person, exact=True).click()
    await who.look()
    return who


async def test_from_the_first_page_to_the_chairs_decision(chromium: Browser, tmp_path: Path) -> None:
    async with started(tmp_path / "var") as settings:
        duty = await at(chromium, settings, "duty social worker", PHONE)
        for child in ("H1", "S1"):
            await duty.click(f"Child {child}: acknowledge")
            await duty.send()
            await duty.click("My work")
            await duty.click(f"Child {child}: decide")
            await duty.send(decision="no-further-action", reason="Seen at home by two workers; safe.")
            await duty.click("My work")
        group = await at(chromium, settings, "sub-group", DESKTOP)
        await group.click("Recommend to the chair")
        reasons = dict.fromkeys(LIMBS, "Discussed at the meeting.")
        outcome = "serious-case-review"
        await group.send(outcome=outcome, reasons=reasons, rationale="Organisations can learn from this case.")
        chair = await at(chromium, settings, "board chair", DESKTOP)
        await chair.click("Decide")
        said = await chair.send(outcome=outcome, rationale="The criterion that always calls for a review is met.")
        assert "What happens next" in said
        await chair.click("Case NB-2026-101")
        assert "serious case review" in await chair.said()
        await chair.press("Sign out")
        assert "signed out" in await chair.said()
        await chair.page.go_back()
        assert "Case NB-2026-101" not in await chair.page.title(), "a page was kept by the browser after signing out"


async def test_the_web_ui_opens_payloads_for_those_alone_who_may_see_content(chromium: Browser, tmp_path: Path) -> None:
    async with started(tmp_path / "var") as settings:
        for person, opened in (("Osric Tannenbaum", True), ("Jocasta Fairweather", False)):
            who = await seat(chromium, person, DESKTOP)
            await who.follow(settings.desk_url)
            assert await in_the_web_ui(who, settings.ui_port) is opened, person
            await who.context.close()


async def in_the_web_ui(who: Seat, port: int) -> bool:
    """The children's safety check in the Temporal Web UI; whether it can be read there."""
    workflow = "scr%2Fnorthbridge%2FNB-2026-101%2Fsafety%2F1"
    await who.page.goto(f"http://localhost:{port}/namespaces/default/workflows/{workflow}")
    async with who.page.expect_response(lambda answer: "/codec/decode" in answer.url, timeout=60_000) as answered:
        pass
    status = (await answered.value).status
    await who.page.get_by_text("Event History").first.click(timeout=60_000)
    await who.page.get_by_text("Workflow Execution Started").first.wait_for(timeout=60_000)
    readable = await who.page.get_by_text('"england-scr"').count() > 0
    assert (status == 200) is readable
    return readable


async def test_the_keyboard_alone_is_enough(chromium: Browser, tmp_path: Path) -> None:
    async with started(tmp_path / "var") as settings:
        who = await seat(chromium, NAMES["duty social worker"], DESKTOP)
        page = who.page
        await page.goto(settings.desk_url)
        await tab_to(who, NAMES["duty social worker"])
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{settings.desk_url}/")
        await page.keyboard.press("Tab")
        assert await focused(who) == "Skip to main content"
        await page.keyboard.press("Enter")
        await tab_to(who, "Child S1: decide")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/decide-for-child")
        await page.locator('[name="decision"]').first.focus()
        await page.keyboard.press("ArrowDown")
        await tab_to(who, "Continue")
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="Check your answers").wait_for()
        await tab_to(who, "Send")
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="Recorded").wait_for()


async def tab_to(who: Seat, name: str, most: int = 80) -> None:
    """Go on with the tabulator key until what has that name has the focus, and can be seen to have it."""
    for _ in range(most):
        await who.page.keyboard.press("Tab")
        if (await focused(who)).startswith(name):
            ring = "getComputedStyle(document.activeElement)"
            shown = f"({ring}.outlineStyle !== 'none' || {ring}.boxShadow !== 'none')"
            assert await who.page.evaluate(shown), f"one cannot see that {name} has the focus"
            return
    raise AssertionError(f"{name} is not reached")


async def focused(who: Seat) -> str:
    return str(await who.page.evaluate("document.activeElement.innerText || document.activeElement.name || ''")).strip()
