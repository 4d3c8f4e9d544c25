"""A mail server that is away: nobody waits in vain, nothing is lost, nothing is told twice."""

from datetime import timedelta
from pathlib import Path

from domain.people import Role
from records import queries
from rehearsal.service import example, rehearsal


async def test_business_manager_is_asked_to_see_to_it_and_all_letters_leave_when_it_is_back(tmp_path: Path) -> None:
    async with rehearsal(tmp_path, mail_server=False) as stage:
        event = example("incident.json", await stage.now())
        safety = event.case.stage_id("safety", 1)
        await stage.tell(event)
        await stage.pass_time(timedelta(minutes=10))
        asked = {task.id: task for task in queries.tasks(stage.record, role=Role.BUSINESS_MANAGER)}
        assert f"{safety[4:]}/see-to-mail-server" in asked
        assert [fact.kind for fact in stage.facts(event.case)].count("mail-server-away") >= 1
        await stage.answer(safety, "see-to-mail-server", Role.BUSINESS_MANAGER, done="The provider was called.")
        assert f"{safety[4:]}/see-to-mail-server" not in {task.id for task in queries.tasks(stage.record)}
        assert stage.letters() == []
        async with stage.mail_server():
            await stage.pass_time(timedelta(hours=2))
            first = stage.letters()
            assert first and len({letter.message_id for letter in first}) == len(first)
            assert "mail-server-back" in [fact.kind for fact in stage.facts(event.case)]
            await stage.pass_time(timedelta(minutes=1))
            assert not list((tmp_path / "mailbox").glob("*.again"))
