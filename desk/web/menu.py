"""What the desk offers to whom: the entries of the menu on every page."""

from typing import Final

from desk.web.viewer import Viewer
from desk.web.whom import For, is_for
from domain.model import Model


class Entry(Model):
    """One entry of the menu."""

    text: str
    href: str
    active: bool
    """Whether the page that is looked at is under it."""


ENTRIES: Final = (
    ("My work", "/", For.PART_IN_REVIEWS),
    ("Cases", "/cases", For.PART_IN_REVIEWS),
    ("Board overview", "/board", For.BOARD),
    ("Lessons", "/lessons", For.LEARNING),
    ("Annual report", "/annual-report", For.BOARD),
    ("Operations", "/operator", For.OPERATORS),
)


def menu_for(viewer: Viewer, path: str) -> tuple[Entry, ...]:
    """The entries for this person, on the page of that path."""
    return tuple(
        Entry(text=text, href=href, active=_is_under(path, href))
        for text, href, whom in ENTRIES
        if is_for(whom, viewer)
    )


def _is_under(path: str, href: str) -> bool:
    return path == href if href == "/" else path == href or path.startswith(f"{href}/")
