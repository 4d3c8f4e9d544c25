"""What a stage hands to the activity that looks something up outside before a command is judged."""

from domain.command import LookUp
from domain.model import Model
from domain.record import CaseRef


class LookUpOrder(Model):
    """What is to be looked up, for which case."""

    case: CaseRef
    ask: LookUp
