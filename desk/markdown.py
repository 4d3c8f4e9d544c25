"""Text and tables in Markdown, with every sign that would mean something else made plain."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

_SIGNS: Final = re.compile(r"([\\`*_\[\]<>|#~&])")


def plain(text: str) -> str:
    """The text as it stands, on one line: no sign of it is taken for markup."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))


def lines_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A pipe table."""
    yield _line(columns)
    yield f"|{' --- |' * len(columns)}"
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(plain(cell) for cell in cells)} |"
