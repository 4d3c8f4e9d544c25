"""``scr.py whatif``: the clocks of a live case on a server whose time is not real, under assumptions.

Everything happens in a folder that is thrown away, with a key ring, a record and a mail server of its own; of the live
case only its record is read.
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

from activities.calendar import closure_days
from activities.directory import read_directory
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
from workflows.what_if import BeginWhatIf, WhatIf

WATCHED = timedelta(days=92)
"""How long what is never done is watched, counted from the last instant at which something is done or due."""


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
        board = directory.board(case.board)
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
            print_forecast(found, board, every=every)


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
    from simulated import free_port, simulated  # noqa: PLC0415

    running = running_clocks(record, asked.case)
    calendar = calendar_ahead(record, asked.regime, running, closure_days(asked.directory, asked.case.board), asked.at)
    clocks = expected(running, asked.assumptions, calendar, asked.at)
    # The test server lacks what the client would like, and says so.
    logging.getLogger("temporalio").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="scr-whatif-") as folder:
        scratch = ScratchSettings(
            var_dir=Path(folder),
            mailbox_port=free_port(),
            directory_file=settings.directory_file.absolute(),
            overlays=settings.overlays.absolute(),
        )
        async with simulated(scratch, asked.directory, workflows=[WhatIf]) as (env, copy):
            if (ahead := asked.at - await env.get_current_time()) > timedelta():
                await env.sleep(ahead)
            _appoint(record, copy, asked)
            await _play(env.client, scratch.task_queue, asked, clocks)
            sent = queries.letters(copy, asked.case)
    return Forecast(
        case=asked.case,
        at=asked.at,
        assumed=tuple(assumption.words for assumption in asked.assumptions),
        clocks=clocks_of(clocks, calendar),
        standing=standing_clocks(record, asked.case),
        letters=letters_of(sent, clocks),
    )


def _appoint(record: Record, copy: Record, asked: Question) -> None:
    """Letters go to whom the case has appointed."""
    known = queries.facts(record, asked.case, APPOINTED, APPOINTMENT_ENDED)
    facts = tuple(each.fact for each in known if each.stands)
    stage = asked.case.stage_id("appointed")
    copy.write(Recording(case=asked.case, stage=stage, sequence=1, at=asked.at, stage_title="", facts=facts))


async def _play(client: Client, queue: str, asked: Question, clocks: Sequence[Expected]) -> None:
    ends = [each.done_at or each.entry.deadline.due_at for each in clocks]
    until = max(asked.at, *ends) + WATCHED
    handles = []
    for stage in dict.fromkeys(each.stage for each in clocks):
        order = _order(asked, stage, [each for each in clocks if each.stage == stage], until)
        handles.append(await client.start_workflow(WhatIf.run, order, id=stage, task_queue=queue))
    await asyncio.gather(*(handle.result() for handle in handles))


def _order(asked: Question, stage: str, clocks: Sequence[Expected], until: datetime) -> BeginWhatIf:
    return BeginWhatIf(
        calendar=asked.regime.calendar,
        stage=Stage[WhatIfState](
            case=asked.case,
            id=stage,
            regime=asked.regime.id,
            rules=tuple({rule.id: rule for rule in map(_alone, clocks)}.values()),
            vocabulary=asked.regime.vocabulary,
            state=WhatIfState(expected=tuple(clocks), seen_at=asked.at, until=until),
            clocks=ClockBook(entries=tuple(each.entry for each in clocks)),
        ),
    )


def _alone(each: Expected) -> ClockRule:
    """The rule of a clock; that it runs beside another is in when it is done already."""
    return each.entry.rule.model_copy(update={"beside": ""})
