"""A week in which all goes as it should: the watchdog, looking every hour, says nothing."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from watched_cases import LIMITS, QUEUE, nowhere

from domain.people import Role
from records.heartbeats import beat
from records.tables import LetterRow, RungRow
from rehearsal.service import Rehearsal, example, rehearsal
from watching.rounds import Rounds, Watchdog
from watching.telling import Teller
from wiring import make_sender

OPERATOR = "operator@service.example"


def rounds(stage: Rehearsal) -> Rounds:
    """The rounds of a watchdog over the rehearsal."""
    return Rounds(
        Watchdog(stage.record.engine, QUEUE, LIMITS, nowhere),
        Teller(make_sender(stage.settings), (OPERATOR,), lambda: stage.directory),
        asks=False,
        memory=stage.settings.var_dir / "watchdog.json",
        metrics=stage.settings.var_dir / "watchdog.prom",
    )


async def hour_by_hour(stage: Rehearsal, watching: Rounds, hours: int) -> datetime:
    """Let time pass; each hour the worker's heart beats and the watchdog looks. When it looked last."""
    for _ in range(hours):
        await stage.pass_time(timedelta(hours=1))
        now = await stage.now()
        beat(stage.record.engine, "w1", QUEUE, now)
        assert await watching.go(now)
        assert [line for line in watching.page.splitlines() if line.startswith("scr_watchdog_faults")] == [
            f'scr_watchdog_faults{{kind="{kind}"}} 0'
            for kind in ("late", "letters", "worker", "not-running", "failing", "no-poller", "record")
        ], f"at {now}"
    return now


def counted(stage: Rehearsal, row: type[RungRow] | type[LetterRow]) -> int:
    """How many there are in the record."""
    with stage.record.reading() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


async def test_watchdog_says_nothing_in_a_week_of_letters_answers_and_silence(tmp_path: Path) -> None:
    async with rehearsal(tmp_path) as stage:
        watching = rounds(stage)
        incident = example("incident.json", await stage.now())
        safety, decision = incident.case.stage_id("safety", 1), incident.case.stage_id("decision", 1)
        await stage.tell(incident)
        # One child is seen to in time; for the others, and by the agencies, nobody answers: whole ladders are climbed.
        first = incident.data.other_children[0].key
        await stage.answer(safety, "acknowledge-child", Role.DUTY_SOCIAL_WORKER, item=first)
        await hour_by_hour(stage, watching, 60)
        agency = incident.data.agencies[0].id
        await stage.pass_time(timedelta(minutes=11))
        await stage.answer(decision, "secure-records", Role.AGENCY_LEAD, item=agency, secured_by="records manager")
        await hour_by_hour(stage, watching, 7 * 24 - 60)
        assert counted(stage, RungRow) > 25, "a week without letters would prove nothing"
        told = stage.letters()
        assert len(told) > 20
        assert not [letter for letter in told if letter.to == OPERATOR or "Watchdog" in letter.subject]
        # The same watchdog is not deaf: with the worker's heart still, it is told within the hour.
        await stage.pass_time(timedelta(hours=1))
        await watching.go(await stage.now())
        assert [letter.subject for letter in stage.letters() if letter.to == OPERATOR] == [
            "Watchdog: 1 thing is not as it should be"
        ]
