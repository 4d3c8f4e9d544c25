"""Every page, of a case that has been lived to its end: for everybody, at every size, and on paper."""

from pathlib import Path

import pytest
from every_page import lived
from playwright.async_api import Browser
from seats import DESKTOP, PHONE

pytestmark = pytest.mark.time_skipping
ZOOMED = {"width": 320, "height": 256}
"""What is left of a window of 1280 by 1024 at 400 per cent."""


async def test_every_page_can_be_used_by_everybody_at_every_size_and_printed(chromium: Browser, tmp_path: Path) -> None:
    async with lived(tmp_path) as desk:
        for size in (DESKTOP, PHONE, ZOOMED):
            seats = await desk.seats(chromium, size)
            faults = []
            for name, (person, path) in desk.pages.items():
                who = seats[person]
                answer = await who.page.goto(f"{desk.url}{path}")
                assert answer is not None
                assert answer.status == (404 if name == "no-such-page" else 200), (name, answer.status)
                try:
                    await who.look()
                except AssertionError as fault:
                    faults.append(f"{name} at {size['width']}: {str(fault)[:1500]}")
            assert not faults, "\n\n".join(faults)
            await seats["nb-manager"].page.emulate_media(media="print")
            await seats["nb-manager"].page.goto(f"{desk.url}/cases/northbridge/NB-2026-101")
            assert not await seats["nb-manager"].page.get_by_role("button", name="Sign out").is_visible()
            for who in seats.values():
                await who.context.close()
