"""The base of every value that the service keeps, sends or stores."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value. Unknown fields are ignored, so that an older worker can read what a newer one wrote."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Refusal(Model):
    """Why a command was not accepted: the rule that refused it, in words a person can act on."""

    code: str
    """Stable name of the rule, for programs (``chair-decides``)."""
    text: str
    """The rule in plain words, and who could do it or what is missing."""
    source: str
    """Where the rule comes from: guidance and paragraph, or the board's own procedure."""


class Refused(Exception):
    """Raised where a refusal has to travel as an exception; carries the ``Refusal``."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.text} ({refusal.source})")
        self.refusal = refusal
