"""``scr.py notification``: what the national system asks for, out of sealed facts, for who notifies and nobody else."""

import json
import logging
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from desk_cases import CALENDAR, ROOT, TOLD, Opened, after, example
from typer.testing import CliRunner

from activities.regimes import read_regime
from desk.notification_pack import SHOWN, age_in_words
from domain.command import Command
from domain.decision_commands import AnswerCriterion
from domain.incident import DateRange, IncidentChild, IncidentEvent
from domain.notification_commands import NotifyPanel
from domain.people import Actor, Role
from domain.rapid_review import RapidReviewBegins, RapidReviewState
from domain.record import CaseRef
from domain.stage import Stage
from records import queries
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from scr import app
from sealing import create_keyring

NOW = read_regime("england-lcspr-2023")
CASE = CaseRef(board="northbridge", reference="NB-2026-101")
HEAD = ("--as", "nb-head")


class Ran:
    """What the command left behind."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err


def run(*arguments: str) -> Ran:
    ran = CliRunner().invoke(app, ["notification", *arguments])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return Ran(ran.exit_code, ran.stdout, ran.stderr)


@pytest.fixture(autouse=True)
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Record]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCR_DIRECTORY_FILE", str(ROOT / "directory.toml"))
    monkeypatch.setenv("SCR_VAR_DIR", str(tmp_path / "var"))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # the tool replaces and closes the handlers it finds
    keyring = create_keyring(tmp_path / "var" / "keyring.json")
    engine = make_engine(f"sqlite:///{tmp_path / 'var' / 'record.db'}")
    upgrade(engine)
    yield Record(engine, keyring, lambda board, at, urgent: at)
    engine.dispose()
    root.handlers[:], root.level = handlers, level


def child(key: str, outcome: str, **more: Any) -> dict[str, Any]:
    named = {"given_name": f"Given{key}", "family_name": "Wexcombe-Arle", "date_of_birth": "2020-02-04"}
    return {"key": key, "outcome": outcome, **named, **more}


def event(**data: Any) -> IncidentEvent:
    raw = example().model_dump(mode="json")
    return IncidentEvent.model_validate(raw | {"data": raw["data"] | data})


class Notifiable(Opened):
    """A case with a rapid review, recorded transition by transition."""

    def __init__(self, record: Record, told: IncidentEvent | None = None) -> None:
        super().__init__(record, told)
        begins = RapidReviewBegins(
            because="the incident was notified",
            since=TOLD,
            aware_at=self.event.data.aware_at,
            criteria=NOW.criterion,
            notices=NOW.notice,
            known=self.parent.state.facts_known(TOLD),
        )
        state = RapidReviewState.begun(begins)
        stage = Stage[RapidReviewState](
            case=self.case, id=self.case.stage_id("rapid-review", 1), regime=NOW.id, rules=NOW.clock, state=state
        )
        self.rapid = self.kept(stage, state.opening(TOLD), TOLD)

    def kept(self, stage: Stage[Any], transition: Any, at: datetime) -> Stage[Any]:
        stage, recording = stage.advanced(transition, CALENDAR, at)
        self.record.write(recording)
        return stage

    def give(self, command: Command, at: datetime) -> None:
        assert self.rapid.refuses(command, at) is None
        stage, transition = self.rapid.accept(command, at)
        self.rapid = self.kept(stage, transition, at)


def test_it_has_every_field_of_the_form_from_the_record(record: Record) -> None:
    Notifiable(record)
    ran = run("NB-2026-101", *HEAD)
    assert ran.status == 0, ran.err
    for wanted in (
        "Notifier: Cerys Underdown",
        "Role: head of service",
        "Date: Tuesday 3 February 2026",
        "Where: family home",
        "The authority became aware: 14:20 on Wednesday 4 February 2026",
        "Notification due: by the end of Wednesday 11 February 2026",
        "Abuse or neglect: suspected",
        "A child has died: yes",
        "First name: Tamsin",
        "Last name: Wexcombe-Arle",
        "Date of birth: Sunday 19 May 2024",
        "Age: 20 months",
        "What happened to the child: died",
        "Looked after: not known",
        "On a child protection plan: no",
        "Sibling (S1): Corin Wexcombe-Arle",
        "Household (H1): name not known yet",
        "Northbridge Police: police; contact",
        "northbridge/NB-2026-101/rapid-review/1/notify-panel --as PERSON sent_at=now reference=… children.0=C1",
    ):
        assert wanted in ran.out, wanted


def test_nothing_is_guessed_that_the_record_does_not_hold(record: Record) -> None:
    Notifiable(record)
    assert "Sex: not recorded" in run("NB-2026-101", *HEAD).out


def test_of_six_children_four_have_fields_and_two_are_told_of_in_words(record: Record) -> None:
    harmed = [child(f"C{n}", "seriously_harmed") for n in range(1, 6)]
    Notifiable(record, event(children=[*harmed, child("C6", "died", looked_after=True)]))
    data = json.loads(run("NB-2026-101", *HEAD, "--json").out)
    assert data["children"] == ["C6", "C1", "C2", "C3"], "who died comes first"
    assert data["further"] == ["C4", "C5"]
    text = run("NB-2026-101", *HEAD).out
    assert "GivenC4 Wexcombe-Arle, 5 years, seriously harmed, looked after: not known; GivenC5" in text
    assert "A looked-after child has died: yes" in text
    assert "children.3=C3 others=…" in text


def test_what_was_answered_later_stands_before_what_the_event_said(record: Record) -> None:
    case = Notifiable(record)
    actor = Actor(person="nb-subgroup-chair", role=Role.SUB_GROUP)
    fields = {"fact": "abuse_or_neglect", "holds": "no", "reason": "the inquest"}
    case.give(AnswerCriterion.model_validate({"request_id": "r-1", "actor": actor} | fields), after(2))
    assert "Abuse or neglect: no" in run("NB-2026-101", *HEAD).out


def test_once_notified_it_says_when_and_asks_for_no_second_notification(record: Record) -> None:
    case = Notifiable(record)
    sent = {"sent_at": after(3), "reference": "SIN-1", "children": ("C1",)}
    actor = Actor(person="nb-head", role=Role.HEAD_OF_SERVICE)
    case.give(NotifyPanel.model_validate({"request_id": "r-1", "actor": actor} | sent), after(4))
    text = run("NB-2026-101", *HEAD).out
    assert "The panel was notified at 13:30 on Thursday 5 February 2026" in text
    assert "WHEN IT IS SENT" not in text


@pytest.mark.parametrize("person", ["nb-subgroup-chair", "nb-police-lead", "nb-partner-police", "nb-member-health"])
def test_who_neither_notifies_nor_keeps_the_record_does_not_see_it(record: Record, person: str) -> None:
    Notifiable(record)
    ran = run("NB-2026-101", "--as", person)
    assert ran.status == 3
    assert "Wexcombe" not in ran.out + ran.err
    assert not queries.facts(record, CASE, SHOWN)


@pytest.mark.parametrize("person", ["nb-head", "nb-director", "nb-manager"])
def test_that_it_was_shown_and_to_whom_is_in_the_record(record: Record, person: str) -> None:
    Notifiable(record)
    assert run("NB-2026-101", "--as", person).status == 0
    (fact,) = (each.fact for each in queries.facts(record, CASE, SHOWN))
    assert fact.by is not None
    assert fact.by.person == person
    assert fact.detail == {"children": ["C1"]}
    assert queries.verify(record, CASE).ok


def test_a_case_without_rapid_review_has_no_pack(record: Record) -> None:
    Opened(record)
    ran = run("NB-2026-101", *HEAD)
    assert ran.status == 1
    assert "has no rapid review" in ran.err


def test_what_came_from_outside_does_not_move_the_terminal_s_cursor(record: Record) -> None:
    Notifiable(record, event(summary="found\x1b[2J at the weir"))
    assert "\x1b" not in run("NB-2026-101", *HEAD).out


@pytest.mark.parametrize(
    ("born", "on", "words"),
    [
        (date(2024, 5, 19), date(2026, 2, 3), "20 months"),
        (date(2026, 2, 3), date(2026, 2, 3), "0 months"),
        (date(2024, 2, 3), date(2026, 2, 3), "2 years"),
        (date(2024, 2, 4), date(2026, 2, 3), "23 months"),
        (date(2008, 2, 29), date(2026, 2, 28), "17 years"),
        (date(2020, 3, 1), DateRange(earliest=date(2026, 2, 1), latest=date(2026, 4, 1)), "5 years"),
        (date(2026, 3, 1), date(2026, 2, 3), "born after the incident"),
        (None, date(2026, 2, 3), "not recorded"),
    ],
)
def test_age_is_that_on_the_day_of_the_incident(born: date | None, on: date | DateRange, words: str) -> None:
    one = IncidentChild.model_validate(child("C1", "died") | {"date_of_birth": born})
    assert age_in_words(one, on) == words


def test_a_child_that_is_not_born_has_no_age() -> None:
    unborn = IncidentChild.model_validate(child("C1", "died") | {"date_of_birth": None, "unborn": True})
    assert age_in_words(unborn, date(2026, 2, 3)) == "not born yet"
