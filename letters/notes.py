"""Messages of the service itself to those who run it: no letters of a case, and so to no role of one."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from letters.render import Rendered

_loader = FileSystemLoader(Path(__file__).parent / "templates")
_text = Environment(
    loader=_loader,
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - plain text; the HTML part is rendered by the environment below
)
_html = Environment(loader=_loader, undefined=StrictUndefined, autoescape=True)


def note(template: str, words: dict[str, Any]) -> Rendered:
    """The message of that template: its first line is the subject. Raises where the template lacks a word."""
    subject, _, body = _text.get_template(f"{template}.txt").render(words).partition("\n")
    paragraphs = [part.strip() for part in body.split("\n\n") if part.strip()]
    lines = [[line.strip() for line in paragraph.splitlines() if line.strip()] for paragraph in paragraphs]
    return Rendered(
        subject=subject.strip(),
        text="\n\n".join("\n".join(paragraph) for paragraph in lines) + "\n",
        html=_html.get_template("page.html").render(subject=subject.strip(), paragraphs=lines),
    )
