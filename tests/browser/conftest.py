"""A real browser: Debian's Chromium, or the one that Playwright brings."""

import shutil
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

CANDIDATES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium_path() -> str | None:
    """That of this machine; ``None`` for Playwright's own, which is fetched."""
    own = next((path for name in CANDIDATES if (path := shutil.which(name))), None)
    if own is None:
        fetched = [sys.executable, "-m", "playwright", "install", "chromium"]
        if subprocess.run(fetched, capture_output=True, check=False).returncode:
            pytest.skip("there is no Chromium here and none can be fetched: apt-get install chromium")
    return own


@pytest.fixture(scope="session")
async def chromium(chromium_path: str | None) -> AsyncIterator[Browser]:
    """The browser, shared by all tests; each person has a context of their own in it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        await browser.close()
