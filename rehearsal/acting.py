"""The action plan: one early action, three from the findings, one of them late and returned, one the wrong answer."""

from datetime import date, timedelta
from typing import Any

from domain.clocks.arithmetic import add_months
from domain.people import Role
from domain.record import CaseRef
from rehearsal.diary import Diary
from rehearsal.service import Rehearsal

OWNERS = {
    "A1": "northbridge-cs",
    "A2": "northbridge-cs",
    "A3": "northbridge-police",
    "A4": "northbridge-cs",
    "A5": "northbridge-police",
}
"""Which agency owns which action."""
EARLY, PROMPT, SLOW, WRONG, BETTER = OWNERS
MONTHS_TO_ACT = 5
TEXTS: dict[str, dict[str, Any]] = {
    EARLY: {
        "outcome": "No visit falls between two teams at a hand-over.",
        "what": "Each hand-over between teams names who visits next, and when.",
        "evidence": "A sample of ten hand-overs.",
        "effect": "Visits after hand-overs take place on the day that was named.",
        "no_change": "It is done at once and seen in the sample.",
    },
    PROMPT: {
        "findings": ("F1",),
        "outcome": "What organisations know of a family is brought together before a decision.",
        "what": "One shared summary is used by all organisations that know a family.",
        "evidence": "The summary is in use in every team.",
        "effect": "More decisions rest on what all organisations know.",
        "themes": ("information-sharing",),
    },
    SLOW: {
        "findings": ("F1",),
        "outcome": "Officers see what others know before they close a report.",
        "what": "The report form asks for the shared summary.",
        "evidence": "The form as it is in force, and a dip sample.",
        "effect": "More decisions rest on what all organisations know.",
        "themes": ("information-sharing",),
    },
    WRONG: {
        "findings": ("F2",),
        "outcome": "A missed appointment leads to a question about the child.",
        "what": "A letter reminds families of missed appointments.",
        "evidence": "The letter is sent after each missed appointment.",
        "effect": "Children say that somebody asked about them.",
    },
    BETTER: {
        "findings": ("F2",),
        "outcome": "A missed appointment leads to a question about the child.",
        "what": "Somebody who knows the family calls, and asks how the child is.",
        "evidence": "A log of the calls.",
        "effect": "Children say that somebody asked about them.",
        "reason": "Letters were not what was needed.",
    },
}
CHANGES: dict[str, dict[str, Any]] = {
    "C1": {
        "actions": (PROMPT, SLOW),
        "what": "Decisions rest on what all organisations know.",
        "kind": "audit",
        "measure": "Share of audited decisions for which the summary of all organisations was at hand",
        "gathered": "Thirty decisions drawn at random, read by the board's audit officer",
        "unit": "per cent",
        "direction": "higher",
        "baseline": "31",
        "target": "80",
        "themes": ("information-sharing",),
    },
    "C2": {
        "actions": (WRONG,),
        "what": "Children are asked about when an appointment is missed.",
        "kind": "voices-of-children",
        "measure": "What children say about missed appointments",
        "gathered": "Conversations by the participation worker",
        "agency": "northbridge-cs",
        "described": "Before: nobody asked. Hoped for: most children were asked.",
    },
    "C3": {
        "actions": (BETTER,),
        "what": "Children are asked about when an appointment is missed.",
        "kind": "voices-of-children",
        "measure": "What children say about missed appointments",
        "gathered": "Conversations by the participation worker",
        "agency": "northbridge-cs",
        "described": "Before: nobody asked. Hoped for: most children were asked.",
    },
}


class Acting:
    """The action plan of one case, from its drafting to the last action's end."""

    def __init__(self, stage: Rehearsal, case: CaseRef, diary: Diary) -> None:
        self.stage = stage
        self.case = case
        self.diary = diary
        self.plan = case.stage_id("actions")
        self.due = date.min
        """The latest due day of the first plan's actions: its changes are looked at counted from here."""

    async def answer(self, form: str, role: Role, item: str | None = None, **answer: Any) -> None:
        """Somebody answers in the plan; the lead of an action is its agency's lead."""
        if role is Role.ACTION_LEAD:
            await self.stage.give(self.plan, form, role, answer, by=await self.lead(item or ""), item=item)
        else:
            await self.stage.give(self.plan, form, role, answer, item=item)

    async def lead(self, action: str) -> str:
        """Who leads an action."""
        return await self.stage.holder(Role.AGENCY_LEAD, OWNERS[action])

    async def draft(self) -> None:
        """Actions from the accepted findings and the changes that are expected of them, signed off by the chair."""
        day = await self.stage.pass_days(2)
        self.due = add_months(day, MONTHS_TO_ACT)
        for action in (PROMPT, SLOW, WRONG):
            await self._plan(action, day, self.due)
        for change in ("C1", "C2"):
            await self.answer("expect-change", Role.BUSINESS_MANAGER, change, **CHANGES[change])
        day = await self.stage.pass_days(5)
        await self._sign_off()
        self._enter(day)

    def _enter(self, signed_off: date) -> None:
        """What will happen to the actions, by the days of the plan."""
        on, due = self.diary.on, self.due
        on(add_months(signed_off, 2), lambda: self._start(PROMPT, SLOW, WRONG))
        first, second = add_months(signed_off, 3) - timedelta(days=4), add_months(signed_off, 6) - timedelta(days=12)
        on(first, lambda: self._review(amber=SLOW))
        on(due - timedelta(days=20), lambda: self._done(PROMPT, WRONG))
        on(due - timedelta(days=14), lambda: self._verify(PROMPT, WRONG))
        on(due - timedelta(days=8), self._extend)
        on(second, lambda: self._review(amber=SLOW))
        on(due + timedelta(days=20), lambda: self._done(SLOW))
        on(due + timedelta(days=24), self._send_back)
        # The extended day passes; its agency's executive is told before the evidence comes.
        on(due + timedelta(days=42), self._late)
        on(due + timedelta(days=43), lambda: self._verify(SLOW))

    async def plan_anew(self) -> None:
        """Another action takes the place of the one that was the wrong answer, with an expected change of its own."""
        day = await self.stage.pass_days(6)
        due = add_months(day, 3)
        await self._plan(BETTER, day, due)
        await self.answer("expect-change", Role.BUSINESS_MANAGER, "C3", **CHANGES["C3"])
        await self.answer("supersede-action", Role.SUB_GROUP, WRONG, by=BETTER, reason="The answer was wrong.")
        await self.stage.pass_days(3)
        await self._sign_off()
        self.diary.on(day + timedelta(days=20), lambda: self._start(BETTER))
        self.diary.on(due - timedelta(days=30), lambda: self._done(BETTER))
        self.diary.on(due - timedelta(days=25), lambda: self._verify(BETTER))
        self.diary.on(due - timedelta(days=24), self._review)

    async def _plan(self, action: str, starts_on: date, due_on: date) -> None:
        owner: dict[str, Any] = {"agency": OWNERS[action], "lead": await self.lead(action)}
        days: dict[str, Any] = {"starts_on": starts_on, "due_on": due_on}
        if action == PROMPT:
            days["milestones"] = ({"what": "The summary was tried in two teams.", "due_on": add_months(starts_on, 3)},)
        await self.answer("plan-action", Role.BUSINESS_MANAGER, action, **TEXTS[action], **owner, **days)

    async def _sign_off(self) -> None:
        await self.answer("sign-off-plan", Role.BOARD_CHAIR, outcome="signed-off", reason="Discussed with the board.")

    async def _start(self, *actions: str) -> None:
        for action in actions:
            await self.answer("start-action", Role.ACTION_LEAD, action, started_at=await self.stage.now())

    async def _review(self, amber: str = "") -> None:
        """A meeting of the sub-group; the colours as they stand then count."""
        if amber:
            late: dict[str, Any] = {"note": "The form is drafted.", "late_because": "The supplier's release was moved."}
            await self.answer("report-progress", Role.ACTION_LEAD, amber, **late)
            rated = {"colour": "amber", "reason": "It slips, with a plan."}
            await self.answer("rate-action", Role.BUSINESS_MANAGER, amber, **rated)
        held: dict[str, Any] = {"held_at": await self.stage.now(), "decided": "The plan goes on."}
        await self.answer("review-plan", Role.BUSINESS_MANAGER, None, **held)

    async def _done(self, *actions: str) -> None:
        for action in actions:
            if action == PROMPT:
                reached: dict[str, Any] = {"milestone": 1, "reached_at": await self.stage.now()}
                await self.answer("reach-action-milestone", Role.ACTION_LEAD, action, **reached)
            document = await self.stage.keep_document(self.case, "other", f"Evidence for {action}")
            shown: dict[str, Any] = {"note": "As planned.", "documents": (document,)}
            await self.answer("submit-evidence", Role.ACTION_LEAD, action, **shown)

    async def _verify(self, *actions: str) -> None:
        """The sub-group's chair is neither lead nor of the owner agency."""
        for action in actions:
            seen = {"outcome": "verified", "reason": "The sample was looked at."}
            await self.answer("verify-action", Role.SUB_GROUP, action, **seen)

    async def _extend(self) -> None:
        more: dict[str, Any] = {"until": self.due + timedelta(days=30), "reason": "The release was moved."}
        await self.answer("extend-action", Role.SUB_GROUP, SLOW, **more)

    async def _send_back(self) -> None:
        missing = {"outcome": "sent-back", "reason": "The dip sample is missing."}
        await self.answer("verify-action", Role.SUB_GROUP, SLOW, **missing)

    async def _late(self) -> None:
        """The executive has been told, and has seen it; the evidence comes."""
        executive: dict[str, Any] = {"item": f"action/{SLOW}/3", "agency": OWNERS[SLOW]}
        await self.stage.give(self.plan, "acknowledge-escalation", Role.AGENCY_EXECUTIVE, {}, **executive)
        await self._done(SLOW)


async def act_early(stage: Rehearsal, case: CaseRef) -> None:
    """An action in the first days, before there is any finding: planned, done and verified by somebody else."""
    acting = Acting(stage, case, Diary(stage))
    day = await stage.pass_days(0)
    await acting._plan(EARLY, day, day + timedelta(days=30))
    await acting._start(EARLY)
    await stage.pass_days(5)
    await acting._done(EARLY)
    await stage.pass_days(2)
    await acting._verify(EARLY)
