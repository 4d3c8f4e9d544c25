"""Pictures as SVG, in our own few words: everything is escaped, nothing is loaded, the same input gives the same bytes.

Lengths are pixels of the viewBox, from the upper left corner. Colour never says anything alone: what it shows has a
shape or a pattern, and a word.
"""

import html
import re
from collections.abc import Iterable
from typing import Any, Final

FONT: Final = "'Liberation Sans', Arial, Helvetica, sans-serif"
INK, QUIET, FAINT, PAPER = "#1b2530", "#5a6672", "#d5dbe1", "#ffffff"
CALM, ALARM = "#2f5d8a", "#a8321e"
HATCH, DOTS = "url(#hatch)", "url(#dots)"

_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW, _WIDE = frozenset(" ijlrft.,:;'|!()[]/-"), frozenset("mwMW@%")
_LATIN: Final = 0x2FF
"""Signs beyond it may be as wide as they are high."""
_PATTERNS: Final = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="6" height="6" fill="{PAPER}"/><line x1="0" y1="0" x2="0" y2="6" stroke="{INK}" stroke-width="2"/>'
    '</pattern><pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse">'
    f'<rect width="5" height="5" fill="{PAPER}"/><circle cx="2.5" cy="2.5" r="1.5" fill="{ALARM}"/></pattern></defs>'
)


def escaped(words: str) -> str:
    """The words so that they are text wherever they stand; signs that XML cannot hold are left out."""
    return html.escape(_NOT_IN_XML.sub("", words), quote=True)


def number(value: float) -> str:
    """A length, to a tenth."""
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


def element(name: str, content: str = "", **attributes: Any) -> str:
    """An element; content is SVG already, attributes are text (``stroke_width`` is written ``stroke-width``)."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _value(value: float | str) -> str:
    return escaped(value) if isinstance(value, str) else number(value)


def text(
    x: float, y: float, words: str, *, size: float = 12, anchor: str = "start", fill: str = INK, **more: str
) -> str:
    """One line of text; ``y`` is where the letters stand."""
    anchored = {} if anchor == "start" else {"text_anchor": anchor}
    return element("text", escaped(words), x=x, y=y, font_size=size, fill=fill, **anchored, **more)


def width_of(words: str, size: float = 12) -> float:
    """How wide a line of text is at most, about, in any of the usual fonts."""
    return size * sum(_width(sign) for sign in words)


def _width(sign: str) -> float:
    if sign in _NARROW:
        return 0.36
    if sign in _WIDE or ord(sign) > _LATIN:
        return 1.0
    return 0.74 if sign.isupper() else 0.58


def shortened(words: str, room: float, size: float = 12) -> str:
    """The words, or as much of them as has room, with an ellipsis."""
    if width_of(words, size) <= room:
        return words
    kept = words
    while kept and width_of(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = INK, width: float = 1, **more: Any) -> str:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width, **more)


def rect(x: float, y: float, width: float, height: float, **more: Any) -> str:
    """A rectangle."""
    return element("rect", x=x, y=y, width=width, height=height, **more)


def group(content: Iterable[str], title: str = "", **attributes: Any) -> str:
    """Things that belong together, with the words that a reader is shown who points at them."""
    words = element("title", escaped(title)) if title else ""
    return element("g", words + "".join(content), **attributes)


HALO: Final[dict[str, Any]] = {"paint_order": "stroke", "stroke": PAPER, "stroke_width": "3"}
"""For words that stand on lines: they are lighter around."""


def picture(width: float, height: float, title: str, description: str, content: Iterable[str]) -> str:
    """The whole picture, ending with a line break. Title and description are read to those who do not see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" '
        f'width="{number(width)}" height="{number(height)}" role="img" aria-labelledby="title description" '
        f'font-family="{FONT}">\n'
        f'<title id="title">{escaped(title)}</title>\n<desc id="description">{escaped(description)}</desc>\n'
        f"{_PATTERNS}\n{rect(0, 0, width, height, fill=PAPER)}\n" + "\n".join(content) + "\n</svg>\n"
    )


# Signs, each centred on a point and about 12 wide: what they say, they say by their shape.


def check(x: float, y: float, fill: str = CALM) -> str:
    """Done in time: a full disc with a tick."""
    tick = element("path", d=_path((x - 3, y), (x - 1, y + 2.5), (x + 3.2, y - 2.5)), **_STROKE, stroke=PAPER)
    return element("circle", cx=x, cy=y, r=6, fill=fill) + tick


def alarm(x: float, y: float, *, full: bool = True) -> str:
    """Late: a triangle with an exclamation mark; an empty one while it is still waited for."""
    corners = f"{number(x)},{number(y - 6.5)} {number(x + 7)},{number(y + 6)} {number(x - 7)},{number(y + 6)}"
    fill, mark = (ALARM, PAPER) if full else (PAPER, ALARM)
    body = element("polygon", points=corners, fill=fill, stroke=ALARM, stroke_width=1.5)
    stroke = line(x, y - 2.5, x, y + 1.8, stroke=mark, width=1.6) + element("circle", cx=x, cy=y + 4, r=0.9, fill=mark)
    return body + stroke


def ring(x: float, y: float) -> str:
    """Open: an empty circle."""
    return element("circle", cx=x, cy=y, r=5, fill=PAPER, stroke=INK, stroke_width=1.6)


def cross(x: float, y: float, stroke: str = QUIET) -> str:
    """Withdrawn, or not there: an open cross."""
    return line(x - 4.5, y - 4.5, x + 4.5, y + 4.5, stroke=stroke, width=2) + line(
        x - 4.5, y + 4.5, x + 4.5, y - 4.5, stroke=stroke, width=2
    )


def pause(x: float, y: float) -> str:
    """Stopped: two upright bars."""
    return rect(x - 5, y - 6, 3.6, 12, fill=INK) + rect(x + 1.4, y - 6, 3.6, 12, fill=INK)


def diamond(x: float, y: float, *, full: bool = True) -> str:
    """Something that happened on a day."""
    corners = " ".join(f"{number(x + dx)},{number(y + dy)}" for dx, dy in ((0, -5), (5, 0), (0, 5), (-5, 0)))
    return element("polygon", points=corners, fill=INK if full else PAPER, stroke=INK, stroke_width=1.5)


_STROKE: Final = {"fill": "none", "stroke_width": "1.8"}


def _path(*points: tuple[float, float]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
