"""``scr.py whatif``: the clocks of a live case on a server whose time is not real, under assumptions.

Everything happens in a folder that is thrown away, with a key ring and a record of its own, and no letter is sent; of
the live case only its record is read.
"""

import asyncio
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from temporalio.client import Client

from activities.calendar import Calendars, closure_days
from activities.directory import read_directory
from activities.noted_letters import Noted, NotedPost
from activities.records import RecordActivities
from activities.regimes import Regimes
from desk.opening import open_record, read_settings
from desk.telling import NOT_DONE, fail, print_json, told
from desk.what_if import Forecast, calendar_ahead, clocks_of, letters_of, running_clocks, standing_clocks
from desk.what_if_table import print_forecast
from domain.appointments import APPOINTED, APPOINTMENT_ENDED
from domain.clocks.book import ClockBook
from domain.clocks.rule import ClockRule
from domain.directory import Directory
from domain.record import CaseRef, Recording
from domain.regimes import Regime
from domain.stage import Stage
from domain.what_if import FORMS, Assumption, Expected, NotAssumable, expected, parse_assumption
from domain.what_if_stage import WhatIfState
from records import queries
from records.store import Record
from settings import ScratchSettings, Settings
from wiring import Activities
from workflows.what_if import BeginWhatIf, WhatIf


def what_if(
    ref: Annotated[str, typer.Argument(metavar="REF", help="NB-2026-014, or northbridge/NB-2026-014.")],
    *,
    assumed: Annotated[
        list[str], typer.Option("--set", metavar="STAGE.CLOCK=WHEN", help=f"panel.agency_reports=+15wd. WHEN: {FORMS}")
    ],
    every: Annotated[
        bool, typer.Option("--all", help="Also the clocks that hold, and letters that go anyhow.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """What would break, and who would hear of it, if something is done late, early, or never. Nothing is changed.

    Whatever is not set is done on its due day; what was planned after something late comes as much later.
    """
    try:
        assumptions = [parse_assumption(each) for each in assumed]
    except NotAssumable as fault:
        raise typer.BadParameter(str(fault), param_hint="--set") from None
    with told(as_json):
        settings = read_settings()
        directory, record = read_directory(settings.directory_file), open_record(settings)
        case = queries.resolve(record, ref)
        regime = Regimes(settings.overlays).laid_over(queries.case_summary(record, case).regime, case.board)
        try:
            asked = Question(case, regime, directory, assumptions, datetime.now(UTC))
            found = asyncio.run(forecast(record, settings, asked))
        except NotAssumable as fault:
            raise typer.BadParameter(str(fault), param_hint="--set") from None
        except ModuleNotFoundError as missing:
            text = f"a forecast needs the extra whatif of this service, and {missing.name} is not installed"
            fail(NOT_DONE, text, as_json, {"kind": "not-installed"})
        if as_json:
            print_json(found)
        else:
            print_forecast(found, every=every)


@dataclass(frozen=True)
class Question:
    """What a forecast is asked."""

    case: CaseRef
    regime: Regime
    """As it holds for the board."""
    directory: Directory
    assumptions: Sequence[Assumption]
    at: datetime
    """Now."""


async def forecast(record: Record, settings: Settings, asked: Question) -> Forecast:
    """Play the case's clocks on from now.

    Raises ``NotAssumable``, ``NotFound``, ``ModuleNotFoundError`` where the servers that it needs are not installed.
    """
    # They come as an extra, and take their time to load.
    from simulated import simulated  # noqa: PLC0415

    running = running_clocks(record, asked.case)
    calendar = calendar_ahead(record, asked.regime, running, closure_days(asked.directory, asked.case.board), asked.at)
    clocks = expected(running, asked.assumptions, calendar, asked.at)
    # The test server lacks what the client would like, and says so.
    logging.getLogger("temporalio").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="scr-whatif-") as folder:
        scratch = ScratchSettings(
            var_dir=Path(folder),
            directory_file=settings.directory_file.absolute(),
            overlays=settings.overlays.absolute(),
        )
        would_go: list[Noted] = []

        def noted(_: Settings, copy: Record, directory: Directory) -> Activities:
            # Dates are counted by the calendar as the live record has it.
            calendars = Calendars(record, lambda: directory)
            post = NotedPost(copy, directory, would_go)
            return RecordActivities(copy).record, calendars.load_calendar, post.post_letters

        async with simulated(scratch, asked.directory, workflows=[WhatIf], activities=noted) as (env, copy):
            if (ahead := asked.at - await env.get_current_time()) > timedelta():
                await env.sleep(ahead)
            _appoint(record, copy, asked)
            await _play(env.client, scratch.task_queue, asked, clocks)
    return Forecast(
        case=asked.case,
        at=asked.at,
        assumed=tuple(assumption.words for assumption in asked.assumptions),
        clocks=clocks_of(clocks, calendar),
        standing=standing_clocks(record, asked.case),
        letters=letters_of(would_go, clocks),
    )


def _appoint(record: Record, copy: Record, asked: Question) -> None:
    """Letters go to whom the case has appointed."""
    known = queries.facts(record, asked.case, APPOINTED, APPOINTMENT_ENDED)
    facts = tuple(each.fact for each in known if each.stands)
    stage = asked.case.stage_id("appointed")
    copy.write(Recording(case=asked.case, stage=stage, sequence=1, at=asked.at, stage_title="", facts=facts))


async def _play(client: Client, queue: str, asked: Question, clocks: Sequence[Expected]) -> None:
    handles = []
    for stage in dict.fromkeys(each.stage for each in clocks):
        order = _order(asked, stage, [each for each in clocks if each.stage == stage])
        handles.append(await client.start_workflow(WhatIf.run, order, id=stage, task_queue=queue))
    # One after the other: of two that wait at once, the first to end would stop the server's clock for the other.
    for handle in handles:
        await handle.result()


def _order(asked: Question, stage: str, clocks: Sequence[Expected]) -> BeginWhatIf:
    return BeginWhatIf(
        calendar=asked.regime.calendar,
        stage=Stage[WhatIfState](
            case=asked.case,
            id=stage,
            regime=asked.regime.id,
            rules=_rules(asked.regime, clocks),
            vocabulary=asked.regime.vocabulary,
            state=WhatIfState(expected=tuple(clocks), began_at=asked.at, seen_at=asked.at),
            clocks=ClockBook(entries=tuple(each.entry for each in clocks)),
        ),
    )


def _rules(regime: Regime, clocks: Sequence[Expected]) -> tuple[ClockRule, ...]:
    """Each clock by the rule that it has; for what may begin on the way, such as an undelivered letter, the regime's.

    A clock that runs beside another is among those that run already.
    """
    by_id = {rule.id: rule for rule in (*regime.clock, *(each.entry.rule for each in clocks))}
    return tuple(rule.model_copy(update={"beside": ""}) for rule in by_id.values())
