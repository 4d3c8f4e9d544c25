"""Refused events, kept with the reason, so that nothing is lost."""

import json
import os
from pathlib import Path

from desk.events import Reading
from domain.intake import Fault


class Rejects:
    """A file of refused events, one JSON object a line: ``reason``, ``line`` of the input, and the ``raw`` text.

    It is added to, never overwritten: whoever has dealt with its events deletes it. As it holds personal data, only
    its owner can read it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kept = 0

    def keep(self, reading: Reading, faults: tuple[Fault, ...]) -> None:
        """Add one refused event. Raises ``OSError`` where the file cannot be written."""
        reason = [fault.model_dump() for fault in faults]
        line = json.dumps({"reason": reason, "line": reading.line, "raw": reading.text}) + "\n"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with open(os.open(self.path, flags, 0o600), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(line)
        self.kept += 1
