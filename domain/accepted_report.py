"""What the board's acceptance of the report hands on to publication and to change monitoring."""

from datetime import datetime
from typing import Literal

from domain.agency import AgencyAsked
from domain.model import Model
from domain.parallel import ParallelProcesses
from domain.participation import Participation


class FindingBrief(Model):
    """A finding of the accepted report as far as rules need it; its text is in the report."""

    id: str
    """By which it is named in answers and actions: ``finding-3``."""
    kind: Literal["finding", "good-practice"] = "finding"
    addressed_to: Literal["board", "national", "local"] = "board"
    priority: str = ""
    """The report's own word for how urgent it is; empty where the report gives none."""


class Accepted(Model):
    """The report as the board accepted it, and what later stages take over from the panel."""

    accepted_at: datetime
    report: str
    """Id of the document."""
    findings: tuple[FindingBrief, ...] = ()
    agencies: tuple[AgencyAsked, ...] = ()
    authors: tuple[str, ...] = ()
    """Ids of everybody who was ever lead reviewer of this review: they neither check nor decide on publication."""
    parallel: ParallelProcesses = ParallelProcesses()
    """Processes beside the review (police, coroner …) as they stand."""
    participation: Participation = Participation()
    """The family and the practitioners as far as they were told and heard."""
