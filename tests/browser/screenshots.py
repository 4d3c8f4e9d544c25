"""Pictures of the main pages, and of the Temporal Web UI with opened payloads: ``make screenshots``."""

import asyncio
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from every_page import lived
from playwright.async_api import Browser, async_playwright
from seats import DESKTOP, PHONE, Seat, seat
from test_new_user import NAMES, in_the_web_ui, started

TARGET = Path(__file__).parents[2] / "docs" / "screenshots"
LIVED = {
    "case": 1400,
    "explain": 1200,
    "chronology": 1100,
    "plan": 1300,
    "changes": 1300,
    "board": 1300,
    "findings": 1100,
}
"""Pages of the lived case, and how much of each is shown: pixels from the top."""
OPERATOR = "Osric Tannenbaum"


async def shown(who: Seat, name: str, height: int = 0) -> None:
    """A picture of the page as it is."""
    page = who.page
    assert page.viewport_size is not None
    size = page.viewport_size
    await page.set_viewport_size({"width": size["width"], "height": height or size["height"]})
    await page.wait_for_timeout(500)
    await page.screenshot(path=TARGET / f"{name}.png")
    await page.set_viewport_size(size)


async def at_night(browser: Browser) -> None:
    """What somebody sees who has just typed ``make run``, and what a person who operates it may see in the Web UI."""
    with TemporaryDirectory() as folder:
        async with started(Path(folder) / "var") as settings:
            duty = await seat(browser, NAMES["duty social worker"], PHONE)
            await duty.page.goto(settings.desk_url)
            await shown(duty, "sign-in")
            await duty.follow(settings.desk_url)
            await shown(duty, "my-work")
            await duty.click("Child S1: decide")
            await shown(duty, "decide")
            await duty.fill(decision="strategy-discussion-called")
            await duty.press("Continue")
            await shown(duty, "check")
            await duty.press("Send")
            await shown(duty, "receipt")
            operator = await seat(browser, OPERATOR, {"width": 1400, "height": 900})
            await operator.follow(settings.desk_url)
            await shown(operator, "operations")
            await in_the_web_ui(operator, settings.ui_port)
            await shown(operator, "temporal-opened", 1_100)
            stranger = await seat(browser, NAMES["board chair"], {"width": 1400, "height": 900})
            await stranger.follow(settings.desk_url)
            await in_the_web_ui(stranger, settings.ui_port)
            await shown(stranger, "temporal-sealed", 1_100)


async def of_a_life(browser: Browser) -> None:
    """The pages of a case that has been lived to its end."""
    with TemporaryDirectory() as folder:
        async with lived(Path(folder)) as desk:
            seats = await desk.seats(browser, DESKTOP)
            for name, height in LIVED.items():
                person, path = desk.pages[name]
                await seats[person].page.goto(f"{desk.url}{path}")
                await shown(seats[person], name, height)


async def main() -> int:
    TARGET.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        own = next((found for each in ("chromium", "google-chrome") if (found := shutil.which(each))), None)
        browser = await playwright.chromium.launch(executable_path=own, args=["--no-sandbox"])
        await at_night(browser)
        await of_a_life(browser)
        await browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
