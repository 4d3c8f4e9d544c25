"""Somebody at a browser: follows links, signs in, fills in forms, and sees to it that every page is fit to be used."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page

from desk.civil import LONDON
from letters.mailbox import Kept

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LINK = re.compile(r"https?://\S+")


@dataclass
class Seat:
    """One person's browser."""

    context: BrowserContext
    page: Page
    person: str
    """Name, as the try-out provider shows it."""
    seen: list[str] = field(default_factory=list)
    """Titles of the pages that were looked at."""
    complaints: list[str] = field(default_factory=list)
    """What the browser complained of: scripts that failed, things that the security policy refused."""

    async def follow(self, link: str) -> None:
        """Open a link; sign in where that is asked for."""
        await self.page.goto(link)
        if "try-out-provider" in self.page.url:
            await self.page.get_by_role("button", name=self.person, exact=True).click()
        await self.look()

    async def click(self, name: str, role: Any = "link", exact: bool = False) -> None:
        """Follow a link or press a button of that name."""
        wanted = self.page.get_by_role(role, name=name, exact=exact).first
        if not await wanted.is_visible() and await self.page.get_by_role("button", name="Menu").is_visible():
            await self.page.get_by_role("button", name="Menu").click()
        assert await wanted.count(), f"{self.page.url} has no {role} {name}: {await self.said()}"
        await wanted.click()
        await self.look()

    async def press(self, name: str) -> None:
        """Press a button."""
        await self.click(name, "button")

    async def fill(self, **fields: Any) -> None:
        """Fill in fields by their names."""
        for name, value in fields.items():
            await self._fill(name, value)

    async def _fill(self, name: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, each in value.items():
                await self._fill(f"{name}.{key}", each)
            return
        text = written(value)
        place = self.page.locator(f'[name="{name}"]')
        kind = await place.first.evaluate("it => it.tagName === 'SELECT' ? 'select' : it.type")
        if kind == "radio":
            await self.page.locator(f'[name="{name}"][value="{text}"]').check()
        elif kind == "select":
            await place.select_option(text)
        elif kind == "datetime-local":
            await place.fill(value.astimezone(LONDON).strftime("%Y-%m-%dT%H:%M"))
        else:
            await place.fill(text)

    async def send(self, **fields: Any) -> str:
        """Fill in the form, look at the answers once more, send them. Returns what the receipt says."""
        await self.fill(**fields)
        if await self.page.get_by_role("button", name="Continue").count():
            await self.press("Continue")
            assert "Check your answers" in await self.page.title(), await self.said()
            await self.press("Send")
        else:
            await self.page.locator('button[name="desk-step"]').click()
            await self.look()
        said = await self.said()
        assert said.startswith("Recorded"), said
        return said

    async def choose(self, name: str, content: str) -> None:
        """Choose a file of that name."""
        await self.page.locator('input[type="file"]').set_input_files(
            {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
        )

    async def word(self, pattern: str) -> str:
        """The first word of the page that is like this."""
        found = re.search(pattern, await self.said())
        assert found, await self.said()
        return found[0]

    async def said(self) -> str:
        """What the main part of the page says."""
        return " ".join((await self.page.inner_text("main")).split())

    async def look(self) -> None:
        """Whether everybody can use the page: by axe, without scrolling sideways, without complaints."""
        await self.page.wait_for_load_state()
        self.seen.append(await self.page.title())
        found = await Axe().run(self.page, options={"runOnly": {"type": "tag", "values": list(RULES)}})
        assert not found.response["violations"], f"{self.page.url}: {found.generate_report()}"
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await self.page.evaluate(wide) <= 0, f"{self.page.url} scrolls sideways"
        assert not self.complaints, self.complaints


async def seat(browser: Browser, person: str, size: dict[str, int]) -> Seat:
    """A browser for somebody, on a phone or at a desk."""
    touch = size is PHONE
    context = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, has_touch=touch, locale="en-GB"
    )
    page = await context.new_page()
    made = Seat(context, page, person)
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    page.on("console", lambda told: made.complaints.append(told.text) if _matters(told) else None)
    return made


def _matters(told: Any) -> bool:
    """Errors of scripts and of the security policy; a page that answers 400 or 404 is told as an error, too."""
    return told.type == "error" and "Failed to load resource" not in told.text


def link_in(letter: Kept, wanted: str = "") -> str:
    """The link of a letter, or the one that has these words in it."""
    return next(str(link) for link in LINK.findall(letter.text) if wanted in link)


def written(value: Any) -> str:
    """A value as somebody types or chooses it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(getattr(value, "value", value))
