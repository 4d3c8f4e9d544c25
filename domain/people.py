"""Roles, and who acted in which of them."""

from enum import StrEnum

from domain.model import Model


class Role(StrEnum):
    """The parts that people and bodies play. A person may hold several; every command names the one it is given in."""

    DUTY_SOCIAL_WORKER = "duty-social-worker"
    DUTY_MANAGER = "duty-manager"
    HEAD_OF_SERVICE = "head-of-service"
    DIRECTOR = "director"
    DESIGNATED_OFFICER = "designated-officer"
    BUSINESS_MANAGER = "business-manager"
    SUB_GROUP = "sub-group"
    BOARD_CHAIR = "board-chair"
    BOARD_MEMBER = "board-member"
    AGENCY_LEAD = "agency-lead"
    AGENCY_EXECUTIVE = "agency-executive"
    PANEL_CHAIR = "panel-chair"
    LEAD_REVIEWER = "lead-reviewer"
    PANEL_MEMBER = "panel-member"
    ACTION_LEAD = "action-lead"
    SAFEGUARDING_PARTNER = "safeguarding-partner"
    INSPECTORATE = "inspectorate"
    DEPARTMENT = "department"
    NATIONAL_PANEL = "national-panel"
    OPERATOR = "operator"
    OPERATOR_WITH_CONTENT = "operator-with-content"

    @property
    def words(self) -> str:
        """The role in words, as letters and pages write it: ``board chair``."""
        return self.value if self is Role.SUB_GROUP else self.value.replace("-", " ")

    @property
    def of_an_agency(self) -> bool:
        """Whether the role is held within one agency rather than for the whole board."""
        return self in (Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE, Role.SAFEGUARDING_PARTNER)

    @property
    def of_a_case(self) -> bool:
        """Whether people are appointed to the role for one review; who holds it is in the case record."""
        return self in (Role.PANEL_CHAIR, Role.LEAD_REVIEWER, Role.PANEL_MEMBER, Role.ACTION_LEAD)

    @property
    def of_the_board(self) -> bool:
        """Whether the directory says who holds the role for the whole board."""
        return not self.of_an_agency and not self.of_a_case


OPERATORS = (Role.OPERATOR, Role.OPERATOR_WITH_CONTENT)
"""Who sees to the service itself: without seeing what is in a case, or with it where a fault cannot be found otherwise.
They are asked nothing in a review, and a board can be without them."""
BODIES = (Role.NATIONAL_PANEL, Role.INSPECTORATE, Role.DEPARTMENT)
"""The outside bodies; a regime may know fewer of them."""
TOLD_OF_DELAYS = (Role.NATIONAL_PANEL, Role.DEPARTMENT)
"""Those of them that are told when the time for a review is extended, or its clock stopped."""


class Actor(Model):
    """Who gave a command. Authentication lies outside; the directory says which roles the person holds."""

    person: str
    """Id of the person in the directory, never a name."""
    role: Role
    agency: str | None = None
    """The agency for roles held within one."""
    deputising: bool = False
    """True where the person stands in for the holder of the role."""
