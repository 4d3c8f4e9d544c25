"""The embedded server for tests: everything of ``make run`` but the worker."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from own_copy import own_settings

from embedded import Embedded
from settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings for a copy that nothing was started of yet."""
    return own_settings(tmp_path / "var")


@pytest.fixture(scope="session")
def machine_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of ``machine``."""
    return own_settings(tmp_path_factory.mktemp("machine") / "var")


@pytest.fixture(scope="session")
async def machine(machine_settings: Settings) -> AsyncIterator[Embedded]:
    """Everything running but a worker, shared by all tests that do not break it."""
    async with Embedded(machine_settings) as running:
        yield running
